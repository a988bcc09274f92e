"""The two JSON dialects of the national portal's interface: ``dvcqg2022`` and ``dvcqg2026``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from cchc.demo.dossier import ELECTRONIC, INPUT_PAPER, NO_RESULT, Dossier
from cchc.demo.people import personal

RESULT_CODE = "KQ.G15.000031"
CHANNELS = {"direct": 1, "online": 2, "postal": 3}
KINDS_2022 = {"citizen": "1", "business": "2", "agency": "3", "organisation": "4", "household": "1"}
KINDS_2026 = {"citizen": 0, "business": 1, "household": 2, "agency": 1, "organisation": 1}

#: Canonical names of the values a fault may replace, and their keys.
KEYS_2022 = {
    "dossier_code": "MaHoSo",
    "procedure_code": "MaTTHC",
    "handling_unit": "DonViXuLy",
    "channel": "KenhThucHien",
    "submitted_at": "NgayNopHoSo",
    "received_at": "NgayTiepNhan",
    "due_at": "NgayHenTra",
    "finished_at": "NgayKetThucXuLy",
    "returned_at": "NgayTra",
    "refused_at": "NgayTuChoi",
    "status": "TrangThaiHoSo",
    "vneid_verified": "TaiKhoanDuocXacThucVoiVNeID",
    "subject": "TrichYeuHoSo",
    "address": "ThongTinKhac",
}
KEYS_2026 = {
    "dossier_code": "MaHoSo",
    "procedure_code": "MaTTHC",
    "handling_unit": "MaDonViXuLy",
    "channel": "KenhThucHien",
    "submitted_at": "NgayNop",
    "received_at": "NgayTiepNhan",
    "due_at": "NgayHenTra",
    "finished_at": "NgayKetThucXuLy",
    "returned_at": "NgayTra",
    "refused_at": "NgayTuChoi",
    "status": "TrangThai",
    "vneid_verified": "TaiKhoanVNeID",
}


def envelope_2022(unit: str, dossiers: list[Dossier]) -> dict[str, Any]:
    """The message of one unit and day; every scalar is a string, null is empty text."""
    rows = [row_2022(d) for d in dossiers]
    return {"madonvi": unit, "service": "DongBoHoSoMC", "isUpdating": "True", "data": rows}


def lines_2026(dossiers: list[Dossier]) -> bytes:
    """One line a dossier; a single line feed on an empty day."""
    rows = [row_2026(d, d.person % 3 == 0) for d in dossiers]
    return msgspec.json.Encoder().encode_lines(rows) or b"\n"


def _compact(stamp: datetime | None) -> str:
    if stamp is None:
        return ""
    s = stamp
    return f"{s.year:04d}{s.month:02d}{s.day:02d}{s.hour:02d}{s.minute:02d}{s.second:02d}"


def row_2022(d: Dossier) -> dict[str, Any]:
    """A dossier with the keys of 2022."""
    name, identity, phone, email, address, _, subject = personal(d.person)
    n = d.person
    papers = [
        {
            "TepDinhKemId": str(i),
            "DuongDanTaiTepTin": f"/hs/{n}/{i + 1}.pdf",
            "DuocSoHoa": "1" if d.digitised else "0",
            "DuocTaiSuDung": "1" if d.reused and i else "0",
            "DuocLayTuKhoDMQG": "1" if d.from_store and not i else "0",
        }
        for i in range(2)
    ]
    results = []
    if d.result != NO_RESULT:
        path = f"/hs/{n}/1.pdf" if d.result == INPUT_PAPER else f"/kq/{n}.pdf"
        code = RESULT_CODE if d.result in (ELECTRONIC, INPUT_PAPER) else ""
        results.append({"GiayToId": "0", "MaGiayToKetQua": code, "DuongDanTepTinKetQua": path})
    row: dict[str, Any] = {
        "MaHoSo": d.code,
        "MaTTHC": d.procedure,
        "TenTTHC": "",
        "MaLinhVuc": "",
        "TenLinhVuc": "",
        "KenhThucHien": str(CHANNELS[d.channel]) if d.channel else "",
        "ChuHoSo": name,
        "LoaiDoiTuong": KINDS_2022[d.applicant_kind],
        "MaDoiTuong": "",
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": identity}],
        "ThongTinKhac": address,
        "Email": email,
        "SoDienThoai": phone,
        "TrichYeuHoSo": subject,
        "NgayNopHoSo": _compact(d.submitted_at),
        "NgayTiepNhan": _compact(d.received_at),
        "NgayHenTra": _compact(d.due_at),
        "TrangThaiHoSo": str(d.status),
        "NgayTra": _compact(d.returned_at),
        "HinhThuc": "0",
        "NgayKetThucXuLy": _compact(d.finished_at),
        "NgayTuChoi": _compact(d.refused_at),
        "DonViXuLy": d.handling_unit or "",
        "NoiNopHoSo": "1",
        "HoSoCoThanhPhanSoHoa": "1" if d.digitised else "0",
        "TaiKhoanDuocXacThucVoiVNeID": "1" if d.vneid else "0",
        "DuocThanhToanTrucTuyen": str(d.online_payment),
        "DSKetNoiCSDL": [{"MaCSDL": "7"}],
        "TaiLieuNop": papers,
        "DanhSachLePhi": [{"MaPhiLePhi": str(i), "Gia": str(fee)} for i, fee in enumerate(d.fees)],
        "DanhSachHoSoBoSung": [
            {"HoSoBoSungId": str(i), "NgayBoSung": _compact(a), "NgayTiepNhanBoSung": _compact(b)}
            for i, (a, b) in enumerate(d.supplements)
        ],
        "DanhSachGiayToKetQua": results,
    }
    for canonical, text in d.raw.items():
        if canonical == "fees":
            row["DanhSachLePhi"] = [{"MaPhiLePhi": "0", "Gia": text}]
        else:
            row[KEYS_2022[canonical]] = text
    return row


def row_2026(d: Dossier, precise: bool) -> dict[str, Any]:
    """A dossier with the keys of 2026. ``precise``: ISO dates with fractions; else empty keys are left out."""
    name, identity, phone, email, address, birth, subject = personal(d.person)

    def stamp(moment: datetime | None) -> str | None:
        if moment is None:
            return None
        text = moment.replace(microsecond=0).isoformat(sep="T" if precise else " ")
        return f"{text}.000" if precise else text

    n = f"f{d.person}"
    result = {
        ELECTRONIC: [{"MaKetQua": RESULT_CODE, "IdGiayTo": f"r{d.person}"}],
        INPUT_PAPER: [{"MaKetQua": RESULT_CODE, "IdGiayTo": f"{n}-1"}],
        NO_RESULT: [],
    }.get(d.result, [{"MaKetQua": None, "IdGiayTo": f"r{d.person}b"}])
    row: dict[str, Any] = {
        "MaHoSo": d.code,
        "MaTTHC": d.procedure,
        "MaDonViTiepNhan": d.receiving_unit,
        "MaDonViXuLy": d.handling_unit,
        "LoaiDoiTuong": KINDS_2026[d.applicant_kind],
        "KenhThucHien": CHANNELS[d.channel] if d.channel else None,
        "NgayNop": stamp(d.submitted_at),
        "NgayTiepNhan": stamp(d.received_at),
        "NgayHenTra": stamp(d.due_at),
        "NgayKetThucXuLy": stamp(d.finished_at),
        "NgayTra": stamp(d.returned_at),
        "NgayTuChoi": stamp(d.refused_at),
        "TrangThai": d.status,
        "TaiKhoanVNeID": d.vneid,
        "CoThanhPhanSoHoa": d.digitised,
        "ThanhToanTrucTuyen": d.online_payment,
        "PhiLePhi": [{"SoTien": fee} for fee in d.fees],
        "BoSung": [{"NgayYeuCau": stamp(a), "NgayHoanThanh": stamp(b)} for a, b in d.supplements],
        "ThanhPhanHoSo": [
            {
                "MaThanhPhanHoSo": f"TP{i}",
                "TaiSuDung": d.reused and bool(i),
                "LayTuKho": d.from_store and not i,
                "GiayToDinhKem": [{"IdGiayTo": f"{n}-{i + 1}"}],
            }
            for i in range(2)
        ],
        "KetQua": result,
        "ThongTinNguoiNop": {
            "HoTen": name,
            "SoDinhDanh": identity,
            "SoDienThoai": phone,
            "Email": email,
            "DiaChi": address,
            "NgaySinh": birth,
            "NoiDung": subject,
        },
        "CapNhatLuc": f"{(d.updated_at or datetime.min).isoformat(timespec='milliseconds')}",
    }
    for canonical, text in d.raw.items():
        if canonical == "fees":
            row["PhiLePhi"] = [{"SoTien": int(text)}]
        elif canonical in ("subject", "address"):
            row["ThongTinNguoiNop"]["NoiDung" if canonical == "subject" else "DiaChi"] = text
        else:
            row[KEYS_2026[canonical]] = int(text) if canonical in ("channel", "status") and text.isdigit() else text
    return row if precise else {key: value for key, value in row.items() if value is not None}
