"""The quirks of every dialect that a readable file may have."""

from __future__ import annotations

import gzip
import itertools
import json
import unicodedata
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from cchc.datasets import DATASETS
from cchc.datasets.dossiers import DOSSIERS
from cchc.registry.open import Registry
from support.declared import KEYS as DECLARED_KEYS
from support.declared import declared, declared_file
from support.dossiers import (
    STAMPS,
    Tables,
    delimited,
    dossier,
    envelope,
    lines,
    record_2022,
    record_2026,
    workbook,
)
from support.letters import KEYS, letter, letter_file
from support.stages import DAY, File, normalise_rows, read_files, read_rows, refusal

TWO = [dossier(), dossier(dossier_code="H50.101-261104-0002", fees=[], supplements=[], due_at=None)]


def codes(rows: list[dict[str, Any]]) -> list[str]:
    return [row["dossier_code"] for row in rows]


# -- delimited text ----------------------------------------


def test_encodings_delimiters_and_unicode_forms(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    table = [tables.heading_row("A"), *(tables.cells("A", row) for row in TWO)]
    ways = itertools.product(["utf-8", "utf-8-sig", "utf-16"], [",", ";", "\t"], ["NFC", "NFD"], ["\n", "\r\n"])
    files = [
        File(
            delimited(table, delimiter, encoding, form, end),
            dialect="onecsv",
            spec={"delimiter": delimiter, "encoding": encoding},
        )
        for encoding, delimiter, form, end in ways
    ]
    rows = normalise_rows(tmp_path, registry, *files)
    assert codes(rows) == ["H50.101-261104-0001", "H50.101-261104-0002"] * len(files)
    assert {(row["channel"], row["status"], row["applicant_kind"]) for row in rows} == {("online", 9, "citizen")}
    assert {(row["has_electronic_result"], row["vneid_verified"]) for row in rows} == {(True, False)}


@pytest.mark.parametrize(
    "encoding", ["utf-16-le", "utf-16-be", "utf-16-le without a mark", "utf-8 where UTF-16 is declared"]
)
def test_the_mark_decides_then_what_is_declared(
    encoding: str, tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    text = delimited([tables.heading_row("A"), tables.cells("A", TWO[0])], encoding="utf-8").decode()
    content = {
        "utf-16-le": b"\xff\xfe" + text.encode("utf-16-le"),
        "utf-16-be": b"\xfe\xff" + text.encode("utf-16-be"),
        "utf-16-le without a mark": text.encode("utf-16-le"),
        "utf-8 where UTF-16 is declared": text.encode(),
    }[encoding]
    file = File(content, dialect="onecsv", spec={"encoding": "utf-16"})
    assert codes(read_rows(tmp_path, registry, file)) == ["H50.101-261104-0001"]


@pytest.mark.parametrize("used", [",", ";", "\t"])
@pytest.mark.parametrize("declared", [",", ";", "tab"])
def test_another_delimiter_than_declared(
    used: str, declared: str, tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    content = delimited([tables.heading_row("A"), tables.cells("A", TWO[0])], used)
    file = File(content, dialect="onecsv", spec={"delimiter": declared})
    assert codes(read_rows(tmp_path, registry, file)) == ["H50.101-261104-0001"]


@pytest.mark.parametrize("vendor", ["A", "B", "C"])
def test_the_headings_of_every_vendor(vendor: str, tmp_path: Path, registry: Registry, tables: Tables) -> None:
    content = delimited([tables.heading_row(vendor), tables.cells(vendor, TWO[0])])
    row = read_rows(tmp_path, registry, File(content, dialect="onecsv", spec={"headings": vendor}))[0]
    assert row["due_at"] == "09/11/2026 17:00" and row["fees"] == ["50.000", "8.000"]


def test_headings_in_other_case_spacing_and_order(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    headings = [f"  {heading.upper()} ".replace(" ", "  ") for heading in reversed(tables.heading_row("A"))]
    content = delimited([headings, list(reversed(tables.cells("A", TWO[0])))])
    row = read_rows(tmp_path, registry, File(content, dialect="onecsv"))[0]
    assert row["dossier_code"] == "H50.101-261104-0001" and row["received_at"] == "04/11/2026 08:00"


HARD = 'Thửa 12; tờ "3", ấp\nBình\r\nAn\t|=HYPERLINK("\\\\máy\\c$")'


def test_quoted_cells_with_line_breaks_and_separators(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    table = [tables.heading_row("A")]
    for number in range(3000):
        table.append(
            tables.cells("A", dossier(dossier_code=f"D-{number:05d}"), **{"personal:subject": HARD, "channel": HARD})
        )
    rows = read_rows(tmp_path, registry, File(delimited(table), dialect="onecsv"))
    assert codes(rows) == [f"D-{number:05d}" for number in range(3000)]
    assert {row["channel"] for row in rows} == {HARD.replace("\r\n", "\n")}  # every kind of line break is one
    assert [row["row_number"] for row in rows] == list(range(1, 3001))


def test_quotes_in_the_middle_of_a_bare_cell(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    text = delimited([tables.heading_row("A"), *(tables.cells("A", row) for row in TWO)]).decode("utf-8-sig")
    content = text.replace("CANARY đơn", 'CANARY "đơn" xin').encode()
    assert codes(read_rows(tmp_path, registry, File(content, dialect="onecsv"))) == codes(TWO)


@pytest.mark.parametrize("blank", ["\r\n", "\r\n\r\n", ",,,,,\r\n", "," * 27 + "\r\n"])
def test_blank_lines_are_no_rows(blank: str, tmp_path: Path, registry: Registry, tables: Tables) -> None:
    parts = delimited([tables.heading_row("A"), *(tables.cells("A", row) for row in TWO)], encoding="utf-8").split(
        b"\r\n"
    )
    between = blank.encode()
    content = b"\r\n" + b"".join(part + b"\r\n" + between for part in parts[:3])
    for mark in (b"", b"\xef\xbb\xbf"):
        rows = read_rows(tmp_path, registry, File(mark + content, dialect="onecsv"))
        assert codes(rows) == codes(TWO) and [row["row_number"] for row in rows] == [1, 2]


def test_a_sum_of_amounts_is_no_count_of_rows(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    headings, cells = tables.heading_row("A"), [tables.cells("A", row) for row in TWO]
    total = ["Tổng cộng", *[""] * (len(headings) - 2), "60.000"]
    assert registry.headings["A"][headings[-1].casefold()] == "fees"
    batch = read_files(tmp_path, registry, File(delimited([headings, *cells, total]), dialect="onecsv"))
    assert batch.rows == {0: 2} and batch.warnings == {0: []}


def test_headings_repeated_in_their_decomposed_form(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    headings, cells = tables.heading_row("A"), [tables.cells("A", row) for row in TWO]
    again = [unicodedata.normalize("NFD", heading) for heading in headings]
    batch = read_files(tmp_path, registry, File(delimited([headings, cells[0], again, cells[1]]), dialect="onecsv"))
    assert batch.rows == {0: 2} and batch.warnings == {0: ["repeated_headings"]}


def test_rows_shorter_and_longer_than_the_headings(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    cells = [tables.cells("A", row) for row in TWO]
    batch = read_files(
        tmp_path,
        registry,
        File(delimited([tables.heading_row("A"), cells[0][:15], cells[1]]), dialect="onecsv"),
        File(delimited([tables.heading_row("A"), cells[0], [*cells[1], "more", "still more"]]), dialect="onecsv"),
    )
    assert batch.rows == {0: 2, 1: 2} and not batch.refused and batch.warnings == {0: [], 1: []}
    held = [(row["file_no"], row["row_number"], row["fault"]) for row in batch.table.to_pylist()]
    assert held == [(0, 1, "ragged_row"), (0, 2, None), (1, 1, None), (1, 2, "ragged_row")]


def test_columns_in_no_map_are_kept_out_and_warned_of(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    headings, cells = tables.heading_row("A"), tables.cells("A", TWO[0])
    batch = read_files(
        tmp_path,
        registry,
        File(delimited([["STT", *headings, "Ghi chú"], ["1", *cells, "CANARY ghi chú"]]), dialect="onecsv"),
        File(delimited([[*headings, ""], [*cells, ""]]), dialect="onecsv"),
    )
    assert batch.warnings == {0: ["extra_column"], 1: ["trailing_cells"]}
    assert set(batch.table.column_names) == {"file_no", "row_number", "row_hash", "fault", *DOSSIERS.text_columns}
    assert "CANARY" not in str(batch.table.to_pylist())


def test_a_file_with_only_the_required_columns_needs_the_others_to_be_optional(
    tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    needed = {"dossier_code", "procedure_code", "received_at", "status"}
    leave = [name for name in tables.headings["A"] if name not in needed]
    content = delimited([tables.heading_row("A", leave), tables.cells("A", TWO[0], leave)])
    refused = read_files(tmp_path, registry, File(content, dialect="onecsv")).refused[0]
    assert refused.reason == "missing_column" and "due_at (Ngày hẹn trả)" in refused.detail
    since = {"optional": dict.fromkeys(DOSSIERS.text_columns, DAY)}
    batch = read_files(tmp_path, registry, File(content, dialect="onecsv", spec=since))
    assert not batch.refused and batch.warnings == {0: ["missing_optional_column"]}
    before = {"optional": {name: DAY + timedelta(1) for name in DOSSIERS.text_columns}}
    assert refusal(tmp_path, registry, File(content, dialect="onecsv", spec=before)) == "missing_column"
    row = normalise_rows(tmp_path, registry, File(content, dialect="onecsv", spec=since))[0]
    assert (row["channel"], row["handling_unit"], row["fee_count"]) == ("direct", "H50.103", 0)
    assert row["bad_dates"] is None and row["unknown_units"] is None


def test_what_a_system_is_not_forgiven_refuses_the_file_and_holds_the_row(
    tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    row = tables.cells("A", TWO[0], due_at="09/11/2026", finished_at="31/12/9999 00:00")
    content = b"sep=,\r\n" + delimited([tables.heading_row("A"), row], encoding="utf-8")
    assert read_files(tmp_path, registry, File(content, dialect="onecsv")).warnings == {0: ["sep_line"]}
    strict = {"not_tolerated": ("sep_line",)}
    assert refusal(tmp_path, registry, File(content, dialect="onecsv", spec=strict)) == "not_tolerated"
    files = [
        File(content, dialect="onecsv", number=n + 1, spec={"not_tolerated": told})
        for n, told in enumerate([(), ("date_without_time",), ("stand_in_date",)])
    ]
    found = normalise_rows(tmp_path, registry, *files)
    assert [row["noticed"] for row in found] == ["date_without_time,stand_in_date"] * 3
    assert [row["bad_dates"] for row in found] == [None, "due_at", "finished_at"]


def test_a_file_of_one_known_column_is_missing_the_others(tmp_path: Path, registry: Registry) -> None:
    batch = read_files(tmp_path, registry, File("Mã hồ sơ\nH50.101-261104-0001\n\n".encode(), dialect="onecsv"))
    named = [part.split(" (")[0] for part in batch.refused[0].detail.split("), ")]
    assert {"procedure_code", "received_at", "status", "due_at", "channel"} <= set(named)
    assert "applicant_kind" not in named and "receiving_unit" not in named  # they decide no figure


# -- workbooks ----------------------------------------


@pytest.mark.parametrize("title_rows", [2, 3, 4, 5])
@pytest.mark.parametrize("serial", [True, False])
@pytest.mark.parametrize("total", [True, False])
def test_title_blocks_group_headings_totals_and_dates(
    title_rows: int, serial: bool, total: bool, tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    midnight = datetime(2026, 11, 10)
    rows = [TWO[0] | {"due_at": midnight}, TWO[1]]
    body = [
        [
            row[name] if name in STAMPS else cell
            for name, cell in zip(tables.headings["A"], tables.cells("A", row), strict=True)
        ]
        for row in rows
    ]
    content = workbook(tables.heading_row("A"), body, title_rows, total=total, serial=serial)
    batch = read_files(tmp_path, registry, File(content, dialect="workbook"))
    assert batch.warnings == {0: []}
    found = normalise_rows(tmp_path, registry, File(content, dialect="workbook"))
    assert codes(found) == codes(TWO)
    # a serial number without a part of a day is a day without time, so as a deadline it is the end of that day
    assert found[0]["due_at"] == (datetime(2026, 11, 10, 23, 59, 59) if serial else midnight)
    assert found[1]["due_at"] is None
    assert found[0]["received_at"] == datetime(2026, 11, 4, 8, 0)
    assert found[0]["fees"] == "50000|8000"
    assert [row["row_number"] for row in found] == [1, 2]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (46331.999305556, datetime(2026, 11, 5, 23, 59)),
        (46331, datetime(2026, 11, 5)),
        (46331.333333333336, datetime(2026, 11, 5, 8, 0)),
        (46331.00001157407, datetime(2026, 11, 5, 0, 0, 1)),
        ("05/11/2026 08:00", datetime(2026, 11, 5, 8, 0)),
        ("5/11/2026 8:00", datetime(2026, 11, 5, 8, 0)),
        ("2026-11-05 08:00:00", datetime(2026, 11, 5, 8, 0)),
    ],
)
def test_serial_numbers_without_a_date_format_and_text(
    cell: Any, expected: datetime, tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    cells = tables.cells("A", TWO[0], received_at=cell, submitted_at="", due_at="", finished_at="")
    content = workbook(tables.heading_row("A"), [cells])
    assert normalise_rows(tmp_path, registry, File(content, dialect="workbook"))[0]["received_at"] == expected


@pytest.mark.parametrize(
    ("cell", "total"), [(50000, 50000), (50000.0, 50000), ("50.000", 50000), ("1.000.000|8.000", 1008000), (0, 0)]
)
def test_amounts_as_numbers_and_as_text(
    cell: Any, total: int, tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    content = workbook(tables.heading_row("A"), [tables.cells("A", TWO[0], fees=cell)])
    assert normalise_rows(tmp_path, registry, File(content, dialect="workbook"))[0]["fee_total_vnd"] == total


def test_blank_rows_and_what_stands_below_the_total(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    cells = [tables.cells("A", row) for row in TWO]
    content = workbook(tables.heading_row("A"), [cells[0], [], cells[1], []], below=["Người lập biểu"])
    file = File(content, dialect="workbook")
    assert codes(read_rows(tmp_path, registry, file)) == codes(TWO)
    assert read_files(tmp_path, registry, file).warnings == {0: ["text_below_total"]}


# -- JSON ----------------------------------------


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_json_with_and_without_a_mark(mark: bytes, tmp_path: Path, registry: Registry) -> None:
    first = read_rows(tmp_path, registry, File(mark + envelope(map(record_2022, TWO))))
    second = read_rows(tmp_path, registry, File(mark + lines(map(record_2026, TWO)), dialect="dvcqg2026"))
    assert codes(first) == codes(second) == codes(TWO)


def test_line_ends_and_blank_lines_change_neither_rows_nor_repeats(tmp_path: Path, registry: Registry) -> None:
    line = json.dumps(record_2026(TWO[0])).encode()
    content = b"\r\n".join([b"", line, b"", line + b"  ", b"  " + line]) + b"\n\n" + line
    rows = read_rows(tmp_path, registry, File(content, dialect="dvcqg2026"))
    assert len(rows) == 4 and len({row["row_hash"] for row in rows}) == 1


def test_keys_without_a_value_may_be_absent(tmp_path: Path, registry: Registry) -> None:
    record = {"MaHoSo": "H50.102-1", "MaTTHC": "1.001193", "TrangThai": 1}
    batch = read_files(tmp_path, registry, File(lines([record]), dialect="dvcqg2026"))
    assert batch.rows == {0: 1} and batch.warnings == {0: ["missing_optional_column"]}  # no record has a due date
    dated = File(lines([record, record | {"NgayHenTra": "2026-11-07 17:00:00"}]), dialect="dvcqg2026")
    assert read_files(tmp_path, registry, dated).warnings == {0: []}
    row = normalise_rows(tmp_path, registry, File(lines([record]), dialect="dvcqg2026"))[0]
    assert (row["received_at"], row["channel"], row["handling_unit"]) == (None, "direct", "H50.102")


def test_unknown_keys_are_warned_of(tmp_path: Path, registry: Registry) -> None:
    batch = read_files(tmp_path, registry, File(envelope([record_2022(TWO[0], TenMoi="CANARY")])))
    assert batch.warnings == {0: ["extra_column"]} and "CANARY" not in str(batch.table.to_pylist())


def test_values_of_other_types_than_the_dialect_has(tmp_path: Path, registry: Registry) -> None:
    odd = record_2022(
        TWO[0],
        DanhSachLePhi="50000",
        TaiLieuNop={"DuocTaiSuDung": "1"},
        DanhSachHoSoBoSung=[1, None, "x"],
        DanhSachGiayToKetQua=None,
        TrangThaiHoSo=9,
        KenhThucHien=None,
        HoSoCoThanhPhanSoHoa=True,
    )
    row = normalise_rows(tmp_path, registry, File(envelope([odd])))[0]
    assert (row["status"], row["channel"], row["has_digitised_parts"]) == (9, "direct", True)
    assert row["bad_amount"] and row["bad_dates"] == "supplements"  # lists that are no lists hold the row
    assert row["unknown_values"] == "reused_part,from_personal_store"
    assert not row["has_electronic_result"]


def test_an_escaped_zero_character_reaches_no_database(tmp_path: Path, registry: Registry) -> None:
    records = [record_2022(TWO[0], MaHoSo="A-1\0", DonViXuLy="\0"), record_2022(TWO[0], MaHoSo="\\u0000-2")]
    rows = normalise_rows(tmp_path, registry, File(envelope(records)))
    assert "\0" not in str([row["dossier_code"] for row in rows]) and len(rows) == 2
    assert rows[0]["dossier_code"] == "A-1" and rows[0]["handling_unit"] == "H50.101"
    assert rows[1]["dossier_code"] is None  # a backslash stands in no code


# -- letters ----------------------------------------


@pytest.mark.parametrize("dialect", ["csv", "jsonl"])
def test_a_letter_is_the_same_text_in_both_dialects(dialect: str, tmp_path: Path, registry: Registry) -> None:
    (row,) = read_rows(tmp_path, registry, letter_file(dialect, letter(dialect)))
    told = letter(dialect)
    columns = ("unit", "dossier_code", "letter_number", "signed_at", "new_due_at", "sent")
    text = [str(told[key]) for key in KEYS]
    assert [row[name] for name in columns] == [*text[:-1], {"csv": "1", "jsonl": "true"}[dialect]]


def test_letters_under_other_delimiters_encodings_and_orders(tmp_path: Path, registry: Registry) -> None:
    cells = [list(reversed(KEYS)), list(reversed(letter("csv").values()))]
    for delimiter, encoding in itertools.product([",", ";", "\t"], ["utf-8", "utf-8-sig", "utf-16"]):
        file = File(delimited(cells, delimiter, encoding), "apologies", "csv")
        (row,) = read_rows(tmp_path, registry, file)
        assert (row["unit"], row["sent"]) == ("H50.103", "1"), (delimiter, encoding)


@pytest.mark.parametrize("dialect", ["csv", "jsonl"])
def test_a_column_or_key_that_letters_lack_is_refused_only_where_required(
    dialect: str, tmp_path: Path, registry: Registry
) -> None:
    """``NgayHenMoi`` may lack; so says the contract, and no other column of letters may."""
    told = letter(dialect)
    files = []
    for left_out in KEYS:
        kept = {key: value for key, value in told.items() if key != left_out}
        content = delimited([[*kept], [*kept.values()]]) if dialect == "csv" else lines([kept])
        files.append(File(content, "apologies", dialect))
    batch = read_files(tmp_path, registry, *files)
    columns = ("unit", "dossier_code", "letter_number", "signed_at", "new_due_at", "sent")
    assert {n: (refused.reason, refused.detail) for n, refused in batch.refused.items()} == {
        n: ("missing_column", f"{name} ({key})")
        for n, (name, key) in enumerate(zip(columns, KEYS, strict=True))
        if name != "new_due_at"
    }
    assert batch.rows == {4: 1} and batch.warnings[4] == ["missing_optional_column"]
    (row,) = batch.table.to_pylist()
    assert row["new_due_at"] is None


@pytest.mark.parametrize("dialect", ["csv", "jsonl"])
def test_an_unknown_column_of_letters_is_warned_of_and_kept_out(
    dialect: str, tmp_path: Path, registry: Registry
) -> None:
    told = letter(dialect) | {"NguoiNhan": "CANARY Nguyễn Thử"}
    content = delimited([[*told], [*told.values()]]) if dialect == "csv" else lines([told])
    batch = read_files(tmp_path, registry, File(content, "apologies", dialect))
    assert batch.warnings == {0: ["extra_column"]} and "CANARY" not in str(batch.table.to_pylist())


# -- declared figures ----------------------------------------


@pytest.mark.parametrize("dialect", ["csv", "workbook"])
def test_a_declared_figure_is_the_same_text_in_both_dialects(dialect: str, tmp_path: Path, registry: Registry) -> None:
    (row,) = read_rows(tmp_path, registry, declared_file(dialect, declared(dialect)))
    assert [row[name] for name in DATASETS["declared"].text_columns] == list(declared("csv").values())


@pytest.mark.parametrize("key", DECLARED_KEYS)
def test_declared_figures_need_every_column_but_who_and_which_evidence(
    key: str, tmp_path: Path, registry: Registry
) -> None:
    kept = {name: value for name, value in declared("csv").items() if name != key}
    batch = read_files(tmp_path, registry, declared_file("csv", kept))
    if key in ("NguoiKhai", "TepMinhChung", "MaBamMinhChung"):
        assert batch.warnings == {0: ["missing_optional_column"]} and batch.rows == {0: 1}
    else:
        assert batch.refused[0].reason == "missing_column"


# -- empty days ----------------------------------------


def test_an_empty_day_of_every_dialect(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    headings = tables.heading_row("A")
    money = b"MaGiaoDich,MaHoSo,MaTTHC,MaDonVi,SoTien,CongThanhToan,TrangThai,ThoiGian"
    people = b"MaXa,Ngay,SoCCCDGanChip,KichHoatMuc1,KichHoatMuc2"
    files = [
        File(envelope([])),
        File(gzip.compress(envelope([])), name="dossiers.json.gz"),
        File(b"\n", dialect="dvcqg2026"),
        File(b"\r\n", dialect="dvcqg2026"),
        File(b"\xef\xbb\xbf\n", dialect="dvcqg2026"),
        File(gzip.compress(b"\n"), dialect="dvcqg2026", name="dossiers.jsonl.gz"),
        File(delimited([headings]), dialect="onecsv"),
        File(delimited([headings]).rstrip(), dialect="onecsv"),
        File(delimited([headings], encoding="utf-16"), dialect="onecsv"),
        File(workbook(headings, []), dialect="workbook"),
        File(workbook(headings, [], total=False), dialect="workbook"),
        File(workbook(headings, [], title_rows=0, group=False, total=False), dialect="workbook"),
        File(money, "payments", "csv"),
        File(money + b"\r\n", "payments", "csv"),
        File(people + b"\n", "vneid", "csv"),
        File(b"\n", "feedback", "jsonl"),
        letter_file("csv"),
        letter_file("jsonl"),
        File(b"\n", "apologies", "jsonl"),
    ]
    for file in files:
        batch = read_files(tmp_path, registry, file)
        assert batch.rows == {0: 0} and not batch.refused and batch.warnings == {0: []}, file


# -- personal data ----------------------------------------


def test_no_personal_column_leaves_the_stage(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    cells = [tables.heading_row("A"), tables.cells("A", TWO[0])]
    files = [
        File(envelope([record_2022(TWO[0])])),
        File(lines([record_2026(TWO[0])]), dialect="dvcqg2026"),
        File(delimited(cells), dialect="onecsv"),
        File(workbook(cells[0], cells[1:]), dialect="workbook"),
    ]
    for file in files:
        assert b"CANARY" in file.content or file.dialect == "workbook"
        table: pa.Table = read_files(tmp_path, registry, file).table
        assert set(table.column_names) == {"file_no", "row_number", "row_hash", "fault", *DOSSIERS.text_columns}
        text = unicodedata.normalize("NFC", str(table.to_pylist()))
        assert "CANARY" not in text and "999000000001" not in text and "0999000001" not in text
