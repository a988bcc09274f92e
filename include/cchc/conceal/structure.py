"""In which lines the cells of a family add up: units below a unit and its own desk, periods within a period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from cchc.conceal.cells import BELOW, MOVED, OWN, WHOLE, Cells
from cchc.conceal.lines import EPSILON, Lines, Numbers, Values

#: No unit above; several within the period.
NONE, SEVERAL = -1, -2


@dataclass(frozen=True)
class Span:
    """One period. ``end``: its last day of data."""

    id: str
    kind: str
    start: date
    end: date
    last_day: date

    def within(self, long: Span) -> bool:
        """Whether it is a part of a longer one."""
        is_same = self.id == long.id or (self.start, self.last_day) == (long.start, long.last_day)
        return not is_same and long.start <= self.start and self.end <= long.last_day


@dataclass
class Above:
    """The unit above each unit in each period (``NONE``, ``SEVERAL``), and the several of those that moved."""

    parent: npt.NDArray[np.int64]
    moved: dict[tuple[int, int], list[int]] = field(default_factory=dict)


@dataclass
class Structure:
    """Lines of the cells, and groups of cells that are hidden together."""

    lines: Lines
    together: list[Numbers] = field(default_factory=list)


def lines_of_units(cells: Cells, above: Above) -> Structure:
    """Each unit with others below it: what they count and what remains for its own desk.

    Adds the cells of own desks, and of what units that moved within a period counted below a unit.
    """
    units, periods = np.nonzero(cells.at[WHOLE] >= 0)
    parents = above.parent[units, periods]
    known = (parents >= 0) & (cells.at[WHOLE, parents, periods] >= 0)
    child = cells.at[WHOLE, units[known], periods[known]]
    total = cells.at[WHOLE, parents[known], periods[known]]
    moved_to = [(parent, period) for (_, period), mine in above.moved.items() for parent in mine]
    moved_rows = cells.at[WHOLE][tuple(np.array(moved_to, dtype=np.int64).reshape(-1, 2).T)]
    raw_units, raw_periods = np.nonzero(cells.at[BELOW] >= 0)
    totals = np.unique(np.concatenate([total, moved_rows[moved_rows >= 0], cells.at[WHOLE, raw_units, raw_periods]]))
    totals = totals[totals >= 0]
    _, at_units, at_periods = cells.place(totals)
    below = cells.at[BELOW, at_units, at_periods]
    _forget_own_desks_of_leaves(cells, totals)
    children = np.zeros((len(totals), len(cells.measures)))
    np.add.at(children, np.searchsorted(totals, total), cells.counts[child])
    own = _own(cells, totals, below >= 0, children)
    has_own = (own > EPSILON).any(axis=1)
    cells.drop(OWN, at_units[~has_own], at_periods[~has_own])
    own_rows = np.full(len(totals), -1, dtype=np.int64)
    own_rows[has_own] = cells.extend(OWN, at_units[has_own], at_periods[has_own], own[has_own])
    told = below >= 0
    cells.counts[below[told]] = np.maximum(np.round(cells.counts[totals[told]] - own[told], 4), 0)
    rest = np.where(cells.is_of_forms, np.round(cells.counts[below] - children, 4), 0)
    has_rest = told & np.isin(totals, moved_rows) & (rest > EPSILON).any(axis=1)
    moved = cells.extend(MOVED, at_units[has_rest], at_periods[has_rest], np.maximum(rest[has_rest], 0))
    over = np.where(told, below, totals)[np.searchsorted(totals, total)]
    pairs = [
        (over, child),
        (totals[told], below[told]),
        (totals[has_own], own_rows[has_own]),
        (below[has_rest], moved),
    ]
    lines = Lines.grouped(
        len(cells.counts), np.concatenate([pair[0] for pair in pairs]), np.concatenate([pair[1] for pair in pairs])
    )
    return Structure(_that_hold(lines, cells.counts), _of_movers(cells, above))


def _forget_own_desks_of_leaves(cells: Cells, totals: Numbers) -> None:
    """The own desk of a unit with none below it is the unit."""
    units, periods = np.nonzero(cells.at[OWN] >= 0)
    leaf = ~np.isin(cells.at[WHOLE, units, periods], totals)
    cells.drop(OWN, units[leaf], periods[leaf])


def _own(cells: Cells, totals: Numbers, is_told: npt.NDArray[np.bool_], children: Values) -> Values:
    """What the own desks count: as the report forms say, else what the units below leave over."""
    _, units, periods = cells.place(totals)
    left = np.maximum(np.round(cells.counts[totals] - children, 4), 0)
    left = np.where(cells.is_additive, left, 0)
    rows = cells.at[OWN, units, periods]
    said = np.where((rows >= 0)[:, None], cells.counts[rows], 0)
    return np.where(is_told[:, None] & cells.is_of_forms, said, left)


def _of_movers(cells: Cells, above: Above) -> list[Numbers]:
    """A unit that moved within a period: it is the sum of what it was below each of those above it."""
    found = []
    for (unit, period), parents in above.moved.items():
        own = cells.at[WHOLE, unit, period]
        rest = [cells.at[kind, parent, period] for parent in parents for kind in (OWN, MOVED)]
        group = np.array([row for row in (own, *rest) if row >= 0], dtype=np.int64)
        if own >= 0 and len(group) > 1:
            found.append(group)
    return found


def lines_of_periods(cells: Cells, rows: npt.NDArray[np.int64], spans: Sequence[tuple[int, Span]]) -> Lines:
    """Periods of one kind within a longer one, by unit, where they make up any count of it.

    ``rows``: by unit and period the row of a cell; ``spans``: the periods with their numbers.
    """
    found = Lines.of(len(cells.counts), [])
    for number, long in spans:
        kinds: dict[str, list[int]] = defaultdict(list)
        for other, short in spans:
            if short.within(long):
                kinds[short.kind].append(other)
        for _, shorter in sorted(kinds.items()):
            there = np.flatnonzero(rows[:, number] >= 0)
            found += Lines.padded(len(cells.counts), rows[there, number], rows[there][:, shorter])
    return _that_hold(found, cells.counts)


def _that_hold(lines: Lines, counts: Values) -> Lines:
    """The lines that add up in any measure at all."""
    totals = counts[lines.totals]
    holds = (totals > EPSILON) & (np.abs(totals - lines.sums(counts)) < EPSILON)
    return lines.where(np.asarray(holds.any(axis=1)))
