"""Which counts a copy for the public does not show, so that none that is too small can be found out.

In: counts by cell, and lines in which parts add up to a total. Out: the cells to hide. Nothing is read here.

A **cell** is what a unit counted in one period for one family of counts; a **family** is what is counted over the same
cases (the dossiers of a unit): whoever knows one denominator and a score knows the numerator, so that a family is shown
whole or not at all. A cell is hidden

1. where a count of it, or the other part of a whole, is from 1 up to less than the least that is published;
2. where it would give away another: in each line at least two parts are hidden, and together they count, in every
   measure, nothing or at least the least that is published;
3. where lines together would still give away a cell of the first kind: the equations determine it, or leave a count of
   it one value alone once it is known that no count is below zero.

The way of cell suppression of official statistics: L. Willenborg, T. de Waal, Elements of Statistical Disclosure
Control (2001), chapter 4. Zero says of nobody what he did, and is not protected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

#: Unit, period, family.
Cell = tuple[str, str, str]
Counts = Mapping[str, Decimal]

#: A cell whose value every solution shares lies in the row space: up to floating point its projection is 1.
_DETERMINED = 1 - 1e-6
#: Above every count; small enough that sums of it stay exact.
_MOST = 1e12
_EPSILON = 1e-3
#: Lines that narrow each other settle within a few rounds; more would only cost.
_ROUNDS = 40


@dataclass(frozen=True)
class Line:
    """Parts that add up to a total; what else there may be in it is taken as known to be nothing."""

    total: Cell
    parts: tuple[Cell, ...]


def is_small(counts: Counts, least: int) -> bool:
    """Whether any count says too much by itself."""
    return any(0 < count < least for count in counts.values())


def hidden_cells(
    cells: Mapping[Cell, Counts], lines: Sequence[Line], least: int, start: Collection[Cell] = ()
) -> set[Cell]:
    """The cells to hide; ``start``: those that are hidden anyway."""
    small = {cell for cell, counts in cells.items() if is_small(counts, least)}
    hidden = small | {cell for cell in start if cell in cells}
    known = [
        line
        for each in lines
        if each.total in cells and (line := Line(each.total, tuple(part for part in each.parts if part in cells))).parts
    ]
    of_cell: dict[Cell, list[int]] = defaultdict(list)
    for number, line in enumerate(known):
        for cell in (line.total, *line.parts):
            of_cell[cell].append(number)
    waiting = list(range(len(known)))
    while True:
        while waiting:
            if more := _protect(known[waiting.pop()], cells, hidden, least):
                hidden |= more
                waiting += sorted({number for cell in more for number in of_cell[cell]})
        given_away = (determined(known, hidden) | pinned(known, cells, hidden)) & small
        others = {_another(given, known, of_cell, cells, hidden) for given in given_away}
        further = {other for other in others if other is not None}
        if not further:
            return hidden
        hidden |= further
        waiting = sorted({number for cell in further for number in of_cell[cell]})


def _protect(line: Line, cells: Mapping[Cell, Counts], hidden: set[Cell], least: int) -> set[Cell]:
    """What has to be hidden in one line beside what is hidden already."""
    inside = [part for part in line.parts if part in hidden]
    if not inside and line.total not in hidden:
        return set()
    if line.total in hidden:
        # the total is what the parts give: one of them has to be hidden too
        return set() if inside else {min(line.parts, key=lambda cell: _size(cells[cell]))}
    more: set[Cell] = set()
    shown = sorted((part for part in line.parts if part not in hidden), key=lambda cell: _size(cells[cell]))
    while len(inside) + len(more) < 2 or _sum_is_small([*inside, *more], cells, least):
        if not shown:
            return more | {line.total}
        more.add(shown.pop(0))
    return more


def _sum_is_small(parts: Sequence[Cell], cells: Mapping[Cell, Counts], least: int) -> bool:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for part in parts:
        for measure, count in cells[part].items():
            sums[measure] += count
    return is_small(sums, least)


def _size(counts: Counts) -> Decimal:
    return max(counts.values(), default=Decimal(0))


def determined(lines: Sequence[Line], hidden: Collection[Cell]) -> set[Cell]:
    """The hidden cells that the equations of the lines give away, whatever is shown of the others."""
    order = {cell: column for column, cell in enumerate(sorted(hidden, key=repr))}
    rows = [
        {
            order[cell]: sign
            for cell, sign in [(line.total, -1.0), *((part, 1.0) for part in line.parts)]
            if cell in order
        }
        for line in lines
    ]
    rows = [row for row in rows if row]
    found: set[Cell] = set()
    names = list(order)
    for group in _connected(rows):
        columns = sorted({column for row in group for column in row})
        place = {column: n for n, column in enumerate(columns)}
        matrix = np.zeros((len(group), len(columns)))
        for n, row in enumerate(group):
            for column, sign in row.items():
                matrix[n, place[column]] = sign
        inverse = np.linalg.pinv(matrix @ matrix.T, hermitian=True)
        projection = np.einsum("ij,ik,kj->j", matrix, inverse, matrix, optimize=True)
        found |= {names[column] for column in columns if projection[place[column]] > _DETERMINED}
    return found


def pinned(lines: Sequence[Line], cells: Mapping[Cell, Counts], hidden: Collection[Cell]) -> set[Cell]:
    """The hidden cells with a count, above zero, for which the lines leave one number alone: no count is below zero.

    Every line narrows its hidden cells by what is known of the others, until none narrows any more; the measures are
    columns of one array.
    """
    measures = sorted({measure for cell in hidden for measure in cells[cell]})
    if not measures:
        return set()

    def vector(cell: Cell) -> np.ndarray:
        return np.array([float(cells[cell].get(measure, 0)) for measure in measures])

    low = {cell: np.zeros(len(measures)) for cell in hidden}
    high = {cell: np.full(len(measures), _MOST) for cell in hidden}
    active = []
    for line in lines:
        unknown = [part for part in line.parts if part in low]
        if unknown or line.total in low:
            known = sum((vector(part) for part in line.parts if part not in low), np.zeros(len(measures)))
            active.append((line.total, unknown, known, None if line.total in low else vector(line.total)))
    for _ in range(_ROUNDS):
        moved = False
        for total, unknown, known, total_known in active:
            least = sum((low[part] for part in unknown), known)
            most = sum((high[part] for part in unknown), known)
            if total_known is None:
                moved |= _narrow(low, high, total, least, most)
            total_low, total_high = (low[total], high[total]) if total_known is None else (total_known, total_known)
            for part in unknown:
                moved |= _narrow(low, high, part, total_low - (most - high[part]), total_high - (least - low[part]))
        if not moved:
            break
    return {cell for cell in hidden if np.any((high[cell] - low[cell] < 1 - _EPSILON) & (vector(cell) > 0))}


def _narrow(
    low: dict[Cell, np.ndarray], high: dict[Cell, np.ndarray], cell: Cell, at_least: np.ndarray, at_most: np.ndarray
) -> bool:
    raised, lowered = np.maximum(low[cell], at_least), np.minimum(high[cell], at_most)
    moved = bool(np.any(raised > low[cell] + _EPSILON) or np.any(lowered < high[cell] - _EPSILON))
    low[cell], high[cell] = raised, lowered
    return moved


def _connected(rows: Sequence[dict[int, float]]) -> list[list[dict[int, float]]]:
    """The rows in groups that share no column: each is solved by itself."""
    above: dict[int, int] = {}

    def top(column: int) -> int:
        while above.setdefault(column, column) != column:
            above[column] = above[above[column]]
            column = above[column]
        return column

    for row in rows:
        first, *others = row
        for column in others:
            above[top(column)] = top(first)
    groups: dict[int, list[dict[int, float]]] = defaultdict(list)
    for row in rows:
        groups[top(next(iter(row)))].append(row)
    return list(groups.values())


def _another(
    given: Cell,
    lines: Sequence[Line],
    of_cell: Mapping[Cell, Sequence[int]],
    cells: Mapping[Cell, Counts],
    hidden: set[Cell],
) -> Cell | None:
    """The smallest cell still shown in the lines around one that is given away, or around those beside it."""
    seen, edge = {given}, {given}
    while edge:
        beside = {cell for at in edge for number in of_cell[at] for cell in (lines[number].total, *lines[number].parts)}
        if shown := beside - hidden:
            return min(shown, key=lambda cell: (_size(cells[cell]), repr(cell)))
        edge = beside - seen
        seen |= beside
    return None
