"""Declared figures as their dialects write them."""

from __future__ import annotations

from typing import Any

from cchc.datasets.dialects import DIALECTS
from support.books import written
from support.dossiers import delimited
from support.stages import File

#: Keys of the CSV file; the headings of the workbook stand in the same order.
KEYS = tuple(DIALECTS["csv"].key_of("declared").values())
_SOUND = ("H50.101", "PUBLISH_ON_TIME", "2026-10-01", "2026-10-31", "19", "20", "H50", "2026-11-04", "MC-H50.101-1.pdf")
SOUND = dict(zip(KEYS, (*_SOUND, "a" * 64), strict=True))


def declared(dialect: str, number: int = 0, **changed: Any) -> dict[str, Any]:
    """A sound row by the keys of the CSV file, of the commune of that number; name the keys that shall differ."""
    unknown = changed.keys() - set(KEYS)
    assert not unknown, unknown
    row = SOUND | {"MaDonVi": f"H50.{101 + number}"} | changed
    return dict(zip(DIALECTS[dialect].key_of("declared").values(), row.values(), strict=True))


def declared_bytes(dialect: str, *rows: dict[str, Any]) -> bytes:
    """The bytes of a file."""
    headings = list(rows[0] if rows else DIALECTS[dialect].key_of("declared").values())
    table = [headings, *(list(row.values()) for row in rows)]
    return delimited(table) if dialect == "csv" else written(table)


def declared_file(dialect: str, *rows: dict[str, Any], **where: Any) -> File:
    """A delivery of these figures."""
    return File(declared_bytes(dialect, *rows), "declared", dialect, **where)
