"""The workbook and the page of a form: what a reader sees, can trace, and prints; and what LibreOffice makes of it."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from served_forms import fill, installation, tree
from test_forms_count import FIRST, LAST, LETTERS, UNITS, trail

from cchc.errors import PermanentError
from cchc.forms import Form, fill_forms, form_page, write_form, write_page
from cchc.registry.open import Registry
from cchc.settings import Settings

LAYOUTS = ("II.06a", "hanoi-weekly", "hanoi-period")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = installation(tmp_path_factory.mktemp("forms") / "var")
    return fill(settings, UNITS | {"dossier_trail": trail(), "delivery_board": pd.DataFrame(LETTERS)})


@pytest.fixture(scope="module")
def forms(served: Settings, registry: Registry) -> dict[str, Form]:
    """By layout, of the province."""
    return {name: fill_forms(served, registry, name, FIRST, LAST, "P")[0] for name in LAYOUTS}


@pytest.fixture(scope="module")
def books(forms: dict[str, Form], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("books")
    return {name: write_form(form, folder / f"{name}.xlsx") for name, form in forms.items()}


def rows_of(path: Path, sheet: str, values: bool = True) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path, data_only=values)[sheet].iter_rows()]


def total_of(path: Path) -> list[Any]:
    return next(row for row in rows_of(path, "Biểu") if row[1] == "Tổng cộng")


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_total_is_the_counted_one_and_unknown_is_no_number(
    books: dict[str, Path], forms: dict[str, Form], name: str
) -> None:
    form = forms[name]
    shown = total_of(books[name])
    for column in form.layout.measures:
        number = form.total.cells[column.key].number
        assert shown[column.column - 1] == ("không rõ" if number is None else number), column.key
    assert "không rõ" in shown


def test_what_a_unit_reads_first(books: dict[str, Path]) -> None:
    text = [str(cell) for row in rows_of(books["II.06a"], "Biểu") for cell in row if cell is not None]
    assert "Đơn vị báo cáo: Tỉnh P (P)" in text
    assert "Từ ngày 01/09/2026 đến ngày 30/09/2026" in text
    assert "Tổng hợp tình hình, kết quả giải quyết thủ tục hành chính, theo bố cục II.06a" in text
    assert any(cell.startswith("Chưa đối chiếu với văn bản gốc") for cell in text)
    assert "3=4+5+6" in text


def test_a_row_with_nothing_in_any_column_is_left_out(forms: dict[str, Form]) -> None:
    """One that only waits to be received has a column in one layout and none in the other."""
    assert "pending" not in {line.label for line in forms["II.06a"].lines}
    assert forms["hanoi-period"].total.cells["pending_total"].known == 3
    assert "carried" in {line.label for line in forms["II.06a"].lines}


def test_how_it_is_printed(books: dict[str, Path], forms: dict[str, Form]) -> None:
    for name, path in books.items():
        for sheet in openpyxl.load_workbook(path).worksheets:
            assert sheet.print_area
            assert sheet.page_setup.orientation == "landscape"
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert "&P" in sheet.oddFooter.right.text
            if sheet.title == "Biểu":
                assert sheet.print_title_rows == "$6:$8"
                assert sheet.page_setup.paperSize == (8 if len(forms[name].layout.columns) > 20 else 9)


def test_sums_are_live_and_a_difference_stays_the_counted_number(books: dict[str, Path]) -> None:
    cells = rows_of(books["II.06a"], "Biểu", values=False)
    total = next(row for row in cells if row[1] == "Tổng cộng")
    group = next(row for row in cells if row[0] == "I")
    assert re.fullmatch(r"=SUM\(C\d+:C\d+\)|=SUM\(C\d+\)", total[2])
    assert re.fullmatch(r"=SUM\(C\d+:C\d+\)", group[2])
    assert total[7].startswith("=IF(COUNT(")  # one of its fields is not known
    lines = [row for row in cells if row[0] == "1" and row[1] != "2"]
    assert lines
    assert all(re.fullmatch(r"=D\d+\+E\d+\+F\d+", row[2]) for row in lines)


def test_the_second_sheet_says_what_adds_up_and_where_it_comes_from(books: dict[str, Path]) -> None:
    rows = rows_of(books["II.06a"], "Đẳng thức và nguồn")
    facts = {row[0]: row[1] for row in rows if row[0]}
    assert facts["Bản dựng số"] == 7
    assert facts["Số liệu có đến ngày"].date() == date(2026, 10, 31)
    assert facts["Văn bản gốc"].startswith("Chưa đối chiếu")
    total = {row[0]: row[2:6] for row in rows if row[1] == "Tổng cộng"}
    assert total["6 = 11 của kỳ trước"] == [2, 2, 0, "đúng"]
    said = "lệch 4, giải thích được: 2 công dân rút, 1 không được tiếp nhận, 1 dừng xử lý, trả lại"
    assert total["3 = 7 + 11"] == [42, 38, 4, said]
    assert total["7 = 8 + 9 + 10"][2:] == ["không rõ", "chưa kiểm được: có ô không rõ"]
    unknown = {row[0]: row[2:6] for row in rows if isinstance(row[0], int)}
    assert unknown[8][:3] == ["từ 4 đến 5", None, None]
    assert str(unknown[8][3]).startswith("hồ sơ không có hạn, quy tắc tính hạn không xét; hoặc")


def test_a_unit_without_a_file_of_the_period_is_unknown_though_older_dossiers_run(
    registry: Registry, tmp_path: Path
) -> None:
    """An older dossier that runs on may have been finished in a file that nobody could read."""
    units = tree(("S", "Xã im lặng", "commune", None))
    older = trail().query("procedure_field == 'carried'").assign(handling_unit="S", receiving_unit="S")
    for number, files in enumerate(
        ([], [{"unit_code": "S", "dataset": "dossiers", "export_date": LAST, "rows_read": 0}])
    ):
        served = units | {"dossier_trail": older} | ({"delivery_board": pd.DataFrame(files)} if files else {})
        (form,) = fill_forms(fill(installation(tmp_path / str(number)), served), registry, "II.06a", FIRST, LAST, "S")
        expected = 1 if files else None
        assert {line.cells["proc_total"].number for line in (*form.lines, form.total)} == {expected}
        assert form.total.cells["recv_online"].number == (0 if files else None)


def test_hostile_names_stay_texts(registry: Registry, tmp_path: Path) -> None:
    units = tree(("H", '=HYPERLINK("http://evil.example";"x")', "commune", None))
    frame = trail().assign(handling_unit="H", receiving_unit="H", procedure_field="<script>alert(1)</script>")
    settings = fill(installation(tmp_path / "var"), units | {"dossier_trail": frame})
    (form,) = fill_forms(settings, registry, "II.06a", FIRST, LAST, "H")
    path = write_form(form, tmp_path / "form.xlsx")
    assert not [cell for row in rows_of(path, "Biểu", values=False) for cell in row if "HYPERLINK" in str(cell)[:12]]
    page = form_page(form)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_page_says_the_same(forms: dict[str, Form], tmp_path: Path) -> None:
    for form in forms.values():
        page = write_page(form, tmp_path / f"{form.name}.html").read_text(encoding="utf-8")
        (total,) = re.findall(r'<tr class="total">(.*?)</tr>', page, re.S)
        shown = re.findall(r'<td class="n">(.*?)</td>', total)
        wanted = [form.total.cells[column.key].number for column in form.layout.measures]
        assert shown == ["không rõ" if number is None else str(number) for number in wanted]
        assert form.title in page
        assert "Chưa đối chiếu với văn bản gốc" in page
        assert len(re.findall(r'<th scope="col">\d+</th>', page)) == len(form.layout.columns)


def test_the_same_figures_give_the_same_bytes(forms: dict[str, Form], books: dict[str, Path], tmp_path: Path) -> None:
    again = write_form(forms["II.06a"], tmp_path / "again.xlsx")
    assert again.read_bytes() == books["II.06a"].read_bytes()


def test_a_unit_that_delivered_nothing_is_unknown_and_one_with_an_empty_file_has_zeros(
    registry: Registry, tmp_path: Path
) -> None:
    board = [
        {"unit_code": "P.102", "dataset": "dossiers", "export_date": FIRST, "status": "on_time", "rows_read": 0},
        {"unit_code": "P.101", "dataset": "dossiers", "export_date": FIRST, "status": "missing", "rows_read": None},
    ]
    frames = UNITS | {"delivery_board": pd.DataFrame(board, dtype=object)}
    settings = fill(installation(tmp_path / "var"), frames)
    (silent,) = fill_forms(settings, registry, "II.06a", FIRST, LAST, "P.101")
    (empty,) = fill_forms(settings, registry, "II.06a", FIRST, LAST, "P.102")
    assert {cell.number for cell in silent.total.cells.values()} == {None}
    assert silent.origin.files_missing == 1
    (province,) = fill_forms(settings, registry, "II.06a", FIRST, LAST, "P")
    assert (silent.origin.silent, empty.origin.silent) == (("Xã Một",), ())
    assert province.origin.silent == ("Sở", "Xã Một")
    assert {cell.number for cell in empty.total.cells.values()} == {0}
    path = write_form(silent, tmp_path / "silent.xlsx")
    assert set(total_of(path)[2:]) == {"không rõ"}
    why = [row[5] for row in rows_of(path, "Đẳng thức và nguồn") if isinstance(row[0], int)]
    assert set(why) == {"chưa có tệp hồ sơ nào của đơn vị đọc được trong kỳ"}


@pytest.mark.parametrize(
    ("layout", "unit", "first", "last", "said"),
    [
        ("II.06x", "P", FIRST, LAST, "no layout 'II.06x'"),
        ("hanoi-weekly", "P", date(2025, 9, 1), date(2025, 9, 7), "not valid on 2025-09-07"),
        ("II.06a", "X", FIRST, LAST, "no unit X"),
        ("II.06a", "P", LAST, FIRST, "ends before it begins"),
        ("II.06a", None, FIRST, LAST, "name a unit"),
    ],
)
def test_what_is_asked_wrongly(
    served: Settings, registry: Registry, layout: str, unit: str | None, first: date, last: date, said: str
) -> None:
    with pytest.raises(PermanentError, match=said):
        fill_forms(served, registry, layout, first, last, unit)


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("soffice") is None,
    reason="LibreOffice is not installed (2026-11-30): .ci/run installs libreoffice-calc",
)
def test_libreoffice_recalculates_the_same_values(books: dict[str, Path], tmp_path: Path) -> None:
    """Without the values that XlsxWriter put beside its formulas, so that every one of them is worked out anew."""
    bare, told = tmp_path / "bare", tmp_path / "told"
    bare.mkdir()
    for path in books.values():
        openpyxl.load_workbook(path).save(bare / path.name)
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
         "--convert-to", "xlsx", "--outdir", str(told), *map(str, sorted(bare.iterdir()))],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    for path in books.values():
        formulas = 0
        for sheet in ("Biểu", "Đẳng thức và nguồn"):
            mine, theirs = rows_of(path, sheet), rows_of(told / path.name, sheet)
            for at, row in enumerate(rows_of(path, sheet, values=False)):
                for column, cell in enumerate(row):
                    if isinstance(cell, str) and cell.startswith("="):
                        formulas += 1
                        assert theirs[at][column] == mine[at][column], (path.name, sheet, at, column, cell)
        assert formulas > 20
