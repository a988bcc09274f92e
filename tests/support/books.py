"""Workbooks that tests make, and change part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt

from cchc.errors import FileRefused
from cchc.read.workbook import Row, open_sheets

SHEET = "xl/worksheets/sheet1.xml"


def written(rows: Iterable[Sequence[Any]]) -> bytes:
    """An XLSX file of one sheet, by openpyxl."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def made(fill: Callable[[xlsxwriter.Workbook], None], **options: Any) -> bytes:
    """An XLSX file by xlsxwriter, which takes all that Excel has."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        fill(book)
    return out.getvalue()


def changed(book: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The workbook with each part changed; None leaves it out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            part = change(member.filename, old.read(member))
            if part is not None:
                new.writestr(member.filename, part)
    return out.getvalue()


def with_sheet(book: bytes, old: str, new: str) -> bytes:
    """The workbook with other XML in its first sheet."""

    def change(name: str, part: bytes) -> bytes:
        assert name != SHEET or old.encode() in part, part
        return part.replace(old.encode(), new.encode(), 1) if name == SHEET else part

    return changed(book, change)


def cells(xml: str) -> bytes:
    """A workbook whose first sheet holds these rows of XML."""
    return with_sheet(written([["x"]]), _between(written([["x"]])), f"<sheetData>{xml}</sheetData>")


def _between(book: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        xml = archive.read(SHEET).decode()
    return xml[xml.index("<sheetData>") : xml.index("</sheetData>") + len("</sheetData>")]


def old_workbook(fill: Callable[[xlwt.Workbook], None], dates_1904: bool = False) -> bytes:
    """An XLS file."""
    book = xlwt.Workbook()
    book.dates_1904 = dates_1904
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(content: bytes) -> list[Row]:
    """The rows of the one sheet of a workbook."""
    book = open_sheets(content)
    assert len(book.sheets) == 1
    return book.sheets[0].rows


def refusal(content: bytes) -> str:
    """The reason why a workbook is refused."""
    with pytest.raises(FileRefused) as refused:
        open_sheets(content)
    return refused.value.reason


def asks_for_password(archive: bytes) -> bytes:
    """The same zip with the flag of encrypted members."""
    content = bytearray(archive)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(mark)
        while start >= 0:
            content[start + at] |= 1
            start = content.find(mark, start + 4)
    return bytes(content)
