"""What a departure does to the bytes of a dossier file, before its system packs it."""

from __future__ import annotations

import csv
import gzip
import html
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec

from cchc.demo.gate import NEAR_NAMES, REFUSALS, RULES
from cchc.demo.reference import Outlet
from cchc.demo.write_json import KEYS_2022, KEYS_2026
from cchc.demo.write_table import STAMPS

Lines = list[list[str]]
_LATE_BY = timedelta(days=3)
_NO_DATE = {"dvcqg2022": "00010101000000", "dvcqg2026": "0001-01-01 00:00:00"}
_FORMS = {"dvcqg2022": "%Y%m%d090000", "dvcqg2026": "%Y-%m-%d 09:00:00"}
_DAY_LENGTH = {"dvcqg2022": 8}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(2048)


@dataclass(frozen=True)
class File:
    """A dossier file as it would have been sent. ``columns``: canonical names of a table, in their order.

    ``free``: numbers from 0 of the rows without a fault or a repeat. ``lines``: rows of a workbook as text.
    """

    content: bytes
    outlet: Outlet
    day: date
    columns: tuple[str, ...]
    free: Sequence[int]
    lines: Callable[[], Lines]


def depart(kind: str, file: File) -> bytes | None:
    """The file's bytes with the departure, or None where this file can't have it."""
    if kind in NEAR_NAMES:
        return file.content  # what departs lies beside it
    if kind in _CONTAINERS:
        return _CONTAINERS[kind](file)
    if file.outlet.dialect in ("dvcqg2022", "dvcqg2026"):
        return _in_records(kind, file)
    if kind in _TEXTS:
        return _TEXTS[kind](file.content.decode(file.outlet.encoding), file).encode(file.outlet.encoding)
    lines = _lines(file)
    changed = _CHANGES[kind](lines, file) if kind in _CHANGES else _in_cells(kind, lines, file)
    return _written(lines, file) if changed else None


def half(file: File) -> bytes:
    """What a file of a table held when half of its rows were there."""
    lines = _lines(file)
    return _written(lines[: 1 + len(lines) // 2], file)


# -- containers ----------------------------------------


def _zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _document() -> bytes:
    """A text document under a workbook's name."""
    types = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    return _zipped({"[Content_Types].xml": types, "word/document.xml": b"<document>CANARY</document>"})


def _page(file: File) -> bytes:
    """The rows as the web table that report servers "export to Excel"."""
    head, *rows = ([html.escape(cell) for cell in line] for line in file.lines())
    text = "<html><head><meta charset='utf-8'></head><body><table>\n"
    text += f"<tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>\n"
    text += "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in rows)
    return (text + "</table></body></html>\n").encode()


_CONTAINERS: dict[str, Callable[[File], bytes]] = {
    "zipped": lambda file: _zipped({file.outlet.filename: file.content}),
    "several_members": lambda file: _zipped({f"{n}-{file.outlet.filename}": file.content for n in (1, 2)}),
    "double_gzip": lambda file: gzip.compress(file.content, 6, mtime=0),
    "protected_workbook": lambda file: _OLE,
    "unreadable_workbook": lambda file: _document(),
    "web_table": _page,
}

# -- cells ----------------------------------------


def _cell(kind: str, file: File) -> tuple[str, Callable[[str], str | None]]:
    """The column a kind changes, and what it makes of a text there: None where it leaves it."""
    dialect = file.outlet.dialect
    day = (file.day + _LATE_BY).strftime(_FORMS.get(dialect, "%d/%m/%Y 09:00"))
    none = _NO_DATE.get(dialect, "01/01/0001 00:00")
    found: dict[str, tuple[str, Callable[[str], str | None]]] = {
        "unknown_value": ("vneid_verified", lambda _: "chưa rõ"),
        "after_export_date": ("returned_at", lambda _: day),
        "date_without_time": ("due_at", lambda text: text[: _DAY_LENGTH.get(dialect, 10)] or None),
        "stand_in_date": ("refused_at", lambda text: None if text else none),
        "null_literal": ("refused_at", lambda text: None if text else "NULL"),
        "excel_text": ("dossier_code", lambda text: f'="{text}"' if text else None),
        "unreadable_value": ("applicant_kind", lambda _: "Cá thể"),
        "decimal_code": ("status", lambda text: f"{text}.0" if text else None),
    }
    return found[kind]


def _rows(kind: str, rows: int, file: File) -> Sequence[int]:
    """Which rows may be changed: what is held is one row that has no other fault, a habit is in all."""
    return file.free[:1] if kind in RULES else range(rows)


def _in_cells(kind: str, lines: Lines, file: File) -> bool:
    column, change = _cell(kind, file)
    place, changed = file.columns.index(column), False
    for at in _rows(kind, len(lines) - 1, file):
        if (text := change(lines[at + 1][place])) is not None:
            lines[at + 1][place], changed = text, True
    return changed


def _in_records(kind: str, file: File) -> bytes | None:
    if kind == "marks_inside":  # as where two files with a byte order mark were joined
        return file.content.replace(b"\n", b"\n\xef\xbb\xbf", 1)
    is_envelope = file.outlet.dialect == "dvcqg2022"
    envelope = msgspec.json.decode(file.content) if is_envelope else {}
    data = (
        envelope["data"]
        if is_envelope
        else msgspec.json.decode(b"[" + file.content.strip().replace(b"\n", b",") + b"]")
    )
    keys = KEYS_2022 if is_envelope else KEYS_2026
    if kind == "contradiction":
        return _said_twice(data, file, keys["status"])
    if kind == "wrong_unit":
        envelope["madonvi"] = "H50.999"
    elif kind == "incomplete_export":
        count = {"totalRecords": len(data) + 50}
        envelope, data = {**count, **envelope}, [*data, *([] if is_envelope else [count])]
    else:
        column, change = _cell(kind, file)
        changed = False
        for at in _rows(kind, len(data), file):
            if (text := change(str(data[at].get(keys[column]) or ""))) is not None:
                data[at][keys[column]], changed = text, True
        if not changed:
            return None
    return msgspec.json.encode({**envelope, "data": data}) if is_envelope else msgspec.json.Encoder().encode_lines(data)


def _said_twice(data: list[dict[str, Any]], file: File, key: str) -> bytes | None:
    for at in file.free[:1]:
        record = msgspec.json.encode(data[at])
        other = msgspec.json.encode({key: "4" if str(data[at][key]) != "4" else "9"})
        return file.content.replace(record, record[:-1] + b"," + other[1:], 1)
    return None


# -- lines of a table ----------------------------------------


def _lines(file: File) -> Lines:
    text = io.StringIO(file.content.decode(file.outlet.encoding), newline="")
    return list(csv.reader(text, delimiter=file.outlet.delimiter))


def _written(lines: Lines, file: File) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=file.outlet.delimiter).writerows(lines)
    return out.getvalue().encode(file.outlet.encoding)


def _titles(text: str, file: File) -> str:
    return f"UBND TỈNH QUẢNG TRỊ\r\nDANH SÁCH HỒ SƠ NGÀY {file.day:%d/%m/%Y}\r\n\r\n{text}"


_TEXTS: dict[str, Callable[[str, File], str]] = {
    "sep_line": lambda text, file: f"sep={file.outlet.delimiter}\r\n{text}",
    "text_above_headings": _titles,
    "bare_carriage_returns": lambda text, _: text.replace("\r\n", "\r"),
    "loose_quotes": lambda text, file: re.sub(f"(?<={file.outlet.delimiter})CANARY (?=\\S)", 'CANARY "nhà" ', text),
    "two_names": lambda text, _: text,  # what departs lies beside it
}


def _ragged(lines: Lines, file: File) -> bool:
    for at in file.free[:1]:
        del lines[at + 1][-1]
    return bool(file.free)


def _trailing(lines: Lines, _: File) -> bool:
    for line in lines[1:]:
        line += ["", ""]
    return True


def _headings_again(lines: Lines, _: File) -> bool:
    lines.insert(1 + len(lines) // 2, list(lines[0]))
    return True


def _two_headings(lines: Lines, file: File) -> bool:
    """The dates' headings stand under the name of their group, the others above beside it."""
    upper, lower = list(lines[0]), [""] * len(lines[0])
    for at, column in enumerate(file.columns):
        if column in STAMPS:
            lower[at], upper[at] = upper[at], "" if file.columns[at - 1] in STAMPS else "Các mốc thời gian"
    lines[:1] = [upper, lower]
    return True


def _column_gone(lines: Lines, file: File) -> bool:
    for line in lines:
        del line[file.columns.index("applicant_kind")]
    return True


def _subtotal(lines: Lines, _: File) -> bool:
    lines.insert(4, ["Cộng: 3"])
    return True


def _fewer_said(lines: Lines, _: File) -> bool:
    lines.append([f"Tổng số: {len(lines) - 2} hồ sơ"])
    return True


def _signed(lines: Lines, _: File) -> bool:
    lines += [[f"Tổng số: {len(lines) - 1} hồ sơ"], ["Người lập biểu"]]
    return True


def _column_again(lines: Lines, file: File) -> bool:
    for line in lines:
        line.append(line[file.columns.index("status")])
    return True


def _swallowed(lines: Lines, file: File) -> bool:
    """A quotation mark opens in one row and closes two rows further down."""
    if len(lines) < 5:
        return False
    lost = [file.outlet.delimiter.join(line) for line in lines[2:4]]
    place = file.columns.index("personal:subject")
    lines[1][place] = "\r\n".join([lines[1][place], *lost])
    del lines[2:4]
    return True


def _more_said(lines: Lines, _: File) -> bool:
    lines.append([f"Tổng số: {len(lines) + 49} hồ sơ"])
    return True


_CHANGES: dict[str, Callable[[Lines, File], bool]] = {
    "ragged_row": _ragged,
    "trailing_cells": _trailing,
    "repeated_headings": _headings_again,
    "two_line_headings": _two_headings,
    "missing_optional_column": _column_gone,
    "subtotal": _subtotal,
    "total_differs": _fewer_said,
    "text_below_total": _signed,
    "repeated_column": _column_again,
    "rows_lost": _swallowed,
    "incomplete_export": _more_said,
}


def refuses(kind: str) -> bool:
    """Whether a file with this departure is refused."""
    return kind in REFUSALS
