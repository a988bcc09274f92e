"""Text to types: dates, amounts, lists, codes and labels, units and procedures, of each dialect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from cchc.registry.open import Registry
from support.declared import declared, declared_file
from support.dossiers import Tables, delimited, dossier, envelope, lines, record_2022, record_2026, workbook
from support.letters import letter, letter_file
from support.objections import objection, objection_file
from support.stages import File, normalise_rows

Row = dict[str, Any]
DIALECTS = ["dvcqg2022", "dvcqg2026", "onecsv", "workbook"]
RAW_2022 = {
    "dossier_code": "MaHoSo",
    "procedure_code": "MaTTHC",
    "handling_unit": "DonViXuLy",
    "due_at": "NgayHenTra",
    "channel": "KenhThucHien",
    "status": "TrangThaiHoSo",
    "applicant_kind": "LoaiDoiTuong",
    "online_payment": "DuocThanhToanTrucTuyen",
    "vneid_verified": "TaiKhoanDuocXacThucVoiVNeID",
}
RAW_2026 = RAW_2022 | {
    "handling_unit": "MaDonViXuLy",
    "receiving_unit": "MaDonViTiepNhan",
    "status": "TrangThai",
    "online_payment": "ThanhToanTrucTuyen",
    "vneid_verified": "TaiKhoanVNeID",
}


@pytest.fixture
def typed(tmp_path: Path, registry: Registry, tables: Tables) -> Callable[..., list[Row]]:
    """One dossier a value of one column, written as it stands in the file, normalised in one batch."""

    def run(dialect: str, column: str, values: list[Any], base: Row | None = None, **file: Any) -> list[Row]:
        row = base or dossier()
        if dialect == "dvcqg2022":
            content = envelope(record_2022(row, **{RAW_2022[column]: value}) for value in values)
        elif dialect == "dvcqg2026":
            content = lines(record_2026(row, **{RAW_2026[column]: value}) for value in values)
        else:
            body = [tables.cells("A", row, **{column: value}) for value in values]
            head = tables.heading_row("A")
            content = delimited([head, *body]) if dialect == "onecsv" else workbook(head, body)
        found = normalise_rows(tmp_path, registry, File(content, dialect=dialect, **file))
        assert len(found) == len(values)
        return found

    return run


T = datetime(2026, 11, 5, 8, 5)
GOOD_DATES: dict[str, list[tuple[Any, datetime | None]]] = {
    "dvcqg2022": [
        ("20261105080500", T),
        (" 20261105080500 ", T),
        ("", None),
        ("20240229235959", datetime(2024, 2, 29, 23, 59, 59)),
        ("99991231235959", None),  # stands for "none"
        ("00010101000000", None),
        ("20261105", datetime(2026, 11, 5, 23, 59, 59)),  # a deadline without time is the end of its day
    ],
    "dvcqg2026": [
        ("2026-11-05 08:05:00", T),
        ("2026-11-05T08:05:00", T),
        ("2026-11-05T08:05:00.000", T),
        ("2026-11-05T08:05:00.250", T.replace(microsecond=250_000)),
        ("2026-11-05T08:05:00+07:00", T),
        ("2026-11-05T01:05:00Z", T),
        ("2026-11-05", datetime(2026, 11, 5, 23, 59, 59)),
        (None, None),
        ("", None),
    ],
    "onecsv": [
        ("05/11/2026 08:05", T),
        ("5/11/2026 8:05", T),
        ("05/11/2026 08:05:00", T),
        ("05/11/2026 08:05:00 SA", T),
        ("05/11/2026 3:05 CH", T.replace(hour=15)),
        ("05/11/2026", datetime(2026, 11, 5, 23, 59, 59)),
        ("\u00a005/11/2026 08:05 ", T),
        ("", None),
        ("   ", None),
    ],
    "workbook": [
        ("05/11/2026 08:05", T),
        ("2026-11-05 08:05:00", T),
        (46331.336805555555, T),
        (46331, datetime(2026, 11, 5, 23, 59, 59)),
        ("46331.336805556", T),
        (0, None),  # 1900-01-00, as Excel shows it, stands for "none"
        (None, None),
    ],
}
BAD_DATES: dict[str, list[Any]] = {
    "dvcqg2022": [
        "20261301",
        "00000000000000",
        "20260229080000",
        "20261105250000",
        "20261105086000",
        "2026110508050",
        "202611050805000",
        "2026-11-05 08:05:00",
        "05/11/2026 08:05",
        "00000105080500",
        "2026 1105080500",
        "không rõ",
    ],
    "dvcqg2026": [
        "0000-00-00 00:00:00",
        "2026-02-30 08:00:00",
        "2026-13-01 08:00:00",
        "2026-11-05 25:00:00",
        "20261105080500",
        "05/11/2026 08:05",
        "2026-11-05 08:05:00 chiều",
        "0000-01-01 00:00:00",
        1793923500,
    ],
    "onecsv": [
        "32/13/2026 25:61",
        "31/02/2026 08:00",
        "05/11/26 08:00",
        "2026-11-05 08:05",
        "05-11-2026 08:05",
        "05/11/2026 24:00",
        "05/11/2026 08:60",
        "00/00/0000 00:00",
        "01/01/0000 00:00",
        "46331.5",
        "không rõ",
    ],
    "workbook": ["31/02/2026 08:00", "32/13/2026 25:61", "không rõ", -1, 1e9, "0000-00-00 00:00:00"],
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_dates(dialect: str, typed: Callable[..., list[Row]]) -> None:
    good = GOOD_DATES[dialect]
    found = typed(dialect, "due_at", [text for text, _ in good])
    assert [(row["due_at"], row["bad_dates"]) for row in found] == [(moment, None) for _, moment in good]
    bad = typed(dialect, "due_at", BAD_DATES[dialect])
    assert [(text, row["due_at"], row["bad_dates"]) for text, row in zip(BAD_DATES[dialect], bad, strict=True)] == [
        (text, None, "due_at") for text in BAD_DATES[dialect]
    ]
    assert all("rõ" not in (row["bad_date_shape"] or "") for row in bad)


@pytest.mark.parametrize("dialect", ["onecsv", "workbook"])
def test_bad_dates_in_supplements(dialect: str, typed: Callable[..., list[Row]]) -> None:
    cells = ["31/02/2026 08:00 - 01/11/2026 08:00", "01/11/2026 08:00 - hôm qua", "01/11/2026 08:00 - "]
    found = typed(dialect, "supplements", cells)
    assert [row["bad_dates"] for row in found] == ["supplements", "supplements", None]


AMOUNTS = [
    ("50.000", 50_000),
    ("1.000.000", 1_000_000),
    ("50000", 50_000),
    ("-50.000", -50_000),
    ("-50000", -50_000),
    ("30000.0", 30_000),
    ("0", 0),
    (" 8.000 ", 8_000),
    ("50.000,00", 50_000),
    ("", None),
]
JUNK = ["miễn phí", "50,000", "5O.000", "1.0000", "50.000 đồng", "12.5", "+5", "99999999999999999999"]


@pytest.mark.parametrize("dialect", ["onecsv", "workbook"])
def test_amounts(dialect: str, typed: Callable[..., list[Row]]) -> None:
    found = [typed(dialect, "fees", [text])[0] for text, _ in AMOUNTS]
    assert [(row["fee_total_vnd"], row["bad_amount"]) for row in found] == [(n, False) for _, n in AMOUNTS]
    assert [row["least_amount"] for row in found] == [number for _, number in AMOUNTS]
    assert [row["bad_amount"] for row in typed(dialect, "fees", JUNK)] == [True] * len(JUNK)


def test_a_point_means_one_thing_in_a_column(typed: Callable[..., list[Row]]) -> None:
    found = typed("onecsv", "fees", ["500.000", "1250.5", "70000", "1.000.000"])
    assert [row["bad_amount"] for row in found] == [True, True, False, True]  # half a million, or five hundred?
    assert [row["fee_total_vnd"] for row in typed("onecsv", "fees", ["500.000", "70000"])] == [500_000, 70_000]


def test_amounts_of_payments(tmp_path: Path, registry: Registry) -> None:
    head = ["MaGiaoDich", "MaHoSo", "MaTTHC", "MaDonVi", "SoTien", "CongThanhToan", "TrangThai", "ThoiGian"]
    texts = [*(text for text, number in AMOUNTS if number is not None), *JUNK, ""]
    tables = [[head, ["GD1", "", "", "H50.101", text, "1", "1", "20261105080000"]] for text in texts]
    found = [normalise_rows(tmp_path, registry, File(delimited(table), "payments", "csv"))[0] for table in tables]
    good = [number for _, number in AMOUNTS if number is not None]
    assert [row["amount_vnd"] for row in found] == good + [None] * (len(JUNK) + 1)
    assert [row["bad_amount"] for row in found] == [False] * len(good) + [True] * (len(JUNK) + 1)


def written(dialect: str, row: Row, tables: Tables) -> bytes:
    if dialect == "dvcqg2022":
        return envelope([record_2022(row)])
    if dialect == "dvcqg2026":
        return lines([record_2026(row)])
    table = [tables.heading_row("A"), tables.cells("A", row)]
    return delimited(table) if dialect == "onecsv" else workbook(table[0], table[1:])


D = datetime
LISTS: list[tuple[str, Row, Row]] = [
    ("none", {"fees": [], "supplements": []}, {"fees": None, "fee_count": 0, "fee_total_vnd": None, "supplements": None,
     "supplement_count": 0, "first_supplement_requested_at": None, "supplement_wait_seconds": 0}),
    ("all zero", {"fees": [0, 0]}, {"fees": "0|0", "fee_count": 2, "fee_total_vnd": 0}),
    ("two", {"fees": [50000, 8000]}, {"fees": "50000|8000", "fee_count": 2, "fee_total_vnd": 58000}),
    ("negative", {"fees": [50000, -8000]}, {"least_amount": -8000, "fee_total_vnd": 42000}),
    ("answered", {"supplements": [(D(2026, 11, 4, 10), D(2026, 11, 5, 10))]}, {
     "supplements": "2026-11-04T10:00:00/2026-11-05T10:00:00", "supplement_count": 1, "supplement_wait_seconds": 86400,
     "first_supplement_requested_at": D(2026, 11, 4, 10)}),
    ("open", {"supplements": [(D(2026, 11, 4, 10), None)]}, {
     "supplements": "2026-11-04T10:00:00/", "supplement_count": 1, "supplement_wait_seconds": 0}),
    ("two, one open", {"supplements": [(D(2026, 11, 5, 10), None), (D(2026, 11, 4, 10), D(2026, 11, 4, 11))]}, {
     "supplement_count": 2, "supplement_wait_seconds": 3600, "first_supplement_requested_at": D(2026, 11, 4, 10)}),
]  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
def test_lists_of_fees_and_supplements(dialect: str, tmp_path: Path, registry: Registry, tables: Tables) -> None:
    files = [File(written(dialect, dossier(**given), tables), dialect=dialect) for _, given, _ in LISTS]
    found = normalise_rows(tmp_path, registry, *files)
    for (name, _, expected), row in zip(LISTS, found, strict=True):
        assert {column: row[column] for column in expected} == expected, name
        assert row["bad_dates"] is None


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_status_channel_and_label(dialect: str, tmp_path: Path, registry: Registry, tables: Tables) -> None:
    kinds = {
        "dvcqg2022": ["citizen", "business", "agency", "organisation"],
        "dvcqg2026": ["citizen", "business", "household"],
    }
    kinds_here = kinds.get(dialect, ["citizen", "business", "agency", "organisation", "household"])
    rows = [dossier(status=status) for status in range(1, 11)]
    rows += [dossier(channel=channel) for channel in ("direct", "online", "postal")]
    rows += [dossier(applicant_kind=kind) for kind in kinds_here]
    rows += [dossier(online_payment=way) for way in (0, 1, 2)]
    files = [File(written(dialect, row, tables), dialect=dialect) for row in rows]
    found = normalise_rows(tmp_path, registry, *files)
    names = ("status", "channel", "applicant_kind", "online_payment")
    assert [tuple(row[name] for name in names) for row in found] == [tuple(row[name] for name in names) for row in rows]
    assert not any(row["unknown_values"] or row["noticed"] for row in found)


def test_the_same_digit_is_another_kind_of_applicant(typed: Callable[..., list[Row]]) -> None:
    assert [row["applicant_kind"] for row in typed("dvcqg2022", "applicant_kind", ["1", "2"])] == [
        "citizen",
        "business",
    ]
    assert [row["applicant_kind"] for row in typed("dvcqg2026", "applicant_kind", [1, 2])] == ["business", "household"]


def test_labels_in_any_unicode_form_case_and_spacing(typed: Callable[..., list[Row]]) -> None:
    import unicodedata

    texts = [
        "Trực tuyến",
        "  trực  tuyến ",
        "TRỰC TUYẾN",
        unicodedata.normalize("NFD", "Trực tuyến"),
        "Trực\u00a0tuyến",
    ]
    assert [row["channel"] for row in typed("onecsv", "channel", texts)] == ["online"] * len(texts)


@pytest.mark.parametrize(
    ("dialect", "absent", "unknown"),
    [
        ("dvcqg2022", ["", " "], ["9", "0", "Trực tuyến"]),
        ("dvcqg2026", [None, ""], [9, 0, "online"]),
        ("onecsv", ["", " "], ["Qua bạn bè", "2"]),
        ("workbook", [None], ["Qua bạn bè"]),
    ],
)
def test_an_absent_channel_is_direct_and_an_unknown_one_is_none(
    dialect: str, absent: list[Any], unknown: list[Any], typed: Callable[..., list[Row]]
) -> None:
    found = typed(dialect, "channel", absent + unknown)
    assert [row["channel"] for row in found] == ["direct"] * len(absent) + [None] * len(unknown)


@pytest.mark.parametrize(
    ("dialect", "unknown"),
    [("dvcqg2022", ["11", "", "0", "x"]), ("dvcqg2026", [99, None]), ("onecsv", ["Trạng thái lạ", ""])],
)
def test_unknown_status(dialect: str, unknown: list[Any], typed: Callable[..., list[Row]]) -> None:
    found = typed(dialect, "status", unknown)
    assert [row["status"] for row in found] == [None] * len(unknown)
    assert all("lạ" not in (row["status_shape"] or "") for row in found)


PROCEDURES = [
    ("1.001193", "1.001193", None, True),
    (" 1.001193 ", "1.001193", None, True),
    ("1.001193.000.00.00.H50", "1.001193", "000.00.00.H50", True),
    ("1.001193.h50.101", "1.001193", "H50.101", True),
    ("9.999999", "9.999999", None, False),
    ("1.0011933", "1.001193", None, False),
    ("1001193", None, None, False),
    ("CANARY", None, None, False),
    ("", None, None, False),
]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_procedure_stem_and_suffix(dialect: str, typed: Callable[..., list[Row]]) -> None:
    found = typed(dialect, "procedure_code", [text for text, *_ in PROCEDURES])
    assert [(row["procedure_code"], row["procedure_suffix"], row["procedure_known"]) for row in found] == [
        tuple(expected) for _, *expected in PROCEDURES
    ]


@pytest.mark.parametrize(
    ("dialect", "unit"), list(zip(DIALECTS, ["H50.101", "H50.102", "H50.103", "H50.104"], strict=True))
)
def test_absent_units_are_the_delivering_unit(dialect: str, unit: str, typed: Callable[..., list[Row]]) -> None:
    found = typed(dialect, "handling_unit", [None, "", "H50.01", " h50.01 ", "H50.999"])
    assert [row["handling_unit"] for row in found] == [unit, unit, "H50.01", "H50.01", "H50.999"]
    assert {row["receiving_unit"] for row in found} == {unit}
    assert [row["unknown_units"] for row in found] == [None] * 4 + ["handling_unit"]


def test_keys_are_trimmed_and_upper_case(typed: Callable[..., list[Row]]) -> None:
    for dialect in DIALECTS:
        codes = [row["dossier_code"] for row in typed(dialect, "dossier_code", [" h50.101-261104-0001\t", "", "  "])]
        assert codes == ["H50.101-261104-0001", None, None]


def test_units_are_resolved_on_the_export_date(tmp_path: Path, registry: Registry) -> None:
    """A unit that ended with the mergers of 1 July 2025 is known the day before and unknown the day after."""
    days = (date(2025, 6, 30), date(2025, 7, 1))
    ended = sorted(registry.unit_codes_on(days[0]) - registry.unit_codes_on(days[1]))[0]
    content = envelope([record_2022(dossier(), DonViXuLy=ended)])
    files = [File(content, day=day) for day in days]
    before, after = normalise_rows(tmp_path, registry, *files)
    assert "handling_unit" not in (before["unknown_units"] or "")
    assert "handling_unit" in after["unknown_units"]


def test_communes_are_resolved_on_the_export_date(tmp_path: Path, registry: Registry) -> None:
    known = sorted(registry.admin_codes_on(date(2026, 11, 5), "commune"))[0]
    gone = sorted(registry.admin_codes_on(date(2025, 6, 30), "commune") - registry.admin_codes_on(date(2026, 11, 5)))[0]
    table = [["MaXa", "Ngay", "SoCCCDGanChip", "KichHoatMuc1", "KichHoatMuc2"]]
    table += [[code, "2026-11-05", "9.000", "100", "50"] for code in (known, gone, "00000", "", "1")]
    table += [[known, text, "9", "1", "1"] for text in ("05/11/2026", "2026-02-30", "", "20261105")]
    found = normalise_rows(tmp_path, registry, File(delimited(table), "vneid", "csv"))
    assert [row["unknown_units"] for row in found[:5]] == [None] + ["commune_code"] * 4
    assert found[0]["chip_card_holders"] == 9000 and found[0]["as_of_date"] == date(2026, 11, 5)
    assert [row["bad_dates"] for row in found[5:]] == ["as_of_date"] * 4


INPUT, RESULT = {"DuongDanTaiTepTin": "/hs/1.pdf"}, "KQ.G15.000031"


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], False),
        (None, False),
        ([{"MaGiayToKetQua": RESULT, "DuongDanTepTinKetQua": "/kq/1.pdf"}], True),
        ([{"MaGiayToKetQua": RESULT, "DuongDanTepTinKetQua": "/hs/1.pdf"}], False),
        ([{"MaGiayToKetQua": RESULT, "DuongDanTepTinKetQua": " /hs/1.pdf "}], False),
        ([{"MaGiayToKetQua": "", "DuongDanTepTinKetQua": "/kq/1.pdf"}], False),
        ([{"MaGiayToKetQua": RESULT, "DuongDanTepTinKetQua": ""}], False),
        ([{"MaGiayToKetQua": RESULT}], False),
        (
            [
                {"MaGiayToKetQua": RESULT, "DuongDanTepTinKetQua": "/hs/1.pdf"},
                {"MaGiayToKetQua": RESULT, "DuongDanTepTinKetQua": "/kq/1.pdf"},
            ],
            True,
        ),
    ],
)
def test_an_input_paper_is_no_electronic_result(
    results: list[Row] | None, expected: bool, tmp_path: Path, registry: Registry
) -> None:
    record = record_2022(dossier(), TaiLieuNop=[INPUT], DanhSachGiayToKetQua=results)
    g3 = record_2026(
        dossier(),
        ThanhPhanHoSo=[{"GiayToDinhKem": [{"IdGiayTo": "/hs/1.pdf"}]}, {"GiayToDinhKem": None}],
        KetQua=results
        and [
            {"MaKetQua": r["MaGiayToKetQua"] or None, "IdGiayTo": (r.get("DuongDanTepTinKetQua") or "").strip() or None}
            for r in results
        ],
    )
    (first,) = normalise_rows(tmp_path, registry, File(envelope([record])))
    (second,) = normalise_rows(tmp_path, registry, File(lines([g3]), dialect="dvcqg2026"))
    assert bool(first["has_electronic_result"]) is expected
    assert bool(second["has_electronic_result"]) is expected


def test_a_result_without_any_input_paper(tmp_path: Path, registry: Registry) -> None:
    result = [{"MaGiayToKetQua": RESULT, "DuongDanTepTinKetQua": "/kq/1.pdf"}]
    for papers in ([], None):
        record = record_2022(dossier(), TaiLieuNop=papers, DanhSachGiayToKetQua=result)
        (row,) = normalise_rows(tmp_path, registry, File(envelope([record])))
        assert row["has_electronic_result"] is True


@pytest.mark.parametrize(
    ("reused", "stored", "expected"),
    [
        (["0", "1"], ["0", "0"], (True, False)),
        (["0", "2"], ["1", "0"], (False, True)),
        (["", None], ["0", ""], (False, False)),
    ],
)
def test_reuse_flags_of_any_input_paper(
    reused: list[Any], stored: list[Any], expected: tuple[bool, bool], tmp_path: Path, registry: Registry
) -> None:
    papers = [{"DuocTaiSuDung": a, "DuocLayTuKhoDMQG": b} for a, b in zip(reused, stored, strict=True)]
    parts = [{"TaiSuDung": a == "1", "LayTuKho": b == "1"} for a, b in zip(reused, stored, strict=True)]
    (first,) = normalise_rows(tmp_path, registry, File(envelope([record_2022(dossier(), TaiLieuNop=papers)])))
    file = File(lines([record_2026(dossier(), ThanhPhanHoSo=parts)]), dialect="dvcqg2026")
    (second,) = normalise_rows(tmp_path, registry, file)
    for row in (first, second):
        assert (bool(row["reused_part"]), bool(row["from_personal_store"])) == expected


def test_feedback(tmp_path: Path, registry: Registry) -> None:
    base = {
        "MaPAKN": " pa1 ",
        "MaDonVi": "H50.101",
        "MaHoSo": None,
        "Loai": "staff",
        "NgayTiepNhan": "2026-11-05 08:00:00",
    }
    rows = [
        base,
        base | {"HaiLong": True, "MaHoSo": " h50.101-1 ", "NgayTraLoi": "2026-11-06T08:00:00.5"},
        base | {"HaiLong": False, "MaDonVi": "H50.999"},
        base | {"HaiLong": None, "Loai": "Other"},
    ]
    found = normalise_rows(tmp_path, registry, File(lines(rows), "feedback", "jsonl"))
    assert [row["satisfied"] for row in found] == [None, True, False, None]
    assert [row["kind"] for row in found] == ["staff", "staff", "staff", None]
    assert {row["feedback_code"] for row in found} == {"PA1"} and found[1]["dossier_code"] == "H50.101-1"
    assert [row["unknown_units"] for row in found] == [None, None, "unit", None]


def test_rows_keep_their_place_across_files(tmp_path: Path, registry: Registry) -> None:
    files = [
        File(envelope([record_2022(dossier(dossier_code=f"D{n}-{row:03d}")) for row in range(40)]), number=n + 1)
        for n in range(3)
    ]
    found = normalise_rows(tmp_path, registry, *files)
    assert [row["rid"] for row in found] == list(range(120))
    assert [row["dossier_code"] for row in found] == [f"D{n}-{row:03d}" for n in range(3) for row in range(40)]
    assert [row["row_number"] for row in found] == list(range(1, 41)) * 3
    assert len({row["revision_id"] for row in found}) == 3


TYPED_LETTER = {
    "letter_number": 1,
    "signed_at": datetime(2026, 11, 5, 8, 0),
    "new_due_at": datetime(2026, 11, 9, 17, 0),
    "sent": True,
    "bad_dates": None,
    "unknown_units": None,
    "bad_amount": False,
}


@pytest.mark.parametrize("dialect", ["csv", "jsonl"])
def test_letters_are_the_same_in_both_dialects(dialect: str, tmp_path: Path, registry: Registry) -> None:
    """``apologies``: one row a letter."""
    sound = letter(dialect)
    unit, code = sound["MaDonVi"], sound["MaHoSo"]
    changed = [{}, {"MaDonVi": f" {unit.lower()} ", "MaHoSo": f"\t{code.lower()} "}, {"NgayHenMoi": ""}]
    changed += [{"DaGui": "0" if dialect == "csv" else False}, {"DaGui": ""}, {"LanThu": " 9 "}, {"LanThu": "1.0"}]
    rows = normalise_rows(
        tmp_path, registry, letter_file(dialect, *(letter(dialect, **difference) for difference in changed))
    )
    expected = [TYPED_LETTER | {"unit": unit, "dossier_code": code} for _ in changed]
    expected[2]["new_due_at"] = None
    expected[3]["sent"], expected[4]["sent"] = False, None
    expected[5]["letter_number"] = 9
    assert [{name: row[name] for name in want} for row, want in zip(rows, expected, strict=True)] == expected


@pytest.mark.parametrize("dialect", ["csv", "jsonl"])
def test_what_a_letter_says_wrongly_is_seen_as_a_shape(dialect: str, tmp_path: Path, registry: Registry) -> None:
    bad = letter(dialect, NgayKy="hôm qua 5", NgayHenMoi="mai", DaGui="chưa rõ", MaDonVi="H50.999")
    (row,) = normalise_rows(tmp_path, registry, letter_file(dialect, bad))
    assert (row["bad_dates"], row["unknown_units"], row["sent"]) == ("signed_at,new_due_at", "unit", None)
    assert (row["bad_date_shape"], row["status_shape"]) == ("aaa aaa d", "aaaa aa")
    assert not any("hôm" in str(value) or "rõ" in str(value) for value in row.values())


TYPED_FIGURE = {
    "unit": "H50.101",
    "criterion": "PUBLISH_ON_TIME",
    "period_start": date(2026, 10, 1),
    "period_end": date(2026, 10, 31),
    "numerator": 19,
    "denominator": 20,
    "declared_by": "H50",
    "declared_at": date(2026, 11, 4),
    "evidence_name": "MC-H50.101-1.pdf",
    "evidence_sha256": "a" * 64,
    "unknown_units": None,
    "unknown_criteria": None,
    "bad_dates": None,
    "bad_amount": False,
}


@pytest.mark.parametrize("dialect", ["csv", "workbook"])
def test_declared_figures_are_the_same_in_both_dialects(dialect: str, tmp_path: Path, registry: Registry) -> None:
    """``declared``: one row a unit, criterion and period."""
    changed: list[tuple[dict[str, str], dict[str, Any]]] = [
        ({}, {}),
        ({"MaDonVi": " h50.102 ", "TieuChi": " publish_on_time"}, {"unit": "H50.102"}),
        ({"MaDonVi": "H50.103", "MaBamMinhChung": "AB" * 32}, {"unit": "H50.103", "evidence_sha256": "ab" * 32}),
        (
            {"MaDonVi": "H50.104", "TuSo": "1.234", "MauSo": "2.000"},
            {"unit": "H50.104"} | {"numerator": 1234, "denominator": 2000},
        ),
    ]
    rows = normalise_rows(tmp_path, registry, declared_file(dialect, *(declared(dialect, **one) for one, _ in changed)))
    expected = [TYPED_FIGURE | difference for _, difference in changed]
    assert [{name: row[name] for name in want} for row, want in zip(rows, expected, strict=True)] == expected


def test_a_day_of_a_workbook_may_be_a_date_cell(tmp_path: Path, registry: Registry) -> None:
    days = {"TuNgay": datetime(2026, 10, 1), "DenNgay": date(2026, 10, 31), "NgayKhai": datetime(2026, 11, 4, 9, 30)}
    (row,) = normalise_rows(tmp_path, registry, declared_file("workbook", declared("workbook", **days)))
    assert {name: row[name] for name in TYPED_FIGURE} == TYPED_FIGURE


@pytest.mark.parametrize("dialect", ["csv", "workbook"])
def test_no_name_of_a_person_leaves_a_declared_figure(dialect: str, tmp_path: Path, registry: Registry) -> None:
    people = [
        ("Nguyễn Thị CANARY", "Nguyễn Thị CANARY.pdf"),
        ("999000000001", "999000000001.pdf"),
        ("CANARY", "CANARY-2026.pdf"),
        ("0912345678", "bien ban 12.pdf"),
    ]
    told = [declared(dialect, n, NguoiKhai=who, TepMinhChung=name) for n, (who, name) in enumerate(people)]
    rows = normalise_rows(tmp_path, registry, declared_file(dialect, *told))
    assert [(row["declared_by"], row["evidence_name"]) for row in rows] == [(None, None)] * len(people)
    assert {row["noticed"] for row in rows} == {"unreadable_value"}
    assert not any("CANARY" in str(value) for row in rows for value in row.values())


def test_two_figures_of_one_declaration_contradict_each_other(tmp_path: Path, registry: Registry) -> None:
    told = [
        declared("csv"),
        declared("csv", TepMinhChung=""),  # the same figure, told again: no contradiction
        declared("csv", 1),
        declared("csv", 1, TuSo="18"),
        declared("csv", 2),
        declared("csv", 2, TuSo="18", NgayKhai="2026-11-05"),  # corrected a day later
    ]
    rows = normalise_rows(tmp_path, registry, declared_file("csv", *told))
    assert [row["fault"] for row in rows] == [None, None, "contradiction", "contradiction", None, None]


def test_an_objection_keeps_its_code_and_not_its_words(tmp_path: Path, registry: Registry) -> None:
    """``objections``: one row a dossier, or one without a dossier for the whole figure."""
    told = [objection(MaDonVi=" h50.101 ", MaTieuChi="processing_on_time"), objection(MaHoSo="", SoPhanHoi="2")]
    one, whole = normalise_rows(tmp_path, registry, objection_file(*told))
    assert (one["unit"], one["criterion"], one["objection_reason"]) == (
        "H50.101",
        "PROCESSING_ON_TIME",
        "wrong_due_date",
    )
    assert (one["period_start"], one["filed_at"]) == (date(2026, 10, 1), datetime(2026, 11, 5, 8))
    assert (whole["dossier_code"], whole["unknown_values"], whole["is_contradicted"]) == (None, None, False)
    assert "Ngày hẹn ghi nhầm" not in str([one, whole])
