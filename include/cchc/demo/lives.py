"""The lives of the demo's dossiers: drawn at once in arrays, then handed out one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from cchc.demo import calendars
from cchc.demo.calendars import MINUTE, Stamps
from cchc.demo.dossier import ELECTRONIC, INPUT_PAPER, NO_RESULT, WITHOUT_CODE, Dossier
from cchc.demo.quality import shares
from cchc.demo.reference import Outlet, Procedure, Reference

Event = tuple[datetime, int]
CARRIED_DAYS = 16  # dossiers filed before the first export day
BUSIEST = 2_600  # dossiers of the busiest unit
SHARED_FORM = "{}-{:%y%m%d}-{:04d}"
KINDS = {
    "dvcqg2022": (["citizen", "business", "agency", "organisation"], [0.86, 0.09, 0.02, 0.03]),
    "dvcqg2026": (["citizen", "business", "household"], [0.85, 0.08, 0.07]),
}
EVERY_KIND = (["citizen", "business", "agency", "organisation", "household"], [0.82, 0.08, 0.02, 0.03, 0.05])


class Numbers:
    """Dossier numbers of one system. A few name only the province, and another system may use the same ones."""

    def __init__(self, dialect: str) -> None:
        self._form = "{}-{:%Y%m%d}-{:07d}" if dialect == "dvcqg2026" else "{}-{:%y%m%d}-{:04d}"
        self._last: dict[tuple[str, date], int] = {}

    def next(self, unit: str, filed: date, shared: bool) -> str:
        """The next number of a unit and day."""
        prefix = unit.split(".")[0] if shared else unit
        self._last[prefix, filed] = serial = self._last.get((prefix, filed), 0) + 1
        return (SHARED_FORM if shared else self._form).format(prefix, filed, serial)


def unit_lives(
    reference: Reference,
    outlet: Outlet,
    first: date,
    last: date,
    scale: float,
    rng: np.random.Generator,
    busiest: str = "",
) -> Iterator[tuple[Dossier, list[Event]]]:
    """Every dossier of the units of one system, with the changes of its state in order."""
    quality = shares(rng, len(outlet.units))
    numbers = Numbers(outlet.dialect)
    for place, unit in enumerate(outlet.units):
        level = reference.units[unit].level if unit in reference.units else "commune"
        offered = [p for p in reference.procedures if (p.level == "commune") == (level == "commune")]
        mine = _few(offered or reference.procedures, rng)
        size = max(3, round(scale * rng.lognormal(5.6 if level == "commune" else 5.3, 0.45)))
        size = round(scale * BUSIEST) if unit == busiest else size
        q = {name: float(values[place]) for name, values in quality.items()}
        yield from _draw(reference, outlet, unit, mine, size, q, first, last, rng, numbers)


def _few(procedures: list[Procedure], rng: np.random.Generator) -> list[Procedure]:
    """A few procedures make most of a unit's work: repeats weigh them."""
    order = rng.permutation(len(procedures))[:30]
    weights = (1 / (1 + np.arange(len(order)))) ** 0.7
    picks = rng.choice(order, size=200, p=weights / weights.sum())
    return [procedures[i] for i in picks]


def _draw(
    reference: Reference,
    outlet: Outlet,
    unit: str,
    procedures: list[Procedure],
    size: int,
    q: dict[str, float],
    first: date,
    last: date,
    rng: np.random.Generator,
    numbers: Numbers,
) -> Iterator[tuple[Dossier, list[Event]]]:
    start = first - timedelta(CARRIED_DAYS)
    open_days = calendars.busy(start - timedelta(10), last)
    chosen = [procedures[i] for i in rng.integers(0, len(procedures), size)]
    channel = np.where(rng.random(size) < q["online"], "online", np.where(rng.random(size) < 0.06, "postal", "direct"))
    submitted = _filed(start, last, channel == "online", open_days, rng)
    order = np.argsort(submitted, kind="stable")
    submitted, channel = submitted[order], channel[order]
    travel = (rng.exponential(14400, size) + 600).astype("timedelta64[s]")
    arrived = calendars.into_office(submitted + travel, open_days, rng)
    received = np.where(channel == "online", arrived, submitted)
    days = np.array([p.max_days or int(n) for p, n in zip(chosen, rng.integers(1, 4, size), strict=True)])
    working = np.array([p.day_kind != "calendar" for p in chosen])
    due = calendars.add_days(received, np.maximum(days, 1), working, open_days)
    midnight = rng.random(size) < 0.05
    due = np.where(midnight, due + np.timedelta64(6 * 3600 + 3599, "s"), due)
    finished = _finish(received, due, rng.random(size) < q["on_time"], open_days, rng)
    returned = calendars.into_office(
        finished + (rng.exponential(21600, size) + 900).astype("timedelta64[s]"), open_days, rng
    )
    luck = rng.random((14, size))
    kinds, kind_weights = KINDS.get(outlet.dialect, EVERY_KIND)
    kind = rng.choice(kinds, size, p=kind_weights)
    province = f"{unit.split('.')[0]}."
    departments = [u.code for u in reference.units.values() if u.level == "department" and u.code.startswith(province)]
    elsewhere = departments or [unit]
    stamps = [column.astype(datetime) for column in (submitted, received, due, finished, returned)]
    for i, (filed, got, until, done, back) in enumerate(zip(*stamps, strict=True)):
        luck_i = luck[:, i]
        handling = unit if luck_i[0] > 0.03 else elsewhere[int(luck_i[0] * 1e6) % len(elsewhere)]
        dossier = Dossier(
            numbers.next(unit, filed.date(), luck_i[3] > 0.993),
            _suffixed(chosen[i].code, unit, luck_i[1]),
            unit,
            None if luck_i[2] < 0.1 else unit,
            None if luck_i[2] < 0.06 and handling == unit else handling,
            str(kind[i]),
            None if channel[i] == "direct" and luck_i[3] < 0.05 else str(channel[i]),
            int(rng.integers(1, 99_999)),
            filed,
            got,
            until if luck_i[4] > 0.02 else None,
            digitised=bool(luck_i[5] < q["digitised"]),
            vneid=bool(luck_i[6] < q["vneid"]),
            reused=bool(luck_i[7] < q["reused"]),
            from_store=bool(luck_i[8] < q["from_store"]),
            result=_result(luck_i[9], q["result"]),
        )
        _fees(dossier, chosen[i].fee_vnd, luck_i[10], luck_i[11], q["paid"])
        yield dossier, _story(dossier, done, back, luck_i[12], luck_i[13], rng)


def _filed(start: date, last: date, online: NDArray[np.bool_], open_days: Stamps, rng: np.random.Generator) -> Stamps:
    """Filing moments: online at any hour of any day, else in office hours."""
    size, span = len(online), (last - start).days + 1
    dates = np.datetime64(start, "D") + rng.integers(0, span, size).astype("timedelta64[D]")
    desk = calendars.next_open(dates, open_days)
    dates = np.where(online & (rng.random(size) < 0.5), dates, desk)
    office = np.where(rng.random(size) < 0.6, rng.integers(450, 690, size), rng.integers(810, 1010, size))
    anytime = rng.normal(840, 260, size).clip(1, 1438).astype(np.int64)
    minutes = np.where(online, anytime, office)
    return dates.astype("datetime64[s]") + minutes * MINUTE + rng.integers(0, 60, size).astype("timedelta64[s]")


def _finish(
    received: Stamps, due: Stamps, timely: NDArray[np.bool_], open_days: Stamps, rng: np.random.Generator
) -> Stamps:
    """When the unit finishes: within the time, or some days after it."""
    size = len(received)
    room = (due - received).astype(np.int64)
    early = received + (room * rng.beta(1.6, 1.8, size)).astype("timedelta64[s]")
    early = np.minimum(calendars.into_office(early, open_days, rng), due)
    late = due + (rng.exponential(200_000, size) + 7200).astype("timedelta64[s]")
    late = calendars.into_office(late, open_days, rng)
    return np.maximum(np.where(timely, early, late), received + 5 * MINUTE)


def _suffixed(stem: str, unit: str, luck: float) -> str:
    if luck < 0.25:
        return f"{stem}.000.00.00.{unit.split('.')[0]}"
    return f"{stem}.{unit}" if luck < 0.6 else stem


def _result(luck: float, share: float) -> int:
    if luck < share:
        return ELECTRONIC
    rest = (luck - share) / (1 - share)
    return INPUT_PAPER if rest < 0.25 else WITHOUT_CODE if rest < 0.4 else NO_RESULT


def _fees(dossier: Dossier, fee: int, luck: float, second: float, paid: float) -> None:
    """What is to be paid, and when it is paid online; 0 is a real fee, an empty list says nothing."""
    if not fee:
        dossier.fees = () if luck < 0.35 else (0, 0) if luck > 0.97 else (0,)
        return
    dossier.fees = () if luck < 0.05 else (0,) if luck > 0.95 else (fee, 8000) if luck > 0.85 else (fee,)
    if dossier.fees and dossier.fees[0] and second < paid * (1 if dossier.channel == "online" else 0.55):
        dossier.online_payment = 1 if second < paid * 0.36 or luck < 0.4 else 2
        moment = dossier.submitted_at if dossier.channel == "online" else dossier.received_at
        assert moment is not None
        dossier.paid_at = (moment + timedelta(minutes=2 + int(luck * 50))).replace(second=0)


def _story(
    d: Dossier, done: datetime, back: datetime, luck: float, second: float, rng: np.random.Generator
) -> list[Event]:
    """The changes of state of a dossier; sets the moments that depend on how it ends."""
    assert d.submitted_at and d.received_at
    events = [(d.submitted_at, 1)] if d.channel == "online" else []
    if d.channel == "online" and luck < 0.02:  # refused at the desk
        d.refused_at, d.received_at, d.due_at, d.paid_at, d.online_payment = d.received_at, None, None, None, 0
        return [*events, (d.refused_at, 3)]
    got = d.received_at
    events.append((got, 2))
    if second < 0.7:
        events.append((got + (done - got) / 8, 4))
    waits = timedelta()
    if luck > 0.93:
        asked = got + (done - got) * (0.2 + second * 0.3)
        for turn in range(2 if luck > 0.985 else 1):
            answered = asked + timedelta(hours=float(rng.uniform(6, 110)))
            if luck > 0.992 and turn:  # never answered
                d.supplements = (*d.supplements, (_whole(asked), None))
                return [*events, (_whole(asked), 5)]
            d.supplements = (*d.supplements, (_whole(asked), _whole(answered)))
            events += [(_whole(asked), 5), (_whole(answered), 4)]
            waits += answered - asked
            asked = answered + (done - got) * 0.2
    done, back = _whole(done + waits), _whole(back + waits)
    d.finished_at = done
    if second > 0.985:
        return [*events, (done, 7 if second > 0.991 else 8)]
    if second > 0.97 and not d.supplements:
        events.append((got + (done - got) / 3, 6))
    events.append((done, 9))
    if second > 0.12:
        d.returned_at = back
        if second < 0.17:  # closed by handing over, no date of its own
            events.pop()
            d.finished_at = None
        events.append((back, 10))
    return events


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
