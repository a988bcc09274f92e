"""Tables of a web page that was saved under a workbook's name, as report servers "export to Excel"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from cchc.errors import FileRefused
from cchc.read.unpack import is_page
from cchc.read.workbook_sheets import MOST_CELLS, Area, Row, Sheet, Workbook

#: A table with fewer cells in every row lays out a page, and is no data.
LEAST_CELLS = 3
#: Encodings that a page may declare. Old Vietnamese ones beside windows-1258 are fonts, not encodings.
_DECLARED = {"utf-8": "utf-8", "utf8": "utf-8", "windows-1258": "cp1258", "us-ascii": "ascii"}
_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.-]+)", re.IGNORECASE)
_SPREADSHEET = re.compile(r"<(?:\w+:)?workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet", re.IGNORECASE)
_NO_ELEMENT = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_MOST_SPAN = 1_000  # as browsers do
_BLOCKS = {"br", "p", "div", "li", "tr"}
_UNSEEN = {"script", "style", "head", "template"}


@dataclass
class _Table:
    """A table while it is walked over: rows of cells with their spans, and areas."""

    rows: list[dict[int, str | None]] = field(default_factory=list)
    open_spans: dict[int, int] = field(default_factory=dict)  # column -> rows that a cell above still covers
    areas: list[Area] = field(default_factory=list)
    widest: int = 0


def open_tables(content: bytes) -> Workbook:
    """As ``cchc.read.workbook.open_sheets``: each table of three cells in a row is a sheet. Warns ``web_table``.

    Refuses ``html_error_page`` (no such table), ``wrong_encoding``, ``truncated_xlsx`` (a table without an end),
    ``unreadable_workbook`` (rows or cells that stand outside of tables).
    """
    text = _decoded(content)
    if _SPREADSHEET.search(text[:4096]) is not None:
        raise FileRefused("unreadable_workbook", "XML Spreadsheet 2003")
    seen = _NO_ELEMENT.sub(" ", text)
    if re.search(r"<table\b", seen, re.IGNORECASE) is None:
        if is_page(content):
            raise FileRefused("html_error_page", "the file is a web page without a table")
        raise FileRefused("unreadable_workbook", "markup, but no table")
    if _times("<table", seen) != _times("</table", seen):
        raise FileRefused("truncated_xlsx", "a table of the page has no end")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FileRefused("unreadable_workbook", "a web page that can't be parsed") from error
    if root is None:
        raise FileRefused("html_error_page", "an empty web page")
    tables, rows, cells = _walk(root, 4 * len(text) + 100_000)
    # the parser mends what is broken and says nothing; what it dropped shows in the counts
    if rows < _times("<tr", seen) or cells < _times("<t[dh]", seen):
        raise FileRefused("unreadable_workbook", "rows or cells outside of tables, or nested too deep")
    wide = [table for table in tables if table.widest >= LEAST_CELLS]
    if not wide:
        raise FileRefused("html_error_page", f"no table with {LEAST_CELLS} cells in a row")
    return Workbook([_sheet(number, table) for number, table in enumerate(wide, 1)], ["web_table"])


def _decoded(content: bytes) -> str:
    """The mark decides, then what the page itself declares, else UTF-8."""
    encoding = "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif not content.startswith(b"\xef\xbb\xbf") and (declared := _CHARSET.search(content[:4096])) is not None:
        name = declared[1].decode("ascii", "replace").lower()
        # others are read where the bytes are UTF-8 all the same, as those of many servers are
        encoding = _DECLARED.get(name, "utf-8")
        if encoding == "cp1258" and _is_utf8(content):
            encoding = "utf-8"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileRefused("wrong_encoding", f"no {encoding} at byte {error.start:,}") from error
    if "\0" in text:
        raise FileRefused("wrong_encoding", f"zero characters, so no {encoding}")
    return text


def _is_utf8(content: bytes) -> bool:
    try:
        return not content.isascii() and bool(content.decode())
    except UnicodeDecodeError:
        return False


def _times(element: str, text: str) -> int:
    return len(re.findall(element + r"(?=[\s>/])", text, re.IGNORECASE))


def _walk(root: etree._Element, budget: int) -> tuple[list[_Table], int, int]:
    """Every table of a page, and how many rows and cells stand in them."""
    tables: list[_Table] = []
    open_tables: list[_Table] = []
    in_row: list[bool] = []
    rows = cells = area = 0
    for event, element in etree.iterwalk(root, events=("start", "end"), tag=("table", "tr", "td", "th")):
        if element.tag == "table":
            if event == "start":
                open_tables.append(_Table())
                in_row.append(False)
            else:
                in_row.pop()
                tables.append(open_tables.pop())
        elif not open_tables:
            continue
        elif element.tag == "tr":
            in_row[-1] = event == "start"
            if event == "start":
                rows += 1
                open_tables[-1].rows.append({})
        elif event == "start" and in_row[-1]:
            cells += 1
            text = _text(element)
            budget -= len(text or "")
            area += _place(open_tables[-1], text, _span(element, "colspan"), _span(element, "rowspan"))
            if budget < 0 or area > MOST_CELLS // 10:
                raise FileRefused("zip_bomb", "a web page with tables in tables, or cells that span without end")
    return tables, rows, cells


def _span(element: etree._Element, name: str) -> int:
    text = (element.get(name) or "1").strip()
    return min(max(int(text), 1), _MOST_SPAN) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _place(table: _Table, text: str | None, across: int, down: int) -> int:
    """Put a cell where the spans of earlier ones leave room; returns how many cells it covers."""
    row = len(table.rows) - 1
    cells, column = table.rows[row], 0
    if cells:
        column = max(cells) + 1
    while table.open_spans.get(column, -1) >= row:
        column += 1
    for number in range(column, column + across):
        cells[number] = None
        table.open_spans[number] = row + down - 1
    cells[column] = text
    if across > 1 or down > 1:
        table.areas.append((row, column, row + down - 1, column + across - 1))
    table.widest = max(table.widest, sum(1 for number in cells if cells[number] is not None))
    return across * down


def _text(cell: etree._Element) -> str | None:
    """What a browser shows of a cell: space is one space, ``<br>`` and blocks are line feeds."""
    if len(cell) == 0:
        return _SPACE.sub(" ", cell.text or "").strip(" \xa0") or None
    pieces = [_SPACE.sub(" ", cell.text or "")]
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        if element is cell:
            continue
        if event == "start":
            if element.tag in _BLOCKS:
                pieces.append("\n")
            if element.tag not in _UNSEEN:
                pieces.append(_SPACE.sub(" ", element.text or ""))
        else:
            pieces.append(_SPACE.sub(" ", element.tail or ""))
    return re.sub(r" *\n[ \n]*", "\n", "".join(pieces)).strip(" \n\xa0") or None


def _sheet(number: int, table: _Table) -> Sheet:
    width = max((max(cells) + 1 for cells in table.rows if cells), default=0)
    rows: list[Row] = [[cells.get(column) for column in range(width)] for cells in table.rows]
    last = len(rows) - 1
    areas = [(top, left, min(bottom, last), right) for top, left, bottom, right in table.areas]
    return Sheet.of_rows(f"table {number}", False, rows, areas)
