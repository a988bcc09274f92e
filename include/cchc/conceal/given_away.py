"""What a reader can compute of hidden counts from those that are shown: by equations, and because none is below zero.

The equations of hidden cells fall into groups that share no cell; each is looked at by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cchc.conceal.lines import EPSILON, Lines, Numbers, Values

Flags = npt.NDArray[np.bool_]
#: A cell whose value every solution shares lies in the row space: up to floating point its projection is 1.
_DETERMINED = 1 - 1e-6
#: Of the greatest eigenvalue: what is less is floating point and no direction of its own.
_NO_DIRECTION = 1e-10
#: Above every count; small enough that sums of it stay exact.
_MOST = 1e12
_MOVED = 1e-3
#: Lines that narrow each other settle within some rounds; more would only cost.
_ROUNDS = 200


@dataclass(frozen=True)
class _Group:
    """Equations over some hidden cells: entries of rows, each a part (+1) or a total (-1), sorted by row."""

    cells: Numbers
    row: Numbers
    column: Numbers
    sign: Values
    #: By row the number of its line.
    lines: Numbers


def given_away(lines: Lines, counts: Values, hidden: Flags, small: Flags, safe: set[bytes]) -> Numbers:
    """The hidden cells with a count that is too small, and that can be found out all the same.

    ``safe``: groups that were found to give nothing away; those found here are added.
    """
    found: list[Numbers] = []
    for group in _groups(lines, hidden):
        key = group.cells.tobytes()
        wanted = small[group.cells]
        if key in safe or not wanted.any():
            continue
        flags = (_determined(group) | _pinned(group, lines, counts, hidden)) & wanted
        if flags.any():
            found.append(group.cells[flags])
        else:
            safe.add(key)
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def _groups(lines: Lines, hidden: Flags) -> list[_Group]:
    """The equations of hidden cells, in groups that share no cell."""
    parts, totals = hidden[lines.parts], hidden[lines.totals]
    row = np.concatenate([lines.line_of_part[parts], np.flatnonzero(totals)])
    cell = np.concatenate([lines.parts[parts], lines.totals[totals]])
    sign = np.concatenate([np.ones(int(parts.sum())), -np.ones(int(totals.sum()))])
    if not len(row):
        return []
    order = np.argsort(row, kind="stable")
    row, cell, sign = row[order], cell[order], sign[order]
    label = np.arange(lines.cells, dtype=np.int64)
    firsts = np.flatnonzero(np.diff(row, prepend=-1))
    lengths = np.diff(np.append(firsts, len(row)))
    while True:
        least = np.repeat(np.minimum.reduceat(label[cell], firsts), lengths)
        now = label.copy()
        np.minimum.at(now, cell, least)
        if np.array_equal(now, label):
            break
        label = now
    of = label[cell]
    order = np.lexsort((np.arange(len(row)), of))
    row, cell, sign, of = row[order], cell[order], sign[order], of[order]
    edges = np.append(np.flatnonzero(np.diff(of, prepend=-1)), len(of))
    found = []
    for low, high in pairwise(edges):
        cells, column = np.unique(cell[low:high], return_inverse=True)
        numbers, at = np.unique(row[low:high], return_inverse=True)
        found.append(_Group(cells, at, column, sign[low:high], numbers))
    return found


def _determined(group: _Group) -> Flags:
    """The cells that the equations give away, whatever is shown of the others."""
    matrix = np.zeros((len(group.lines), len(group.cells)))
    matrix[group.row, group.column] = group.sign
    if len(group.lines) <= len(group.cells):
        values, vectors = np.linalg.eigh(matrix @ matrix.T)
        kept = values > _NO_DIRECTION * values[-1]
        space = (matrix.T @ vectors[:, kept]) / np.sqrt(values[kept])
    else:
        values, vectors = np.linalg.eigh(matrix.T @ matrix)
        space = vectors[:, values > _NO_DIRECTION * values[-1]]
    return np.asarray((space**2).sum(axis=1) > _DETERMINED)


def _pinned(group: _Group, lines: Lines, counts: Values, hidden: Flags) -> Flags:
    """The cells with a count, above zero, for which the lines leave one number alone: no count is below zero.

    Every line narrows its hidden cells by what is known of the others, until none narrows any more; in a measure that
    does not add up in a line, that line says nothing.
    """
    mine = counts[group.cells]
    used = mine.max(axis=0) > 0
    mine = mine[:, used]
    sums, shown = np.zeros((len(group.lines), mine.shape[1])), np.zeros((len(group.lines), mine.shape[1]))
    for at, number in enumerate(group.lines):
        parts, total = lines.parts_of(number), lines.totals[number]
        values = counts[parts][:, used]
        sums[at] = values.sum(axis=0) - counts[total, used]
        shown[at] = (0 if hidden[total] else counts[total, used]) - values[~hidden[parts]].sum(axis=0)
    holds = (np.abs(sums) < EPSILON)[group.row]
    shown = shown[group.row]
    firsts = np.flatnonzero(np.diff(group.row, prepend=-1))
    lengths = np.diff(np.append(firsts, len(group.row)))
    by_cell = np.argsort(group.column, kind="stable")
    cell_firsts = np.flatnonzero(np.diff(group.column[by_cell], prepend=-1))
    positive = (group.sign > 0)[:, None]
    low, high = np.zeros_like(mine), np.full_like(mine, _MOST)
    for _ in range(_ROUNDS):
        below, above = low[group.column], high[group.column]
        signed_low, signed_high = np.where(positive, below, -above), np.where(positive, above, -below)
        all_low = np.repeat(np.add.reduceat(signed_low, firsts, axis=0), lengths, axis=0)
        all_high = np.repeat(np.add.reduceat(signed_high, firsts, axis=0), lengths, axis=0)
        # a part is what is shown less the other hidden ones; of a hidden total the same with the sign turned
        at_least, at_most = shown - (all_high - signed_high), shown - (all_low - signed_low)
        at_least, at_most = np.where(positive, at_least, -at_most), np.where(positive, at_most, -at_least)
        at_least, at_most = np.where(holds, at_least, 0), np.where(holds, at_most, _MOST)
        raised = np.maximum(low, np.maximum.reduceat(at_least[by_cell], cell_firsts, axis=0))
        lowered = np.minimum(high, np.minimum.reduceat(at_most[by_cell], cell_firsts, axis=0))
        moved = (raised > low + _MOVED).any() or (lowered < high - _MOVED).any()
        low, high = raised, lowered
        if not moved:
            break
    return np.asarray(((high - low < 1 - _MOVED) & (mine > 0)).any(axis=1))
