"""What nobody sees and what stands for nothing never tells two keys apart, and never becomes one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cchc.datasets import DATASETS
from cchc.read.fold import fold
from cchc.registry.open import Registry
from cchc.registry.text import normalise_heading
from cchc.scratch import SPACES
from support.dossiers import Tables, delimited, dossier, lines, record_2026, workbook
from support.stages import File, normalise_rows, read_files, refusal

CODE = "H50.101-261104-0001"
SAME = [
    CODE,
    f" {CODE} ",
    CODE.lower(),
    CODE.replace("-", "-\u200b"),
    "\ufeff" + CODE,
    CODE.replace("-", "\u00ad-"),
    CODE + "\u2060\u3164",
    CODE.replace("1", "１").replace("-", "－"),
    f"\u00a0\u2007{CODE}\u3000",
    f'="{CODE}"',
]
NONE = [
    "NULL",
    "null",
    "None",
    "nan",
    "NaN",
    r"\N",
    "-",
    "#N/A",
    "2,61E+14",
    "2.61E+14",
    "1E5",
    "000",
    "РАКН-12",
    "Mã 12",
]


@pytest.mark.parametrize("text", SAME)
def test_one_code_however_it_is_written(text: str, tmp_path: Path, registry: Registry, tables: Tables) -> None:
    table = [tables.heading_row("A"), tables.cells("A", dossier(dossier_code=text))]
    (row,) = normalise_rows(tmp_path, registry, File(delimited(table), dialect="onecsv"))
    assert row["dossier_code"] == CODE


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_code_is_no_key(text: str, tmp_path: Path, registry: Registry, tables: Tables) -> None:
    table = [tables.heading_row("A"), tables.cells("A", dossier(dossier_code=text))]
    (row,) = normalise_rows(tmp_path, registry, File(delimited(table), dialect="onecsv"))
    assert row["dossier_code"] is None


NUMBERS = [
    (26110400001, "26110400001", "26110400001"),
    (261104000000000.0, "261104000000000", None),  # a JSON text of it is 2.61104e14: some digits may be lost
    (2611040000123456789, None, "2611040000123456789"),  # a cell keeps 15 digits, so one of more is a rounded one
    (12345.0, "12345", "12345"),
]


@pytest.mark.parametrize(("number", "in_cell", "in_record"), NUMBERS)
def test_numbers_as_codes(
    number: Any, in_cell: str | None, in_record: str | None, tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    content = workbook(tables.heading_row("A"), [tables.cells("A", dossier(dossier_code=number))])
    (row,) = normalise_rows(tmp_path, registry, File(content, dialect="workbook"))
    assert row["dossier_code"] == in_cell
    records = lines([record_2026(dossier()) | {"MaHoSo": number}])
    (row,) = normalise_rows(tmp_path, registry, File(records, dialect="dvcqg2026"))
    assert row["dossier_code"] == in_record


@pytest.mark.parametrize("cell", ["{}H50", "H50{}", "{0}Đang xử lý{0}", "{}"])
def test_every_kind_of_space_is_trimmed_off_both_ends(cell: str) -> None:
    column, cells = "applicant_kind", [cell.format(space) for space in SPACES]
    frame, noticed = fold(pl.DataFrame({"file_no": [0] * len(cells), column: cells}), DATASETS["dossiers"])
    assert frame[column].unique().to_list() == [cell.format("") or None] and not noticed
    for text in cells:  # alone, for whether a column is trimmed is decided by the column
        alone, _ = fold(pl.DataFrame({"file_no": [0], column: [text]}), DATASETS["dossiers"])
        assert alone[column].to_list() == [cell.format("") or None]


def test_null_words_are_empty_and_said(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    told = {"finished_at": "NULL", "handling_unit": "-", "fees": "null"}
    table = [tables.heading_row("A"), tables.cells("A", dossier(), **told)]
    file = File(delimited(table), dialect="onecsv")
    assert "null_literal" in read_files(tmp_path, registry, file).warnings[0]
    (row,) = normalise_rows(tmp_path, registry, file)
    assert row["finished_at"] is None and row["handling_unit"] == "H50.103" and row["bad_dates"] is None


def test_a_pattern_of_the_system_decides_what_its_codes_are(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    table = [tables.heading_row("A"), *(tables.cells("A", dossier(dossier_code=c)) for c in ("QT/12 A", CODE))]
    own = {"code_patterns": {"dossier_code": r"QT/\d+ [A-Z]"}}
    found = normalise_rows(tmp_path, registry, File(delimited(table), dialect="onecsv", spec=own))
    assert [row["dossier_code"] for row in found] == ["QT/12 A", None]


LOOK_ALIKES = [
    ("Đang xử lý", "Ðang xử lý"),
    ("Hòa Bình", "Hoà  Bình"),
    ("Thúy", "thuý"),
    ("khỏe", "khoẻ"),
    ("Mã hồ sơ", "Mã\u00a0hồ\u200b sơ"),
    ("Mã hồ sơ", "ＭÃ HỒ SƠ"),
]


@pytest.mark.parametrize(("one", "other"), LOOK_ALIKES)
def test_look_alikes_are_one_heading_or_label(one: str, other: str) -> None:
    assert normalise_heading(one) == normalise_heading(other)


def test_what_only_looks_a_little_alike_is_another_label() -> None:
    words = ["hoa", "hóa", "hòa", "hoan", "Đang", "Dang", "tuy", "túy"]
    assert len({normalise_heading(word) for word in words}) == len(words)


def test_headings_twice_and_in_two_lines(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    head, cells = tables.heading_row("A"), tables.cells("A", dossier())
    twice = delimited([[*head, head[0]], [*cells, "H50.101-261104-0009"]])
    assert refusal(tmp_path, registry, File(twice, dialect="onecsv")) == "repeated_column"
    upper = ["Hồ sơ" if n < 4 else "Các mốc" for n, _ in enumerate(head)]
    lower = [text if n % 2 else None for n, text in enumerate(head)]
    upper = [upper[n] if n % 2 else text for n, text in enumerate(head)]
    file = File(delimited([upper, lower, cells]), dialect="onecsv")
    batch = read_files(tmp_path, registry, file)
    assert batch.rows == {0: 1} and batch.warnings == {0: ["two_line_headings"]}


def test_titles_separators_and_repeated_headings_are_read_and_said(
    tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    head, cells = tables.heading_row("A"), tables.cells("A", dossier())
    body = delimited([head, cells, head, cells], ";", encoding="utf-8")
    title = "DANH SÁCH HỒ SƠ\r\nNgày 05/11/2026\r\n".encode()
    found = {}
    for name, content in {"sep": b"sep=;\r\n" + body, "title": title + body}.items():
        batch = read_files(tmp_path, registry, File(content, dialect="onecsv", spec={"delimiter": ";"}))
        assert batch.rows == {0: 2}
        found[name] = batch.warnings[0]
    assert found == {
        "sep": ["sep_line", "repeated_headings"],
        "title": ["text_above_headings", "repeated_headings"],
    }
