"""How things stand, once for every addressee: overdue deliveries, failed runs, silence, disk, waiting approvals."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from cchc.deliveries import Square, board
from cchc.deliveries.expected import expected
from cchc.ledger import Ledger
from cchc.registry.open import Registry
from cchc.settings import Settings

#: Commands and DAGs that look at the sources; without one of them nobody knows what came.
LOOKING = ("run", "ingest", "dag ingest_exports")


@dataclass(frozen=True)
class Facts:
    """What findings are made of. ``now`` is local time without an offset.

    ``overdue``: deliveries past their due time, each with the time since when. ``failed``: command -> its last run,
    failed, with ``since``. ``silent_since``: the last run ended so long ago that it is a matter; else None.
    ``disk_used``: share in use, 0 to 1. ``waiting``: period -> last day of its objection window; None: not known now.
    """

    now: datetime
    first: date
    overdue: list[tuple[Square, datetime]] = field(default_factory=list)
    failed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    silent_since: datetime | None = None
    disk_used: float = 0.0
    disk_free: int = 0
    waiting: Mapping[str, date] | None = None


def gather(
    settings: Settings, registry: Registry, ledger: Ledger, now: datetime, waiting: Mapping[str, date] | None
) -> Facts:
    """Everything but ``waiting``, which the warehouse knows and the caller brings."""
    disk = shutil.disk_usage(settings.workdir)
    first = now.date() - timedelta(days=settings.watch_days)
    return Facts(
        now,
        first,
        overdue(registry, ledger, now, first, timedelta(minutes=settings.watch_grace)),
        failed(ledger),
        silent_since(ledger, now, timedelta(hours=settings.watch_hours)),
        disk.used / (disk.used + disk.free),  # as df counts: what root alone may use is no room
        disk.free,
        waiting,
    )


def overdue(
    registry: Registry, ledger: Ledger, now: datetime, first: date, grace: timedelta
) -> list[tuple[Square, datetime]]:
    """Deliveries of the export dates from ``first`` on that are missing or refused past their due time and a grace.

    Missing is said only of what a run looked for after it was due: a server that stood still accuses nobody. A refused
    file of which nothing is due daily counts from the day after its export date on.
    """
    days = (day for day in ledger.business_days() if day >= first)
    due = expected(registry, days, ledger.first_days())
    looked = ledger.last_look(LOOKING)
    found = []
    for square in board(registry, ledger, first, now.date(), now=now):
        key = (square.system, square.unit, square.export_date, square.dataset)
        since = due.get(key) or datetime.combine(square.export_date + timedelta(days=1), time())
        if since + grace > now:
            continue
        if square.status == "refused" or (square.status == "missing" and looked is not None and since < looked):
            found.append((square, since))
    return found


def failed(ledger: Ledger) -> dict[str, dict[str, Any]]:
    """Command -> its last run, where that failed; ``since`` is when the first of its failures in a row ended."""
    return {
        command: {**run, "since": ledger.failing_since(command) or run["finished_at"]}
        for command, run in ledger.last_runs().items()
        if run["outcome"] != "finished"
    }


def silent_since(ledger: Ledger, now: datetime, longest: timedelta) -> datetime | None:
    """When the last run ended that looked at the sources, where that is longer ago than ``longest``.

    A ledger that nothing was ever delivered to is not silent: there is nothing to do yet.
    """
    ends = [run["finished_at"] for run in ledger.last_runs(LOOKING).values()]
    last: datetime | None = max(ends, default=None) or ledger.last_landing()
    return last if last is not None and last + longest < now else None
