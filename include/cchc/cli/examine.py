"""What ``cchc doctor`` looks at: (check, ok | wrong | note, what was found and what to do)."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from importlib.metadata import version

from cchc.settings import Settings

Finding = tuple[str, str, str]


def examine(settings: Settings) -> list[Finding]:
    """Run every check; none of them changes anything but creating a missing ledger."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("python", lambda: _python()),
        (
            "packages",
            lambda: ", ".join(f"{name} {version(name)}" for name in ("duckdb", "dbt-core", "great-expectations")),
        ),
        ("working folder", lambda: _workdir(settings)),
        ("exports", lambda: _exports(settings)),
        ("registry", lambda: _registry(settings)),
        ("ledger", lambda: _ledger(settings)),
        ("landing", lambda: _landing(settings)),
        ("warehouse", lambda: _warehouse(settings)),
    ]
    findings: list[Finding] = []
    for name, look in checks:
        try:
            findings.append((name, "ok", look()))
        except Exception as error:
            findings.append((name, "wrong", f"{type(error).__name__}: {error}"))
    return findings


def _python() -> str:
    if sys.version_info[:2] != (3, 11):
        raise RuntimeError(f"Python {sys.version.split()[0]}; the lock file is for 3.11: run make")
    return sys.version.split()[0]


def _workdir(settings: Settings) -> str:
    settings.workdir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.workdir).free // 1024**3
    if free < 2:
        raise RuntimeError(f"only {free} GB free in {settings.workdir}")
    return f"{settings.workdir}, {free} GB free"


def _exports(settings: Settings) -> str:
    from cchc.extract import open_source

    open_source(settings.exports)
    return settings.exports


def _registry(settings: Settings) -> str:
    from cchc.registry.check import check
    from cchc.registry.open import open_registry

    problems = check(settings.registry_dir)
    if problems:
        raise RuntimeError(f"{len(problems)} problems; first: {problems[0]}; run cchc registry check")
    registry = open_registry(settings.registry_dir)
    return (
        f"{len(registry.systems)} systems, {len(registry.units)} unit versions, {len(registry.procedures)} procedures"
    )


def _ledger(settings: Settings) -> str:
    from cchc.ledger import open_ledger

    ledger = open_ledger(settings.ledger)
    files = ledger.find()
    waiting = len(ledger.undecided())
    return f"{len(files):,} file revisions, {waiting:,} waiting to be judged"


def _landing(settings: Settings) -> str:
    from cchc.land import blob_path
    from cchc.ledger import open_ledger

    ledger = open_ledger(settings.ledger)
    known = {row["sha256"]: row["path"] for row in ledger.find()}
    gone = ledger.destructions()
    there = {sha256 for sha256 in known | gone if blob_path(settings.landing, sha256).is_file()}
    if back := sorted(there & gone.keys()):
        raise RuntimeError(
            f"{len(back)} files to be destroyed by law are there, first {back[0][:12]}; the next cchc ingest ends it"
        )
    if lost := sorted(known.keys() - there - gone.keys()):
        raise RuntimeError(f"{len(lost)} landed files are gone, first {known[lost[0]]}: put the backup in its place")
    return f"{len(there):,} files, {len(gone):,} destroyed by law"


def _warehouse(settings: Settings) -> str:
    from cchc.load import open_warehouse

    if not settings.on_postgres and not settings.duckdb_path.exists():
        return "not built yet: run cchc run, or cchc ingest and cchc build"
    with open_warehouse(settings) as warehouse:
        rows = warehouse.execute("select count(*) from raw.dossiers")[0][0]
        state = warehouse.state()
    return f"{rows:,} dossier rows in force; " + (
        "changes wait for cchc build" if state["stale"] else "models up to date"
    )
