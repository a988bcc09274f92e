"""What a scheduled or requested run is asked to do: which days, which periods, and whether enough of it worked.

JSON in, JSON out, like ``tasks``. A request (``given``) holds what the user filled in; whatever is missing follows from
the moment of the run, so a run of an old date does what that date asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cchc.contracts import TIMEZONE
from cchc.errors import PermanentError
from cchc.ledger import open_ledger
from cchc.pipeline import backfill, tasks
from cchc.pipeline.collect import LOOK_BACK
from cchc.registry.open import open_registry
from cchc.settings import Settings

Json = dict[str, Any]
log = logging.getLogger(__name__)

ALL = "all"


def local_day(moment: datetime) -> date:
    """The calendar day of a moment in Asia/Ho_Chi_Minh; a moment without an offset is UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(ZoneInfo(TIMEZONE)).date()


def today() -> date:
    """The calendar day in Asia/Ho_Chi_Minh."""
    return local_day(datetime.now(UTC))


def window(given: Json, moment: datetime) -> tuple[str, str]:
    """First and last export date of a run: those named, else the ``LOOK_BACK`` days up to yesterday."""
    last = given.get("day_to") or (local_day(moment) - timedelta(days=1)).isoformat()
    try:
        day_to = date.fromisoformat(last[:10])
        first = given.get("day_from")
        day_from = date.fromisoformat(first[:10]) if first else day_to - timedelta(days=LOOK_BACK - 1)
    except ValueError as error:
        raise PermanentError(f"not a date (YYYY-MM-DD): {error}") from error
    if day_from > day_to:
        raise PermanentError(f"day_from {day_from} lies after day_to {day_to}")
    return day_from.isoformat(), day_to.isoformat()


def nothing_yet() -> bool:
    """Whether nothing was ever delivered. On a first start every schedule has a last moment that is over and fires."""
    return open_ledger(Settings.from_env().ledger).last_day() is None


def collecting(given: Json, moment: datetime) -> list[Json]:
    """Parts of the units to collect. A system or unit nobody knows is an error, not an empty run.

    Nothing where no export root was named yet and the folder for it is not there: nobody has delivered anything.
    """
    settings = Settings.from_env()
    usual = settings.workdir / "exports"
    if Path(settings.exports).absolute() == usual and not usual.exists() and nothing_yet():
        log.warning("no exports yet: set CCHC_EXPORTS, or make the folder %s", usual)
        return []
    chosen = given.get("system") or None, given.get("unit") or None
    batches = tasks.plan_collect(*window(given, moment), *chosen, and_below=bool(given.get("order")))
    if not batches:
        raise PermanentError("no registered system delivers anything for this range, system and unit")
    return [{**batch, "recheck": True} for batch in batches] if given.get("recheck") else batches


def judging(given: Json, moment: datetime) -> list[Json]:
    """Parts of the files to judge: those nobody has judged, and with ``replay`` those of the range once more."""
    if given.get("replay"):
        tasks.replay(*window(given, moment), given.get("system") or None, given.get("unit") or None)
    return tasks.plan_judge()


def check(
    planned: list[Json],
    collected: list[Json],
    batches: list[Json],
    loaded: Json,
    params: Mapping[str, Any] | None = None,
) -> Json:
    """Fail the run past the stated share. A failed task counts with all its units, or all its files.

    Where the run is a slice of a back-fill (``params["order"]``) that is kept, so that it is not looked for again.
    """
    if loaded is None:
        raise PermanentError("nothing was loaded: see the task before this one")
    seen = list(collected or [])
    units = sum(len(batch["units"]) for batch in planned)
    lost = [("?", "?", "the batch failed, see its task")] * (units - sum(part["units"] for part in seen))
    seen.append({"units": len(lost), "failed": lost})
    files = sum(len(batch["revisions"]) for part in batches or [] for batch in part["batches"])
    files_failed = files - loaded["files_accepted"] - loaded["files_refused"]
    tasks.check_share(seen, loaded, files_failed)
    units_failed = sum(len(part["failed"]) for part in seen)
    counts = {"units": units, "units_failed": units_failed, "files_failed": files_failed, **loaded}
    given = dict(params or {})
    if given.get("order"):
        if lost:  # nobody knows what they have: the slice is not done
            raise PermanentError(f"{len(lost)} of {units} units were not looked at: the same order takes them up again")
        counted = {name: counts[name] for name in ("files_accepted", "files_refused", "rows_read", "rows_accepted")}
        backfill.slice_ended(given["order"], given["day_from"], given["day_to"], counted)
    return counts


def backfilling(given: Json, moment: datetime) -> list[Json]:
    """What each slice of a back-fill asks *ingest_exports* for; the plan is told in the log."""
    planned = _planned(given, moment, bool(given.get("again")))
    log.info("%s", planned.said())
    order = planned.order
    asked = {"system": order.system, "unit": order.unit, "order": order.text()}
    found: list[Json] = []
    for part in planned.slices:
        log.info("%s to %s: %s deliveries", part.day_from, part.day_to, f"{part.files.total():,}")
        found.append({"day_from": part.day_from.isoformat(), "day_to": part.day_to.isoformat(), **asked})
    return found


def backfilled(given: Json, moment: datetime) -> Json:
    """How far a back-fill came; raises where a slice is left."""
    planned = _planned(given, moment)
    if planned.slices:
        raise PermanentError(f"{planned.said()}; the same order takes them up again")
    return {"expected": planned.expected, "came": planned.came, "nowhere": planned.nowhere}


def _planned(given: Json, moment: datetime, again: bool = False) -> backfill.Plan:
    first, last = map(date.fromisoformat, window(given, moment))
    order = backfill.Order(first, last, given.get("system") or None, given.get("unit") or None)
    settings = Settings.from_env()
    registry, ledger = open_registry(settings.registry_dir), open_ledger(settings.ledger)
    return backfill.plan(settings, registry, ledger, order, local_day(moment), again)


def publishing(given: Json, moment: datetime) -> list[str] | None:
    """``periods``, without those due by the calendar that the warehouse does not have: before its first day."""
    due = periods(given, moment)
    if given.get("period") or due is None:
        return due
    if nothing_yet():
        log.info("nothing was delivered yet: nothing to publish")
        return []
    from cchc.publish import list_periods, open_reader  # of this step alone

    with open_reader(Settings.from_env()) as reader:
        known = {period.label for period in list_periods(reader)}
    if missing := [period for period in due if period not in known]:
        log.warning("not in the warehouse, so not published: %s", ", ".join(missing))
    return [period for period in due if period in known]


def periods(given: Json, moment: datetime) -> list[str] | None:
    """Periods to publish: the one named (``all``: every period), else those that ended just before this day."""
    named = given.get("period")
    if named:
        return None if named == ALL else [named]
    return tasks.periods_due(local_day(moment).isoformat())
