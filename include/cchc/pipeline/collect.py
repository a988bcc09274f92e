"""Extract and land: fetch what is new under the export root, for a range of export dates, units concurrently."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from cchc import land
from cchc.contracts import Stray
from cchc.deliveries import StrayReason
from cchc.errors import CchcError, PermanentError
from cchc.extract import Source, open_source
from cchc.extract.base import UNKNOWN, delivery_of
from cchc.ledger import Arrival, Ledger
from cchc.registry.model import System
from cchc.registry.open import Registry
from cchc.settings import Settings

log = logging.getLogger("cchc.extract")


@dataclass
class Collected:
    """What one look at the sources brought. ``failed``: (system, unit, why) of units that could not be reached."""

    new: int = 0
    repeats: int = 0
    strays: int = 0
    units: int = 0
    failed: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, other: Collected) -> None:
        """Count another look in."""
        self.new += other.new
        self.repeats += other.repeats
        self.strays += other.strays
        self.units += other.units
        self.failed += other.failed


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
) -> Collected:
    """Look at every folder of the range, land what changed, and number the revisions in the ledger, system by system.

    ``systems`` and ``units`` narrow it down; ``step`` is the run day of a scheduled source. A unit that can't be
    reached is reported and the others go on.
    """
    collected = Collected()
    known = ledger.fingerprints(day_from, day_to)
    with ThreadPoolExecutor(settings.fetch_workers) as pool:
        for code, system in sorted(registry.systems.items()):
            if systems and code not in systems:
                continue
            folders = units_of(registry, system, day_from, day_to)
            wanted = {unit: days for unit, days in folders.items() if not units or unit in units}
            seen = Collected(units=len(wanted))
            started = time.perf_counter()
            try:
                source = open_source(system.root or settings.exports, settings.schedule, step)
                strays = _unknown_folders(source, system, folders)
            except CchcError as error:
                if system.root is None and isinstance(error, PermanentError):
                    raise  # the common root is wrong: no system can be reached
                seen.failed = [(code, unit, str(error)) for unit in wanted]
            else:
                tasks = {
                    unit: pool.submit(_fetch_unit, settings, source, system, unit, days, known)
                    for unit, days in wanted.items()
                }
                _gather(seen, code, tasks, strays, ledger)
            _log_seen(code, seen, time.perf_counter() - started)
            collected.add(seen)
    return collected


def _gather(
    seen: Collected,
    code: str,
    tasks: dict[str, Future[tuple[list[Arrival], list[Stray]]]],
    strays: list[Stray],
    ledger: Ledger,
) -> None:
    """Hear out the units of a system and write their files and strays into the ledger."""
    arrivals: list[Arrival] = []
    for unit, task in tasks.items():
        try:
            mine, odd = task.result()
        except CchcError as error:
            seen.failed.append((code, unit, str(error)))
            continue
        arrivals += mine
        strays = strays + odd
    arrivals.sort(key=lambda arrival: arrival.path)
    seen.new, seen.repeats = ledger.record_arrivals(arrivals)
    seen.strays = ledger.record_strays((stray.path, stray.reason) for stray in strays)
    if arrivals:
        size = sum(arrival.size_bytes for arrival in arrivals)
        land.log.info("%s: %d files fetched, %s bytes", code, len(arrivals), f"{size:,}")


def _log_seen(code: str, seen: Collected, seconds: float) -> None:
    if not seen.units:
        return  # nothing is due from it in this range
    log.info(
        "%s: %d units, %d files new, %d repeated, %d stray, %d units not reached, %.1f s",
        *(code, seen.units, seen.new, seen.repeats, seen.strays, len(seen.failed), seconds),
    )
    for _, unit, why in seen.failed:
        log.debug("%s/%s not reached: %s", code, unit, why)


def _fetch_unit(
    settings: Settings, source: Source, system: System, unit: str, days: list[date], known: dict[str, str]
) -> tuple[list[Arrival], list[Stray]]:
    dialects: dict[str, str] = {spec.dataset: spec.dialect for spec in system.datasets}
    arrivals: list[Arrival] = []
    strays: list[Stray] = []
    for day in days:
        for name, location, fingerprint, arrived_at in source.folder(system.code, unit, day):
            path = f"{system.code}/{unit}/{day.isoformat()}/{name}"
            key = delivery_of(name, system.code, unit, day, dialects)
            if key is None:
                # a name that somebody made up may be a person's: the log has the folder alone
                log.debug("%s/%s/%s: a stray, %s", system.code, unit, day, StrayReason.UNKNOWN_FILE_NAME)
                strays.append(Stray(path, StrayReason.UNKNOWN_FILE_NAME))
                continue
            if not source.is_news(fingerprint, known.get(path)):
                continue
            landed = land.store(settings.landing, source.read(location))
            log.debug("%s: fetched, %s bytes", path, f"{landed.size_bytes:,}")
            arrivals.append(
                Arrival(
                    key,
                    path,
                    fingerprint,
                    landed.sha256,
                    landed.size_bytes,
                    arrived_at if isinstance(arrived_at, datetime) else None,
                    tells_changes=not fingerprint.startswith(UNKNOWN),
                )
            )
    return arrivals, strays


def _unknown_folders(source: Source, system: System, folders: dict[str, list[date]]) -> list[Stray]:
    """Folders of units the registry does not name for this system: seen, reported, never opened."""
    children = getattr(source, "children", None)
    if children is None or not folders:
        return []
    return [
        Stray(f"{system.code}/{unit}", StrayReason.UNIT_NOT_REGISTERED)
        for unit in children(system.code)
        if unit not in folders
    ]


def _days(day_from: date, day_to: date) -> Iterator[date]:
    return (day_from + timedelta(days=n) for n in range((day_to - day_from).days + 1))
