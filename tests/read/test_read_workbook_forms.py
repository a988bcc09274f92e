"""Workbooks as other writers make them are read; what is no whole workbook is refused as what it is."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter
import xlwt

from cchc.errors import FileRefused
from cchc.read.workbook import open_sheets
from support.books import asks_for_password, cells, changed, made, old_workbook, refusal, rows_of, with_sheet, written

ROWS = [["Mã", "Ngày"], ["H1", "5"]]


def prefixed(name: str, part: bytes) -> bytes:
    if "sheet1" not in name:
        return part
    part = part.replace(b"<worksheet xmlns=", b"<worksheet xmlns:x=")
    for element in (b"worksheet", b"sheetData", b"row", b"c", b"v", b"is", b"t", b"dimension"):
        for start, end in ((b"<", b" "), (b"<", b">"), (b"</", b">")):
            part = part.replace(start + element + end, start + b"x:" + element + end)
    head, _, rest = part.partition(b"<x:sheetData>")
    return head[: head.index(b"<sheetPr>")] + b"<x:sheetData>" + rest[: rest.index(b"<pageMargins")] + b"</x:worksheet>"


ODDITIES: dict[str, bytes] = {
    "prefixed names": changed(written(ROWS), prefixed),
    "no places": cells(
        "<row><c t='inlineStr'><is><t>Mã</t></is></c><c t='inlineStr'><is><t>Ngày</t></is></c></row>"
        "<row><c t='str'><v>H1</v></c><c><v>5</v></c></row>"
    ),
    "a style before the place": with_sheet(written(ROWS), '<c r="A2"', '<c s="0" r="A2"'),
    "CDATA": with_sheet(written(ROWS), "<t>H1</t>", "<t><![CDATA[H1]]></t>"),
    "a comment": with_sheet(written(ROWS), "<t>H1</t>", "<t>H<!-- x -->1</t>"),
    "UTF-16": changed(written(ROWS), lambda name, part: part.decode().encode("utf-16") if "sheet1" in name else part),
    "a wrong used area": with_sheet(written(ROWS), 'ref="A1:B2"', 'ref="A1:A1"'),
    "no used area": with_sheet(written(ROWS), '<dimension ref="A1:B2"/>', ""),
    "formatted rows below": with_sheet(
        written(ROWS), "</sheetData>", '<row r="60000" spans="1:2"><c r="A60000" s="0"/></row></sheetData>'
    ),
    "a formatted cell at the very end": with_sheet(
        written(ROWS), "</sheetData>", '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    ),
}


@pytest.mark.parametrize("case", ODDITIES)
def test_what_other_writers_do(case: str) -> None:
    assert rows_of(ODDITIES[case]) == ROWS


def test_empty_texts_are_no_values_and_need_no_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        for row in range(3):
            sheet.write_row(row, 0, ["Mã", "trống", row])

    def change(name: str, part: bytes) -> bytes:
        return part.replace("<t>trống</t>".encode(), b"<t/>") if "sharedStrings" in name else part

    monkeypatch.delattr("cchc.read.workbook_xlsx.scan")
    assert rows_of(changed(made(fill), change)) == [["Mã", None, str(row)] for row in range(3)]


def test_parts_named_with_backslashes() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written(ROWS))) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            info = zipfile.ZipInfo("x")
            info.filename = member.filename.replace("/", "\\")
            new.writestr(info, old.read(member))
    assert rows_of(out.getvalue()) == ROWS


def test_a_text_that_says_sheet_data_does_not_hide_an_area() -> None:
    book = with_sheet(written(ROWS), "<t>H1</t>", "<t>sheetData</t>")
    assert rows_of(book)[1] == ["sheetData", "5"]


# -- refused, and as what ----------------------------------------


def encrypted() -> bytes:
    """An old workbook whose first record after the beginning says that the rest is encrypted."""
    book = xlwt.Workbook()
    book.add_sheet("x").write(0, 0, "x")
    stream: bytes = book.get_biff_data()
    begin = 4 + int.from_bytes(stream[2:4], "little")
    return stream[:begin] + b"\x2f\x00\x06\x00\x00\x00\x01\x02\x03\x04" + stream[begin:]


def odt() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD = old_workbook(lambda book: book.add_sheet("x").write(0, 0, "x"))
REFUSED: dict[str, tuple[bytes, str]] = {
    "a password of today": (OLE + b"\0" * 1016 + "EncryptedPackage".encode("utf-16-le"), "protected_workbook"),
    "a password of old": (encrypted(), "protected_workbook"),
    "an archive with a password": (asks_for_password(written(ROWS)), "protected_workbook"),
    "a container of something else": (OLE + b"\0" * 2000, "unreadable_workbook"),
    "half an old workbook": (OLD[: len(OLD) // 2], "unreadable_workbook"),
    "ODS": (odt(), "unreadable_workbook"),
    "XLSB": (written(ROWS).replace(b"xl/workbook.xml", b"xl/workbook.bin"), "unreadable_workbook"),
    "PDF": (b"%PDF-1.7 ...", "unreadable_workbook"),
    "text": (b"a,b\n1,2\n", "unreadable_workbook"),
    "half a workbook": (written(ROWS)[:900], "truncated_xlsx"),
    "a sheet without its end": (with_sheet(written(ROWS), "</worksheet>", ""), "truncated_xlsx"),
    "a row without its end": (with_sheet(written(ROWS), "</row></sheetData>", "</sheetData>"), "truncated_xlsx"),
    "a sheet left out": (changed(written(ROWS), lambda n, p: None if "sheet1.xml" in n else p), "truncated_xlsx"),
    "two cells at one place": (with_sheet(written(ROWS), 'r="B2"', 'r="A2"'), "unreadable_workbook"),
    "two values in a cell": (with_sheet(written([[5]]), "<v>5</v>", "<v>5</v><v>6</v>"), "unreadable_workbook"),
    "a truth that is none": (with_sheet(written([[True]]), "<v>1</v>", "<v>false</v>"), "unreadable_workbook"),
    "a text by no number": (cells('<row r="1"><c r="A1" t="s"><v>x</v></c></row>'), "unreadable_workbook"),
    "a text by a huge number": (
        cells(f'<row r="1"><c r="A1" t="s"><v>{"9" * 20}</v></c></row>'),
        "unreadable_workbook",
    ),
    "an entity": (
        with_sheet(written(ROWS), "<worksheet", '<!DOCTYPE x [<!ENTITY e "e">]><worksheet'),
        "unreadable_workbook",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    content, reason = REFUSED[case]
    assert refusal(content) == reason


def test_no_refusal_quotes_a_cell() -> None:
    with pytest.raises(FileRefused) as refused:
        open_sheets(with_sheet(written([["x", 5]]), "<v>5</v>", "<v>CANARY Thử</v>"))
    assert "CANARY" not in str(refused.value) and refused.value.reason == "unreadable_workbook"
