"""Cells of workbooks come back as the documented text; what a cell does not tell is not empty."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc.read.workbook import Row, open_sheets
from support.books import cells, changed, made, old_workbook, rows_of, written

# -- what a spreadsheet program wrote ----------------------------------------

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=12).filter(
    lambda text: not text.startswith("=") and "_x" not in text and text == text.strip()
)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)).map(lambda moment: moment.replace(microsecond=0))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXT,
    "whole": st.integers(-(10**15) + 1, 10**15 - 1),
    "decimal": st.decimals(-(10**9), 10**9, places=4).map(float),
    "moment": MOMENTS,
    "day": MOMENTS.map(datetime.date),
    "either": st.one_of(MOMENTS, MOMENTS.map(datetime.date)),
    "clock": st.times().map(lambda clock: clock.replace(microsecond=0)),
    "truth": st.booleans(),
    "mixed": st.one_of(TEXT, st.integers(-99, 99), MOMENTS, st.booleans(), st.none()),
}


def as_text(value: Any) -> str | None:
    """The documented form, by other means than the reader's."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".").replace("-0", "0" if value == 0 else "-0")
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        return str(value.date())
    return str(value)


@st.composite
def columns(draw: st.DrawFn) -> list[list[Any]]:
    """Rows under headings, a kind of value a column, with blank cells among them."""
    kinds = draw(st.lists(st.sampled_from(list(VALUES)), min_size=1, max_size=4))
    height = draw(st.sampled_from([1, 5, 45]))
    blank = draw(st.integers(0, 3))
    random = draw(st.randoms(use_true_random=False))
    pools = [draw(st.lists(VALUES[kind], min_size=1, max_size=6)) for kind in kinds]
    body = [[None if random.randrange(9) < blank else random.choice(pool) for pool in pools] for _ in range(height)]
    return [[f"cột {at}" for at in range(len(kinds))], *body]


def trimmed(rows: list[Row]) -> list[Row]:
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


@settings(max_examples=120, deadline=None)
@given(columns())
def test_what_openpyxl_wrote_comes_back_as_the_documented_text(rows: list[list[Any]]) -> None:
    assert rows_of(written(rows)) == trimmed([[as_text(value) for value in row] for row in rows])


@settings(max_examples=60, deadline=None)
@given(columns())
def test_what_xlwt_wrote_comes_back_as_the_documented_text(rows: list[list[Any]]) -> None:
    formats = {datetime: "dd/mm/yyyy hh:mm:ss", date: "dd/mm/yyyy", time: "hh:mm:ss"}
    styles = {kind: xlwt.easyxf(num_format_str=form) for kind, form in formats.items()}

    def fill(book: xlwt.Workbook) -> None:
        sheet = book.add_sheet("Hồ sơ")
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(at, column, value, styles.get(type(value), xlwt.Style.default_style))

    book = open_sheets(old_workbook(fill))
    assert book.warnings == ["old_workbook"]
    assert book.sheets[0].rows == trimmed([[as_text(value) for value in row] for row in rows])


def test_numbers_keep_what_a_code_or_an_amount_needs() -> None:
    values = [1.0, 1.000220, 0.1, -3, 999999999999999, 1234567890123456, 2.61e14, 1e20, 1.5e-7]
    texts = ["1", "1.00022", "0.1", "-3", "999999999999999", "1.234567890123456E+15", "261000000000000", "1E+20"]
    assert [row[0] for row in rows_of(written([[value] for value in values]))] == [*texts, "1.5e-07"]


@pytest.mark.parametrize(
    "form",
    [
        "General",
        "0",
        "#,##0",
        '#,##0 "đồng"',
        '#,##0\\ "đ"',
        "#,##0\\ [$₫-42A]",
        "[Red]-#,##0",
        "0.00E+00",
        "@",
        '0" ngày"',
    ],
)
def test_the_form_of_a_number_does_not_make_it_a_date(form: str) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().write_number(0, 0, 46331, book.add_format({"num_format": form}))

    assert rows_of(made(fill)) == [["46331"]]


@pytest.mark.parametrize(
    "form", ["dd/mm/yyyy hh:mm", "[$-42A]dd/mm/yyyy\\ hh:mm", "d\\-m\\-yy", 'dd" tháng "mm" năm "yyyy']
)
def test_a_number_in_the_form_of_a_date_is_one(form: str) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet().write_number(0, 0, 46331.5, book.add_format({"num_format": form}))

    assert rows_of(made(fill)) == [["2026-11-05 12:00:00"]]


@pytest.mark.parametrize("rows", [3, 60])
def test_fractions_of_a_day_round_to_the_second_they_mean(rows: int) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        form = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet = book.add_worksheet()
        for row in range(rows):
            sheet.write_number(row, 0, 46335 + 17 / 24 - 2e-9 * (row % 3), form)

    assert {row[0] for row in rows_of(made(fill))} == {"2026-11-09 17:00:00"}


def test_durations_over_a_day() -> None:
    assert rows_of(written([[timedelta(hours=30, minutes=5)]])) == [["30:05:00"]]


def test_a_line_feed_stored_by_its_number_is_one() -> None:
    assert rows_of(cells('<row r="1"><c r="A1" t="inlineStr"><is><t>Mã_x000D_\nhồ sơ</t></is></c></row>'))[0][0] in (
        "Mã\r\nhồ sơ",
        "Mã\nhồ sơ",
    )


# -- unknown is not empty ----------------------------------------


def test_errors_and_formulas_without_a_value_are_told() -> None:
    row = (
        '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="C1" t="e"/>'
        '<c r="D1"><f>1+1</f></c><c r="E1"><f>1+1</f><v></v></c><c r="F1"><f>1+1</f><v>2</v></c>'
        '<c r="G1" t="str"><f>A2</f><v></v></c><c r="H1"/><c r="I1" t="str"><f>A2</f><v>x</v></c></row>'
    )
    told = ["#N/A", "#DIV/0!", "#ERROR!", "#FORMULA!", "#FORMULA!", "2", None, None, "x"]
    assert rows_of(cells(row)) == [told]


def test_openpyxl_writes_formulas_without_a_value() -> None:
    assert rows_of(written([["x", "=A1"]])) == [["x", "#FORMULA!"]]


def test_merged_cells_below_the_first_are_told_apart_from_empty_ones() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Thời gian", None, "Mã"], ["Nhận", "Trả", None], ["a", 1, "x"], [None, 2, "y"], [None, None, None]):
        sheet.append(row)
    sheet["A6"] = "dưới"
    for area in ("A1:B1", "A3:A5"):
        sheet.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    opened = open_sheets(out.getvalue()).sheets[0]
    assert opened.areas == [(0, 0, 0, 1), (2, 0, 4, 0)]
    assert opened.head(2) == [["Thời gian", None, "Mã"], ["Nhận", "Trả", None]]
    body = [list(row) for row in opened.body(2).rows()]
    assert body == [["a", "1", "x"], ["#MERGED!", "2", "y"], [None, None, None], ["dưới", None, None]]
    assert opened.rows[3] == [None, "2", "y"]


def test_hidden_sheets_are_named_so() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        for name in ("một", "hai", "ba"):
            book.add_worksheet(name).write(0, 0, name)
        book.get_worksheet_by_name("hai").hide()
        book.get_worksheet_by_name("ba").very_hidden()

    sheets = open_sheets(made(fill)).sheets
    assert [(sheet.name, sheet.is_hidden) for sheet in sheets] == [("một", False), ("hai", True), ("ba", True)]


# -- days from 1904 ----------------------------------------

EXTENSION = (
    b'<extLst><ext uri="{140A7094}" xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main">'
    b'<x15:workbookPr chartTrackingRefBase="1"/></ext></extLst></workbook>'
)


@pytest.mark.parametrize("extension", [False, True])
def test_days_from_1904(extension: bool) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_datetime(0, 0, datetime(2026, 11, 5, 8), book.add_format({"num_format": "dd/mm/yyyy hh:mm"}))
        sheet.write_number(0, 1, 44869)

    content = made(fill, date_1904=True)
    if extension:
        content = changed(
            content, lambda name, p: p.replace(b"</workbook>", EXTENSION) if name == "xl/workbook.xml" else p
        )
    book = open_sheets(content)
    assert book.is_1904
    assert book.sheets[0].rows == [["2026-11-05 08:00:00", "44869"]]
    assert not open_sheets(written([["x"]])).is_1904


def test_days_from_1904_in_an_old_workbook() -> None:
    def fill(book: xlwt.Workbook) -> None:
        style = xlwt.easyxf(num_format_str="dd/mm/yyyy")
        book.add_sheet("x").write(0, 0, 44869, style)

    book = open_sheets(old_workbook(fill, dates_1904=True))
    assert book.is_1904
    assert book.sheets[0].rows == [["2026-11-05"]]
