"""Bench rows in two dialects, a whole file at a time."""

from __future__ import annotations

import io

import polars as pl

from cchc.demo.people import BIRTH_DATE
from cchc.demo.write_json import KINDS_2022, RESULT_CODE

OFFICE, COMPACT = "%d/%m/%Y %H:%M", "%Y%m%d%H%M%S"
_NUMBER = pl.col("person").cast(str)
_PERSON = {
    "personal:applicant_name": pl.format("CANARY Nguyễn Thử {}", _NUMBER.str.zfill(5)),
    "personal:identity_number": pl.format("999{}", _NUMBER.str.zfill(9)),
    "personal:phone": pl.format("0999{}", _NUMBER.str.zfill(6)),
    "personal:email": pl.format("canary{}@example.invalid", _NUMBER),
    "personal:address": pl.format("Thôn CANARY {}", (pl.col("person") % 97 + 1).cast(str)),
    "personal:birth_date": pl.lit(BIRTH_DATE),
    "personal:subject": pl.format("CANARY đơn số {}", _NUMBER),
}


def csv_table(rows: pl.DataFrame, headings: list[tuple[str, str]], labels: dict[str, dict[str, str]]) -> pl.DataFrame:
    """The cells of ``onecsv`` files, a row a dossier."""

    def stamp(column: str) -> pl.Expr:
        return pl.col(column).dt.strftime(OFFICE)

    def told(column: str, field: str) -> pl.Expr:
        return pl.col(column).cast(str).replace_strict(labels[field], default=None)

    columns = {
        **_PERSON,
        "dossier_code": pl.col("code"),
        "procedure_code": pl.col("procedure"),
        "receiving_unit": pl.col("unit"),
        "handling_unit": pl.col("unit"),
        "applicant_kind": told("kind", "applicant_kind"),
        "channel": told("channel", "channel"),
        "submitted_at": stamp("submitted"),
        "received_at": stamp("received"),
        "due_at": stamp("due"),
        "finished_at": stamp("finished"),
        "returned_at": stamp("returned"),
        "refused_at": pl.lit(None, dtype=pl.String),
        "status": told("status", "status"),
        "supplements": pl.when(pl.col("asked").is_not_null()).then(
            pl.format("{} - {}", stamp("asked"), stamp("answered").fill_null(""))
        ),
        "has_digitised_parts": told("digitised", "boolean"),
        "vneid_verified": told("vneid", "boolean"),
        "reused_part": told("reused", "boolean"),
        "from_personal_store": told("from_store", "boolean"),
        "has_electronic_result": told("electronic", "boolean"),
        "online_payment": told("paid", "online_payment"),
        "fees": pl.col("fee").cast(str).str.replace(r"^(\d+)(\d{3})$", "${1}.${2}"),
    }
    return rows.select(columns[canonical].alias(heading) for heading, canonical in headings)


def csv_bytes(table: pl.DataFrame) -> bytes:
    """A ``onecsv`` file, comma separated, UTF-8 with a byte-order mark."""
    out = io.BytesIO()
    table.write_csv(out, include_bom=True, line_terminator="\r\n")
    return out.getvalue()


def json_records(rows: pl.DataFrame) -> pl.Series:
    """The records of ``dvcqg2022`` messages, each as its text."""

    def stamp(column: str) -> pl.Expr:
        return pl.col(column).dt.strftime(COMPACT).fill_null("")

    def flag(column: str) -> pl.Expr:
        return pl.when(pl.col(column)).then(pl.lit("1")).otherwise(pl.lit("0"))

    def paper(n: int, reused: pl.Expr, stored: pl.Expr) -> list[pl.Expr | str]:
        return [
            f'{{"TepDinhKemId":"{n}","DuongDanTaiTepTin":"/hs/',
            _NUMBER,
            f'/{n + 1}.pdf","DuocSoHoa":"',
            flag("digitised"),
            '","DuocTaiSuDung":"',
            reused,
            '","DuocLayTuKhoDMQG":"',
            stored,
            '"}',
        ]

    result = pl.concat_str(
        pl.lit(f'{{"GiayToId":"0","MaGiayToKetQua":"{RESULT_CODE}","DuongDanTepTinKetQua":"/kq/'),
        _NUMBER,
        pl.lit('.pdf"}'),
    )
    asked = pl.concat_str(
        pl.lit('{"HoSoBoSungId":"0","NgayBoSung":"'),
        stamp("asked"),
        pl.lit('","NgayTiepNhanBoSung":"'),
        stamp("answered"),
        pl.lit('"}'),
    )
    channel = pl.col("channel").replace_strict({"direct": "1", "online": "2", "postal": "3"})
    parts: list[pl.Expr | str] = [
        '{"MaHoSo":"',
        pl.col("code"),
        '","MaTTHC":"',
        pl.col("procedure"),
        '","TenTTHC":"","MaLinhVuc":"","TenLinhVuc":"","KenhThucHien":"',
        channel,
        '","ChuHoSo":"',
        _PERSON["personal:applicant_name"],
        '","LoaiDoiTuong":"',
        pl.col("kind").replace_strict(KINDS_2022),
        '","MaDoiTuong":"","DinhDanhCHS":[{"LoaiDinhDanh":"1","SoDinhDanh":"',
        _PERSON["personal:identity_number"],
        '"}],"ThongTinKhac":"',
        _PERSON["personal:address"],
        '","Email":"',
        _PERSON["personal:email"],
        '","SoDienThoai":"',
        _PERSON["personal:phone"],
        '","TrichYeuHoSo":"',
        _PERSON["personal:subject"],
        '","NgayNopHoSo":"',
        stamp("submitted"),
        '","NgayTiepNhan":"',
        stamp("received"),
        '","NgayHenTra":"',
        stamp("due"),
        '","TrangThaiHoSo":"',
        pl.col("status").cast(str),
        '","NgayTra":"',
        stamp("returned"),
        '","HinhThuc":"0","NgayKetThucXuLy":"',
        stamp("finished"),
        '","NgayTuChoi":"","DonViXuLy":"',
        pl.col("unit"),
        '","NoiNopHoSo":"1","HoSoCoThanhPhanSoHoa":"',
        flag("digitised"),
        '","TaiKhoanDuocXacThucVoiVNeID":"',
        flag("vneid"),
        '","DuocThanhToanTrucTuyen":"',
        pl.col("paid").cast(str),
        '","DSKetNoiCSDL":[{"MaCSDL":"7"}],"TaiLieuNop":[',
        *paper(0, pl.lit("0"), flag("from_store")),
        ",",
        *paper(1, flag("reused"), pl.lit("0")),
        '],"DanhSachLePhi":[{"MaPhiLePhi":"0","Gia":"',
        pl.col("fee").cast(str),
        '"}],"DanhSachHoSoBoSung":[',
        pl.when(pl.col("asked").is_not_null()).then(asked).otherwise(pl.lit("")),
        '],"DanhSachGiayToKetQua":[',
        pl.when(pl.col("electronic")).then(result).otherwise(pl.lit("")),
        "]}",
    ]
    return rows.select(pl.concat_str([p if isinstance(p, pl.Expr) else pl.lit(p) for p in parts]).alias("t"))["t"]


def json_bytes(records: pl.Series, unit: str) -> bytes:
    """A ``dvcqg2022`` message."""
    head = f'{{"madonvi":"{unit}","service":"DongBoHoSoMC","isUpdating":"True","data":['
    return (head + ",".join(records.to_list()) + "]}").encode()
