"""Integrity cases of the quarter: dossiers that later files tell otherwise than earlier ones did.

Each is a dossier of its own (serial numbers from 9001), shown in files that arrive and can be read, behind the rows
that were there. Drawn from streams of their own, so that every other row of the quarter stays as it was. What each kind
means stands in docs/integrity.md.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import numpy as np

from cchc.demo.dossier import Dossier
from cchc.demo.lives import EVERY_KIND, KINDS
from cchc.demo.reference import Outlet, Reference

#: Kinds that the files of one root show, and the one that only a file sent again shows.
IN_FILES = ("end_backdated", "due_moved_late", "finished_and_reopened", "cancelled_and_refiled")
IN_CORRECTIONS = "vanished_overdue"
DAYS = 8  # delivery days that a case needs
_FIRST_SERIAL = 9_000

Shown = dict[tuple[str, date], list[Dossier]]
Filing = tuple[str, str, str]  # procedure, kind of applicant, channel


@dataclass(frozen=True)
class Case:
    """One planted case: its dossier and the days of the two files that show it."""

    kind: str
    unit: str
    code: str
    earlier: date
    later: date


@dataclass
class Planted:
    """What is added to the files of one outlet, by unit and day, and what the files sent again no longer hold."""

    cases: list[Case] = field(default_factory=list)
    rows: Shown = field(default_factory=lambda: defaultdict(list))

    def corrected(self, unit: str, day: date) -> list[Dossier] | None:
        """The added rows of a file as it is sent again; None where nothing vanishes from it."""
        gone = {c.code for c in self.cases if c.kind == IN_CORRECTIONS and (c.unit, c.earlier) == (unit, day)}
        return [row for row in self.rows[unit, day] if row.code not in gone] if gone else None


def share(cases: int, outlets: int, place: int) -> int:
    """How many of the cases of a kind the outlet at a place gets: the first ones get what does not divide."""
    return cases // outlets + (place < cases % outlets)


class Planter:
    """Plants the cases of one outlet."""

    def __init__(self, reference: Reference, outlet: Outlet, shown: Shown, rng: np.random.Generator) -> None:
        self.reference, self.outlet, self.rng = reference, outlet, rng
        self.planted = Planted()
        self._serials: dict[tuple[str, date], int] = {}
        self._taken: dict[str, set[Filing]] = defaultdict(set)
        for (unit, _), rows in shown.items():
            for d in rows:
                self._taken[unit].add((d.procedure[:8], d.applicant_kind, d.channel or "direct"))
        self._unused = {unit: self._filings(unit) for unit in outlet.units}

    def plant(self, kinds: tuple[str, ...], cases: int, free: Callable[[str], list[date]]) -> Planted:
        """Plant so many cases of each kind, unit after unit; ``free`` names the days whose files of a unit are read."""
        days = {unit: free(unit) for unit in self.outlet.units}
        units = [unit for unit in self.outlet.units if len(days[unit]) >= DAYS]
        for kind, number in product(kinds, range(cases if units else 0)):
            unit = units[number % len(units)]
            at = int(self.rng.integers(0, len(days[unit]) - DAYS + 1))
            _STORIES[kind](self, unit, days[unit][at : at + DAYS], number)
        return self.planted

    def _filings(self, unit: str) -> Iterator[Filing]:
        """Kinds of filings that nobody in the unit has made: what is filed again must not look like a coincidence."""
        kinds = KINDS.get(self.outlet.dialect, EVERY_KIND)[0]
        for procedure, kind, channel in product(self._procedures(unit), kinds, ("direct", "online", "postal")):
            if (procedure, kind, channel) not in self._taken[unit] and (kind, channel) != ("citizen", "direct"):
                yield procedure, kind, channel

    def _procedures(self, unit: str) -> list[str]:
        found = self.reference.units.get(unit)
        is_commune = found is None or found.level == "commune"
        offered = [p for p in self.reference.procedures if (p.level == "commune") == is_commune]
        return [p.code for p in offered or self.reference.procedures]

    def _new(self, unit: str, received: datetime, due: datetime, filing: Filing | None = None) -> Dossier:
        day = received.date()
        serial = self._serials[unit, day] = self._serials.get((unit, day), _FIRST_SERIAL) + 1
        form = "{}-{:%Y%m%d}-{:07d}" if self.outlet.dialect == "dvcqg2026" else "{}-{:%y%m%d}-{:04d}"
        procedures = self._procedures(unit)
        procedure, kind, channel = filing or (procedures[serial % len(procedures)], "citizen", "direct")
        person = int(self.rng.integers(1, 99_999))
        code = form.format(unit, day, serial)
        return Dossier(code, procedure, unit, unit, unit, kind, channel, person, received, received, due)

    def _show(self, d: Dossier, at: datetime, status: int, **changed: Any) -> None:
        row = dataclasses.replace(d, status=status, updated_at=at, **changed)
        self.planted.rows[d.unit, at.date()].append(row)

    def _case(self, kind: str, d: Dossier, earlier: date, later: date) -> None:
        self.planted.cases.append(Case(kind, d.unit, d.code, earlier, later))

    def _end_backdated(self, unit: str, days: list[date], number: int) -> None:
        d = self._new(unit, _at(days[0], 8), _at(days[3], 17))
        self._show(d, _at(days[0], 8), 2)
        self._show(d, _at(days[4], 9), 4)
        end = "returned_at" if number % 2 else "finished_at"
        self._show(d, _at(days[5], 10), 10 if number % 2 else 9, **{end: _at(days[2], 10)})
        self._case("end_backdated", d, days[4], days[5])

    def _due_moved_late(self, unit: str, days: list[date], number: int) -> None:
        d = self._new(unit, _at(days[0], 8), _at(days[1], 17))
        self._show(d, _at(days[0], 8), 4)
        moved = _at(days[6], 17)
        if number % 2:
            self._show(d, _at(days[4], 9), 4, due_at=moved)
            self._show(d, _at(days[5], 9), 9, due_at=moved, finished_at=_at(days[5], 9))
        else:
            self._show(d, _at(days[4], 9), 9, due_at=moved, finished_at=_at(days[4], 9))
        self._case("due_moved_late", d, days[0], days[4])

    def _finished_and_reopened(self, unit: str, days: list[date], number: int) -> None:
        d = self._new(unit, _at(days[0], 8), _at(days[7], 17))
        self._show(d, _at(days[0], 8), 2)
        self._show(d, _at(days[1], 10), 9, finished_at=_at(days[1], 10))
        self._show(d, _at(days[3], 9), 4)
        if number % 2:
            self._show(d, _at(days[5], 11), 9, finished_at=_at(days[5], 11))
        self._case("finished_and_reopened", d, days[1], days[3])

    def _cancelled_and_refiled(self, unit: str, days: list[date], number: int) -> None:
        filing = next(self._unused[unit], None)
        if filing is None:
            return  # every kind of filing is in use in this unit: a case would not stand out
        ended = _at(days[3 + number % 2], 9)
        d = self._new(unit, _at(days[0], 8), _at(days[3], 17), filing)
        self._show(d, _at(days[0], 8), 4)
        self._show(d, ended, 7 if number % 3 else 8, finished_at=ended)
        again = ended + timedelta(minutes=5 + number % 20)
        new = self._new(unit, again, _at(days[7], 17), filing)
        self._show(new, again, 2)
        self._show(new, _at(days[6], 14), 9, finished_at=_at(days[6], 14))
        self._case("cancelled_and_refiled", d, ended.date(), again.date())

    def _vanished_overdue(self, unit: str, days: list[date], number: int) -> None:
        d = self._new(unit, _at(days[0], 8), _at(days[1], 17))
        self._show(d, _at(days[4], 9), 4)
        self._case("vanished_overdue", d, days[4], days[4])


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour)


_STORIES: dict[str, Callable[[Planter, str, list[date], int], None]] = {
    "end_backdated": Planter._end_backdated,
    "due_moved_late": Planter._due_moved_late,
    "finished_and_reopened": Planter._finished_and_reopened,
    "cancelled_and_refiled": Planter._cancelled_and_refiled,
    "vanished_overdue": Planter._vanished_overdue,
}
