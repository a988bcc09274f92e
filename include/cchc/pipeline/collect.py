"""Extract and land: fetch what is new under the export root, for a range of export dates, units concurrently."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta

from cchc import land
from cchc.contracts import DeliveryKey, Stray, Unfetched
from cchc.deliveries import StrayReason
from cchc.errors import PermanentError, SourceError, TransientError
from cchc.extract import Source, open_source
from cchc.extract.names import likely_unit, shown
from cchc.ledger import Arrival, Ledger
from cchc.pipeline.fetch import Look, UnitFetched
from cchc.registry.model import System
from cchc.registry.open import Registry
from cchc.settings import Settings
from cchc.shelf import Place

log = logging.getLogger("cchc.extract")

#: Days looked at when no range is named: what comes late by less than a week needs no hand. Local files of the last
#: so many days of a range are compared by content.
LOOK_BACK = 7


@dataclass
class Collected:
    """What one look at the sources brought.

    ``failed``: (system, unit, why) of units of which something could not be fetched, the first of it; ``unfetched``:
    how many files and folders of days that were.
    """

    new: int = 0
    repeats: int = 0
    strays: int = 0
    units: int = 0
    failed: list[tuple[str, str, str]] = field(default_factory=list)
    unfetched: int = 0

    def add(self, other: Collected) -> None:
        """Count another look in."""
        self.new += other.new
        self.repeats += other.repeats
        self.strays += other.strays
        self.units += other.units
        self.failed += other.failed
        self.unfetched += other.unfetched


def units_of(registry: Registry, system: System, day_from: date, day_to: date) -> dict[str, list[date]]:
    """Delivering units of a system with the days on which they may deliver something, within a range.

    A listed unit is looked for even on days on which the registry does not know it: its rows are then quarantined with
    a reason, where not looking would lose the file.
    """
    found: dict[str, list[date]] = {}
    for day in _days(day_from, day_to):
        if not system.valid_on(day):
            continue
        units: set[str] = set()
        for spec in system.datasets:
            if isinstance(spec.units, tuple):
                units.update(spec.units)
            else:
                units.update(registry.delivery_units(system.code, spec.dataset, day))
        for unit in units:
            found.setdefault(unit, []).append(day)
    return dict(sorted(found.items()))


def collect(
    settings: Settings,
    registry: Registry,
    ledger: Ledger,
    day_from: date,
    day_to: date,
    systems: Collection[str] | None = None,
    units: Collection[str] | None = None,
    step: str | None = None,
    recheck: bool = False,
) -> Collected:
    """Look at every folder of the range, land what changed, and number the revisions in the ledger, system by system.

    ``systems`` and ``units`` narrow it down; ``step`` is the run day of a scheduled source; with ``recheck`` every file
    is fetched, also one that does not look changed. What can't be fetched is noted and the rest goes on.
    """
    collected = Collected()
    known, destroyed = ledger.seen(day_from, day_to), frozenset(ledger.destructions())
    compared = set(_days(max(day_from, day_to - timedelta(days=LOOK_BACK - 1)), day_to))
    with ThreadPoolExecutor(settings.fetch_workers) as pool:
        try:
            looks: list[_Looking] = []
            for code, system in sorted(registry.systems.items()):
                if systems and code not in systems:
                    continue
                folders = units_of(registry, system, day_from, day_to)
                wanted = {unit: days for unit, days in folders.items() if not units or unit in units}
                looking = _Looking(code, wanted)
                looks.append(looking)
                try:
                    source = open_source(system.root or settings.exports, settings.schedule, step)
                    if system.root is None:
                        _refuse_empty_root(source, ledger, settings.exports)
                    looking.strays = _unknown_folders(source, system, folders)
                except (SourceError, TransientError) as error:
                    if system.root is None and isinstance(error, PermanentError):
                        raise  # the common root is wrong: no system can be reached
                    looking.error = error
                    continue
                dialects: dict[str, str] = {spec.dataset: spec.dialect for spec in system.datasets}
                looking.tasks = {
                    unit: pool.submit(
                        Look(source, code, unit, dialects, settings.landing, known, compared, recheck, destroyed).fetch,
                        days,
                    )
                    for unit, days in wanted.items()
                }
            for looking in looks:  # one is written into the ledger while the next ones are looked at
                started = time.perf_counter()
                seen = _gather(looking, ledger, settings.landing)
                _log_seen(looking.code, seen, time.perf_counter() - started)
                collected.add(seen)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return collected


@dataclass
class _Looking:
    """A look at the units of one system under way; ``error``: it can't be reached at all."""

    code: str
    wanted: dict[str, list[date]]
    strays: list[Stray] = field(default_factory=list)
    tasks: dict[str, Future[UnitFetched]] = field(default_factory=dict)
    error: SourceError | TransientError | None = None


def _refuse_empty_root(source: Source, ledger: Ledger, root: str) -> None:
    """An empty root from which files came before is a disk that is not mounted, not a day without deliveries."""
    top = getattr(source, "top", None)
    if top is not None and not top() and ledger.last_day() is not None:
        raise SourceError(f"export root {root} is empty, though files came from it before: is its disk mounted?")


def _gather(looking: _Looking, ledger: Ledger, landing: Place) -> Collected:
    """Hear out the units of a system and write their files, strays and failures into the ledger."""
    code, strays, seen = looking.code, looking.strays, Collected(units=len(looking.wanted))
    if (error := looking.error) is not None:
        lost = [
            Unfetched(code, unit, day, "", error.reason, str(error))
            for unit, days in looking.wanted.items()
            for day in days
        ]
        seen.failed, seen.unfetched = [(code, unit, str(error)) for unit in looking.wanted], len(lost)
        ledger.record_unfetched({(code, unit): days for unit, days in looking.wanted.items()}, lost)
        return seen
    arrivals: list[Arrival] = []
    failed: list[Unfetched] = []
    warned: dict[DeliveryKey, tuple[str, ...]] = {}
    looked: dict[tuple[str, str], list[date]] = {}
    for unit, task in looking.tasks.items():
        mine = task.result()
        arrivals += mine.arrivals
        failed += mine.failed
        warned |= mine.warned
        strays = strays + mine.strays
        looked[code, unit] = mine.looked
        if mine.failed:
            more = f" (and {len(mine.failed) - 1} more)" if len(mine.failed) > 1 else ""
            seen.failed.append((code, unit, mine.failed[0].detail + more))
    arrivals.sort(key=lambda arrival: arrival.path)
    if arrivals:
        land.settle(landing)  # a ledger that outlives a power cut may not name bytes that did not
    seen.new, seen.repeats = ledger.record_arrivals(arrivals)
    seen.strays = ledger.record_strays((stray.path, stray.reason, stray.likely) for stray in strays)
    seen.unfetched = len(failed)
    ledger.record_unfetched(looked, failed)
    if warned:
        ledger.warn_of_arrival(warned)
    for arrival in arrivals:
        if arrival.warnings:
            log.warning("%s: two names of the same dataset and day, this one is taken", arrival.path)
    if arrivals:
        size = sum(arrival.size_bytes for arrival in arrivals)
        land.log.info("%s: %d files fetched, %s bytes", code, len(arrivals), f"{size:,}")
    return seen


def _log_seen(code: str, seen: Collected, seconds: float) -> None:
    if not seen.units:
        return  # nothing is due from it in this range
    log.info(
        "%s: %d units, %d files new, %d repeated, %d stray, %d units not reached, %.1f s",
        *(code, seen.units, seen.new, seen.repeats, seen.strays, len(seen.failed), seconds),
    )
    for _, unit, why in seen.failed:
        log.debug("%s/%s not reached: %s", code, unit, why)


def _unknown_folders(source: Source, system: System, folders: dict[str, list[date]]) -> list[Stray]:
    """Folders of units the registry does not name for this system: seen, reported, never opened."""
    children = getattr(source, "children", None)
    if children is None or not folders:
        return []
    return [
        Stray(f"{system.code}/{shown(unit)}", StrayReason.UNIT_NOT_REGISTERED, likely_unit(unit, folders) or "")
        for unit in children(system.code)
        if unit not in folders
    ]


def _days(day_from: date, day_to: date) -> Iterator[date]:
    return (day_from + timedelta(days=n) for n in range((day_to - day_from).days + 1))
