"""Unknown is never empty: text without a typed value holds the row or warns, judged by cell, by column and by file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cchc.datasets import DATASETS
from cchc.datasets.shape import Column
from cchc.registry.open import Registry
from support.dossiers import Tables, delimited, dossier, envelope, lines, record_2022, record_2026, workbook
from support.stages import File, normalise_rows

Row = dict[str, Any]


def faults(row: Row) -> set[str]:
    """The columns that check columns name, and what is known to be wrong by its null value."""
    named = ",".join(row.get(name) or "" for name in ("bad_dates", "unknown_values", "late_events", "unknown_units"))
    found = {name for name in named.split(",") if name}
    found |= {name for name in ("status", "channel", "procedure_code", "dossier_code") if row[name] is None}
    found |= {"fees"} if row["bad_amount"] else set()
    return found | ({"procedure_code"} if not row["procedure_known"] else set())


#: Every column of a dossier that decides a figure and has a heading (updated_at is a key of records only).
DECIDING = [column for column in DATASETS["dossiers"].file_columns if column.decides and column.name != "updated_at"]


@pytest.mark.parametrize("column", DECIDING, ids=lambda column: column.name)
@pytest.mark.parametrize("junk", ["#REF!", "?", "không rõ", "{}"])
@pytest.mark.parametrize("dialect", ["onecsv", "workbook"])
def test_no_unreadable_text_of_a_deciding_column_is_taken_as_empty(
    column: Column, junk: str, dialect: str, tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    table = [tables.heading_row("A"), tables.cells("A", dossier(), **{column.name: junk})]
    content = delimited(table) if dialect == "onecsv" else workbook(table[0], table[1:])
    (row,) = normalise_rows(tmp_path, registry, File(content, dialect=dialect))
    assert column.name in faults(row)
    assert "rõ" not in str([value for name, value in row.items() if name.endswith("_shape")])


NESTED: list[tuple[str, dict[str, Any], str]] = [
    ("dvcqg2022", {"DanhSachLePhi": [{"Gia": "#REF!"}]}, "fees"),
    ("dvcqg2022", {"DanhSachLePhi": "miễn"}, "fees"),
    ("dvcqg2022", {"DanhSachLePhi": {"Gia": "5"}}, "fees"),
    ("dvcqg2022", {"DanhSachHoSoBoSung": [{"NgayBoSung": "hôm qua", "NgayTiepNhanBoSung": ""}]}, "supplements"),
    ("dvcqg2022", {"TaiLieuNop": [{"DuocTaiSuDung": "Có", "DuocLayTuKhoDMQG": "0"}]}, "reused_part"),
    ("dvcqg2022", {"TaiLieuNop": "1"}, "reused_part"),
    ("dvcqg2022", {"HoSoCoThanhPhanSoHoa": "Có"}, "has_digitised_parts"),
    ("dvcqg2022", {"DuocThanhToanTrucTuyen": "9"}, "online_payment"),
    ("dvcqg2026", {"PhiLePhi": [{"SoTien": "nhiều"}]}, "fees"),
    ("dvcqg2026", {"BoSung": [5]}, "supplements"),
    ("dvcqg2026", {"ThanhPhanHoSo": [{"TaiSuDung": "yes"}]}, "reused_part"),
    ("dvcqg2026", {"KetQua": "không"}, "has_electronic_result"),
    ("dvcqg2026", {"TaiKhoanVNeID": []}, "vneid_verified"),
    ("dvcqg2026", {"NgayHenTra": {}}, "due_at"),
    ("dvcqg2026", {"NgayHenTra": 46331}, "due_at"),
]


@pytest.mark.parametrize(("dialect", "changed", "column"), NESTED)
def test_at_every_depth_of_a_record(
    dialect: str, changed: dict[str, Any], column: str, tmp_path: Path, registry: Registry
) -> None:
    if dialect == "dvcqg2022":
        file = File(envelope([record_2022(dossier(), **changed)]))
    else:
        file = File(lines([record_2026(dossier()) | changed]), dialect=dialect)
    (row,) = normalise_rows(tmp_path, registry, file)
    assert column in faults(row)


def test_a_column_that_decides_nothing_only_warns(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    table = [tables.heading_row("A"), tables.cells("A", dossier(), applicant_kind="Hội kín")]
    (row,) = normalise_rows(tmp_path, registry, File(delimited(table), dialect="onecsv"))
    assert not faults(row) and row["noticed"] == "unreadable_value" and row["applicant_kind"] is None


def flags(texts: list[str], tmp_path: Path, registry: Registry, tables: Tables) -> list[Row]:
    table = [tables.heading_row("A"), *(tables.cells("A", dossier(), vneid_verified=text) for text in texts)]
    return normalise_rows(tmp_path, registry, File(delimited(table), dialect="onecsv"))


def test_yes_and_no_are_the_labels_truth_and_digits_and_nothing_else(
    tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    known = ["Có", "không", "TRUE", "false", "1", "0"]
    found = flags(known, tmp_path, registry, tables)
    assert [row["vneid_verified"] for row in found] == [True, False] * 3 and not any(map(faults, found))
    for word in ("x", "yes", "Y", "2", "đúng"):
        (row,) = flags([word], tmp_path, registry, tables)
        assert faults(row) == {"vneid_verified"}


def test_a_sender_with_words_of_its_own_may_mean_anything_by_others(
    tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    found = flags(["X", "1", "Có", ""], tmp_path, registry, tables)
    assert [faults(row) for row in found] == [{"vneid_verified"}, {"vneid_verified"}, set(), set()]


def dates(due: list[str], tmp_path: Path, registry: Registry, tables: Tables, **others: str) -> list[Row]:
    blank = dict.fromkeys(("submitted_at", "received_at", "finished_at", "returned_at", "refused_at"), "")
    table = [tables.heading_row("A"), *(tables.cells("A", dossier(), **(blank | others), due_at=text) for text in due)]
    return normalise_rows(tmp_path, registry, File(delimited(table), dialect="onecsv"))


def test_a_column_that_holds_the_american_order_is_held_where_it_may_be_either(
    tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    found = dates(["11/05/2026 08:00", "11/25/2026 08:00", "11/11/2026 08:00"], tmp_path, registry, tables)
    assert ["due_at" in (row["bad_dates"] or "") for row in found] == [True, True, False]


def test_vietnamese_order_is_taken_as_it_is(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    found = dates(["11/05/2026 08:00", "25/11/2026 08:00"], tmp_path, registry, tables)
    assert [row["due_at"] for row in found] == [datetime(2026, 5, 11, 8), datetime(2026, 11, 25, 8)]


def test_events_that_lie_about_the_export_only_in_the_other_order_tell_of_it(
    tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    """All below 13: 4 November as month before day, in an export of 5 November."""
    (row,) = dates(["11/09/2026 17:00"], tmp_path, registry, tables, received_at="11/04/2026 08:00")
    assert {"received_at", "due_at"} <= set((row["bad_dates"] or "").split(","))


STAND_INS = ["01/01/0001 00:00", "31/12/9999 00:00", "01/01/1900 00:00", "31/12/1999 23:59"]


@pytest.mark.parametrize("text", STAND_INS)
def test_stand_ins_for_none_are_empty_only_where_a_column_may_be(
    text: str, tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    (row,) = dates([text], tmp_path, registry, tables, received_at="04/11/2026 08:00")
    assert row["due_at"] is None and row["noticed"] == "stand_in_date"
    head = "MaGiaoDich,MaHoSo,MaTTHC,MaDonVi,SoTien,CongThanhToan,TrangThai,ThoiGian\r\n"
    paid = File(f"{head}GD1,,,H50.101,5,1,1,19000101000000\r\n".encode(), "payments", "csv")
    assert normalise_rows(tmp_path, registry, paid)[0]["bad_dates"] == "paid_at"


def test_a_day_without_time_is_its_end_for_a_deadline_and_its_beginning_else(
    tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    (row,) = dates(["09/11/2026"], tmp_path, registry, tables, received_at="04/11/2026")
    assert row["due_at"] == datetime(2026, 11, 9, 23, 59, 59) and row["received_at"] == datetime(2026, 11, 4)
    assert row["noticed"] == "date_without_time"


def test_events_after_the_day_after_the_export_are_held_and_deadlines_are_not(
    tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    late = {"received_at": "04/11/2026 08:00", "finished_at": "07/11/2026 00:00"}
    (row,) = dates(["20/12/2026 17:00"], tmp_path, registry, tables, **late)
    assert row["late_events"] == "finished_at"
    (row,) = dates(["20/12/2026 17:00"], tmp_path, registry, tables, **(late | {"finished_at": "06/11/2026 23:59"}))
    assert row["late_events"] is None
