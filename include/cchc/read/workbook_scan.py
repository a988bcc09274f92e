"""A walk over every cell of an XLSX sheet: exact, and too slow for the bulk."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from cchc.errors import FileRefused
from cchc.read.workbook_cells import ERROR, NO_RESULT
from cchc.read.workbook_places import LAST_COLUMN, LAST_ROW, no_place, place_of, row_of


@dataclass
class Scan:
    """What ``scan`` found. Positions are (row, column) from 0; ``texts`` of cells that the library leaves empty."""

    rows: int = 0
    columns: int = 0
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    filled: set[tuple[int, int]] = field(default_factory=set)
    shared: set[tuple[int, int]] = field(default_factory=set)  # those whose text stands elsewhere, and may be empty
    below_zero: dict[tuple[int, int], str] = field(default_factory=dict)


def scan(xml: bytes) -> Scan:
    """Walk over every cell of a sheet. Refuses two cells at one place, and what is no whole XML."""
    found = Scan()
    row, column = -1, -1
    kind, text, formula, valued, collecting = "n", "", False, False, False

    def start(element: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, kind, text, formula, valued, collecting
        name = element.rpartition(":")[2]
        if name == "row":
            row, column = row_of(attributes["r"]) if "r" in attributes else row + 1, -1
        elif name == "c":
            row, column = place_of(attributes["r"]) if "r" in attributes else (row, column + 1)
            if row >= LAST_ROW or column >= LAST_COLUMN:
                raise no_place()
            kind, text, formula, valued = attributes.get("t", "n"), "", False, False
        elif name == "f":
            formula = True
        elif name in ("v", "t"):
            if name == "v" and valued:
                raise FileRefused("unreadable_workbook", "a cell with two values")
            valued = collecting = True

    def data(characters: str) -> None:
        nonlocal text
        if collecting:
            text += characters

    def end(element: str) -> None:
        nonlocal collecting
        name = element.rpartition(":")[2]
        if name in ("v", "t"):
            collecting = False
        elif name == "c":
            _take(found, (row, column), kind, text.strip(), formula, valued)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FileRefused("truncated_xlsx", "a sheet is no whole XML") from error
    return found


def _take(found: Scan, at: tuple[int, int], kind: str, text: str, formula: bool, valued: bool) -> None:
    if kind == "e":
        found.texts[at] = text or ERROR
    elif formula and not text and not (kind == "str" and valued):
        found.texts[at] = NO_RESULT
    elif not text:
        return
    if at in found.filled:
        raise FileRefused("unreadable_workbook", "two cells at one place")
    found.filled.add(at)
    if kind == "s":
        found.shared.add(at)
    if text.startswith("-"):
        found.below_zero[at] = text
    found.rows, found.columns = max(found.rows, at[0] + 1), max(found.columns, at[1] + 1)
