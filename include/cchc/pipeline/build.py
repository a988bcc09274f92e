"""Build: registry and ledger into the warehouse, dbt over what changed, the result to readers, the books closed."""

from __future__ import annotations

import logging
from typing import Any

from cchc.ledger import Ledger, open_ledger
from cchc.load import Warehouse, open_warehouse
from cchc.load.registry import READING_ONLY
from cchc.model import DbtResult, models_hash, run_dbt
from cchc.model.builds import keep_build
from cchc.model.dbt import Process, Progress
from cchc.model.due import build_arguments
from cchc.model.lineage import tell_lineage
from cchc.model.report import log_left, log_result
from cchc.registry.open import Registry, open_registry
from cchc.registry.tables import build_tables
from cchc.serve import Served, is_served, serve
from cchc.settings import Settings

log = logging.getLogger("cchc.model")


State = dict[str, Any]


def prepare_build(
    settings: Settings, registry: Registry | None = None, ledger: Ledger | None = None, full_refresh: bool = False
) -> State:
    """Copy what changed and take the snapshot of keys to recompute.

    Returns ``full_refresh`` (everything must be built anew, as asked for or needed), ``due`` (there is anything to do),
    ``keys``, ``changed`` (registry tables) and the ``build_no`` under which readers will see the result.
    """
    registry = registry or open_registry(settings.registry_dir)
    ledger = ledger or open_ledger(settings.ledger)
    with open_warehouse(settings) as warehouse:
        if full_refresh:
            warehouse.want_full_build()  # noted, so that the build after one that was killed is a full one too
        state = _prepare(warehouse, registry, ledger, models_hash(settings))
    if not state["due"] and not is_served(settings):
        log.info("readers have nothing to read: built and served anew")
        state["due"] = True
    return state


def _prepare(warehouse: Warehouse, registry: Registry, ledger: Ledger, models: str) -> State:
    built_by = warehouse.state()["registry_hash"].partition(":")[2]
    is_new = not warehouse.state()["registry_hash"]
    if built_by != models:
        warehouse.want_full_build()  # rows of other models would stand beside those of today's
    changed = warehouse.sync_registry(build_tables(registry), f"{registry.hash}:{models}")
    if not is_new and (reading := sorted(READING_ONLY.intersection(changed))):
        log.warning(
            "Changed in the registry: %s. That says how files are read; rows that are loaded stay as they are. "
            "To read landed files again: cchc ingest --from DAY --to DAY --replay",
            ", ".join(name.removeprefix("reg_") for name in reading),
        )
    warehouse.sync_deliveries(ledger.changed_since(warehouse.state()["synced_no"]))
    warehouse.sync_answers(ledger.objection_answers())
    state = warehouse.begin_build()
    what = "everything" if state["full_refresh"] else f"{state['keys']:,} keys"
    due = bool(state["full_refresh"] or state["stale"] or state["keys"])
    log.info("to build: %s", what if due else "nothing")
    return {"due": due} | {name: state[name] for name in ("full_refresh", "keys", "changed", "build_no")}


def serve_build(settings: Settings, build_no: int, full_refresh: bool) -> Served:
    """Between ``build_models`` and ``finish_build``: what readers see becomes this build, in one step."""
    return serve(settings, build_no, full_refresh)


def finish_build(settings: Settings) -> None:
    """After a build that is served: nothing is pending any more. Without this call the next build repeats the work."""
    with open_warehouse(settings) as warehouse:
        warehouse.finish_build()
    log.info("the build is finished: what it modelled is no longer pending")


def build_models(
    settings: Settings, prepared: State, progress: Progress | None = None, waiting: Process | None = None
) -> DbtResult:
    """Run dbt between ``prepare_build`` and ``finish_build``; raises ``BuildError`` naming what failed.

    ``prepared`` is what ``prepare_build`` returned. The log ``cchc.model`` says what became of every model, which tests
    failed, and what was not built again.
    """

    def report(result: DbtResult) -> None:
        log_result(result)
        if result.done:  # else what dbt left behind is of an earlier run
            if not prepared["full_refresh"]:
                log_left(settings.dbt_target, result)
            log.info("the nodes of this build and the one before: %s", keep_build(settings, result))
            tell_lineage(settings)

    arguments = build_arguments(prepared["full_refresh"], prepared["changed"])
    return run_dbt(settings, arguments, progress, report, waiting)


def build(
    settings: Settings,
    registry: Registry | None = None,
    ledger: Ledger | None = None,
    progress: Progress | None = None,
    full_refresh: bool = False,
    waiting: Process | None = None,
) -> DbtResult | None:
    """Prepare, run dbt, serve, finish. Returns None when there was nothing to do."""
    state = prepare_build(settings, registry, ledger, full_refresh)
    if not state["due"]:
        return None
    result = build_models(settings, state, progress, waiting)
    serve_build(settings, state["build_no"], state["full_refresh"])
    finish_build(settings)
    return result
