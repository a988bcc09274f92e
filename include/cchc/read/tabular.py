"""Comma, semicolon or tab separated text, and workbooks: both end as a frame of text cells under canonical names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import fastexcel
import polars as pl

from cchc.errors import FileRefused
from cchc.read.headings import Columns, headings_of, known_in, match
from cchc.read.unpack import check_workbook, to_utf8
from cchc.registry.model import DatasetSpec, normalise_heading
from cchc.registry.open import Registry

DELIMITERS = {",": ",", ";": ";", "tab": "\t", "\t": "\t"}
TITLE_ROWS = 30  # the heading row of a workbook is looked for in this many rows
TOTAL = "tổng cộng"


def read_delimited(content: bytes, spec: DatasetSpec, registry: Registry) -> tuple[pl.DataFrame, list[str]]:
    """One CSV file; returns (frame, warnings). Blank lines are no rows; ragged rows are cut, with a warning."""
    headings = headings_of(spec, registry)
    content = to_utf8(content, spec.encoding or "utf-8").lstrip(b"\r\n")
    separator = _separator(content, headings, DELIMITERS.get(spec.delimiter or ",", ","))
    warnings: list[str] = []
    options: dict[str, Any] = {
        "has_header": False,
        "infer_schema": False,
        "separator": separator,
        "raise_if_empty": False,
    }
    try:
        frame = pl.read_csv(content, **options)
    except pl.exceptions.ComputeError:
        try:
            frame = pl.read_csv(content, truncate_ragged_lines=True, **options)
        except pl.exceptions.PolarsError:
            # the parser's message quotes the file, so it must not travel on
            raise FileRefused("invalid_csv", "quotes or separators are broken") from None
        warnings.append("ragged_rows")
    frame = _without_blank(frame)
    if frame.is_empty():
        raise FileRefused("missing_column", "no heading row: the file holds no line with text")
    columns = match(frame.row(0), spec, registry)
    return _keep(frame.slice(1), columns), warnings + (["extra_column"] if columns.extra else [])


def read_workbook(content: bytes, spec: DatasetSpec, registry: Registry) -> tuple[pl.DataFrame, list[str]]:
    """One XLSX file: the rows between the heading row and the ``Tổng cộng`` row of its first sheet with headings."""
    headings = headings_of(spec, registry)
    check_workbook(content)
    try:
        book = fastexcel.read_excel(content)
        sheets = [
            book.load_sheet(i, header_row=None, dtypes="string").to_polars() for i in range(len(book.sheet_names))
        ]
    except fastexcel.FastExcelError as error:
        raise FileRefused("truncated_xlsx", type(error).__name__) from error
    best: tuple[int, int, pl.DataFrame] | None = None
    for sheet in sheets:
        for number, row in enumerate(sheet.head(TITLE_ROWS).iter_rows()):
            found = known_in(row, headings)
            if found and (best is None or found > best[0]):
                best = (found, number, sheet)
    if best is None:
        raise FileRefused(
            "missing_column", f"no heading row: no known heading in the first {TITLE_ROWS} rows of any sheet"
        )
    _, number, sheet = best
    columns = match(sheet.row(number), spec, registry)
    body = sheet.slice(number + 1)
    first = body.select(pl.coalesce(pl.all()).str.strip_chars().str.normalize("NFC").str.to_lowercase()).to_series()
    totals = (first.str.starts_with(TOTAL)).arg_true()
    warnings = ["extra_column"] if columns.extra else []
    if len(totals):
        below = _without_blank(body.slice(totals[0] + 1))
        if not below.is_empty():
            warnings.append("text_below_total")
        body = body.slice(0, totals[0])
    return _keep(_without_blank(body), columns), warnings


def _separator(content: bytes, headings: Mapping[str, str], declared: str) -> str:
    """The declared separator, unless another one finds more headings in the first line."""
    line = content[:8192].split(b"\n", 1)[0].decode("utf-8", "replace")
    cells = {sep: [c.strip().strip('"') for c in line.split(sep)] for sep in {declared, ",", ";", "\t"}}
    found = {sep: sum(normalise_heading(c) in headings for c in row) for sep, row in cells.items()}
    return max(found, key=lambda sep: (found[sep], sep == declared))


def _without_blank(frame: pl.DataFrame) -> pl.DataFrame:
    return frame if frame.is_empty() else frame.filter(~pl.all_horizontal(pl.all().is_null()))


def _keep(body: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """Hash every whole row (to find exact repeats), then keep the known, not personal columns only."""
    hashes = body.hash_rows(seed=766) if body.height else pl.Series([], dtype=pl.UInt64)
    kept = body.select([pl.nth(position).alias(name) for position, name in columns.kept.items()])
    return kept.with_columns(row_hash=hashes).with_row_index("row_number", offset=1)
