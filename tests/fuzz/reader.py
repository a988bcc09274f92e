"""A second reading of text files by the contract, in plain Python: for bytes that were damaged anywhere.

It claims a value only where the text has the plain form of its column, and HELD where it does not: so it is stricter
than the gate may be, except where one value of several readings would be a guess (``ANY``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from fuzz.contract import (
    CRITERIA,
    HEADINGS,
    KINDS,
    KNOWN_CODES,
    KNOWN_HEADINGS,
    KNOWN_LABELS,
    NEEDED,
    SOURCE,
    Form,
    plain,
)
from fuzz.meant import ANY, HELD, Meant, Row
from fuzz.objects import FLAGS, NESTED

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]*")
_AMOUNT = re.compile(r"\d{1,15}|\d{1,3}(\.\d{3})+")
_MOMENT = {
    "onecsv": (re.compile(r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d"), "%d/%m/%Y %H:%M"),
    "csv": (re.compile(r"\d{14}"), "%Y%m%d%H%M%S"),
    "dvcqg2022": (re.compile(r"\d{14}"), "%Y%m%d%H%M%S"),
    "dvcqg2026": (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "%Y-%m-%d %H:%M:%S"),
    "jsonl": (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "%Y-%m-%d %H:%M:%S"),
}
_DAY = re.compile(r"20\d{6}|20\d\d-\d\d-\d\d|\d{1,2}/\d{1,2}/20\d\d")
_LAST = datetime(2026, 11, 26, 23, 59, 59)


class Unreadable(Exception):
    """The file as a whole: nothing of it may be accepted without a word."""


def read(form: Form, content: bytes) -> Meant:
    """What the bytes say. A file that can't be read has no rows and may not pass silently."""
    try:
        text = _decoded(form, content)
        return _table(form, text) if form.is_table else _records(form, text)
    except Unreadable:
        return Meant([], silent=False)


def _decoded(form: Form, content: bytes) -> str:
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = content.decode("utf-16")
        else:
            text = content.decode("utf-16-le" if form.encoding == "utf-16" and b"\0" in content else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable from error
    if "\0" in text:
        raise Unreadable
    return text


# -- cells ----------------------------------------


def value(form: Form, column: str, text: str) -> Any:
    """One text of a column."""
    kind, dialect = KINDS[form.dataset][column], form.dialect
    text = text.strip()
    if not text:
        return HELD if column in NEEDED[form.dataset] else None
    if kind in ("key", "code", "agency"):
        return text.upper() if _CODE.fullmatch(text) else (HELD if kind == "agency" else ANY)
    if kind == "procedure":
        return text[:8] if re.fullmatch(r"\d\.\d{6}(\.[A-Za-z0-9.]+)?", text) else HELD
    if kind == "criterion":
        return text.upper() if text.upper() in CRITERIA else HELD
    if kind == "file":
        return text
    if kind == "hash":
        return text.lower() if re.fullmatch(r"[0-9a-fA-F]{64}", text) else HELD
    if kind == "commune":
        return text if re.fullmatch(r"\d{5}", text) else HELD
    if kind in ("label", "flag"):
        return _coded(form, column, kind, text)
    if kind in ("event", "deadline"):
        found = _moment(dialect, text)
        return HELD if kind == "event" and isinstance(found, datetime) and found > _LAST else found
    if kind == "day":
        try:
            return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else HELD
        except ValueError:
            return HELD
    if kind == "amount":
        return _amount(text)
    if kind == "number":
        return text if re.fullmatch(r"[1-9]", text) else HELD
    if kind == "fees":
        fees = tuple(_amount(part.strip()) for part in text.split("|"))
        return HELD if HELD in fees or "" in text.split("|") else fees
    return _supplements(dialect, text)


def _coded(form: Form, column: str, kind: str, text: str) -> Any:
    if form.vendor:
        known = KNOWN_LABELS["boolean" if kind == "flag" else column]
        found = known.get(plain(text))
    else:
        found = KNOWN_CODES[form.dialect].get("boolean" if kind == "flag" else column, {}).get(text)
    if kind == "flag":
        found = found or {"true": "true", "1": "true", "false": "false", "0": "false"}.get(text.casefold())
        return HELD if found is None else found == "true"
    return HELD if found is None else found


def _moment(dialect: str, text: str) -> Any:
    pattern, form = _MOMENT[dialect]
    if _DAY.fullmatch(text):
        return ANY  # a day without time: its beginning or its end, as the column has it
    if not pattern.fullmatch(text):
        return HELD
    try:
        found = datetime.strptime(text, form)
    except ValueError:
        return HELD
    return found if found.year >= 2000 else None


def _amount(text: str) -> Any:
    return int(text.replace(".", "")) if _AMOUNT.fullmatch(text) else HELD


def _supplements(dialect: str, text: str) -> Any:
    spans = []
    for part in text.split("|"):
        ends = f"{part} ".split(" - ")
        if len(ends) != 2:
            return HELD
        span = tuple(_moment(dialect, end.strip()) if end.strip() else None for end in ends)
        if HELD in span or span[0] is None:
            return HELD
        spans.append(span)
    return tuple(spans)


# -- tables ----------------------------------------


def split(text: str, separator: str) -> list[list[str]]:
    """Physical records by RFC 4180; a quote in the middle of a cell is a character. Unclosed or loose ones: no file."""
    rows: list[list[str]] = []
    cells: list[str] = []
    if "\n" in text:  # a lone return among ends of lines is a character like another
        text = re.sub(r"\r(?!\n)", " ", text)
    at, size = 0, len(text)
    while at < size:
        if text[at] == '"':
            end, parts = at + 1, []
            while True:
                close = text.find('"', end)
                if close < 0:
                    raise Unreadable
                parts.append(text[end:close])
                if text[close + 1 : close + 2] != '"':
                    break
                parts.append('"')
                end = close + 2
            at = close + 1
            if text[at : at + 1] not in ("", separator, "\r", "\n"):
                raise Unreadable
            if "\n" in "".join(parts) and "".join(parts).count(separator) > 3:
                raise Unreadable  # a cell that holds whole rows
            cells.append("".join(parts))
        else:
            found = re.compile(rf"[^{re.escape(separator)}\r\n]*").match(text, at)
            assert found is not None
            cells.append(found[0])
            at = found.end()
        if at < size and text[at] == separator:
            at += 1
            if at == size:
                cells.append("")
            continue
        rows.append(cells)
        cells = []
        at += 2 if text[at : at + 2] == "\r\n" else 1
    if cells:
        rows.append(cells)
    return [row for row in rows if any(cell.strip() for cell in row)]


def _table(form: Form, text: str) -> Meant:
    known = KNOWN_HEADINGS[form.vendor] if form.vendor else {plain(k): c for c, k in SOURCE[form.dataset].items()}
    first = text.split("\n", 1)[0]
    counts = {mark: sum(plain(cell.strip('"')) in known for cell in first.split(mark)) for mark in ",;\t"}
    separator = max(counts, key=lambda mark: (counts[mark], mark == form.delimiter))
    rows = split(text, separator)
    if not rows:
        raise Unreadable
    columns = [known.get(plain(cell)) for cell in rows[0]]
    named = [column for column in columns if column is not None]
    wanted = set(HEADINGS[form.vendor] if form.vendor else SOURCE[form.dataset]) & set(KINDS[form.dataset])
    if len(named) != len(set(named)) or wanted - set(named):
        return Meant([], silent=False)  # a column lacks or stands twice: whatever rows are read, it says so
    meant = []
    for cells in rows[1:]:
        row: Row = dict.fromkeys(KINDS[form.dataset])
        if len(cells) != len(columns):
            row = dict.fromkeys(row, HELD if len(cells) > len(columns) and any(cells[len(columns) :]) else ANY)
            if len(cells) < len(columns):
                row = dict.fromkeys(row, HELD)
        else:
            for column, cell in zip(columns, cells, strict=True):
                if column in row:
                    row[column] = value(form, column, cell)
        meant.append(row)
    return Meant(meant)


# -- records ----------------------------------------


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        found["twice"] = True
    return found


def _no_number(text: str) -> Any:
    raise ValueError(text)


_decoder = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_no_number)


def _values(text: str) -> Iterator[Any]:
    """One JSON value after another, wherever the lines end."""
    at = 0
    while rest := text[at:].lstrip(" \t\r\n"):
        at = len(text) - len(rest)
        try:
            value, at = _decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise Unreadable from error
        yield value


def _loads(text: str) -> Any:
    values = list(_values(text))
    if len(values) != 1:
        raise Unreadable
    return values[0]


def _records(form: Form, text: str) -> Meant:
    silent = True
    if form.dialect == "dvcqg2022":
        whole = _loads(text)
        if not isinstance(whole, dict) or not isinstance(whole.get("data"), list):
            raise Unreadable
        found = whole["data"]
        silent = whole.get("madonvi") == form.unit and "twice" not in whole
    else:
        found = list(_values(text))
    if not all(isinstance(record, dict) for record in found):
        raise Unreadable
    return Meant([_record(form, record) for record in found], silent)


def _record(form: Form, record: dict[str, Any]) -> Row:
    keys = SOURCE[form.dialect if form.dataset == "dossiers" else form.dataset]
    row: Row = dict.fromkeys(KINDS[form.dataset])
    if "twice" in json.dumps(record):
        return dict.fromkeys(row, ANY)
    for column, key in keys.items():
        said = record.get(key)
        if isinstance(said, (list, dict)):
            row[column] = HELD if said else ANY
        elif isinstance(said, float):
            row[column] = ANY
        else:
            text = "" if said is None else str(said).lower() if isinstance(said, bool) else str(said)
            row[column] = value(form, column, text)
    known = {*keys.values(), *NESTED.get(form.dialect, ())}
    for column, key in keys.items():  # under a key that nobody knows it may be meant all the same
        if key not in record and set(record) - known:
            row[column] = ANY
    # lists are compared where they are plain; anything else may be held or warned about
    row |= {column: ANY for columns in NESTED.get(form.dialect, {}).values() for column in columns}
    _lists(form, record, row)
    return row


def _lists(form: Form, record: dict[str, Any], row: Row) -> None:
    for key in ("DanhSachLePhi", "PhiLePhi"):
        inner = "Gia" if key == "DanhSachLePhi" else "SoTien"
        found = record.get(key)
        if isinstance(found, list) and all(isinstance(each, dict) and set(each) == {inner} for each in found):
            fees = tuple(_amount(str(each[inner])) for each in found)
            row["fees"] = HELD if HELD in fees else fees
    for key in ("TaiLieuNop", "ThanhPhanHoSo"):
        found = record.get(key)
        if isinstance(found, list) and len(found) == 1 and isinstance(found[0], dict):
            for name, column in FLAGS.items():
                if name in found[0]:
                    text = str(found[0][name]).lower()
                    row[column] = {"true": True, "1": True, "false": False, "0": False}.get(text, ANY)
