"""The datasets beside the dossiers, as CSV and as JSON lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

PAYMENTS = ("MaGiaoDich", "MaHoSo", "MaTTHC", "MaDonVi", "SoTien", "CongThanhToan", "TrangThai", "ThoiGian")
VNEID = ("MaXa", "Ngay", "SoCCCDGanChip", "KichHoatMuc1", "KichHoatMuc2")
FEEDBACK = ("MaPAKN", "MaDonVi", "MaHoSo", "Loai", "NgayTiepNhan", "HanXuLy", "NgayTraLoi", "HaiLong")


def rows(columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file in UTF-8; only headings on an empty day."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return out.getvalue().encode()


def lines(columns: Sequence[str], cells: Iterable[Sequence[Any]]) -> bytes:
    """JSON lines; a single line feed on an empty day."""
    objects = [dict(zip(columns, line, strict=True)) for line in cells]
    return msgspec.json.Encoder().encode_lines(objects) or b"\n"
