"""Build: bring the registry and the ledger into the warehouse, run dbt over what changed, and close the books on it."""

from __future__ import annotations

from typing import Any

from cchc.ledger import Ledger, open_ledger
from cchc.load import Warehouse, open_warehouse
from cchc.model import DbtResult, run_dbt
from cchc.model.dbt import Progress
from cchc.registry.load import Registry, load
from cchc.registry.tables import build_tables
from cchc.settings import Settings

#: Unit tests of the models belong to development; data tests run with every build.
BUILD = ("build", "--exclude-resource-type", "unit_test")

#: Data tests that read all history. A full build runs them; a build of what changed does not, or its cost would grow
#: with history. The other data tests run every time.
WHOLE_HISTORY = (
    "every_dossier_is_current_once",
    "unique_key_fct_dossier_dossier_key",
    "unique_key_fct_dossier_version_dossier_key__version_number",
    "unique_key_stg_dossiers_revision_id__row_number",
)


def prepare_build(settings: Settings, registry: Registry | None = None, ledger: Ledger | None = None) -> dict[str, Any]:
    """Copy what changed and take the snapshot of keys to recompute.

    Returns ``full_refresh`` (everything must be built anew), ``due`` (there is anything to do) and ``keys``.
    """
    registry = registry or load(settings.registry_dir)
    ledger = ledger or open_ledger(settings.ledger)
    with open_warehouse(settings) as warehouse:
        return _prepare(warehouse, registry, ledger)


def _prepare(warehouse: Warehouse, registry: Registry, ledger: Ledger) -> dict[str, Any]:
    warehouse.sync_registry(build_tables(registry), registry.hash)
    warehouse.sync_deliveries(ledger.changed_since(warehouse.state()["synced_no"]))
    state = warehouse.begin_build()
    due = bool(state["full_refresh"] or state["stale"] or state["keys"])
    return {"full_refresh": state["full_refresh"], "due": due, "keys": state["keys"]}


def finish_build(settings: Settings) -> None:
    """After a successful build: nothing is pending any more. Without this call the next build repeats the work."""
    with open_warehouse(settings) as warehouse:
        warehouse.finish_build()


def build(
    settings: Settings,
    registry: Registry | None = None,
    ledger: Ledger | None = None,
    progress: Progress | None = None,
    full_refresh: bool = False,
) -> DbtResult | None:
    """Prepare, run dbt, finish. Returns None when there was nothing to do."""
    state = prepare_build(settings, registry, ledger)
    if not state["due"] and not full_refresh:
        return None
    whole = state["full_refresh"] or full_refresh
    scope = ["--full-refresh"] if whole else ["--exclude", *WHOLE_HISTORY]
    result = run_dbt(settings, [*BUILD, *scope], progress)
    finish_build(settings)
    return result
