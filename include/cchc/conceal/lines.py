"""Many lines at once: of each a total and its parts, as numbers of cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
#: Counts have four decimals at most; less than this is nothing.
EPSILON = 1e-6


@dataclass(frozen=True)
class Lines:
    """``totals[n]`` is what ``parts[starts[n]:starts[n + 1]]`` add up to; what else is in it counts as nothing.

    ``cells``: how many there are.
    """

    cells: int
    totals: Numbers
    starts: Numbers
    parts: Numbers

    @classmethod
    def of(cls, cells: int, lines: Iterable[tuple[int, Iterable[int]]]) -> Lines:
        """From totals with their parts."""
        listed = [(total, list(parts)) for total, parts in lines]
        return cls(
            cells,
            np.array([total for total, _ in listed], dtype=np.int64),
            np.cumsum([0, *(len(parts) for _, parts in listed)]).astype(np.int64),
            np.array([part for _, parts in listed for part in parts], dtype=np.int64),
        )

    @classmethod
    def padded(cls, cells: int, totals: Numbers, parts: Numbers) -> Lines:
        """From a table with a row a line, -1 where it has no part; lines without any are left out."""
        there = parts >= 0
        some = there.any(axis=1)
        totals, parts, there = totals[some], parts[some], there[some]
        return cls(cells, totals, np.concatenate([[0], np.cumsum(there.sum(axis=1))]).astype(np.int64), parts[there])

    @classmethod
    def grouped(cls, cells: int, totals: Numbers, parts: Numbers) -> Lines:
        """From pairs of a total and one part of it."""
        order = np.argsort(totals, kind="stable")
        totals, parts = totals[order], parts[order]
        firsts = np.flatnonzero(np.diff(totals, prepend=-1))
        return cls(cells, totals[firsts], np.append(firsts, len(parts)).astype(np.int64), parts)

    def __add__(self, other: Lines) -> Lines:
        return Lines(
            self.cells,
            np.concatenate([self.totals, other.totals]),
            np.concatenate([self.starts, other.starts[1:] + self.starts[-1]]),
            np.concatenate([self.parts, other.parts]),
        )

    def __len__(self) -> int:
        return len(self.totals)

    def where(self, wanted: npt.NDArray[np.bool_]) -> Lines:
        """The lines that are wanted."""
        kept = np.repeat(wanted, np.diff(self.starts))
        lengths = np.diff(self.starts)[wanted]
        return Lines(
            self.cells,
            self.totals[wanted],
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            self.parts[kept],
        )

    def of_parts(self, wanted: npt.NDArray[np.bool_]) -> Lines:
        """The lines with those parts alone whose cells are wanted; lines without any are left out."""
        kept = wanted[self.parts]
        lengths = np.bincount(self.line_of_part[kept], minlength=len(self))
        return Lines(
            self.cells,
            self.totals[lengths > 0],
            np.concatenate([[0], np.cumsum(lengths[lengths > 0])]).astype(np.int64),
            self.parts[kept],
        )

    def parts_of(self, number: int) -> Numbers:
        """The parts of one line."""
        return self.parts[self.starts[number] : self.starts[number + 1]]

    def cells_of(self, number: int) -> Numbers:
        """The cells of one line."""
        return np.append(self.parts_of(number), self.totals[number])

    def of_cell(self, cell: int) -> Numbers:
        """The lines that a cell is in."""
        lines, starts = self._by_cell
        return lines[starts[cell] : starts[cell + 1]]

    def sums(self, counts: Values) -> Values:
        """What the parts of each line add up to."""
        if not len(self):
            return np.zeros((0, counts.shape[1]))
        return np.asarray(np.round(np.add.reduceat(counts[self.parts], self.starts[:-1], axis=0), 4), dtype=np.float64)

    @cached_property
    def line_of_part(self) -> Numbers:
        """Of each part, the number of its line."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.starts))

    @cached_property
    def _by_cell(self) -> tuple[Numbers, Numbers]:
        cells = np.concatenate([self.parts, self.totals])
        lines = np.concatenate([self.line_of_part, np.arange(len(self), dtype=np.int64)])
        order = np.lexsort((lines, cells))
        return lines[order], np.searchsorted(cells[order], np.arange(self.cells + 1))
