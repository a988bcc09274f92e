"""What every kind of workbook is opened to: sheets of text cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from cchc.errors import FileRefused
from cchc.read.workbook_cells import MERGED

Row = list[str | None]
#: First row, first column, last row, last column, from 0.
Area = tuple[int, int, int, int]

#: No sheet is read that claims more cells than this: a million rows of 28 columns ...
MOST_CELLS = 30_000_000
#: ... nor one, unless it is small, of which fewer than one cell in so many has a value.
MOST_EMPTY = 50
SMALL_SHEET = 7_500_000
#: Cells below the first of merged areas.
MOST_COVERED = 3_000_000


@dataclass(frozen=True)
class Sheet:
    """One sheet. ``frame`` begins at A1 and has text columns ``c0``, ``c1``, ..., without the empty rows and columns at
    the end; a merged area holds its value in its first cell, and ``areas`` says how far it reaches."""

    name: str
    is_hidden: bool
    frame: pl.DataFrame
    areas: list[Area] = field(default_factory=list)

    @classmethod
    def of_rows(cls, name: str, is_hidden: bool, rows: Sequence[Row], areas: Sequence[Area] = ()) -> Sheet:
        """From rows, all of one width."""
        width = len(rows[0]) if rows else 0
        frame = pl.DataFrame(rows, {f"c{at}": pl.String for at in range(width)}, orient="row")
        return cls(name, is_hidden, trimmed(frame), list(areas))

    @cached_property
    def rows(self) -> list[Row]:
        """Every row, for where that is handier than ``frame``; costs as much again as to read the sheet."""
        return self.head(self.frame.height)

    def head(self, count: int) -> list[Row]:
        """The first rows, where titles and headings stand."""
        return [list(row) for row in self.frame.head(count).rows()]

    def body(self, first: int) -> pl.DataFrame:
        """The rows from ``first`` on, below the headings, with ``#MERGED!`` in the cells of a merged area that are not
        its first one, where the row has a value of its own: whether they mean the same value, the sheet does not say.
        """
        frame = self.frame[first:]
        covered = self._covered(first)
        marked: dict[int, list[int]] = {}
        for number, columns in covered.items():
            row = frame.row(number)
            if any(cell is not None for column, cell in enumerate(row) if column not in columns):
                for column in columns:
                    marked.setdefault(column, []).append(number)
        return frame.with_columns(frame.to_series(at).scatter(numbers, MERGED) for at, numbers in marked.items())

    def _covered(self, first: int) -> dict[int, set[int]]:
        """Row from ``first`` on -> its columns that belong to a merged area and are not its first cell."""
        covered: dict[int, set[int]] = {}
        left = MOST_COVERED
        for top, start, bottom, end in self.areas:
            for number in range(max(top, first), min(bottom + 1, self.frame.height)):
                columns = range(start + (number == top), min(end + 1, self.frame.width))
                left -= max(len(columns), 1)
                if left < 0:
                    raise FileRefused("unreadable_workbook", "merged areas without end")
                covered.setdefault(number - first, set()).update(columns)
        return covered


@dataclass(frozen=True)
class Workbook:
    """Every sheet with cells, hidden ones too. ``is_1904``: days written as plain numbers count from 1904-01-01."""

    sheets: list[Sheet]
    warnings: list[str] = field(default_factory=list)
    is_1904: bool = False


def trimmed(frame: pl.DataFrame) -> pl.DataFrame:
    """Without the empty rows and columns at the end."""
    width = frame.width
    while width and frame.to_series(width - 1).null_count() == frame.height:
        width -= 1
    height = max((_length(frame.to_series(at)) for at in range(width)), default=0)
    return frame[:height, :width]


def _length(column: pl.Series) -> int:
    """Of the rows up to the last value."""
    if len(column) and column[-1] is not None:
        return len(column)
    last = column.is_not_null().arg_true().max()
    return 0 if last is None else int(str(last)) + 1
