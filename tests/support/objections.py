"""An objection as the office's form writes it."""

from __future__ import annotations

from typing import Any

from support.dossiers import delimited
from support.stages import File

KEYS = ("MaDonVi", "SoPhanHoi", "MaTieuChi", "TuNgay", "DenNgay", "MaHoSo", "LyDo", "NgayGui", "DienGiai")
SOUND = dict(
    zip(
        KEYS,
        (
            *("H50.101", "1", "PROCESSING_ON_TIME", "2026-10-01", "2026-10-31", "H50.101-261004-0001"),
            *("wrong_due_date", "20261105080000", "Ngày hẹn ghi nhầm"),
        ),
        strict=True,
    )
)


def objection(**changed: Any) -> dict[str, Any]:
    """A sound row of the form; name the keys that shall differ."""
    assert changed.keys() <= set(KEYS), changed
    return SOUND | changed


def objections(*rows: dict[str, Any]) -> bytes:
    """The bytes of a form."""
    return delimited([KEYS, *(list(row.values()) for row in rows)])


def objection_file(*rows: dict[str, Any]) -> File:
    """A delivery of these rows."""
    return File(objections(*rows), "objections", "csv")
