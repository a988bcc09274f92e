"""Checks of what was taken in: ledger, runs, landing, warehouse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cchc.contracts import TIMEZONE
from cchc.doctor.finding import Warned, Wrong
from cchc.engines import Held, engine_of
from cchc.ledger import Ledger, open_ledger
from cchc.pipeline.run import is_running
from cchc.settings import Settings


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
    from cchc import land

    found = _ledger(settings)
    if found is None:
        return "nothing landed yet"
    files = found.find()
    known, gone = {row["sha256"]: row["path"] for row in files}, found.destructions()
    there = land.there(settings.landing, known.keys() | gone.keys())
    if back := sorted(there & gone.keys()):
        said = f"{len(back)} files to be destroyed by law are there, first {back[0][:12]}"
        raise Wrong(f"{said}: the next cchc ingest destroys them")
    if lost := sorted(known.keys() - there - gone.keys()):
        in_force = sum(1 for row in files if row["in_force"] and row["sha256"] in set(lost))
        said = f"{len(lost)} landed files are gone, {in_force} of them in force, first {known[lost[0]]}"
        raise Wrong(f"{said}: copy {settings.landing} from the backup, or have them exported anew")
    return f"{len(there):,} files, {len(gone):,} destroyed by law"


def warehouse(settings: Settings) -> str:
    """It answers; of which build it is; what the next build would do."""
    engine = engine_of(settings)
    if not engine.may_answer():
        return "not built yet: cchc run, or cchc ingest and cchc build"
    try:
        server, state = engine.examine()
    except Held as held:
        raise Warned(str(held)) from held  # somebody builds: no fault
    if state is None:
        return f"{server}, empty: cchc run, or cchc ingest and cchc build"
    if not state.registry_hash or (state.change_no <= 1 and state.full_refresh):
        raise Warned(f"{server}, loaded and never built: cchc build")
    changed = state.change_no
    begun = datetime.fromtimestamp(changed / 1e9, ZoneInfo(TIMEZONE)) if changed > 1 else None
    said = f"{server}, registry and models {state.registry_hash[:16]}" + (
        f", changes up to {begun:%Y-%m-%d %H:%M}" if begun else ""
    )
    if state.full_refresh:
        raise Warned(f"{said}; a full build is wanted: cchc build")
    if state.stale:
        raise Warned(f"{said}; changes wait: cchc build")
    return f"{said}; models up to date"


DATA: tuple[tuple[str, Callable[[Settings], str]], ...] = (
    ("ledger", ledger),
    ("runs", runs),
    ("landing", landing),
    ("warehouse", warehouse),
)
