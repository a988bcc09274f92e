"""Restated counts: those of units of today in earlier periods, which are other units' counts together."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt

from cchc.conceal.cells import OWN, RESTATED, WHOLE, Cells
from cchc.conceal.lines import EPSILON, Lines, Numbers
from cchc.conceal.structure import NONE, Structure

#: Unit of today and period -> the units whose counts its are, and whether they count in full.
Sources = dict[tuple[int, int], tuple[list[int], bool]]


def with_restated(
    cells: Cells, sources: Sources, parents: npt.NDArray[np.int64]
) -> tuple[Structure, npt.NDArray[np.int64]]:
    """The lines of restated cells, and by unit of today and period the cell that holds its counts.

    A cell that is one unit's cell is not told apart from it. ``parents``: of the units of today.
    """
    rows = cells.at[RESTATED].copy()
    pairs: list[tuple[int, list[int]]] = []
    together: list[Numbers] = []
    for unit, period in zip(*np.nonzero(rows >= 0), strict=True):
        mine = int(rows[unit, period])
        codes, in_full = sources.get((int(unit), int(period)), ([], False))
        parts = [int(row) for row in cells.at[WHOLE, codes, period] if row >= 0]
        if len(parts) == 1 and (np.abs(cells.counts[mine] - cells.counts[parts[0]]) < EPSILON).all():
            rows[unit, period] = parts[0]
            continue
        used = cells.counts[mine] > EPSILON
        together_they_are = (np.abs(cells.counts[parts].sum(axis=0) - cells.counts[mine]) < EPSILON)[used]
        if in_full and parts and together_they_are.any():
            pairs.append((mine, parts))
        elif parts:
            # by a share, or from a source of its own: who knows one may compute the other
            together.append(np.array([mine, *parts], dtype=np.int64))
    lines = Lines.of(len(cells.counts), [*pairs, *_below(cells, rows, parents)])
    return Structure(lines, together), rows


def _below(cells: Cells, rows: npt.NDArray[np.int64], parents: npt.NDArray[np.int64]) -> list[tuple[int, list[int]]]:
    """Units of today below one, where any of them is other than the unit of the period."""
    below: dict[tuple[int, int], list[int]] = defaultdict(list)
    units, periods = np.nonzero(rows >= 0)
    for unit, period in zip(units.tolist(), periods.tolist(), strict=True):
        if parents[unit] != NONE:
            below[int(parents[unit]), period].append(int(rows[unit, period]))
    found = []
    for (parent, period), parts in below.items():
        total = int(rows[parent, period])
        kinds, _, _ = cells.place(np.array(parts))
        if total >= 0 and (kinds == RESTATED).any():
            own = int(cells.at[OWN, parent, period])
            together = [*parts, own] if own >= 0 else parts
            sums, counts = cells.counts[together].sum(axis=0), cells.counts[total]
            if ((counts > EPSILON) & (np.abs(sums - counts) < EPSILON)).any():
                found.append((total, together))
    return found
