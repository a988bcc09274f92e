"""Which counts a copy for the public does not show, so that none that is too small can be found out.

In: counts by cell, and lines in which parts add up to a total, as arrays. Out: the cells to hide. Nothing is read here.

A **cell** is what a unit counted in one period for one family of counts; a **family** is what is counted over the same
cases (the dossiers of a unit): whoever knows one denominator and a score knows the numerator, so that a family is shown
whole or not at all. A cell is hidden

1. where a count of it, or the other part of a whole, is from 1 up to less than the least that is published;
2. where it would give away another: in each line at least two parts are hidden, and together they count, in every
   measure, nothing or at least the least that is published;
3. where lines together would still give away a cell of the first kind: the equations determine it, or leave a count of
   it one value alone once it is known that no count is below zero (``cchc.conceal.given_away``).

The way of cell suppression of official statistics: L. Willenborg, T. de Waal, Elements of Statistical Disclosure
Control (2001), chapter 4. Zero says of nobody what he did, and is not protected; a cell of zeros hides no other, as the
reason for which a unit is not ranked says that it has none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from cchc.conceal.given_away import given_away
from cchc.conceal.lines import EPSILON, Lines, Numbers, Values


def is_small(counts: Values, least: int) -> npt.NDArray[np.bool_]:
    """Of each row of counts, whether any says too much by itself."""
    return np.asarray(((counts > EPSILON) & (counts < least - EPSILON)).any(axis=-1))


def hide(
    counts: Values,
    lines: Lines,
    least: int,
    start: npt.NDArray[np.bool_] | None = None,
    together: Sequence[Numbers] = (),
) -> npt.NDArray[np.bool_]:
    """Which cells to hide. ``counts``: a row a cell, a column a measure, 0 where it has none.

    ``start``: cells that are hidden anyway; ``together``: cells of which all are hidden where one is.
    """
    lines = lines.of_parts(counts.max(axis=1, initial=0.0) > 0)
    hiding = _Hiding(counts, lines, least, together)
    small = is_small(counts, least)
    hiding.add(np.flatnonzero(small if start is None else small | start))
    while True:
        hiding.protect()
        given = given_away(lines, counts, hiding.hidden, small, hiding.safe)
        further = {other for cell in given if (other := hiding.another(int(cell))) is not None}
        if not further:
            return hiding.hidden
        hiding.add(sorted(further))


class _Hiding:
    """The cells hidden so far, and the lines that have not been looked at since."""

    def __init__(self, counts: Values, lines: Lines, least: int, together: Sequence[Numbers]) -> None:
        self.counts, self.lines, self.least = counts, lines, least
        self.sizes = counts.max(axis=1, initial=0.0)
        self.hidden = np.zeros(len(counts), dtype=bool)
        #: Groups of cells of which it is known that they give nothing away, by their bytes.
        self.safe: set[bytes] = set()
        self.waiting: list[int] = []
        self.groups: dict[int, list[int]] = defaultdict(list)
        for number, group in enumerate(together):
            for cell in group:
                self.groups[int(cell)].append(number)
        self.together = together

    def add(self, cells: Iterable[int]) -> None:
        """Hide cells and those that go with them; their lines wait to be looked at."""
        edge = [int(cell) for cell in cells]
        while edge:
            cell = edge.pop()
            if self.hidden[cell]:
                continue
            self.hidden[cell] = True
            self.waiting += self.lines.of_cell(cell).tolist()
            for group in self.groups.get(cell, ()):
                edge += self.together[group].tolist()

    def protect(self) -> None:
        """Bring every waiting line to two hidden parts."""
        while self.waiting:
            number = self.waiting.pop()
            self.add(self._missing(int(self.lines.totals[number]), self.lines.parts_of(number)))

    def _missing(self, total: int, parts: Numbers) -> list[int]:
        """What has to be hidden in one line beside what is hidden already."""
        is_hidden = self.hidden[parts]
        inside, shown = parts[is_hidden], parts[~is_hidden]
        if self.hidden[total]:
            # the total is what the parts give: one of them has to be hidden too
            return [] if len(inside) else [int(parts[np.argmin(self.sizes[parts])])]
        if not len(inside):
            return []
        sums = self.counts[inside].sum(axis=0)
        more: list[int] = []
        for cell in shown[np.argsort(self.sizes[shown], kind="stable")]:
            if len(inside) + len(more) > 1 and not is_small(sums, self.least):
                return more
            more.append(int(cell))
            sums = sums + self.counts[cell]
        enough = len(inside) + len(more) > 1 and not is_small(sums, self.least)
        return more if enough else [*more, total]

    def another(self, given: int) -> int | None:
        """The smallest cell still shown in the lines around one that is given away, or around those beside it."""
        seen, edge = {given}, {given}
        while edge:
            numbers = {int(number) for cell in edge for number in self.lines.of_cell(cell)}
            beside = {int(cell) for number in numbers for cell in self.lines.cells_of(number)}
            shown = [cell for cell in beside if not self.hidden[cell]]
            if shown:
                return min(shown, key=lambda cell: (self.sizes[cell], cell))
            edge = beside - seen
            seen |= beside
        return None
