"""The text columns of each dataset, which of them a file must have, and fixed headings (contract, 2 and 3)."""

from __future__ import annotations

#: Order of the text columns. ``fees`` is a list of text, ``supplements`` a list of (requested, answered).
TEXT_COLUMNS: dict[str, tuple[str, ...]] = {
    "dossiers": (
        "dossier_code",
        "procedure_code",
        "receiving_unit",
        "handling_unit",
        "applicant_kind",
        "channel",
        "submitted_at",
        "received_at",
        "due_at",
        "finished_at",
        "returned_at",
        "refused_at",
        "status",
        "has_digitised_parts",
        "vneid_verified",
        "online_payment",
        "fees",
        "supplements",
        "reused_part",
        "from_personal_store",
        "has_electronic_result",
        "updated_at",
    ),
    "payments": (
        "transaction_code",
        "dossier_code",
        "procedure_code",
        "unit",
        "amount_vnd",
        "gateway",
        "outcome",
        "paid_at",
    ),
    "vneid": ("commune_code", "as_of_date", "chip_card_holders", "activated_level1", "activated_level2"),
    "feedback": (
        "feedback_code",
        "unit",
        "dossier_code",
        "kind",
        "received_at",
        "due_at",
        "answered_at",
        "satisfied",
    ),
    "portal": (
        "unit_code",
        "unit_level",
        "unit_name",
        "period_start",
        "period_end",
        "criterion",
        "numerator",
        "denominator",
        "published_ratio",
        "published_score",
        "max_score",
    ),
}

#: Without one of these columns a file is refused.
REQUIRED: dict[str, tuple[str, ...]] = {
    "dossiers": ("dossier_code", "procedure_code", "received_at", "status"),
    "payments": ("transaction_code", "unit", "amount_vnd", "outcome", "paid_at"),
    "vneid": TEXT_COLUMNS["vneid"],
    "feedback": ("feedback_code", "unit", "kind", "received_at"),
    "portal": ("unit_code", "criterion"),
}

#: Headings of the datasets that have no vendor variants.
FIXED_HEADINGS: dict[str, dict[str, str]] = {
    "payments": {
        "MaGiaoDich": "transaction_code",
        "MaHoSo": "dossier_code",
        "MaTTHC": "procedure_code",
        "MaDonVi": "unit",
        "SoTien": "amount_vnd",
        "CongThanhToan": "gateway",
        "TrangThai": "outcome",
        "ThoiGian": "paid_at",
    },
    "vneid": {
        "MaXa": "commune_code",
        "Ngay": "as_of_date",
        "SoCCCDGanChip": "chip_card_holders",
        "KichHoatMuc1": "activated_level1",
        "KichHoatMuc2": "activated_level2",
    },
}

#: Keys of a JSON record, by dialect: source key of each required column (to tell "missing" from "empty").
JSON_KEYS: dict[str, dict[str, str]] = {
    "dvcqg2022": {
        "dossier_code": "MaHoSo",
        "procedure_code": "MaTTHC",
        "received_at": "NgayTiepNhan",
        "status": "TrangThaiHoSo",
    },
    "dvcqg2026": {
        "dossier_code": "MaHoSo",
        "procedure_code": "MaTTHC",
        "received_at": "NgayTiepNhan",
        "status": "TrangThai",
    },
    "jsonl": {"feedback_code": "MaPAKN", "unit": "MaDonVi", "kind": "Loai", "received_at": "NgayTiepNhan"},
}

#: Every key the JSON dialects define; any other is an unknown extra column.
KNOWN_KEYS: dict[str, frozenset[str]] = {
    "dvcqg2022": frozenset(
        [
            "MaHoSo",
            "SoBienNhan",
            "MaTTHC",
            "TenTTHC",
            "MaLinhVuc",
            "TenLinhVuc",
            "KenhThucHien",
            "ChuHoSo",
            "LoaiDoiTuong",
            "MaDoiTuong",
            "SoGiayToChuHoSo",
            "DinhDanhCHS",
            "ThongTinKhac",
            "Email",
            "Fax",
            "SoDienThoai",
            "TrichYeuHoSo",
            "NgayNopHoSo",
            "NgayTiepNhan",
            "NgayHenTra",
            "TrangThaiHoSo",
            "NgayTra",
            "ThongTinTra",
            "HinhThuc",
            "NgayKetThucXuLy",
            "NgayTuChoi",
            "DonViXuLy",
            "GhiChu",
            "NoiNopHoSo",
            "HoSoCoThanhPhanSoHoa",
            "TaiKhoanDuocXacThucVoiVNeID",
            "DuocThanhToanTrucTuyen",
            "DSKetNoiCSDL",
            "TaiLieuNop",
            "DanhSachLePhi",
            "DanhSachTepDinhKemKhac",
            "DanhSachHoSoBoSung",
            "DanhSachGiayToKetQua",
            "ThoiGianGiaiQuyet",
            "DonViTinh",
        ]
    ),
    "dvcqg2026": frozenset(
        [
            "MaHoSo",
            "MaTTHC",
            "MaDonViTiepNhan",
            "MaDonViXuLy",
            "LoaiDoiTuong",
            "KenhThucHien",
            "NgayNop",
            "NgayTiepNhan",
            "NgayHenTra",
            "NgayKetThucXuLy",
            "NgayTra",
            "NgayTuChoi",
            "TrangThai",
            "TaiKhoanVNeID",
            "CoThanhPhanSoHoa",
            "ThanhToanTrucTuyen",
            "PhiLePhi",
            "BoSung",
            "ThanhPhanHoSo",
            "KetQua",
            "ThongTinNguoiNop",
            "CapNhatLuc",
        ]
    ),
    "jsonl": frozenset(["MaPAKN", "MaDonVi", "MaHoSo", "Loai", "NgayTiepNhan", "HanXuLy", "NgayTraLoi", "HaiLong"]),
}
