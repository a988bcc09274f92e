"""An apology letter as its dialects write it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from support.dossiers import delimited, lines
from support.stages import File

KEYS = ("MaDonVi", "MaHoSo", "LanThu", "NgayKy", "NgayHenMoi", "DaGui")
SOUND: dict[str, dict[str, Any]] = {
    "csv": dict(zip(KEYS, ("H50.103", "H50.103-1", "1", "20261105080000", "20261109170000", "1"), strict=True)),
    "jsonl": dict(
        zip(KEYS, ("H50.102", "H50.102-1", 1, "2026-11-05 08:00:00", "2026-11-09 17:00:00", True), strict=True)
    ),
}


def letter(dialect: str, **changed: Any) -> dict[str, Any]:
    """A sound letter; name the keys that shall differ."""
    unknown = changed.keys() - set(KEYS)
    assert not unknown, unknown
    return SOUND[dialect] | changed


def letters(dialect: str, rows: Iterable[dict[str, Any]]) -> bytes:
    """The bytes of a file."""
    return delimited([KEYS, *(list(row.values()) for row in rows)]) if dialect == "csv" else lines(rows)


def letter_file(dialect: str, *rows: dict[str, Any]) -> File:
    """A delivery of these letters."""
    return File(letters(dialect, rows), "apologies", dialect)
