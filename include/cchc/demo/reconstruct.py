"""Exports of 2023 whose counts are the published ones: one delivery a month and unit."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import msgspec
import numpy as np
from numpy.typing import NDArray

from cchc.demo import calendars
from cchc.demo.dossier import ELECTRONIC, NO_RESULT, Dossier
from cchc.demo.published import Counts, District
from cchc.demo.reference import Outlet, Procedure, Reference
from cchc.demo.sink import Sink, packed
from cchc.demo.write_json import envelope_2022
from cchc.demo.write_table import table

Shares = NDArray[np.float64]
EARLY, ON_THE_DAY, RUNNING = range(3)


def apportion(total: int, weights: Shares) -> list[int]:
    """Whole numbers in proportion to the weights that add up to the total (largest remainder)."""
    exact = total * weights / weights.sum()
    parts = np.floor(exact).astype(int)
    for at in np.argsort(-(exact - parts), kind="stable")[: total - int(parts.sum())]:
        parts[at] += 1
    return [int(part) for part in parts]


def split(counts: Counts, units: int, rng: np.random.Generator) -> list[Counts]:
    """The counts of several units, uneven, adding up to the given ones."""
    received = apportion(counts.received, rng.lognormal(0, 0.35, units))
    size = np.array(received, dtype=float)
    running = apportion(counts.running, size)
    on_the_day = apportion(counts.on_the_day, size - running)
    out = []
    online = apportion(counts.online, size * rng.uniform(0.85, 1.15, units)) if counts.online is not None else None
    missed = None
    if counts.digitised is not None:
        missed = apportion(counts.received - counts.digitised, size * rng.uniform(0.5, 1.5, units))
    for i, total in enumerate(received):
        out.append(
            Counts(
                early=total - running[i] - on_the_day[i],
                on_the_day=on_the_day[i],
                running=running[i],
                online=online[i] if online else None,
                digitised=total - missed[i] if missed else None,
            )
        )
    return out


def write_district(sink: Sink, reference: Reference, district: District, seed: int) -> None:
    """Write every unit's monthly deliveries of one district."""
    outlet = next((o for o in reference.outlets if o.system == district.system), None)
    if outlet is None:
        return
    rng = np.random.default_rng([seed, zlib.crc32(district.system.encode())])
    desks = [u for u in outlet.units if u in reference.units and reference.units[u].level == "district"]
    communes = [u for u in outlet.units if u not in desks]
    counts = dict(zip(communes, split(district.communes, len(communes), rng), strict=True))
    counts |= dict.fromkeys(desks, district.desk)
    for place, unit in enumerate(outlet.units):
        level = "province" if unit in desks else "commune"
        procedures = [p for p in reference.procedures if p.level == level] or reference.procedures
        months: dict[date, list[Dossier]] = defaultdict(list)
        for dossier in _dossiers(unit, district, district.number_form.format(place), counts[unit], procedures, rng):
            for day, shown in _sent(dossier, district.last):
                months[day].append(shown)
        for day in _month_ends(district.first, district.last):
            _put(sink, reference, outlet, unit, day, months[day])


def _dossiers(
    unit: str, district: District, number: str, counts: Counts, procedures: list[Procedure], rng: np.random.Generator
) -> Iterator[Dossier]:
    ends = np.repeat([EARLY, ON_THE_DAY, RUNNING], [counts.early, counts.on_the_day, counts.running])
    size = len(ends)
    online = _some(counts.online if counts.online is not None else int(size * 0.6), size, rng)
    digitised = _some(counts.digitised if counts.digitised is not None else int(size * 0.7), size, rng)
    open_days = calendars.working_days(district.first, district.last + timedelta(60))
    inside = len(calendars.working_days(district.first, district.last))
    length = rng.integers(1, 16, size)
    start = (rng.random(size) * (inside - length)).astype(int)
    start = np.where(ends == RUNNING, inside - 1 - rng.integers(0, 12, size), start)
    due = np.where(ends == RUNNING, inside + rng.integers(0, 15, size), start + length)
    done = np.where(ends == ON_THE_DAY, due, start + (rng.random(size) * length).astype(int))
    minute = rng.integers(0, 170, (3, size))
    luck = rng.random((5, size))
    order = np.lexsort((minute[0], start))
    serial: dict[date, int] = {}
    for i in order.tolist():
        received = _at(open_days[start[i]], 7, 30 + int(minute[0, i]))
        serial[received.date()] = serial.get(received.date(), 0) + 1
        procedure = procedures[int(luck[0, i] * len(procedures))]
        finished = None if ends[i] == RUNNING else _at(open_days[done[i]], 13, 30 + int(minute[1, i]))
        back = finished + timedelta(minutes=int(minute[2, i] // 8)) if finished and luck[1, i] < 0.95 else None
        yield Dossier(
            f"{number}-{received:%y%m%d}-{serial[received.date()]:04d}",
            procedure.code,
            unit,
            unit,
            unit,
            "citizen" if luck[2, i] < 0.9 else "business",
            "online" if online[i] else "direct" if luck[2, i] < 0.97 else "postal",
            int(rng.integers(1, 99_999)),
            received - timedelta(hours=14 if online[i] else 0),
            received,
            _at(open_days[due[i]], 17, 0),
            finished,
            back,
            status=10 if back else 9 if finished else 4,
            digitised=bool(digitised[i]),
            vneid=bool(luck[3, i] < 0.4),
            fees=(procedure.fee_vnd,),
            result=ELECTRONIC if finished and luck[4, i] < 0.3 else NO_RESULT,
            updated_at=back or finished or received,
        )


def _some(count: int, size: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    chosen = np.zeros(size, dtype=bool)
    chosen[rng.permutation(size)[:count]] = True
    return chosen


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour) + timedelta(minutes=minute)


def _month_ends(first: date, last: date) -> list[date]:
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return [day for day in days if (day + timedelta(1)).day == 1]


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(32)).replace(day=1) - timedelta(1)


def _sent(d: Dossier, last: date) -> Iterator[tuple[date, Dossier]]:
    """Once at the end of the month of receipt, once more at the end of the month in which it ended."""
    assert d.received_at
    first = _month_end(d.received_at.date())
    if d.finished_at is None or _month_end(d.finished_at.date()) == first:
        yield first, d
        return
    yield first, d.seen(d.received_at + timedelta(minutes=20), 4)
    yield _month_end(d.finished_at.date()), d


def _put(sink: Sink, reference: Reference, outlet: Outlet, unit: str, day: date, rows: list[Dossier]) -> None:
    if outlet.dialect == "dvcqg2022":
        content = msgspec.json.encode(envelope_2022(unit, rows))
    else:
        content = table(rows, outlet, reference)
    path = f"{outlet.system}/{unit}/{day}/{outlet.filename}"
    sink.put(path, packed(content, outlet.ext), day, len(rows))
