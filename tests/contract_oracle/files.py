"""From a delivered file to raw rows: a list of (column to value) per data row, or a refusal."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
import zlib
from html.parser import HTMLParser
from itertools import pairwise, zip_longest
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
TOTAL = r"(?:tổng cộng|cộng: \d+|người lập biểu|tổng số: (\d+))"  # how lines begin that are no rows
BROKEN = "#rule"  # in a raw row: the rule that its form breaks
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
    data = _unzip(_gunzip(data) if data[:2] == b"\x1f\x8b" else data)
    dialect = spec["dialect"]
    headings = reference.headings.get(spec["headings"], {})
    if data[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<!doctype html", b"<html")):
        if dialect == "workbook" and b"<table" in data:
            return _table(_web_table(data), headings)
        raise Refused("html_error_page")
    if dialect in ("dvcqg2022", "dvcqg2026", "jsonl"):
        unit = path.parts[-3]
        return _json_rows(data, dialect, REQUIRED_KEYS.get(dialect, REQUIRED[spec["dataset"]]), unit)
    if dialect == "workbook":
        return _table(_sheet(data), headings)
    delimiter = {"tab": "\t", "": ","}.get(spec["delimiter"], spec["delimiter"])
    text = _text(data)
    if said := re.match(r"sep=(.)\s*?[\r\n]+", text):
        text, delimiter = text[said.end() :], said[1]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    table = [line for line in lines if any(cell.strip() for cell in line)]
    if any("\n" in cell and cell.count(delimiter) > len(table[0]) - 3 for line in table for cell in line):
        raise Refused("rows_lost")  # a cell that holds a line break and the separators of a row
    if dialect == "onecsv":
        return _table(table, headings, counted=True)
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


def _unzip(data: bytes) -> bytes:
    """The one file of an archive that is no workbook."""
    if data[:4] != b"PK\x03\x04":
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as z:
            names = z.namelist()
            if "[Content_Types].xml" in names:
                return data
            if len(names) > 1:
                raise Refused("several_members")
            return z.read(names[0])
    except zipfile.BadZipFile:
        return data


class _Cells(HTMLParser):
    """Collects the texts of the cells of a page's one table."""

    def __init__(self) -> None:
        super().__init__()
        self.table: list[list[Any]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "tr":
            self.table.append([])
        elif tag in ("td", "th"):
            self.table[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.table[-1][-1] += data


def _web_table(data: bytes) -> list[list[Any]]:
    page = _Cells()
    page.feed(_text(data))
    page.close()
    return page.table


def _text(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("wrong_encoding") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; one that says a key twice is marked."""
    found = dict(pairs)
    return found if len(found) == len(pairs) else found | {BROKEN: "contradiction"}


def _json_rows(data: bytes, dialect: str, required: set[str], unit: str) -> list[dict[str, Any]]:
    text = _text(data)
    if _depth(text) > 100:
        raise Refused("deep_nesting")
    try:
        if dialect == "dvcqg2022":
            envelope = json.loads(text, object_pairs_hook=_object)
            rows = envelope["data"]
        else:
            lines = [
                line.lstrip("\ufeff") for line in text.split("\n") if line.strip()
            ]  # a mark where files were joined
            rows = [json.loads(line, object_pairs_hook=_object) for line in lines]
            envelope = rows.pop() if rows and set(rows[-1]) == {"totalRecords"} else {}
    except RecursionError as error:
        raise Refused("deep_nesting") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("invalid_json") from error
    if not isinstance(rows, list) or any(not isinstance(r, dict) for r in rows):
        raise Refused("invalid_json")
    if envelope.get("madonvi", unit) != unit:
        raise Refused("wrong_unit")
    if envelope.get("totalRecords", 0) > len(rows):
        raise Refused("incomplete_export")
    if rows and required - {key for row in rows for key in row}:
        raise Refused("missing_column")
    return rows


def _depth(text: str) -> int:
    deep = most = 0
    for mark in re.findall(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        deep += (mark in "[{") - (mark in "]}")
        most = max(most, deep)
    return most


def _table(table: list[list[Any]], headings: Row, counted: bool = False) -> list[dict[str, Any]]:
    """Rows below the first line, or two of them, that hold every required heading. ``counted``: short rows are held."""
    lines = [[headings.get(plain(str(cell or "")), "") for cell in line] for line in table[:20]]
    both = [[low or up for up, low in zip_longest(*pair, fillvalue="")] for pair in pairwise(lines)]
    places = [*enumerate(lines, 1), *enumerate(both, 2)]
    start, names = next((place for place in places if REQUIRED["dossiers"] <= set(place[1])), (0, []))
    if not names:
        raise Refused("missing_column")
    known = [name for name in names if name]
    if len(known) > len(set(known)):
        raise Refused("repeated_column")
    rows: list[dict[str, Any]] = []
    for line in table[start:]:
        first = next((c for c in line if c not in (None, "")), "")
        if isinstance(first, str) and (total := re.match(TOTAL, plain(first))):
            if int(total[1] or 0) > len(rows):
                raise Refused("incomplete_export")
            continue
        if all(c is None or c == "" for c in line) or line == table[start - 1]:
            continue
        broken = {BROKEN: "ragged_row"} if counted and len(line) < len(names) else {}
        line = [_unquoted(cell) for cell in line] + [""] * len(names)
        row = {f"#{i}": line[i] for i, name in enumerate(names) if not name}
        rows.append(row | {name: line[i] for i, name in enumerate(names) if name} | broken)
    return rows


def _unquoted(cell: Any) -> Any:
    """A code that a spreadsheet keeps as text: ``="0123"``."""
    return cell[2:-1] if isinstance(cell, str) and re.fullmatch(r'="[^"]*"', cell) else cell


def _sheet(data: bytes) -> list[list[Any]]:
    if data[:4] == b"\xd0\xcf\x11\xe0" and "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused("protected_workbook")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as z:
            if sum(i.file_size for i in z.infolist()) > min(100 * len(data), LIMIT):
                raise Refused("zip_bomb")
            names = z.namelist()
            if "xl/workbook.xml" not in names:
                raise Refused("unreadable_workbook")
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
