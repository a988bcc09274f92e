"""Checks of what was taken in: ledger, runs, landing, warehouse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cchc.contracts import TIMEZONE
from cchc.doctor.finding import Warned, Wrong
from cchc.ledger import Ledger, open_ledger
from cchc.pipeline.run import is_running
from cchc.settings import Settings
from cchc.surroundings import in_our_terms

#: The oldest version that the tests run against, and what a load and a build must be allowed.
LEAST_SERVER = 140000
RIGHTS = ("CREATE", "TEMPORARY", "CONNECT")


def _ledger(settings: Settings) -> Ledger | None:
    """The ledger, or None where none was made yet: looking makes none."""
    where = settings.ledger
    return None if isinstance(where, Path) and not where.exists() else open_ledger(where)


def ledger(settings: Settings) -> str:
    """It opens, its schema is of this version, its pages are whole."""
    found = _ledger(settings)
    if found is None:
        return "none yet: the first run makes it"
    if found.engine.dialect.name == "sqlite":
        with found.engine.connect() as connection:
            said = connection.exec_driver_sql("pragma quick_check(1)").scalar()
        if said != "ok":
            raise Wrong(f"{settings.ledger} is damaged ({said}): put its backup in its place, cchc restore")
    waiting = len(found.undecided())
    return f"{len(found.find()):,} file revisions, {waiting:,} waiting to be judged"


def runs(settings: Settings) -> str:
    """Runs that died, and one that works now."""
    found = _ledger(settings)
    newest = found.runs()[:1] if found else []
    if is_running(settings):
        return "a run is working now"
    if newest and newest[0]["outcome"] in ("running", "died"):
        raise Warned(f"the run of {newest[0]['started_at']:%Y-%m-%d %H:%M} died: run it again, nothing is lost")
    if newest and newest[0]["outcome"] == "failed":
        said = newest[0]["summary"].get("error", "")
        raise Warned(f"the run of {newest[0]['started_at']:%Y-%m-%d %H:%M} failed: {said}"[:400])
    return f"the last ended well, {newest[0]['finished_at']:%Y-%m-%d %H:%M}" if newest else "none by cchc run yet"


def landing(settings: Settings) -> str:
    """Bytes of every known revision are there, and those that the law wants gone are not."""
    from cchc.land import blob_path

    found = _ledger(settings)
    if found is None:
        return "nothing landed yet"
    files = found.find()
    known, gone = {row["sha256"]: row["path"] for row in files}, found.destructions()
    there = {sha256 for sha256 in known | gone if blob_path(settings.landing, sha256).is_file()}
    if back := sorted(there & gone.keys()):
        said = f"{len(back)} files to be destroyed by law are there, first {back[0][:12]}"
        raise Wrong(f"{said}: the next cchc ingest destroys them")
    if lost := sorted(known.keys() - there - gone.keys()):
        in_force = sum(1 for row in files if row["in_force"] and row["sha256"] in set(lost))
        said = f"{len(lost)} landed files are gone, {in_force} of them in force, first {known[lost[0]]}"
        raise Wrong(f"{said}: copy landing/ from the backup, or have them exported anew")
    return f"{len(there):,} files, {len(gone):,} destroyed by law"


def warehouse(settings: Settings) -> str:
    """It answers; of which build it is; what the next build would do."""
    if settings.on_postgres:
        server, row = _of_server(settings)
    else:
        if not settings.duckdb_path.exists():
            return "not built yet: cchc run, or cchc ingest and cchc build"
        server, row = "DuckDB", _of_file(settings.duckdb_path)
    if row is None:
        return f"{server}, empty: cchc run, or cchc ingest and cchc build"
    full, registry_hash, change_no, stale = row
    if not registry_hash or (change_no <= 1 and full):
        raise Warned(f"{server}, loaded and never built: cchc build")
    begun = datetime.fromtimestamp(change_no / 1e9, ZoneInfo(TIMEZONE)) if change_no > 1 else None
    said = f"{server}, registry and models {registry_hash[:16]}" + (
        f", changes up to {begun:%Y-%m-%d %H:%M}" if begun else ""
    )
    if full:
        raise Warned(f"{said}; a full build is wanted: cchc build")
    if stale:
        raise Warned(f"{said}; changes wait: cchc build")
    return f"{said}; models up to date"


_STATE = "select full_refresh, registry_hash, change_no, stale from raw.build_state"


def _of_file(path: Path) -> Any:
    import duckdb

    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            return connection.execute(_STATE).fetchone()
    except duckdb.CatalogException:
        return None
    except duckdb.IOException as error:
        told = in_our_terms(error)
        if told and "held by another process" in str(told):
            raise Warned(str(told)) from error  # somebody builds: no fault
        raise


def _of_server(settings: Settings) -> tuple[str, Any]:
    import psycopg

    from cchc.server import read_server

    server = read_server(settings.warehouse, "CCHC_WAREHOUSE")
    parts: dict[str, Any] = {"connect_timeout": "10", **server.parts}
    try:
        connection = psycopg.connect(**parts)
    except psycopg.OperationalError as error:
        raise Wrong(f"{server.said} does not answer: {' '.join(str(error).split())}") from error
    with connection:
        version = connection.info.server_version
        if version < LEAST_SERVER:
            raise Wrong(f"{server.said} is PostgreSQL {version // 10000}; install {LEAST_SERVER // 10000} or newer")
        (encoding,) = connection.execute("show server_encoding").fetchone() or ("",)
        if encoding != "UTF8":
            raise Wrong(f"{server.said} keeps {encoding}: create the database anew with encoding UTF8")
        for right in RIGHTS:
            granted = connection.execute("select has_database_privilege(current_database(), %s)", [right]).fetchone()
            if not granted or not granted[0]:
                raise Wrong(
                    f"{server.said}: its user has no right {right}: grant {right.lower()} on database ... to ..."
                )
        there = connection.execute("select to_regclass('raw.build_state')").fetchone()
        row = connection.execute(_STATE).fetchone() if there and there[0] else None
    return f"PostgreSQL {version // 10000} at {server.said}", row


DATA: tuple[tuple[str, Callable[[Settings], str]], ...] = (
    ("ledger", ledger),
    ("runs", runs),
    ("landing", landing),
    ("warehouse", warehouse),
)
