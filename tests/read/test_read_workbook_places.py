"""No workbook ends the process that reads it, whatever places and counts it names."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from cchc.reasons import of_kind
from support.books import SHEET, changed, made, old_workbook, refusal, rows_of, with_sheet, written

NO_PLACES = [
    "XFE1", "A1048577", "A0", "A01", "A", "1", "", "a1", "$A$1", "A1 ", "A-1", "AAAA1", "ZZZZZZZ7",
    "B99999999999", "B4294967295", "B4294967297", "C" * 98 + "7", "Ａ1",
]  # fmt: skip
NUMBERS = ["0", "-1", "1048577", "4294967295", "4294967296", "18446744073709551615", "9" * 22, "1e308", "nan", ""]
FAR = ["XFD1048576", "AZ99999", "A1:XFD1048576", "B2:A1", "A1:B", "A1:ZZZZ9"]
#: Opens every file it is named, with 3 GB at most, and prints what came of each.
CHILD = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
from cchc.errors import FileRefused
from cchc.read.workbook import open_sheets
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        print(path.name, [sheet.body(1).shape for sheet in open_sheets(path.read_bytes()).sheets] and "read")
    except FileRefused as refused:
        print(path.name, refused.reason)
"""


def opened(folder: Path) -> dict[str, str]:
    """What came of each file of a folder, opened in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder)], capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, (run.stdout[-200:], run.stderr[-2000:])
    return dict(line.split(" ", 1) for line in run.stdout.splitlines())


def test_places_that_no_sheet_has_are_refused(tmp_path: Path) -> None:
    book = written([["Mã", "Ngày"], ["H1", 5]])
    for number, place in enumerate(NO_PLACES):
        (tmp_path / f"cell {number}".replace(" ", "-")).write_bytes(with_sheet(book, 'r="B2"', f'r="{place}"'))
        (tmp_path / f"area-{number}").write_bytes(with_sheet(book, 'ref="A1:B2"', f'ref="A1:{place}"'))
        merged = f'</sheetData><mergeCells><mergeCell ref="{place}:B2"/></mergeCells>'
        (tmp_path / f"merged-{number}").write_bytes(with_sheet(book, "</sheetData>", merged))
    for number, row in enumerate(["0", "-1", "1048577", "99999999999", "x", "01", ""]):
        (tmp_path / f"row-{number}").write_bytes(with_sheet(book, '<row r="2"', f'<row r="{row}"'))
    found = opened(tmp_path)
    assert set(found.values()) == {"unreadable_workbook"}, found
    assert len(found) == 3 * len(NO_PLACES) + 7


@pytest.mark.parametrize("place", ["XFD1048576", "XFD2000", "AB1048576", "A1048576"])
def test_one_cell_far_out_is_not_worth_its_room(place: str) -> None:
    book = written([["Mã", "Ngày", *[None] * 26], ["H1", 5], [None] * 27 + ["x"]])
    if place in ("XFD2000", "A1048576"):
        assert rows_of(with_sheet(book, 'r="B2"', 'r="B3"'))[2][1] == "5"  # near enough
    far = with_sheet(book, 'r="B2"', f'r="{place}"')
    assert refusal(far) == "zip_bomb"


def test_far_cells_are_read_where_the_others_are_worth_it() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        for row in range(102_000):
            sheet.write_number(row, 0, row)
            sheet.write_number(row, 1, row)
        sheet.write(120_000, 79, "x")

    rows = rows_of(made(fill, constant_memory=True))
    assert (len(rows), len(rows[0])) == (120_001, 80)
    assert (rows[101_999][0], rows[120_000][79]) == ("101999", "x")


def test_a_table_of_texts_holds_what_it_declares() -> None:
    book = made(lambda book: book.add_worksheet().write(0, 0, "x"))

    def change(name: str, part: bytes) -> bytes:
        return re.sub(rb'uniqueCount="1"', b'uniqueCount="99999999999"', part)

    assert refusal(changed(book, change)) == "unreadable_workbook"


def mutated(pick: random.Random, content: bytes) -> bytes:
    """Values, attributes and elements of one part replaced, repeated and left out; or bytes, where there are none."""
    if not content.startswith(b"PK"):
        damaged = bytearray(content)
        for _ in range(pick.choice([1, 3, 12])):
            at = pick.randrange(len(damaged))
            damaged[at : at + 4] = pick.choice([b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", bytes(4), pick.randbytes(4)])
        return bytes(damaged)
    part_of = pick.choice([SHEET, SHEET, SHEET, "xl/workbook.xml", "xl/styles.xml", "sharedStrings", ".rels"])

    def change(name: str, part: bytes) -> bytes:
        if part_of not in name:
            return part
        for _ in range(pick.choice([1, 1, 2])):
            form = pick.choice(
                [rb'="([^"]*)"', rb'\br(?:ef)?="([^"]*)"', rb">([^<>]+)<", rb"(<[^<>]+>)", rb'(\s\w+="[^"]*")']
            )
            found = list(re.finditer(form, part))
            if found:
                place = pick.choice(found)
                other = [*(value.encode() for value in NUMBERS + FAR + NO_PLACES), place[1] * 2, b"", b"&#0;", b"\xff"]
                part = part[: place.start(1)] + pick.choice(other) + part[place.end(1) :]
        return part

    return changed(content, change)


def test_mutated_workbooks_are_read_or_refused(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Hồ sơ")
        sheet.merge_range(0, 0, 0, 3, "Tiêu đề")
        form = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for row in range(1, 6):
            sheet.write(row, 0, f"H{row}")
            sheet.write_datetime(row, 1, datetime(2026, 11, row, 8, 30), form)
            sheet.write_boolean(row, 2, row % 2 == 0)
            sheet.write_formula(row, 3, "=1+1", None, row)

    books = [
        made(fill),
        made(fill, date_1904=True, constant_memory=True),
        written([[f"H{row}", row, 1.5, True, datetime(2026, 1, 1, 1)] for row in range(5)]),
        old_workbook(lambda book: [book.add_sheet("x").write(0, at, at) for at in range(1)]),
    ]
    for seed in range(240):
        pick = random.Random(seed)
        (tmp_path / f"{seed:04}").write_bytes(mutated(pick, pick.choice(books)))
    found = opened(tmp_path)
    assert len(found) == 240
    assert set(found.values()) <= {"read"} | of_kind("refusal").keys()
    assert sum(came == "read" for came in found.values()) > 40  # they are not all broken at the first look
