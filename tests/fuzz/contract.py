"""The export contract once more, for the fuzzer: dialects, columns, headings, labels; only registry *data* is shared.

``FORMS`` are the deliveries that are mutated: every dataset and dialect, ``onecsv`` and ``workbook`` in several
vendors' headings.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "include" / "cchc" / "registry" / "data"
DAY = date(2026, 11, 25)  # the export date of every file: days over and under 12 lie before it


@dataclass(frozen=True)
class Form:
    """One delivery: who sends it, in which dialect, headings of which vendor (else keys), separator and encoding."""

    name: str
    dataset: str
    dialect: str
    system: str
    unit: str
    ending: str
    vendor: str = ""
    delimiter: str = ","
    encoding: str = "utf-8"

    @property
    def is_table(self) -> bool:
        return self.ending in ("csv", "xlsx")


FORMS = (
    Form("csv-a", "dossiers", "onecsv", "onestop-a", "H50.103", "csv", "A", ",", "utf-8-sig"),
    Form("csv-b", "dossiers", "onecsv", "onestop-c", "H50.01", "csv", "B", ";", "utf-16"),
    Form("csv-c", "dossiers", "onecsv", "onestop-e", "H50.09", "csv", "C", "\t", "utf-8-sig"),
    Form("xlsx-a", "dossiers", "workbook", "onestop-b", "H50.104", "xlsx", "A"),
    Form("xlsx-b", "dossiers", "workbook", "onestop-d", "H50.05", "xlsx", "B"),
    Form("json-2022", "dossiers", "dvcqg2022", "mcdt-quangtri", "H50.101", "json"),
    Form("json-2026", "dossiers", "dvcqg2026", "igate-quangtri", "H50.102", "jsonl"),
    Form("payments", "payments", "csv", "pay-dvcqg", "H50", "csv"),
    Form("vneid", "vneid", "csv", "police-vneid", "H50", "csv"),
    Form("letters-csv", "apologies", "csv", "onestop-a", "H50.103", "csv"),
    Form("letters-json", "apologies", "jsonl", "igate-quangtri", "H50.102", "jsonl"),
    Form("declared", "declared", "csv", "declared-province", "H50", "csv"),
    Form("feedback", "feedback", "jsonl", "pakn-dvcqg", "H50", "jsonl"),
)

#: Column -> what stands in it. event: a moment that has happened; deadline: one that may lie ahead.
KINDS = {
    "dossiers": {
        "dossier_code": "key",
        "procedure_code": "procedure",
        "receiving_unit": "agency",
        "handling_unit": "agency",
        "applicant_kind": "label",
        "channel": "label",
        "submitted_at": "event",
        "received_at": "event",
        "due_at": "deadline",
        "finished_at": "event",
        "returned_at": "event",
        "refused_at": "event",
        "status": "label",
        "has_digitised_parts": "flag",
        "vneid_verified": "flag",
        "online_payment": "label",
        "fees": "fees",
        "supplements": "supplements",
        "reused_part": "flag",
        "from_personal_store": "flag",
        "has_electronic_result": "flag",
        "updated_at": "event",
    },
    "payments": {
        "transaction_code": "key",
        "dossier_code": "code",
        "procedure_code": "procedure",
        "unit": "agency",
        "amount_vnd": "amount",
        "gateway": "label",
        "outcome": "label",
        "paid_at": "event",
    },
    "vneid": {
        "commune_code": "commune",
        "as_of_date": "day",
        "chip_card_holders": "amount",
        "activated_level1": "amount",
        "activated_level2": "amount",
    },
    "feedback": {
        "feedback_code": "key",
        "unit": "agency",
        "dossier_code": "code",
        "kind": "label",
        "received_at": "event",
        "due_at": "deadline",
        "answered_at": "event",
        "satisfied": "flag",
    },
    "apologies": {
        "unit": "agency",
        "dossier_code": "key",
        "letter_number": "number",
        "signed_at": "event",
        "new_due_at": "deadline",
        "sent": "flag",
    },
    "declared": {
        "unit": "agency",
        "criterion": "criterion",
        "period_start": "day",
        "period_end": "day",
        "numerator": "amount",
        "denominator": "amount",
        "declared_by": "agency",
        "declared_at": "day",
        "evidence_name": "file",
        "evidence_sha256": "hash",
    },
}
#: By which columns a row is found again.
KEYS = {
    "dossiers": ("dossier_code",),
    "payments": ("transaction_code", "outcome"),
    "vneid": ("commune_code",),
    "feedback": ("feedback_code",),
    "apologies": ("dossier_code", "letter_number"),
    "declared": ("unit", "criterion"),
}
#: A row without a value here is held, whatever else it says.
NEEDED = {
    "dossiers": {"dossier_code", "procedure_code", "status"},
    "payments": {"transaction_code", "unit", "amount_vnd", "outcome", "paid_at"},
    "vneid": set(KINDS["vneid"]),
    "feedback": {"feedback_code", "unit", "kind"},
    "apologies": {"unit", "dossier_code", "letter_number", "signed_at", "sent"},
    "declared": set(KINDS["declared"]) - {"declared_by", "evidence_name", "evidence_sha256"},
}


def _named(dataset: str, keys: str) -> dict[str, str]:
    return dict(zip(KINDS[dataset], keys.split(), strict=True))


#: Source keys where they are no registry data.
SOURCE = {
    "payments": _named("payments", "MaGiaoDich MaHoSo MaTTHC MaDonVi SoTien CongThanhToan TrangThai ThoiGian"),
    "vneid": _named("vneid", "MaXa Ngay SoCCCDGanChip KichHoatMuc1 KichHoatMuc2"),
    "feedback": _named("feedback", "MaPAKN MaDonVi MaHoSo Loai NgayTiepNhan HanXuLy NgayTraLoi HaiLong"),
    "apologies": _named("apologies", "MaDonVi MaHoSo LanThu NgayKy NgayHenMoi DaGui"),
    "declared": _named(
        "declared", "MaDonVi TieuChi TuNgay DenNgay TuSo MauSo NguoiKhai NgayKhai TepMinhChung MaBamMinhChung"
    ),
    "dvcqg2022": {
        "dossier_code": "MaHoSo",
        "procedure_code": "MaTTHC",
        "handling_unit": "DonViXuLy",
        "applicant_kind": "LoaiDoiTuong",
        "channel": "KenhThucHien",
        "submitted_at": "NgayNopHoSo",
        "received_at": "NgayTiepNhan",
        "due_at": "NgayHenTra",
        "finished_at": "NgayKetThucXuLy",
        "returned_at": "NgayTra",
        "refused_at": "NgayTuChoi",
        "status": "TrangThaiHoSo",
        "has_digitised_parts": "HoSoCoThanhPhanSoHoa",
        "vneid_verified": "TaiKhoanDuocXacThucVoiVNeID",
        "online_payment": "DuocThanhToanTrucTuyen",
    },
    "dvcqg2026": {
        "dossier_code": "MaHoSo",
        "procedure_code": "MaTTHC",
        "receiving_unit": "MaDonViTiepNhan",
        "handling_unit": "MaDonViXuLy",
        "applicant_kind": "LoaiDoiTuong",
        "channel": "KenhThucHien",
        "submitted_at": "NgayNop",
        "received_at": "NgayTiepNhan",
        "due_at": "NgayHenTra",
        "finished_at": "NgayKetThucXuLy",
        "returned_at": "NgayTra",
        "refused_at": "NgayTuChoi",
        "status": "TrangThai",
        "has_digitised_parts": "CoThanhPhanSoHoa",
        "vneid_verified": "TaiKhoanVNeID",
        "online_payment": "ThanhToanTrucTuyen",
        "updated_at": "CapNhatLuc",
    },
}
#: Columns that decide no score: what can't be read there is a warning.
LOOSE = {"applicant_kind", "receiving_unit", "declared_by", "evidence_name"}


def plain(text: str) -> str:
    """Headings and labels as they are compared where nothing is wrong with them."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


#: vendor -> column -> the heading that it writes; vendor -> heading, compared -> column
HEADINGS: dict[str, dict[str, str]] = {}
KNOWN_HEADINGS: dict[str, dict[str, str]] = {}
for _row in _rows("headings.csv"):
    HEADINGS.setdefault(_row["headings"], {}).setdefault(_row["canonical"], _row["heading"])
    KNOWN_HEADINGS.setdefault(_row["headings"], {})[plain(_row["heading"])] = _row["canonical"]
#: column (``boolean`` for flags) -> canonical value -> label; column -> label, compared -> canonical value
LABELS: dict[str, dict[str, str]] = {}
KNOWN_LABELS: dict[str, dict[str, str]] = {}
for _row in _rows("labels.csv"):
    LABELS.setdefault(_row["field"], {}).setdefault(_row["canonical"], _row["label"])
    KNOWN_LABELS.setdefault(_row["field"], {})[plain(_row["label"])] = _row["canonical"]
#: dialect -> column -> canonical value -> code; dialect -> column -> code -> canonical value
CODES: dict[str, dict[str, dict[str, str]]] = {}
KNOWN_CODES: dict[str, dict[str, dict[str, str]]] = {}
for _row in _rows("codes.csv"):
    CODES.setdefault(_row["dialect"], {}).setdefault(_row["field"], {}).setdefault(_row["canonical"], _row["code"])
    KNOWN_CODES.setdefault(_row["dialect"], {}).setdefault(_row["field"], {})[_row["code"]] = _row["canonical"]


def _valid(row: dict[str, str]) -> bool:
    return row["valid_from"] <= str(DAY) <= (row["valid_to"] or "9999")


PROCEDURES = sorted({row["procedure_code"] for row in _rows("procedures.csv") if _valid(row)})
AGENCIES = sorted(
    {row["agency_code"] for row in _rows("units.csv") if _valid(row) and row["agency_code"][:4] == "H50."}
)
COMMUNES = sorted(
    {row["admin_code"] for row in _rows("units.csv") if _valid(row) and row["level"] == "commune" and row["admin_code"]}
    & {row["admin_code"] for row in _rows("units.csv") if row["agency_code"].startswith("H50.1")}
)
CRITERIA = sorted(
    {
        name
        for path in (DATA / "methods").glob("*.yaml")
        for name in re.findall(r"- criterion: (\w+)", path.read_text("utf-8"))
    }
)
