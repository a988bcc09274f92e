"""Tables as workbooks: titles, group heading, rows, totals, further and hidden sheets, cells of every kind."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from random import Random
from typing import Any

import xlsxwriter

from fuzz.contract import KINDS
from fuzz.written import Table


class Error(str):
    """A cell that shows an error of the spreadsheet."""


class Formula(str):
    """A formula cell whose value nobody stored."""


class Number(float):
    """A number cell where text is usual."""


class Merged(str):
    """A value of a cell that is merged with the cells below it; ``rows`` of them."""

    rows = 2


def workbook(made: Table) -> bytes:
    """The table as XLSX."""
    out = io.BytesIO()
    options: dict[str, Any] = {"in_memory": True}
    if made.book.get("1904"):
        options["date_1904"] = True
    book = xlsxwriter.Workbook(out, options)
    if made.book.get("cover"):
        book.add_worksheet("Bìa").write(0, 0, "BÁO CÁO")
    sheet = book.add_worksheet("Hồ sơ")
    cells, more = made.cells, made.book.get("second", 0)
    _sheet(book, sheet, made, cells[: len(cells) - more], made.book.get("total", False))
    if more:
        second = book.add_worksheet("Hồ sơ 2")
        if not made.book.get("bare second"):
            _sheet(book, second, made, cells[len(cells) - more :], False)
        else:
            _rows(book, second, made, cells[len(cells) - more :], 0, False)
    for name, rows in made.book.get("hidden", {}).items():
        hidden = book.add_worksheet(name)
        _sheet(book, hidden, made, rows, False)
        hidden.hide()
        sheet.activate()
    book.close()
    return out.getvalue()


def _sheet(book: Any, sheet: Any, made: Table, rows: list[list[Any]], total: bool) -> None:
    at = 0
    titles = ["ỦY BAN NHÂN DÂN XÃ", "DANH SÁCH HỒ SƠ", "Ngày 25/11/2026", "", "Đơn vị tính: đồng"]
    for text in titles[: made.book.get("titles", 0)]:
        sheet.write_string(at, 0, text)
        at += 1
    if made.book.get("group"):
        sheet.merge_range(at, 0, at, 2, "Thông tin hồ sơ")
        sheet.merge_range(at, 3, at, 6, "Các mốc thời gian")
        at += 1
    for column, text in enumerate(made.headings):
        sheet.write_string(at, column, text)
    if made.book.get("down"):
        sheet.set_row(60_000, None, book.add_format({"bg_color": "#eeeeee"}))
    at = _rows(book, sheet, made, rows, at + 1, True)
    if total:
        sheet.write_string(at, 0, "Tổng cộng")
        sheet.write_string(at, 1, f"{made.book.get('stated', len(rows))} hồ sơ")
        at += 1
    for below in made.book.get("below", []):
        for column, text in enumerate(below):
            if text:
                sheet.write_string(at, column, text)
        at += 1


def _rows(book: Any, sheet: Any, made: Table, rows: list[list[Any]], at: int, whole: bool) -> int:
    stamp = book.add_format({"num_format": made.book.get("format", "dd/mm/yyyy hh:mm")})
    moments = {n for n, c in enumerate(made.columns) if KINDS[made.form.dataset].get(c) in ("event", "deadline")}
    for number, cells in enumerate(rows):
        for column, value in enumerate(cells):
            _write(sheet, at, column, value, stamp, made.book.get("serial", False) and column in moments)
        if number in made.book.get("hidden rows", ()):
            sheet.set_row(at, None, None, {"hidden": True})
        at += 1
        if whole:
            for line in made.between.get(number, []):
                for column, value in enumerate(line):
                    _write(sheet, at, column, value, stamp, False)
                at += 1
    return at


def _write(sheet: Any, at: int, column: int, value: Any, stamp: Any, serial: bool) -> None:
    if value is None:
        return
    if isinstance(value, Error):
        sheet.write_formula(at, column, "=NA()", None, str(value))
    elif isinstance(value, Formula):
        sheet.write_formula(at, column, str(value), None, "")
    elif isinstance(value, Merged):
        sheet.merge_range(at, column, at + value.rows - 1, column, str(value))
    elif isinstance(value, bool):
        sheet.write_boolean(at, column, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(at, column, value)
    elif serial and (read := _moment(value)):
        sheet.write_datetime(at, column, read, stamp)
    elif str(value) != "":
        sheet.write_string(at, column, str(value))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%d/%m/%Y %H:%M")
    except ValueError:
        return None


SHEET = "xl/worksheets/sheet1.xml"
#: References no sheet has room for: further out than a workbook goes, or than a number does.
FAR = ("XFD1048576", "XFE7", "ZZZZZZZ7", "C" * 98 + "AB7", "B4294967295", "B99999999999", "B0", "7", "")


def part_of(content: bytes, name: str) -> bytes:
    """One part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with another content of one part, uncompressed and with right checksums."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as made:
        for each in archive.namelist():
            made.writestr(each, part if each == name else archive.read(each))
    return out.getvalue()


def with_far_cell(content: bytes, random: Random) -> bytes:
    """The workbook with a further cell of a personal column, at a place where no cell can be."""
    cell = f'<c r="{random.choice(FAR)}" t="inlineStr"><is><t>CANARY</t></is></c>'
    sheet = part_of(content, SHEET).replace(b"</row></sheetData>", f"{cell}</row></sheetData>".encode(), 1)
    return with_part(content, SHEET, sheet)
