"""Counts gathered by unit, period and family, and turned into cells: a row of numbers each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from cchc.conceal.lines import Numbers, Values

#: What a cell is of: a unit with all below it, its own desk, the units below it, those of them that came or went within
#: the period, a unit of today in a period of others. It follows the name of the family.
KINDS = ("", "/own", "/below", "/moved", "/restated")
WHOLE, OWN, BELOW, MOVED, RESTATED = range(5)


@dataclass
class Names:
    """Units or periods as numbers, in the order in which they were met."""

    numbers: dict[str, int] = field(default_factory=dict)

    def of(self, names: Iterable[str]) -> Numbers:
        """Their numbers; of a new name a new one."""
        return np.array([self.numbers.setdefault(name, len(self.numbers)) for name in names], dtype=np.int64)

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True)
class _Figures:
    kind: int
    measure: str
    units: Numbers
    periods: Numbers
    values: Values


@dataclass
class Counted:
    """What a state counts, before it is known how its cells hang together: one count a cell and measure."""

    units: Names = field(default_factory=Names)
    periods: Names = field(default_factory=Names)
    figures: dict[str, list[_Figures]] = field(default_factory=lambda: defaultdict(list))
    #: Measures that do not add up over units and periods.
    not_additive: set[str] = field(default_factory=set)
    #: Measures of the report forms, of which own desk and units below are told apart.
    of_forms: set[str] = field(default_factory=set)

    def add(self, family: str, kind: int, measure: str, units: Numbers, periods: Numbers, values: Values) -> None:
        """One measure of many cells; what is not known of one is no number."""
        known = np.isfinite(values)
        if known.any():
            self.figures[family].append(
                _Figures(kind, measure, units[known], periods[known], np.round(values[known], 4))
            )

    def cells(self, family: str) -> Cells:
        """The cells of a family."""
        return Cells(self, family)


class Cells:
    """The cells of one family. ``at[kind, unit, period]``: the row of ``counts``, -1 where there is none."""

    def __init__(self, counted: Counted, family: str) -> None:
        figures = counted.figures[family]
        self.units, self.periods = len(counted.units), len(counted.periods)
        self.measures = sorted({each.measure for each in figures})
        column = {measure: n for n, measure in enumerate(self.measures)}
        self.is_additive = np.array([measure not in counted.not_additive for measure in self.measures], dtype=bool)
        self.is_of_forms = np.array([measure in counted.of_forms for measure in self.measures], dtype=bool)
        keys = [self._keys(each.kind, each.units, each.periods) for each in figures]
        self.keys, rows = np.unique(np.concatenate(keys), return_inverse=True)
        self.counts = np.zeros((len(self.keys), len(self.measures)))
        edges = np.cumsum([0, *(len(each) for each in keys)])
        for each, low, high in zip(figures, edges[:-1], edges[1:], strict=True):
            self.counts[rows[low:high], column[each.measure]] = each.values
        self.at = np.full((len(KINDS), self.units, self.periods), -1, dtype=np.int64)
        self.at.reshape(-1)[self.keys] = np.arange(len(self.keys))

    def extend(self, kind: int, units: Numbers, periods: Numbers, counts: Values) -> Numbers:
        """Add cells; returns their rows. Where there is one already it gets these counts."""
        where = self._keys(kind, units, periods)
        rows = self.at.reshape(-1)[where]
        new = rows < 0
        rows[new] = len(self.keys) + np.arange(int(new.sum()))
        self.at.reshape(-1)[where] = rows
        self.keys = np.concatenate([self.keys, where[new]])
        self.counts = np.concatenate([self.counts, np.zeros((int(new.sum()), len(self.measures)))])
        self.counts[rows] = counts
        return rows

    def drop(self, kind: int, units: Numbers, periods: Numbers) -> None:
        """Forget cells: nothing is known of them beside what another cell says."""
        rows = self.at[kind, units, periods]
        self.at[kind, units, periods] = -1
        self.counts[rows[rows >= 0]] = 0

    def place(self, rows: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Kind, unit and period of rows."""
        keys = self.keys[rows]
        return keys // (self.units * self.periods), keys // self.periods % self.units, keys % self.periods

    def _keys(self, kind: int, units: Numbers, periods: Numbers) -> Numbers:
        return (kind * self.units + units) * self.periods + periods
