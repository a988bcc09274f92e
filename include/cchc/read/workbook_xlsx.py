"""XLSX: cells by python-calamine, compared with the parts of the file."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TypeVar

import polars as pl
import python_calamine as calamine

from cchc.errors import FileRefused
from cchc.read import workbook_parts as ooxml
from cchc.read import workbook_places as places
from cchc.read.workbook_cells import MIDNIGHT, column
from cchc.read.workbook_scan import Scan, scan
from cchc.read.workbook_sheets import Area, Sheet, Workbook, trimmed

T = TypeVar("T")


def open_xlsx(content: bytes) -> Workbook:
    """As ``cchc.read.workbook.open_sheets``, for an XLSX file."""
    parts = ooxml.parts_of(content)
    if "xl/workbook.bin" in parts:
        raise FileRefused("unreadable_workbook", "XLSB, the binary form")
    if "content.xml" in parts and "mimetype" in parts:
        raise FileRefused("unreadable_workbook", "ODS, the OpenDocument form")
    content = ooxml.plain(content, parts)
    shared = next((part for name, part in parts.items() if name.endswith("/sharedstrings.xml")), b"")
    places.check_texts(shared)
    names, is_1904 = ooxml.sheets_of(parts)
    sheets: list[Sheet] = []
    book = _guarded(lambda: calamine.CalamineWorkbook.from_object(io.BytesIO(content)))
    for number, about in enumerate(book.sheets_metadata):
        if about.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        xml = parts.get(names.get(about.name, ""))
        if xml is None:
            raise FileRefused("truncated_xlsx", "a sheet is missing")
        is_hidden = about.visible != calamine.SheetVisibleEnum.Visible
        sheets.append(Sheet(about.name, is_hidden, *_frame(book, number, xml, shared)))
    if not sheets:
        raise FileRefused("unreadable_workbook", "no sheet")
    return Workbook(sheets, [], is_1904)


def _frame(book: calamine.CalamineWorkbook, number: int, xml: bytes, shared: bytes) -> tuple[pl.DataFrame, list[Area]]:
    """Cells and merged areas of one sheet, compared with what stands in its XML."""
    text = ooxml.text_of(xml)
    if text is None or not ooxml.is_whole(text, xml):
        raise FileRefused("truncated_xlsx", "a sheet is no whole XML")
    if ooxml.has_bad_value(text):
        raise FileRefused("unreadable_workbook", "a cell with a value that can't be of its type")
    places.check_areas(xml)
    found = None if places.is_near(text, xml) else scan(xml)
    if found is not None:
        places.check_room(found.rows, found.columns, len(found.filled))
    sheet = _guarded(lambda: book.get_sheet_by_index(number))
    columns = list(zip(*sheet.to_python(skip_empty_area=False), strict=True)) if sheet.end is not None else []
    series = [column(values).alias(f"c{at}") for at, values in enumerate(columns)]
    filled = sum(len(values) - values.null_count() for values in series)
    midnights = any((values == MIDNIGHT).any() for values in series)
    if midnights or not ooxml.agrees(text, filled, shared):
        series = _compared(series, found or scan(xml))
    if b"_x0000_" in xml or b"_x0000_" in shared:  # no database could hold one
        series = [values.str.replace_all("\0", " ", literal=True) for values in series]
    areas = [(top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()]
    return trimmed(pl.DataFrame(series)), areas


def _compared(series: list[pl.Series], found: Scan) -> list[pl.Series]:
    """The columns with what the library left out; refuses a sheet of which it left out more."""
    height = max(found.rows, len(series[0]) if series else 0)
    columns = [values.to_list() + [None] * (height - len(values)) for values in series]
    columns += [[None] * height for _ in range(found.columns - len(columns))]
    for (row, at), text in found.texts.items():
        columns[at][row] = text
    for (row, at), text in found.below_zero.items():
        if columns[at][row] == MIDNIGHT:  # what the library makes of a day before the first one
            columns[at][row] = text
    if any(columns[at][row] is None for row, at in found.filled - found.shared - found.texts.keys()):
        raise FileRefused("unreadable_workbook", "a cell with a value that can't be read")
    return [pl.Series(f"c{at}", values, dtype=pl.String) for at, values in enumerate(columns)]


def _guarded(call: Callable[[], T]) -> T:
    """Call the library. What it can't read, its own panics too, is a refusal; its messages may quote the file."""
    try:
        return call()
    except calamine.PasswordError as error:
        raise FileRefused("protected_workbook", "the workbook asks for a password") from error
    except (calamine.XmlError, calamine.ZipError) as error:
        raise FileRefused("truncated_xlsx", type(error).__name__) from error
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic of the library is no Exception
        raise FileRefused("unreadable_workbook", type(error).__name__) from error
