"""Rows of cells to a frame under canonical names: titles, headings, totals and footers are told from data.

Both forms of tables come here, delimited text and the sheets of a workbook. Every row with text is accounted for: it
is a title, a heading, a total, a footer, or a data row; and a data row whose cells are shifted is held.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cchc.datasets import DATASETS, Dataset
from cchc.datasets.shape import AMOUNT, CODE_LIKE
from cchc.errors import FileRefused
from cchc.read.headings import Columns, Headings, find_headings, headings_of, match
from cchc.read.opened import Opened
from cchc.registry.model import normalise_heading
from cchc.registry.open import Registry

TITLE_ROWS = 30  # the heading row is looked for in this many rows
#: How a line of totals, or a trailer that counts, begins.
_TOTAL = re.compile(
    r"(tổng cộng|tổng số|total|trailer|records?|row ?count|rows?|count|số (bản ghi|dòng|hồ sơ))\b"
    r"|(tổng|cộng)\s*:?\s*\d*$"
)
_COUNT = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,7}")
#: A cell beside it that holds nothing but a count, with or without what is counted.
_COUNTED = re.compile(
    rf"({_COUNT.pattern})(?:\s+(?:hồ sơ|bản ghi|dòng|giao dịch|thư|văn bản|phản ánh|xã|rows?|records?|files?))?"
)


@dataclass(frozen=True)
class Grid:
    """One table of text cells, without its empty rows.

    ``frame``: columns ``c0`` ... of text. ``cells``: how many cells each row has in the file, where its form says so.
    ``name``: what to call it in a message.
    """

    frame: pl.DataFrame
    cells: NDArray[np.int64] | None = None
    name: str = "table"


def read_grids(
    grids: Sequence[Grid], file: Opened, registry: Registry, places: Sequence[Headings | None] | None = None
) -> tuple[pl.DataFrame, list[str]]:
    """The data rows of every table that has the headings; returns (frame, warnings). ``places``: what
    ``find_headings`` found in each, where that was asked before.

    The frame has the kept columns, ``row_hash`` (over every cell), ``row_number`` (from 1, over all tables) and
    ``fault`` (``ragged_row`` where a row has another number of cells than there are headings, else null).
    """
    known = headings_of(file.spec, registry)
    if places is None:
        places = [find_headings(grid.frame.head(TITLE_ROWS).rows(), known) for grid in grids]
    found = list(zip(grids, places, strict=True))
    most = max((place.known for _, place in found if place), default=0)
    if not most:
        where = (
            f"in the first {TITLE_ROWS} rows" if any(grid.frame.height for grid in grids) else "in no line with text"
        )
        raise FileRefused("missing_column", f"no heading row: no known heading {where}")
    parts: list[pl.DataFrame] = []
    warnings: list[str] = []
    for grid, place in found:
        if place is None or place.known * 2 < most:
            _no_table(grid, most)
            continue
        if parts:
            warnings.append("further_sheet")
        part, said = _read(grid, place, known, file, registry)
        parts.append(part)
        warnings += said
    frame = pl.concat(parts, how="diagonal") if len(parts) > 1 else parts[0]
    return frame.with_row_index("row_number", offset=1), list(dict.fromkeys(warnings))


def _no_table(grid: Grid, headings: int) -> None:
    """A sheet without these headings is no table of the export, unless its rows are nearly as wide as the table is."""
    if grid.frame.height and grid.frame.width:
        filled = grid.frame.select(pl.sum_horizontal(pl.all().is_not_null())).to_series()
        if int((filled * 2 >= headings).sum()) and headings >= 5:
            raise FileRefused("rows_lost", f"{grid.name}: rows half as wide as the table, or more, and no headings")


def _read(
    grid: Grid, place: Headings, known: Mapping[str, str], file: Opened, registry: Registry
) -> tuple[pl.DataFrame, list[str]]:
    dataset = DATASETS[file.spec.dataset]
    columns = match(place.row, file, registry)
    warnings = list(columns.warnings)
    if place.above and not _is_expected_above(file):
        warnings.append("text_above_headings")
    if place.below - place.above == 2:
        warnings.append("two_line_headings")
    rows = grid.frame.slice(place.below).with_row_index("at")
    key = next(p for p, name in columns.kept.items() if name == dataset.text_columns[0])
    keyless = rows.filter(pl.col(f"c{key}").is_null() | ~_looks_like_key(pl.col(f"c{key}")))  # few, as a rule
    key_heading = place.row[key] or ""
    may_repeat = rows if _is_like_key(key_heading) else keyless
    again = _repeats_headings(may_repeat, place.row, columns)
    if len(again):
        warnings.append("repeated_headings")
    totals, footers, said = _ends(keyless, rows.height, columns, dataset, set(again))
    warnings += said
    left_out = [*again, *totals, *footers]
    fault, said = _faults(rows, None if grid.cells is None else grid.cells[place.below :], columns, left_out)
    warnings += said
    cells = grid.frame.slice(place.below)
    if left_out:
        stays = ~rows["at"].is_in(left_out)
        cells, fault = cells.filter(stays), fault.filter(stays)
    hashes = cells.hash_rows(seed=766) if cells.height else pl.Series([], dtype=pl.UInt64)
    kept = [cells.to_series(position).alias(name) for position, name in columns.kept.items()]
    # series put together: an expression is a query, which costs more than all of a small file
    return pl.DataFrame([*kept, hashes.alias("row_hash"), fault.alias("fault")]), warnings


def _is_expected_above(file: Opened) -> bool:
    """A workbook's title block is part of its dialect; text above the headings of a CSV file is not."""
    return file.spec.dialect == "workbook"


def _repeats_headings(rows: pl.DataFrame, headings: Sequence[str | None], columns: Columns) -> list[int]:
    """Rows that say the headings once more, as where two exports were joined."""
    if not rows.height:
        return []
    wanted = {position: normalise_heading(headings[position] or "") for position in columns.kept}
    first = min(wanted)
    same = rows.filter(pl.col(f"c{first}").str.normalize("NFC").str.strip_chars().str.to_lowercase() == wanted[first])
    return [
        int(row["at"])
        for row in same.iter_rows(named=True)
        if all(normalise_heading(row[f"c{position}"] or "") == text for position, text in wanted.items())
    ]


def _ends(
    keyless: pl.DataFrame, height: int, columns: Columns, dataset: Dataset, skip: set[int]
) -> tuple[list[int], list[int], list[str]]:
    """Positions of total rows and of footer rows, and warnings. ``keyless``: the rows without a key, of ``height``.

    A total says so in its first cell, and has no key and no value that a row would have. Where it gives a count, that
    is compared with the rows above it: refuses ``incomplete_export`` where it says more.
    """
    if not keyless.height:
        return [], [], []
    typed = [f"c{p}" for p, name in columns.kept.items() if dataset[name].is_coded or dataset[name].is_moment]
    # where columns stand in another order, the count may stand under any of them
    said = rf"(?i)^\s*({_COUNTED.pattern}\s*$|{_TOTAL.pattern})"
    nothing = pl.col(typed).is_null() | pl.col(typed).str.contains(said)
    bare = pl.all_horizontal(nothing) if typed else pl.lit(True)
    suspects = keyless.filter(bare)
    warnings: list[str] = []
    totals: list[int] = []
    since = 0
    # what stands under an amount is a sum, and no count of rows
    sums = {f"c{p}" for p, name in columns.kept.items() if name == "fees" or dataset[name].type == AMOUNT}
    for row in suspects.iter_rows(named=True):
        at = int(row["at"])
        shown = [(name, str(cell)) for name, cell in row.items() if name != "at" and cell is not None]
        cells = [cell for name, cell in shown if cell.strip() and (name not in sums or _is_total(cell))]
        if at in skip or not cells or not _is_total(cells[0]):
            continue
        above = at - len(totals) - sum(1 for other in skip if other < at)
        counts = _counts(cells)
        if counts and not {above, above - since} & set(counts):
            if max(counts) > above:
                detail = f"a total says {max(counts):,}, and {above:,} rows stand above it"
                raise FileRefused("incomplete_export", detail)
            warnings.append("total_differs")
        totals.append(at)
        since = above
    last = totals[-1] if totals else None
    bottom = suspects.filter(pl.col("at") > last)["at"].to_list() if last is not None else []
    footers = [int(at) for at in bottom if at not in skip]
    # a footer has nothing but text below it; a row of data among them makes rows of them all
    below = height - 1 - last if last is not None else 0
    data_below = below - len(footers) - sum(1 for at in skip if last is not None and at > last)
    if data_below or len(totals) > 1:
        warnings.append("subtotal")
    if footers:
        warnings.append("text_below_total")
    return totals, footers, warnings


def _looks_like_key(text: pl.Expr) -> pl.Expr:
    return text.str.contains(rf"^\s*{CODE_LIKE}\s*$") & text.str.contains(r"\d")


@lru_cache(maxsize=1024)
def _is_like_key(text: str) -> bool:
    return bool(pl.select(_looks_like_key(pl.lit(text))).item())


def _is_total(cell: str) -> bool:
    return _TOTAL.match(normalise_heading(cell).lstrip("#- ")) is not None


def _counts(cells: Sequence[str]) -> list[int]:
    """The whole numbers that the first cells of a total row give, of which one may be the count of rows."""
    beside = [match[1] for cell in cells[1:3] if (match := _COUNTED.fullmatch(normalise_heading(cell)))]
    return [int(number.replace(".", "")) for number in [*_COUNT.findall(cells[0]), *beside]]


def _faults(
    rows: pl.DataFrame, cells: NDArray[np.int64] | None, columns: Columns, left_out: Sequence[int]
) -> tuple[pl.Series, list[str]]:
    """``ragged_row`` for every row with fewer cells than headings, or with more where those hold anything."""
    beyond = [name for name in rows.columns if name != "at"][columns.width :]
    if beyond and rows.height:
        too_many = rows.select(pl.any_horizontal(pl.col(beyond).is_not_null())).to_series().to_numpy()
    else:
        too_many = np.zeros(rows.height, dtype=bool)
    warnings: list[str] = []
    if cells is None:
        # cells of a sheet have addresses: one beyond the headings is extra text, and no other one is shifted
        return pl.Series("fault", [None] * rows.height, dtype=pl.String), ["trailing_cells"] if too_many.any() else []
    too_few = cells < columns.width
    ragged = too_many | too_few
    if too_few.any():
        # a line that broke before its last cell leaves a row that only looks whole, and a short one below it, which is
        # no total and no footer
        ends_empty = rows[f"c{columns.width - 1}"].is_null().to_numpy()
        rest = too_few.copy()
        rest[list(left_out)] = False
        ragged |= ends_empty & np.append(rest[1:], False)
    if ((cells > max(len(columns.kept), columns.width)) & ~too_many).any():
        warnings.append("trailing_cells")
    if not ragged.any():
        return pl.Series("fault", [None] * rows.height, dtype=pl.String), warnings
    fault = pl.select(pl.when(pl.Series(ragged)).then(pl.lit("ragged_row")).alias("fault")).to_series()
    return fault, warnings
