"""A CSV file as people and their spreadsheets save it -> cells with their lines, days as yyyy-MM-dd.

A spreadsheet writes the marks and the days of its country, so a column of days is judged whole. What it lost (letters,
digits, days that did not fit) can't be told from the text: it is said, never guessed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator
from datetime import date
from io import StringIO
from pathlib import Path

from cchc.registry.problems import Problem

_MARKS = (",", ";", "\t")
_WRAPPED = re.compile(r'="([^"]*)"')
_ERROR_CELL = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|NUM!|DIV/0!|NULL!|#+)")
_LOST_LETTER = re.compile(r"\?(?=\w)|\ufffd")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E[+-]?\d+", re.I)
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_DAY = re.compile(r"(\d\d?)([/.-])(\d\d?)\2(\d{4})")
_MIDNIGHT = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?$")

Row = tuple[int, list[str]]


def read_table(path: Path, name: str, day_columns: Collection[str]) -> tuple[list[str], list[Row], list[Problem]]:
    """Headings, rows that are not empty with their line, and what is wrong.

    Cells stand as in the file, but ``="text"`` is its text, days are ISO and empty cells beyond the headings are gone.
    A row that does not fit its headings is the caller's matter. Raises ``FileNotFoundError``.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "no UTF-8 text; save it as 'CSV UTF-8 (comma delimited)'"
        return [], [], [Problem(name, 0, "unreadable", message, "không phải UTF-8; hãy lưu dạng 'CSV UTF-8'")]
    skipped = 0
    mark = re.match(r'"?sep=(.)"?\r?\n', text, re.I)
    if mark:
        text, skipped = text[mark.end() :], 1
    reader = csv.reader(StringIO(text, newline=""), delimiter=mark[1] if mark else _mark(text), strict=True)
    rows: list[Row] = []
    try:
        header = [cell.strip() for cell in next(reader, [])]
        while header and not header[-1]:
            header.pop()
        before = reader.line_num
        for cells in reader:
            line, before = before + 1 + skipped, reader.line_num
            cells = [_unwrapped(cell) for cell in cells]
            if any(cell.strip() for cell in cells):
                rows.append((line, _cut(cells, len(header))))
    except csv.Error as error:
        line = reader.line_num + skipped
        message = f"{error}: a quotation mark is not closed, or stands within a cell"
        return [], [], [Problem(name, line, "unreadable", message, "dấu ngoặc kép không khớp")]
    problems = [problem for line, cells in rows for problem in _lost(name, line, header, cells)]
    for position, column in enumerate(header):
        if column in day_columns:
            problems += _days(name, position, column, rows)
    return header, rows, problems


def _mark(text: str) -> str:
    """What parts the headings: the mark that gives most of them; a comma where none does."""
    first = text.split("\n", 1)[0]
    return max(_MARKS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))


def _unwrapped(cell: str) -> str:
    wrapped = _WRAPPED.fullmatch(cell.strip())
    return wrapped[1] if wrapped else cell


def _cut(cells: list[str], width: int) -> list[str]:
    """Without the empty cells that a spreadsheet adds at the end of a row."""
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    return cells


def _lost(name: str, line: int, header: list[str], cells: list[str]) -> Iterator[Problem]:
    for column, cell in zip(header, cells, strict=False):
        text = cell.strip()
        if _ERROR_CELL.fullmatch(text):
            message, vi = f"{column}: {text} stands for a value", f"{column}: ô lỗi {text} của bảng tính"
        elif _LOST_LETTER.search(text) and "://" not in text:
            message = f"{column}: a question mark stands for a letter; save it as 'CSV UTF-8 (comma delimited)'"
            vi = f"{column}: dấu hỏi thay cho chữ có dấu; hãy lưu dạng 'CSV UTF-8'"
        elif _SCIENTIFIC.fullmatch(text):
            message = f"{column}: {text} has lost its digits; make the column text"
            vi = f"{column}: {text} đã mất chữ số; hãy định dạng cột là văn bản"
        else:
            continue
        yield Problem(name, line, "spreadsheet", message, vi)


def _days(name: str, position: int, column: str, rows: list[Row]) -> Iterator[Problem]:
    """Write the days of one column as ISO, in place; yields those that have no certain meaning.

    Day first, as in Viet Nam, unless a cell of the column can only have the month first: then none is taken. One digit
    for a day or month is how an American spreadsheet writes, so such a column needs a cell that shows its order.
    """
    found = [(line, cells, match) for line, cells in rows if (match := _spelled(cells, position))]
    firsts = {int(match[1]) for *_, match in found}
    proven = any(first > 12 for first in firsts)
    american = any(int(match[3]) > 12 for *_, match in found)
    unclear = not proven and any(min(len(match[1]), len(match[3])) < 2 for *_, match in found)
    for line, cells, match in found:
        if american or unclear:
            message = f"{column}: {match[0]} may have day or month first; write yyyy-MM-dd"
            vi = f"{column}: {match[0]} không rõ ngày hay tháng đứng trước; hãy ghi yyyy-MM-dd"
            yield Problem(name, line, "schema", message, vi)
            continue
        cells[position] = f"{match[4]}-{int(match[3]):02d}-{int(match[1]):02d}"
    for line, cells in rows:
        if position >= len(cells):
            continue
        text = cells[position] = _MIDNIGHT.sub("", cells[position].strip())
        if text and not _is_day(text) and not _DAY.fullmatch(text):
            message = f"{column}: {text[:20]} is no day; write yyyy-MM-dd"
            yield Problem(name, line, "schema", message, f"{column}: {text[:20]} không phải ngày; hãy ghi yyyy-MM-dd")


def _spelled(cells: list[str], position: int) -> re.Match[str] | None:
    return _DAY.fullmatch(_MIDNIGHT.sub("", cells[position].strip())) if position < len(cells) else None


def _is_day(text: str) -> bool:
    try:
        return bool(_ISO.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False
