"""Rows are counted on the bytes, and what the parser makes of them has to agree: none vanishes, none is cut to fit."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc.read.scan import scan
from cchc.registry.open import Registry
from support.dossiers import Tables, delimited, dossier, envelope, lines, record_2022, record_2026
from support.stages import File, normalise_rows, read_files, refusal

TWO = [dossier(), dossier(dossier_code="H50.101-261104-0002", fees=[], supplements=[], due_at=None)]


@pytest.fixture
def table(tables: Tables) -> list[list[Any]]:
    return [tables.heading_row("A"), *(tables.cells("A", row) for row in TWO)]


def text(table: list[list[Any]], end: str = "\r\n", separator: str = ",") -> bytes:
    return delimited(table, separator, encoding="utf-8").replace(b"\r\n", end.encode())


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.lists(st.text(alphabet='ab ,\n"é', max_size=4), min_size=1, max_size=5), max_size=8),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_the_scan_counts_what_the_csv_module_wrote(rows: list[list[str]], quoting: Any) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator="\n").writerows(rows)
    found = scan(out.getvalue().encode(), b",")
    assert found.is_regular
    assert found.cells.tolist() == [len(row) for row in rows]
    assert found.holds_text.tolist() == [any(cell.strip(" \n") for cell in row) for row in rows]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_every_kind_of_line_end(end: str, table: list[list[Any]], tmp_path: Path, registry: Registry) -> None:
    batch = read_files(tmp_path, registry, File(text(table, end), dialect="onecsv"))
    assert batch.rows == {0: 2} and batch.warnings == {0: ["bare_carriage_returns"] if end == "\r" else []}


def test_a_carriage_return_among_other_line_ends_is_no_line_end(
    table: list[list[Any]], tmp_path: Path, registry: Registry
) -> None:
    content = text(table).replace("CANARY đơn".encode(), "CANARY\rđơn".encode(), 1)
    batch = read_files(tmp_path, registry, File(content, dialect="onecsv"))
    assert batch.rows == {0: 2} and batch.warnings == {0: ["bare_carriage_returns"]}
    assert batch.table["fault"].to_pylist() == [None, None]


def test_a_last_line_without_end_is_said(table: list[list[Any]], tmp_path: Path, registry: Registry) -> None:
    batch = read_files(tmp_path, registry, File(text(table).rstrip(), dialect="onecsv"))
    assert batch.rows == {0: 2} and batch.warnings == {0: ["no_last_line_end"]}


def test_a_shifted_row_is_held_and_the_others_go_on(table: list[list[Any]], tmp_path: Path, registry: Registry) -> None:
    content = text(table).replace(b"H50.101-261104-0001,", b"H50.101-261104-0001,,", 1)
    batch = read_files(tmp_path, registry, File(content, dialect="onecsv"))
    assert batch.rows == {0: 2} and batch.table["fault"].to_pylist() == ["ragged_row", None]


def test_a_line_that_breaks_before_its_last_cell_holds_both_parts(
    table: list[list[Any]], tmp_path: Path, registry: Registry
) -> None:
    line = text(table[:2]).splitlines()[1]
    rest = line.rsplit(b",", 1)[1]
    content = text(table).replace(line, line[: -len(rest)] + b"\r\n" + rest, 1)
    batch = read_files(tmp_path, registry, File(content, dialect="onecsv"))
    assert batch.table["fault"].to_pylist() == ["ragged_row", "ragged_row", None]


def test_a_quote_that_never_closes_refuses_the_file(table: list[list[Any]], tmp_path: Path, registry: Registry) -> None:
    many = [table[0], *(table[1] for _ in range(8))]
    broken = text(many).replace("CANARY đơn".encode(), '"CANARY đơn'.encode(), 1)
    broken = broken[::-1].replace("CANARY đơn".encode()[::-1], 'CANARY đơn"'.encode()[::-1], 1)[::-1]
    assert refusal(tmp_path, registry, File(broken, dialect="onecsv")) in ("rows_lost", "invalid_csv")


def sheets(*parts: tuple[str, list[list[Any]], bool]) -> bytes:
    """A workbook of sheets: name, rows, hidden or not."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows, is_hidden in parts:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        sheet.sheet_state = "hidden" if is_hidden else "visible"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_further_sheets_are_read_and_hidden_ones_are_said(
    table: list[list[Any]], tmp_path: Path, registry: Registry
) -> None:
    head, first, second = table
    note = [["Ghi chú"], ["Bảng này để tham khảo"]]
    content = sheets(
        ("1", [head, first], False), ("2", [head, second], False), ("Nháp", [head, second], True), ("x", note, False)
    )
    batch = read_files(tmp_path, registry, File(content, dialect="workbook"))
    assert batch.rows == {0: 2} and batch.warnings == {0: ["hidden_sheet", "further_sheet"]}


def test_rows_on_a_sheet_without_headings_refuse_the_workbook(
    table: list[list[Any]], tmp_path: Path, registry: Registry
) -> None:
    head, first, second = table
    content = sheets(("1", [head, first], False), ("2", [second], False))
    assert refusal(tmp_path, registry, File(content, dialect="workbook")) == "rows_lost"


TOTALS = [
    ("Tổng cộng", "2 hồ sơ", None),
    ("Tổng cộng: 2", None, None),
    ("Tổng cộng", 2, None),
    ("Cộng", None, None),
    ("Tổng cộng", "1 hồ sơ", ["total_differs"]),
    ("Tổng số: 1 hồ sơ", None, ["total_differs"]),
    ("Tổng cộng", "12 hồ sơ", "incomplete_export"),
    ("Tổng cộng: 3", None, "incomplete_export"),
]


@pytest.mark.parametrize(("first", "second", "said"), TOTALS)
@pytest.mark.parametrize("turned", [False, True])
def test_a_total_is_no_row_and_its_count_is_compared(
    first: str, second: Any, said: Any, turned: bool, table: list[list[Any]], tmp_path: Path, registry: Registry
) -> None:
    rows = [*table, [first, second, *([None] * (len(table[0]) - 2))]]
    if turned:  # whatever column stands first
        rows = [list(reversed(row)) for row in rows[:-1]] + rows[-1:]
    batch = read_files(tmp_path, registry, File(delimited(rows), dialect="onecsv"))
    if isinstance(said, str):
        assert batch.refused[0].reason == said
    else:
        assert batch.rows == {0: 2} and batch.warnings == {0: said or []}


@pytest.mark.parametrize("last", ["", "\nNgười lập biểu"])
def test_a_short_total_below_an_empty_last_cell_breaks_no_row(
    last: str, table: list[list[Any]], tmp_path: Path, registry: Registry
) -> None:
    """The line of a total is short; the row above it is whole, though its last cell is empty."""
    assert table[2][-1] in (None, "")
    batch = read_files(tmp_path, registry, File(text(table) + f"Tổng số: 2 hồ sơ{last}\n".encode(), dialect="onecsv"))
    assert batch.rows == {0: 2} and batch.table["fault"].to_pylist() == [None, None]


def test_rows_below_a_subtotal_are_rows(table: list[list[Any]], tmp_path: Path, registry: Registry) -> None:
    blank = [None] * (len(table[0]) - 1)
    rows = [*table[:2], ["Cộng: 1", *blank], table[2], ["Tổng cộng: 2", *blank], ["Người lập biểu", *blank]]
    batch = read_files(tmp_path, registry, File(delimited(rows), dialect="onecsv"))
    assert batch.rows == {0: 2} and batch.warnings == {0: ["subtotal", "text_below_total"]}


def test_text_without_a_total_above_it_is_a_row_and_held(
    table: list[list[Any]], tmp_path: Path, registry: Registry
) -> None:
    rows = [*table, ["Người lập biểu", *([None] * (len(table[0]) - 1))]]
    found = normalise_rows(tmp_path, registry, File(delimited(rows), dialect="onecsv"))
    assert [row["dossier_code"] for row in found] == [row["dossier_code"] for row in TWO] + [None]


ENVELOPES: list[tuple[dict[str, Any], str]] = [
    ({"madonvi": "H50.133"}, "wrong_unit"),
    ({"totalRecords": 3}, "incomplete_export"),
    ({"TongSo": "12"}, "incomplete_export"),
    ({"totalPages": 2, "page": 1}, "incomplete_export"),
    ({"hasNext": True}, "incomplete_export"),
    ({"total": 2, "totalPages": 1, "hasNext": False}, ""),
]


@pytest.mark.parametrize(("said", "reason"), ENVELOPES)
def test_what_an_envelope_says_of_its_records(
    said: dict[str, Any], reason: str, tmp_path: Path, registry: Registry
) -> None:
    import json

    whole = json.loads(envelope(map(record_2022, TWO))) | said
    batch = read_files(tmp_path, registry, File(json.dumps(whole).encode()))
    assert batch.refused[0].reason == reason if reason else batch.rows == {0: 2}


def test_an_envelope_with_two_lists_of_records_is_refused(tmp_path: Path, registry: Registry) -> None:
    whole = envelope(map(record_2022, TWO))
    again = whole[:-1] + b',"data":[]}'
    assert refusal(tmp_path, registry, File(again)) == "invalid_json"


def test_a_trailer_of_json_lines_is_no_record_and_is_compared(tmp_path: Path, registry: Registry) -> None:
    body = lines(map(record_2026, TWO)).rstrip(b"\n")
    told = read_files(tmp_path, registry, File(body + b'\n{"total": 2}\n', dialect="dvcqg2026"))
    assert told.rows == {0: 2}
    assert refusal(tmp_path, registry, File(body + b'\n{"total": 5}\n', dialect="dvcqg2026")) == "incomplete_export"


def test_a_record_that_says_one_key_twice_is_held_at_any_depth(tmp_path: Path, registry: Registry) -> None:
    once = envelope([record_2022(TWO[0], DanhSachLePhi=[{"Gia": "50000"}])])
    top = once.replace(b'"TrangThaiHoSo"', b'"TrangThaiHoSo":"1","TrangThaiHoSo"')
    inner = once.replace(b'{"Gia": "50000"}', b'{"Gia": "50000", "Gia": "1"}')
    inner = inner if inner != once else once.replace(b'{"Gia":"50000"}', b'{"Gia":"50000","Gia":"1"}')
    assert inner != once
    for content in (top, inner):
        assert read_files(tmp_path, registry, File(content)).table["fault"].to_pylist() == ["contradiction"]


def test_a_key_renamed_in_some_records_holds_those(tmp_path: Path, registry: Registry) -> None:
    records = [record_2026(row) for row in TWO]
    records[1]["NgayHanTra"] = records[1].pop("NgayHenTra")
    batch = read_files(tmp_path, registry, File(lines(records), dialect="dvcqg2026"))
    assert batch.warnings == {0: ["extra_column"]} and batch.table["fault"].to_pylist() == [None, "ragged_row"]


@pytest.mark.parametrize("spelled", ["NgayHenTra\u200b", "ngayhentra", "Ngay_Hen_Tra"])
def test_a_key_spelled_in_another_way_refuses_the_file(spelled: str, tmp_path: Path, registry: Registry) -> None:
    records = [record_2026(row) for row in TWO]
    for record in records:
        record[spelled] = record.pop("NgayHenTra")
    assert refusal(tmp_path, registry, File(lines(records), dialect="dvcqg2026")) == "missing_column"


def test_the_counts_of_the_scan_are_those_of_the_frame(
    table: list[list[Any]], tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A parser that lost a row would be found out."""
    from cchc.read import delimited as reader

    parse = reader._parse
    monkeypatch.setattr(reader, "_parse", lambda *given: parse(*given).head(2))
    assert refusal(tmp_path, registry, File(text(table), dialect="onecsv")) == "rows_lost"
