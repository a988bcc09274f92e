"""The old binary workbook (XLS, BIFF), in or without its container."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import xlrd

from cchc.errors import FileRefused
from cchc.read.workbook_cells import ERROR, clock, moment, number, truth
from cchc.read.workbook_sheets import Row, Sheet, Workbook

_PROTECTED = "EncryptedPackage".encode("utf-16-le")  # an XLSX with a password lies encrypted in an old container
_FIRST_DAY = {0: datetime(1899, 12, 30), 1: datetime(1904, 1, 1)}
_LAST_SERIAL = 2_958_466  # 10000-01-01
_SHORT_YEAR = 61  # before 1900-03-01 the serials count a 29 February that never was


def open_old(content: bytes) -> Workbook:
    """As ``cchc.read.workbook.open_sheets``, for an XLS file. Warns ``old_workbook``."""
    if _PROTECTED in content:
        raise FileRefused("protected_workbook", "the workbook asks for a password")
    try:
        with xlrd.open_workbook(
            file_contents=content, formatting_info=True, ragged_rows=True, logfile=_Silent()
        ) as book:
            sheets = [_sheet(sheet, book.datemode) for sheet in book.sheets()]
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise FileRefused("protected_workbook", "the workbook asks for a password") from error
        raise FileRefused("unreadable_workbook", "an old container without a whole workbook") from error
    except FileRefused:
        raise
    except Exception as error:  # the library trusts every offset and length in the file
        raise FileRefused("unreadable_workbook", f"a damaged old workbook ({type(error).__name__})") from error
    if not sheets:
        raise FileRefused("unreadable_workbook", "no sheet")
    return Workbook(sheets, ["old_workbook"], book.datemode == 1)


class _Silent(io.StringIO):
    """Where the library may write what it thinks: it may quote the file."""

    def write(self, text: str) -> int:
        return len(text)


def _sheet(sheet: xlrd.sheet.Sheet, datemode: int) -> Sheet:
    width = sheet.ncols
    rows: list[Row] = []
    for at in range(sheet.nrows):
        row = [
            _text(kind, value, datemode) for kind, value in zip(sheet.row_types(at), sheet.row_values(at), strict=True)
        ]
        rows.append(row + [None] * (width - len(row)))
    merged = [(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]
    return Sheet.of_rows(sheet.name, sheet.visibility != 0, rows, merged)


def _text(kind: int, value: float | str | int, datemode: int) -> str | None:
    if kind == xlrd.XL_CELL_TEXT:
        return str(value).replace("\0", " ") or None
    if kind == xlrd.XL_CELL_NUMBER:
        return number(float(value))
    if kind == xlrd.XL_CELL_DATE:
        return _moment(float(value), datemode)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return truth(bool(value))
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(int(value), ERROR)
    return None


def _moment(serial: float, datemode: int) -> str:
    if not 0 <= serial < _LAST_SERIAL - 1_462 * datemode:
        return number(serial)
    if serial < 1:
        return clock((datetime.min + timedelta(days=serial)).time())
    short = datemode == 0 and serial < _SHORT_YEAR
    return moment(_FIRST_DAY[datemode] + timedelta(days=serial + short))
