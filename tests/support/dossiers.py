"""One dossier in canonical values, written in each of the four dialects. Everybody in it is invented."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from cchc.registry.open import Registry

Row = dict[str, Any]

PERSONAL = {
    "personal:applicant_name": "CANARY Nguyễn Thử 00001",
    "personal:identity_number": "999000000001",
    "personal:phone": "0999000001",
    "personal:email": "canary1@example.invalid",
    "personal:address": "Thôn CANARY 1",
    "personal:birth_date": "01/01/1899",
    "personal:subject": "CANARY đơn số 1",
}
STAMPS = ("submitted_at", "received_at", "due_at", "finished_at", "returned_at", "refused_at")
FLAGS = ("has_digitised_parts", "vneid_verified", "reused_part", "from_personal_store", "has_electronic_result")
CHANNEL_CODES = {"direct": "1", "online": "2", "postal": "3"}
KINDS_2022 = {"citizen": "1", "business": "2", "agency": "3", "organisation": "4"}
KINDS_2026 = {"citizen": 0, "business": 1, "household": 2}


def dossier(**changed: Any) -> Row:
    """A sound dossier; name what shall differ."""
    row: Row = {
        "dossier_code": "H50.101-261104-0001",
        "procedure_code": "1.001193",
        "receiving_unit": None,
        "handling_unit": None,
        "applicant_kind": "citizen",
        "channel": "online",
        "submitted_at": datetime(2026, 11, 3, 16, 30, 10),
        "received_at": datetime(2026, 11, 4, 8, 0, 0),
        "due_at": datetime(2026, 11, 9, 17, 0, 0),
        "finished_at": datetime(2026, 11, 6, 9, 15, 0),
        "returned_at": None,
        "refused_at": None,
        "status": 9,
        "has_digitised_parts": True,
        "vneid_verified": False,
        "online_payment": 1,
        "fees": [50000, 8000],
        "supplements": [(datetime(2026, 11, 4, 10, 0), datetime(2026, 11, 5, 10, 0))],
        "reused_part": False,
        "from_personal_store": True,
        "has_electronic_result": True,
        "updated_at": None,
    }
    unknown = changed.keys() - row.keys()
    assert not unknown, unknown
    return row | changed


# -- dvcqg2022 ----------------------------------------


def compact(value: Any) -> str:
    return value.strftime("%Y%m%d%H%M%S") if isinstance(value, datetime) else value or ""


def record_2022(row: Row, **raw: Any) -> Row:
    """A ``dvcqg2022`` record; ``raw`` replaces keys as they stand in the file."""
    paper = "/hs/1/1.pdf"
    return {
        "MaHoSo": row["dossier_code"] or "",
        "MaTTHC": row["procedure_code"] or "",
        "KenhThucHien": CHANNEL_CODES.get(row["channel"], row["channel"] or ""),
        "ChuHoSo": PERSONAL["personal:applicant_name"],
        "LoaiDoiTuong": KINDS_2022.get(row["applicant_kind"], row["applicant_kind"] or ""),
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": PERSONAL["personal:identity_number"]}],
        "Email": PERSONAL["personal:email"],
        "TrichYeuHoSo": PERSONAL["personal:subject"],
        "NgayNopHoSo": compact(row["submitted_at"]),
        "NgayTiepNhan": compact(row["received_at"]),
        "NgayHenTra": compact(row["due_at"]),
        "TrangThaiHoSo": str(row["status"] if row["status"] is not None else ""),
        "NgayTra": compact(row["returned_at"]),
        "NgayKetThucXuLy": compact(row["finished_at"]),
        "NgayTuChoi": compact(row["refused_at"]),
        "DonViXuLy": row["handling_unit"] or "",
        "HoSoCoThanhPhanSoHoa": str(int(row["has_digitised_parts"])),
        "TaiKhoanDuocXacThucVoiVNeID": str(int(row["vneid_verified"])),
        "DuocThanhToanTrucTuyen": str(row["online_payment"]),
        "TaiLieuNop": [
            {
                "DuongDanTaiTepTin": paper,
                "DuocTaiSuDung": str(int(row["reused_part"])),
                "DuocLayTuKhoDMQG": str(int(row["from_personal_store"])),
            }
        ],
        "DanhSachLePhi": [{"Gia": str(fee)} for fee in row["fees"]],
        "DanhSachHoSoBoSung": [
            {"NgayBoSung": compact(asked), "NgayTiepNhanBoSung": compact(answered)}
            for asked, answered in row["supplements"]
        ],
        "DanhSachGiayToKetQua": [
            {
                "MaGiayToKetQua": "KQ.G15.000031",
                "DuongDanTepTinKetQua": "/kq/1.pdf" if row["has_electronic_result"] else paper,
            }
        ],
    } | raw


def envelope(records: Iterable[Any]) -> bytes:
    """A ``dvcqg2022`` file."""
    whole = {"madonvi": "H50.101", "service": "DongBoHoSoMC", "isUpdating": "True", "data": list(records)}
    return json.dumps(whole, ensure_ascii=False).encode()


# -- dvcqg2026 ----------------------------------------


def iso(value: Any) -> Any:
    return value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else value


def record_2026(row: Row, **raw: Any) -> Row:
    """A ``dvcqg2026`` record; ``raw`` replaces keys as they stand in the file."""
    channel = CHANNEL_CODES.get(row["channel"], row["channel"])
    return {
        "MaHoSo": row["dossier_code"],
        "MaTTHC": row["procedure_code"],
        "MaDonViTiepNhan": row["receiving_unit"],
        "MaDonViXuLy": row["handling_unit"],
        "LoaiDoiTuong": KINDS_2026.get(row["applicant_kind"], row["applicant_kind"]),
        "KenhThucHien": int(channel) if channel and channel.isdigit() else channel,
        "NgayNop": iso(row["submitted_at"]),
        "NgayTiepNhan": iso(row["received_at"]),
        "NgayHenTra": iso(row["due_at"]),
        "NgayKetThucXuLy": iso(row["finished_at"]),
        "NgayTra": iso(row["returned_at"]),
        "NgayTuChoi": iso(row["refused_at"]),
        "TrangThai": row["status"],
        "TaiKhoanVNeID": row["vneid_verified"],
        "CoThanhPhanSoHoa": row["has_digitised_parts"],
        "ThanhToanTrucTuyen": row["online_payment"],
        "PhiLePhi": [{"SoTien": fee} for fee in row["fees"]],
        "BoSung": [{"NgayYeuCau": iso(a), "NgayHoanThanh": iso(b)} for a, b in row["supplements"]],
        "ThanhPhanHoSo": [
            {
                "MaThanhPhanHoSo": "TP0",
                "TaiSuDung": row["reused_part"],
                "LayTuKho": row["from_personal_store"],
                "GiayToDinhKem": [{"IdGiayTo": "f1-1"}],
            }
        ],
        "KetQua": [{"MaKetQua": "KQ1", "IdGiayTo": "r1" if row["has_electronic_result"] else "f1-1"}],
        "ThongTinNguoiNop": {"HoTen": PERSONAL["personal:applicant_name"], "SoDinhDanh": "999000000001"},
        "CapNhatLuc": iso(row["updated_at"]),
    } | raw


def lines(records: Iterable[Any]) -> bytes:
    """A JSON lines file; a single line feed where there is no record."""
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records).encode() or b"\n"


# -- onecsv and workbook ----------------------------------------


def vietnamese(value: Any) -> Any:
    return value.strftime("%d/%m/%Y %H:%M") if isinstance(value, datetime) else value


def grouped(amount: Any) -> str:
    return f"{amount:,}".replace(",", ".") if isinstance(amount, int) else str(amount)


class Tables:
    """Writers of the two dialects with Vietnamese headings and labels, as the registry names them."""

    def __init__(self, registry: Registry) -> None:
        self.headings: dict[str, dict[str, str]] = {}
        for vendor, known in registry.headings.items():
            for heading, canonical in known.items():
                self.headings.setdefault(vendor, {}).setdefault(canonical, heading)
        self.labels = {
            field: {canonical: label for label, canonical in known.items()} for field, known in registry.labels.items()
        }

    def heading_row(self, vendor: str, leave: Sequence[str] = ()) -> list[str]:
        """The headings of a vendor, personal ones among them."""
        return [heading for canonical, heading in self.headings[vendor].items() if canonical not in leave]

    def cells(self, vendor: str, row: Row, leave: Sequence[str] = (), **raw: Any) -> list[Any]:
        """The cells of one dossier under ``heading_row``; ``raw`` replaces cells by canonical name."""
        written: dict[str, Any] = dict(PERSONAL)
        for name, value in row.items():
            if name in STAMPS or name == "updated_at":
                written[name] = vietnamese(value)
            elif name in FLAGS:
                written[name] = self.labels["boolean"]["true" if value else "false"]
            elif name in ("status", "channel", "applicant_kind", "online_payment"):
                written[name] = self.labels[name].get(str(value), value)
            elif name == "fees":
                written[name] = "|".join(grouped(fee) for fee in value)
            elif name == "supplements":
                written[name] = "|".join(f"{vietnamese(a)} - {vietnamese(b) or ''}" for a, b in value)
            else:
                written[name] = value
        written |= raw
        return [written.get(canonical) for canonical in self.headings[vendor] if canonical not in leave]


def delimited(
    table: Iterable[Sequence[Any]],
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
    form: str | None = None,
    end: str = "\r\n",
) -> bytes:
    """A CSV file; its text in a Unicode form (``NFC``, ``NFD``), or as given."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    for cells in table:
        writer.writerow(["" if cell is None else cell for cell in cells])
    text = unicodedata.normalize(form, out.getvalue()) if form else out.getvalue()
    return text.encode(encoding)


def workbook(
    heading_row: Sequence[str],
    body: Iterable[Sequence[Any]],
    title_rows: int = 3,
    group: bool = True,
    total: bool = True,
    below: Sequence[Any] = (),
    serial: bool = False,
) -> bytes:
    """An XLSX file: title block, merged group heading, headings, rows, ``Tổng cộng`` row, text below it.

    With ``serial``, datetimes are numbers with a date format; without, whatever the cells hold.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Hồ sơ")
    stamp = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    at = 0
    for number in range(title_rows):
        sheet.write(
            at, 0, ["ỦY BAN NHÂN DÂN XÃ", "DANH SÁCH HỒ SƠ", "Ngày 04/11/2026", "", "Đơn vị tính: đồng"][number]
        )
        at += 1
    if group:
        sheet.merge_range(at, 0, at, 2, "Thông tin hồ sơ")
        sheet.merge_range(at, 3, at, 6, "Các mốc thời gian")
        at += 1
    sheet.write_row(at, 0, heading_row)
    count = rows = 0
    for count, cells in enumerate(body, 1):
        rows += any(cell is not None for cell in cells)
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            if isinstance(cell, datetime) and serial:
                sheet.write_datetime(at + count, column, cell, stamp)
            elif isinstance(cell, datetime):
                sheet.write_string(at + count, column, vietnamese(cell))
            elif isinstance(cell, (int, float)):
                sheet.write_number(at + count, column, cell)
            else:
                sheet.write_string(at + count, column, cell)
    at += count + 1
    if total:
        sheet.write(at, 0, "Tổng cộng")
        sheet.write(at, 1, f"{rows} hồ sơ")
        at += 1
    if below:
        sheet.write_row(at, 0, below)
    book.close()
    return out.getvalue()
