"""From a delivered file to raw rows: a list of (column to value) per data row, or a refusal."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from contract_oracle.reference import Reference, Row, plain

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REQUIRED = {
    "dossiers": {"dossier_code", "procedure_code", "received_at", "status"},
    "payments": {"MaGiaoDich", "MaDonVi", "SoTien", "TrangThai", "ThoiGian"},
    "vneid": {"MaXa", "Ngay", "SoCCCDGanChip", "KichHoatMuc1", "KichHoatMuc2"},
    "feedback": {"MaPAKN", "MaDonVi", "Loai", "NgayTiepNhan"},
    "apologies": {"MaDonVi", "MaHoSo", "LanThu", "NgayKy", "DaGui"},
}
REQUIRED_KEYS = {
    "dvcqg2022": {"MaHoSo", "MaTTHC", "NgayTiepNhan", "TrangThaiHoSo"},
    "dvcqg2026": {"MaHoSo", "MaTTHC", "TrangThai"},  # a key without a value may be left out, NgayTiepNhan often is
}
LIMIT = 2 * 1024**3


class Refused(Exception):
    """The whole file is refused; the argument is the reason."""


def raw_rows(path: Path, spec: Row, reference: Reference) -> list[dict[str, Any]]:
    """Rows of a file in the dialect of its system: canonical names for tables, the dialect's own keys for JSON."""
    data = path.read_bytes()
    if not data:
        raise Refused("zero_bytes")
    if path.name.endswith(".gz"):
        data = _gunzip(data)
    if data[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<!doctype html", b"<html")):
        raise Refused("html_error_page")
    dialect = spec["dialect"]
    if dialect in ("dvcqg2022", "dvcqg2026", "jsonl"):
        return _json_rows(data, dialect, REQUIRED_KEYS.get(dialect, REQUIRED[spec["dataset"]]))
    headings = reference.headings.get(spec["headings"], {})
    if dialect == "workbook":
        return _table(_sheet(data), headings)
    delimiter = {"tab": "\t", "": ","}.get(spec["delimiter"], spec["delimiter"])
    lines = csv.reader(io.StringIO(_text(data), newline=""), delimiter=delimiter)
    table = [line for line in lines if any(cell.strip() for cell in line)]
    if dialect == "onecsv":
        return _table(table, headings, search=1)
    if not table or REQUIRED[spec["dataset"]] - {c.strip() for c in table[0]}:
        raise Refused("missing_column")
    head = [c.strip() for c in table[0]]
    return [dict(zip(head, r + [""] * len(head), strict=False)) for r in table[1:]]


def _gunzip(data: bytes) -> bytes:
    out, size = io.BytesIO(), 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as f:
            while chunk := f.read(1 << 20):
                size += len(chunk)
                if size > 100 * len(data) or size > LIMIT:
                    raise Refused("zip_bomb")
                out.write(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Refused("truncated_gzip") from error
    if not size:
        raise Refused("zero_bytes")
    return out.getvalue()


def _text(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("wrong_encoding") from error


def _json_rows(data: bytes, dialect: str, required: set[str]) -> list[dict[str, Any]]:
    text = _text(data)
    if _depth(text) > 100:
        raise Refused("deep_nesting")
    try:
        if dialect == "dvcqg2022":
            rows = json.loads(text)["data"]
        else:
            rows = [json.loads(line) for line in text.split("\n") if line.strip()]
    except RecursionError as error:
        raise Refused("deep_nesting") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("invalid_json") from error
    if not isinstance(rows, list) or any(not isinstance(r, dict) for r in rows):
        raise Refused("invalid_json")
    if rows and required - {key for row in rows for key in row}:
        raise Refused("missing_column")
    return rows


def _depth(text: str) -> int:
    deep = most = 0
    for mark in re.findall(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        deep += (mark in "[{") - (mark in "]}")
        most = max(most, deep)
    return most


def _table(table: list[list[Any]], headings: Row, search: int = 20) -> list[dict[str, Any]]:
    """Rows below the first line that holds every required heading."""
    lines = [[headings.get(plain(str(cell or "")), "") for cell in line] for line in table[:search]]
    at = next((i for i, names in enumerate(lines) if REQUIRED["dossiers"] <= set(names)), None)
    if at is None:
        raise Refused("missing_column")
    names = lines[at]
    rows = []
    for line in table[at + 1 :]:
        first = next((c for c in line if c not in (None, "")), "")
        if search > 1 and isinstance(first, str) and plain(first) == "tổng cộng":
            break
        if all(c is None or c == "" for c in line):
            continue
        line = line + [""] * len(names)
        row = {f"#{i}": line[i] for i, name in enumerate(names) if not name}
        rows.append(row | {name: line[i] for i, name in enumerate(names) if name})
    return rows


def _sheet(data: bytes) -> list[list[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as z:
            if sum(i.file_size for i in z.infolist()) > min(100 * len(data), LIMIT):
                raise Refused("zip_bomb")
            names = z.namelist()
            shared = []
            if "xl/sharedStrings.xml" in names:
                tree = ElementTree.fromstring(z.read("xl/sharedStrings.xml"))
                shared = ["".join(t.text or "" for t in si.iter(f"{NS}t")) for si in tree.iter(f"{NS}si")]
            sheet = ElementTree.fromstring(z.read(min(n for n in names if n.startswith("xl/worksheets/sheet"))))
    except (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, KeyError, ValueError, EOFError) as error:
        raise Refused("truncated_xlsx") from error
    table = []
    for row in sheet.iter(f"{NS}row"):
        cells: dict[int, Any] = {}
        for cell in row.iter(f"{NS}c"):
            cells[_column(cell.get("r") or "")] = _value(cell, shared)
        table.append([cells.get(i, "") for i in range(max(cells, default=-1) + 1)])
    return table


def _value(cell: ElementTree.Element, shared: list[str]) -> Any:
    kind, value = cell.get("t"), cell.find(f"{NS}v")
    if kind == "inlineStr":
        return "".join(t.text or "" for t in cell.iter(f"{NS}t"))
    if value is None or value.text is None:
        return ""
    if kind == "s":
        return shared[int(value.text)]
    return value.text if kind == "str" else float(value.text)


def _column(place: str) -> int:
    number = 0
    for letter in re.sub(r"[^A-Z]", "", place):
        number = number * 26 + ord(letter) - 64
    return number - 1
