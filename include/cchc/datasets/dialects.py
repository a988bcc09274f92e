"""One row a dialect: in which form a dataset may be delivered, and how that form is read.

A new dialect is one row here, and a reader where none of those in ``cchc.read`` cuts its files into rows; where its
records nest, also ``read/sql/<dataset>_<dialect>.sql``. Source: the export contract, sections 3 and 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Source keys or headings of a dataset, each with the column it holds; None: known, but not taken over by itself (it
#: is personal or of no use). An unknown one is an extra column.
Keys = Mapping[str, str | None]

#: How each form of a timestamp is written, for those who have to write it.
FORMS = {
    "compact": "yyyyMMddHHmmss",
    "iso": "yyyy-MM-dd HH:mm:ss",
    "vietnamese": "dd/MM/yyyy HH:mm",
    "serial": "Excel (ô kiểu ngày giờ)",
}


@dataclass(frozen=True)
class Dialect:
    """A form of files.

    ``reader``: ``<module>.<function>`` below ``cchc.read``. ``timestamps``: the forms in which it writes them, tried in
    order (``parse_<form>`` of the scratch database). ``keys``: by dataset; None where the heading maps of the registry
    say which heading holds what. ``nested``: column -> the key of lists and objects that the dialect's SQL makes it of.
    ``endings``: of its files; ``.gz`` may follow. ``records``: its reader hands over JSON records, else rows of cells.
    ``labelled``: cells carry the registry's labels, else its codes. ``sparse``: a key may be left out of a record that
    has no value for it. ``packed``: a file is compressed in itself. ``web_page``: a file may be a web page; for all
    others that is an error page in place of the export. ``unit_key``: the key of the envelope that names the unit.
    """

    name: str
    reader: str
    endings: tuple[str, ...]
    timestamps: tuple[str, ...]
    keys: Mapping[str, Keys | None]
    nested: Mapping[str, str] = field(default_factory=dict)
    records: bool = False
    labelled: bool = False
    sparse: bool = False
    packed: bool = False
    web_page: bool = False
    unit_key: str | None = None

    def key_of(self, dataset: str) -> dict[str, str]:
        """Column -> source key, for the columns that have a key of their own."""
        return {column: key for key, column in (self.keys[dataset] or {}).items() if column is not None}

    def known(self, dataset: str) -> frozenset[str]:
        """Every source key of a dataset; another one is an extra column."""
        return frozenset(self.keys[dataset] or {}) | frozenset(self.nested.values())


def _keys(*lines: str) -> tuple[str, ...]:
    return tuple(key for line in lines for key in line.split())


#: Keys of an envelope, or of a record that trails the others, which say how much there is: spelled without case, blanks
#: and marks. ``rows``: of the file; ``pages``: of the export, of which a file is one.
COUNT_KEYS = {
    "rows": _keys(
        "total totalrecords totalcount totalrows totalelements recordcount rowcount count",
        "tongso tongsobanghi sobanghi tongsohoso sohoso soluong soluonghoso",
    ),
    "pages": _keys("totalpages pagecount pages tongsotrang sotrang"),
    "more": _keys("hasmore hasnext hasnextpage contrang contrangsau nextpage next"),
}


def _unused(*keys: str) -> dict[str, None]:
    return dict.fromkeys(keys)


#: The same in every dialect (contract, section 6).
_LETTERS: Keys = {
    "MaDonVi": "unit",
    "MaHoSo": "dossier_code",
    "LanThu": "letter_number",
    "NgayKy": "signed_at",
    "NgayHenMoi": "new_due_at",
    "DaGui": "sent",
}

#: Declared figures (contract, section 6): as CSV, and as the headings of the workbook that offices fill in.
_DECLARED: Keys = {
    "MaDonVi": "unit",
    "TieuChi": "criterion",
    "TuNgay": "period_start",
    "DenNgay": "period_end",
    "TuSo": "numerator",
    "MauSo": "denominator",
    "NguoiKhai": "declared_by",
    "NgayKhai": "declared_at",
    "TepMinhChung": "evidence_name",
    "MaBamMinhChung": "evidence_sha256",
}
_DECLARED_BOOK: Keys = {
    "Mã đơn vị": "unit",
    "Tiêu chí": "criterion",
    "Từ ngày": "period_start",
    "Đến ngày": "period_end",
    "Tử số": "numerator",
    "Mẫu số": "denominator",
    "Đơn vị khai": "declared_by",
    "Ngày khai": "declared_at",
    "Tệp minh chứng": "evidence_name",
    "Mã băm SHA-256": "evidence_sha256",
    **_unused("Nội dung", "Lĩnh vực, yếu tố", "Trạng thái, câu trả lời"),  # a template says what a row asks for
}

_ROWS = (
    Dialect(
        name="onecsv",
        reader="delimited.read_delimited",
        endings=("csv",),
        timestamps=("vietnamese",),
        keys={"dossiers": None},
        labelled=True,
    ),
    Dialect(
        name="workbook",
        reader="sheets.read_workbook",
        endings=("xlsx",),
        timestamps=("vietnamese", "iso", "serial"),
        keys={"dossiers": None, "declared": _DECLARED_BOOK},
        labelled=True,
        packed=True,
    ),
    Dialect(
        name="dvcqg2022",
        reader="records.read_envelope",
        endings=("json",),
        timestamps=("compact",),
        records=True,
        unit_key="madonvi",
        keys={
            "dossiers": {
                "MaHoSo": "dossier_code",
                "MaTTHC": "procedure_code",
                "DonViXuLy": "handling_unit",
                "LoaiDoiTuong": "applicant_kind",
                "KenhThucHien": "channel",
                "NgayNopHoSo": "submitted_at",
                "NgayTiepNhan": "received_at",
                "NgayHenTra": "due_at",
                "NgayKetThucXuLy": "finished_at",
                "NgayTra": "returned_at",
                "NgayTuChoi": "refused_at",
                "TrangThaiHoSo": "status",
                "HoSoCoThanhPhanSoHoa": "has_digitised_parts",
                "TaiKhoanDuocXacThucVoiVNeID": "vneid_verified",
                "DuocThanhToanTrucTuyen": "online_payment",
                **_unused("SoBienNhan", "TenTTHC", "MaLinhVuc", "TenLinhVuc", "ThongTinTra", "HinhThuc", "NoiNopHoSo"),
                **_unused("DSKetNoiCSDL", "DanhSachTepDinhKemKhac", "ThoiGianGiaiQuyet", "DonViTinh"),
                **_unused("ChuHoSo", "MaDoiTuong", "SoGiayToChuHoSo", "DinhDanhCHS", "ThongTinKhac"),  # personal
                **_unused("Email", "Fax", "SoDienThoai", "TrichYeuHoSo", "GhiChu"),  # personal
            }
        },
        nested={
            "fees": "DanhSachLePhi",
            "supplements": "DanhSachHoSoBoSung",
            "reused_part": "TaiLieuNop",
            "from_personal_store": "TaiLieuNop",
            "has_electronic_result": "DanhSachGiayToKetQua",
        },
    ),
    Dialect(
        name="dvcqg2026",
        reader="records.read_lines",
        endings=("jsonl",),
        timestamps=("iso",),
        records=True,
        sparse=True,
        keys={
            "dossiers": {
                "MaHoSo": "dossier_code",
                "MaTTHC": "procedure_code",
                "MaDonViTiepNhan": "receiving_unit",
                "MaDonViXuLy": "handling_unit",
                "LoaiDoiTuong": "applicant_kind",
                "KenhThucHien": "channel",
                "NgayNop": "submitted_at",
                "NgayTiepNhan": "received_at",
                "NgayHenTra": "due_at",
                "NgayKetThucXuLy": "finished_at",
                "NgayTra": "returned_at",
                "NgayTuChoi": "refused_at",
                "TrangThai": "status",
                "CoThanhPhanSoHoa": "has_digitised_parts",
                "TaiKhoanVNeID": "vneid_verified",
                "ThanhToanTrucTuyen": "online_payment",
                "CapNhatLuc": "updated_at",
                **_unused("ThongTinNguoiNop"),  # personal
            }
        },
        nested={
            "fees": "PhiLePhi",
            "supplements": "BoSung",
            "reused_part": "ThanhPhanHoSo",
            "from_personal_store": "ThanhPhanHoSo",
            "has_electronic_result": "KetQua",
        },
    ),
    Dialect(
        name="csv",
        reader="delimited.read_delimited",
        endings=("csv",),
        timestamps=("compact",),
        keys={
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
            "apologies": _LETTERS,
            "declared": _DECLARED,
            "objections": {
                "MaDonVi": "unit",
                "SoPhanHoi": "objection_number",
                "MaTieuChi": "criterion",
                "TuNgay": "period_start",
                "DenNgay": "period_end",
                "MaHoSo": "dossier_code",
                "LyDo": "objection_reason",
                "NgayGui": "filed_at",
                **_unused("DienGiai"),  # in the unit's own words: may be personal
            },
        },
    ),
    Dialect(
        name="jsonl",
        reader="records.read_lines",
        endings=("jsonl",),
        timestamps=("iso",),
        records=True,
        sparse=True,
        keys={
            "feedback": {
                "MaPAKN": "feedback_code",
                "MaDonVi": "unit",
                "MaHoSo": "dossier_code",
                "Loai": "kind",
                "NgayTiepNhan": "received_at",
                "HanXuLy": "due_at",
                "NgayTraLoi": "answered_at",
                "HaiLong": "satisfied",
            },
            "apologies": _LETTERS,
        },
    ),
    Dialect(
        name="portal",
        reader="portal.read_answers",
        endings=("json",),
        timestamps=("iso",),
        keys={"portal": {}},
    ),
)

DIALECTS: dict[str, Dialect] = {row.name: row for row in _ROWS}


def dialects_of(dataset: str) -> tuple[str, ...]:
    """The dialects in which a dataset may be delivered."""
    return tuple(row.name for row in _ROWS if dataset in row.keys)


def is_mapped(dataset: str, dialect: str) -> bool:
    """Whether the registry's heading maps say which heading holds which column."""
    row = DIALECTS.get(dialect)
    return row is not None and dataset in row.keys and row.keys[dataset] is None
