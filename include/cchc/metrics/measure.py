"""How an installation stands, as plain figures."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cchc import __version__
from cchc.contracts import TIMEZONE
from cchc.deliveries import board
from cchc.engines import Held, engine_of
from cchc.errors import CchcError
from cchc.ledger import Ledger, open_ledger
from cchc.registry.open import Registry
from cchc.settings import Settings

#: Export dates that the figures are of, up to the last one of which anything was delivered.
DAYS = 7


@dataclass(frozen=True)
class Measured:
    """Figures of one moment, local time. ``None``: not known, which is said and never given as zero."""

    at: datetime
    version: str = __version__
    first_day: date | None = None
    last_day: date | None = None
    last_arrival: datetime | None = None
    #: (dataset, status of the delivery board) -> deliveries of the days
    deliveries: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: (dataset, read | accepted | quarantined | duplicate) -> rows of the files that were judged
    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    stage_seconds: dict[str, float] = field(default_factory=dict)
    waiting: int = 0
    last_run: datetime | None = None
    last_run_outcome: str | None = None
    #: fresh: nothing waits; stale: changes wait; full: everything is to be built anew; busy: somebody writes it now
    build: str = "unknown"
    free_bytes: int = 0

    def quarantine_share(self, dataset: str) -> float | None:
        """Share (0..1) of the rows read that are held back; None where none was read."""
        read = self.rows[dataset, "read"]
        return self.rows[dataset, "quarantined"] / read if read else None


def measure(settings: Settings, registry: Registry) -> Measured:
    """Look at ledger and warehouse; changes neither."""
    at = datetime.now(ZoneInfo(TIMEZONE)).replace(tzinfo=None, microsecond=0)
    free = shutil.disk_usage(settings.workdir).free
    ledger = open_ledger(settings.ledger)
    run = next(iter(ledger.runs()), None)
    last = ledger.last_day()
    common: dict[str, Any] = {
        "at": at,
        "free_bytes": free,
        "build": _build(settings),
        "waiting": len(ledger.undecided()),
        "last_run": run and (run["finished_at"] or run["started_at"]),
        "last_run_outcome": run and run["outcome"],
    }
    if last is None:
        return Measured(**common)
    first = last - timedelta(days=DAYS - 1)
    deliveries = Counter((square.dataset, square.status) for square in board(registry, ledger, first, last))
    return Measured(
        **common,
        first_day=first,
        last_day=last,
        last_arrival=ledger.last_arrival(),
        deliveries=deliveries,
        rows=_rows(ledger, first, last),
        stage_seconds={stage: ms / 1000 for stage, ms in ledger.stage_milliseconds(first, last).items()},
    )


def _rows(ledger: Ledger, first: date, last: date) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for row in ledger.find(day_from=first, day_to=last, outcome="accepted"):
        for kind in ("read", "accepted", "quarantined", "duplicate"):
            found[row["dataset"], kind] += row[f"rows_{kind}"]
    return found


def _build(settings: Settings) -> str:
    engine = engine_of(settings)
    try:
        state = engine.build_state() if engine.may_answer() else None
    except Held:
        return "busy"
    except CchcError:
        return "unknown"
    if state is None:
        return "none"
    return "full" if state.full_refresh else "stale" if state.stale else "fresh"
