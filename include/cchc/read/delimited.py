"""Comma, semicolon or tab separated text to a frame under canonical names.

Lines and cells are counted on the bytes first (``cchc.read.scan``), and the parser has to find the same.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cchc.errors import FileRefused
from cchc.read.headings import find_headings, headings_of, known_in
from cchc.read.opened import Opened
from cchc.read.scan import Scan, scan
from cchc.read.table import TITLE_ROWS, Grid, read_grids
from cchc.read.unpack import to_text
from cchc.registry.open import Registry

DELIMITERS = {",": ",", ";": ";", "tab": "\t", "\t": "\t"}
_ENOUGH = 5  # headings between the declared separators: no other one could part more of them
MOST_CELLS = 1000  # of one row; no export is so wide
_SEPARATOR_LINE = re.compile(rb'"?sep=(.)"?\n', re.IGNORECASE)
_LONGEST_CELL = 1 << 24


def read_delimited(content: bytes, file: Opened, registry: Registry) -> tuple[pl.DataFrame, list[str]]:
    """One CSV file; returns (frame, warnings). Refuses ``invalid_csv``, ``rows_lost`` and what headings may refuse."""
    decoded = to_text(content, file.spec.encoding or "utf-8")
    text, warnings = decoded.content, list(decoded.warnings)
    text = _with_line_feeds(text, warnings)
    known = headings_of(file.spec, registry)
    if line := _SEPARATOR_LINE.match(text):
        warnings.append("sep_line")
        text, separator = text[line.end() :], line[1].decode("latin-1")
    else:
        separator = _separator(text, known, DELIMITERS.get(file.spec.delimiter or ",", ","))
    scanned = scan(text, separator.encode())
    grid, widest = _grid(text, scanned, separator, warnings)
    place = find_headings(grid.frame.head(TITLE_ROWS).rows(), known)
    if place is not None and widest[0]:
        columns = sum(1 for cell in place.row if cell)
        if columns > 2 and widest[0] >= columns - 1:
            detail = f"the cell that begins in line {widest[1]:,} holds whole lines: a quotation mark never closes"
            raise FileRefused("rows_lost", detail)
    frame, said = read_grids([grid], file, registry, [place])
    return frame, warnings + said


def _with_line_feeds(text: bytes, warnings: list[str]) -> bytes:
    """Lines that end in a line feed, whatever they end in. A carriage return among other line ends is a blank."""
    if text and b"\n" in text[:-1] and text[-1] not in b"\r\n":
        warnings.append("no_last_line_end")  # as where a copy broke off
    if b"\r" not in text:
        return text
    text = text.replace(b"\r\n", b"\n")
    bare = text.count(b"\r")
    if not bare:
        return text
    warnings.append("bare_carriage_returns")
    return text.replace(b"\r", b"\n" if bare > text.count(b"\n") else b" ")


def _grid(text: bytes, scanned: Scan, separator: str, warnings: list[str]) -> tuple[Grid, tuple[int, int]]:
    """Every record with text, parsed; and the most separators that one cell of several lines holds, with its line."""
    if scanned.is_regular:
        frame = _parse(text, scanned, separator)
        cells, holds_text, widest = scanned.cells, scanned.holds_text, (scanned.swallowed, scanned.swallowed_at)
    else:
        warnings.append("loose_quotes")
        frame, cells, holds_text, widest = _parse_loosely(text, separator)
    if frame.height != len(cells):
        raise FileRefused("rows_lost", f"{len(cells):,} lines, of which the parser found {frame.height:,}")
    if not holds_text.all():
        frame, cells = frame.filter(pl.Series(holds_text)), cells[holds_text]
    return Grid(frame, cells, "file"), widest


def _parse(text: bytes, scanned: Scan, separator: str) -> pl.DataFrame:
    width = _width(int(scanned.cells.max(initial=1)))
    if not scanned.records:
        return _empty(width)
    try:
        # headings of our own say how wide the table is: the first line of the text may be a title, or blank
        names = separator.join(f"c{n}" for n in range(width)) + "\n"
        return pl.read_csv(names.encode() + text, infer_schema=False, separator=separator, truncate_ragged_lines=True)
    except pl.exceptions.PolarsError:
        # the parser's message quotes the file, so it must not travel on
        raise FileRefused("invalid_csv", "quotes or separators are broken") from None


def _parse_loosely(
    text: bytes, separator: str
) -> tuple[pl.DataFrame, NDArray[np.int64], NDArray[np.bool_], tuple[int, int]]:
    """Marks that stand loose in a text mean themselves, which only a parser that goes byte by byte can tell."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text.decode(), newline=""), delimiter=separator)
    rows: list[list[str]] = []
    widest, line = (0, 0), 1
    try:
        for row in reader:
            rows.append(row or [""])
            inside = max((cell.count(separator) for cell in rows[-1] if "\n" in cell), default=0)
            if inside > widest[0]:
                widest = (inside, line)
            line = reader.line_num + 1
    except csv.Error:
        raise FileRefused("invalid_csv", f"line {reader.line_num:,}: quotes or separators are broken") from None
    cells = np.array([len(row) for row in rows], dtype=np.int64)
    holds_text = np.array([any(cell.strip(' \t\n"') for cell in row) for row in rows], dtype=np.bool_)
    width = _width(int(cells.max(initial=1)))
    frame = pl.DataFrame(
        [[cell or None for cell in row] + [None] * (width - len(row)) for row in rows],
        schema={f"c{n}": pl.String for n in range(width)},
        orient="row",
    )
    return frame, cells, holds_text, widest


def _width(cells: int) -> int:
    if cells > MOST_CELLS:
        raise FileRefused("invalid_csv", f"a line of {cells:,} cells")
    return cells


def _empty(width: int) -> pl.DataFrame:
    return pl.DataFrame(schema={f"c{n}": pl.String for n in range(width)})


def _separator(text: bytes, known: Mapping[str, str], declared: str) -> str:
    """The declared separator, unless another one finds more headings in the first lines."""
    lines = text[:65536].decode("utf-8", "replace").split("\n")[:TITLE_ROWS]
    found: dict[str, int] = {}
    for separator in dict.fromkeys([declared, ",", ";", "\t"]):
        if found.get(declared, 0) >= _ENOUGH:  # two lines together may have them
            break
        rows = [[cell.strip().strip('"') for cell in line.split(separator)] for line in lines]
        if separator == declared and any(known_in(row, known) >= _ENOUGH for row in rows):
            return declared
        place = find_headings([row for row in rows if len(row) > 1] or rows[:1], known)
        found[separator] = place.known if place else 0
    return max(found, key=lambda each: (found[each], each == declared))
