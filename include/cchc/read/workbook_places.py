"""The places that an XLSX sheet names, before the library sees them.

The library takes any letters and digits for a place and asks for the room up to it; where there is none, the process
ends and no exception is raised. So every place has to exist in a sheet, and the room has to be worth its cells.
"""

from __future__ import annotations

import re

import polars as pl

from cchc.errors import FileRefused
from cchc.read.workbook_sheets import MOST_CELLS, MOST_EMPTY, SMALL_SHEET

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
PREFIX = r"(?:[\w.-]+:)?"
PLACE = r"[A-Z]{1,3}[1-9][0-9]{0,6}"
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ROW = re.compile(r"[1-9][0-9]{0,6}")
_AREA = re.compile(rf"<{PREFIX}(?:dimension|mergeCell)[\s/>][^>]*")
_AREA_REFERENCE = re.compile(rf"<{PREFIX}(?:dimension|mergeCell)\s+ref\s*=\s*[\"']({PLACE})(?::({PLACE}))?[\"']")
_SHARED = re.compile(rb"<(?:[\w.-]+:)?sst\b[^>]*?\suniqueCount\s*=\s*[\"']\s*\+?(\d+)")


def _beyond(letters: str, digits: int) -> str:
    """What a cell or row looks like that does not begin with a place of so many digits. ``letters``: not its column."""
    end = rf"[1-9][0-9]{{0,{digits - 1}}}[^0-9\"']|[A-Z]*[0-9]{{{digits + 1}}}"

    def element(name: str, odd: str) -> str:
        return rf"{name}(?:[/>]|\s+(?:[^r\s]|r[^=]|r=(?:[^\"']|[\"'](?:{odd}))))"

    return rf"<{PREFIX}(?:{element('c', f'{letters}|[A-Z]+{end}')}|{element('row', f'[^1-9]|{end}')})"


#: A sheet without a match has at most SMALL_SHEET cells: 52 columns of 99,999 rows, or 702 of 9,999.
_NEAR = (_beyond("[^A-Z]|[B-Z][^1-9]|A[^A-Z1-9]|A[A-Z][^1-9]", 5), _beyond("[^A-Z]|[A-Z][^A-Z1-9]|[A-Z]{2}[^1-9]", 4))


def place_of(reference: str) -> tuple[int, int]:
    """Row and column from 0; refuses ``unreadable_workbook`` for what is no place of a sheet."""
    parts = _PLACE.fullmatch(reference)
    if parts is not None:
        column = 0
        for letter in parts[1]:
            column = column * 26 + ord(letter) - 64
        if column <= LAST_COLUMN and int(parts[2]) <= LAST_ROW:
            return int(parts[2]) - 1, column - 1
    raise no_place()


def row_of(reference: str) -> int:
    """Row from 0; refuses ``unreadable_workbook`` for what is no row of a sheet."""
    if _ROW.fullmatch(reference) is None or int(reference) > LAST_ROW:
        raise no_place()
    return int(reference) - 1


def no_place() -> FileRefused:
    """The refusal of a reference to no place. What it says is not told: it may be anything."""
    return FileRefused("unreadable_workbook", "a cell, row or area whose place no sheet has")


def check_areas(xml: bytes) -> None:
    """Refuse a used area (before the cells) or a merged one (after them) that is none."""
    for around in (xml[: xml.find(b"sheetData")], xml[xml.rfind(b"sheetData") :]):
        for element in _AREA.findall(around.decode("utf-8", "replace")):
            reference = _AREA_REFERENCE.match(element)
            if reference is None:
                raise no_place()
            for place in filter(None, reference.groups()):
                place_of(place)


def is_near(text: pl.Series, xml: bytes) -> bool:
    """Whether every cell and row begins with its place and none lies further out than their values are worth;
    False: look closer (``scan``)."""
    if not all(text.str.contains(pattern)[0] for pattern in _NEAR):
        return True
    found = text.str.extract_all(rf"<{PREFIX}c\s+r=[\"']{PLACE}[\"']").explode().drop_nulls()
    rows = text.str.count_matches(rf"<{PREFIX}row\s+r=[\"'](?:[1-9][0-9]{{0,5}}|10[0-3][0-9]{{4}})[\"']")[0]
    if len(found) != _count(text, "c") or rows != _count(text, "row") or found.is_empty():
        return False
    letters = found.str.extract(r"([A-Z]+)[0-9]+.$").unique()
    last = found.str.extract(r"([0-9]+).$").cast(pl.Int64).max()
    reach = max(place_of(f"{name}{last!s}") for name in letters)
    return _is_worth(reach, xml.count(b"<v>") + xml.count(b"<is>"))


def _is_worth(last: tuple[int, int], filled: int) -> bool:
    room = (last[0] + 1) * (last[1] + 1)
    return room <= SMALL_SHEET or room <= min(MOST_CELLS, MOST_EMPTY * filled)


def _count(text: pl.Series, element: str) -> int:
    return int(text.str.count_matches(rf"<{PREFIX}{element}[\s/>]")[0])


def check_room(rows: int, columns: int, filled: int) -> None:
    """Refuse ``zip_bomb`` where a sheet reaches further than its cells with a value are worth."""
    if not _is_worth((rows - 1, columns - 1), filled):
        raise FileRefused("zip_bomb", f"a sheet of {rows:,} rows and {columns:,} columns with {filled:,} values")


def check_texts(part: bytes) -> None:
    """Refuse a table of texts that declares more of them than it can hold: the library makes room for all."""
    declared = _SHARED.search(part)
    if declared is not None and int(declared[1][:20]) > len(part) // len("<si/>"):
        raise FileRefused("unreadable_workbook", "a table of texts that declares more than it holds")
