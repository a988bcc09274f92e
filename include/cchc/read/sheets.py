"""The sheets of a workbook to a frame under canonical names."""

from __future__ import annotations

import polars as pl

from cchc.datasets import DATASETS
from cchc.read.headings import find_headings, headings_of
from cchc.read.opened import Opened
from cchc.read.table import TITLE_ROWS, Grid, read_grids
from cchc.read.workbook import Sheet, open_sheets
from cchc.registry.open import Registry

#: Days between the two epochs of serial dates: 1 January 1904 and 30 December 1899.
_DAYS_1904 = 1462


def read_workbook(content: bytes, file: Opened, registry: Registry) -> tuple[pl.DataFrame, list[str]]:
    """One workbook: the rows of every visible sheet that has the headings. Returns (frame, warnings)."""
    book = open_sheets(content)
    known = headings_of(file.spec, registry)
    warnings = list(book.warnings)
    grids = []
    for number, sheet in enumerate(book.sheets, start=1):
        place = find_headings(sheet.head(TITLE_ROWS), known)
        if not sheet.is_hidden:
            grids.append(Grid(_frame(sheet, place.below if place else 0), name=f"sheet {number}"))
        elif place is not None:
            warnings.append("hidden_sheet")
    frame, said = read_grids(grids, file, registry)
    if book.is_1904:
        frame = _from_1904(frame, file)
    return frame, warnings + said


def _frame(sheet: Sheet, below: int) -> pl.DataFrame:
    """Its rows with text; from ``below`` on, cells that a merged area covers are no empty ones."""
    frame = pl.concat([sheet.frame[:below], sheet.body(below)])
    if not frame.width:
        return frame
    return frame.filter(pl.any_horizontal(pl.all().str.strip_chars().str.len_bytes() > 0))


def _from_1904(frame: pl.DataFrame, file: Opened) -> pl.DataFrame:
    """Bare day numbers of a workbook that counts from 1904, as the others count them."""
    moments = [c.name for c in DATASETS[file.spec.dataset].file_columns if c.is_moment and c.name in frame.columns]
    text = pl.col(moments)
    number = text.str.strip_chars().str.contains(r"^\d{1,5}(\.\d+)?$")
    shifted = (text.cast(pl.Float64, strict=False) + _DAYS_1904).cast(pl.String)
    return frame.with_columns(pl.when(number).then(shifted).otherwise(text).name.keep())
