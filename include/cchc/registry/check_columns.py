"""Rules of heading maps, labels and codes: known fields and values, nothing twice, nothing required missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cchc.datasets import DATASETS, VALUES
from cchc.datasets.dialects import DIALECTS, dialects_of, is_mapped
from cchc.registry.parse import Parsed
from cchc.registry.problems import Problem
from cchc.registry.text import normalise_heading

#: Datasets whose columns are found through heading maps.
_MAPPED = [each for each in DATASETS.values() if any(is_mapped(each.name, name) for name in dialects_of(each.name))]
_PERSONAL = re.compile(r"personal:[a-z]+(_[a-z]+)*")


def check_columns(parsed: Parsed) -> Iterator[Problem]:
    """Problems of headings.csv, labels.csv and codes.csv."""
    yield from _headings(parsed)
    seen: dict[tuple[str, str, str], int] = {}
    for label in parsed.labels:
        item = label.item
        yield from _value(label.file, label.line, item.field, item.canonical)
        key = ("", item.field, normalise_heading(item.label))
        yield from _twice(seen, key, label.file, label.line, "duplicate_label", item.label)
    seen = {}
    for code in parsed.codes:
        row = code.item
        if row.dialect not in DIALECTS:
            message = f"no dialect {row.dialect}"
            yield Problem(code.file, code.line, "unknown_dialect", message, f"không có dạng dữ liệu {row.dialect}")
        yield from _value(code.file, code.line, row.field, row.canonical)
        yield from _twice(seen, (row.dialect, row.field, row.code), code.file, code.line, "duplicate_code", row.code)


def _headings(parsed: Parsed) -> Iterator[Problem]:
    columns = {column for each in _MAPPED for column in each.text_columns}
    seen: dict[tuple[str, str, str], int] = {}
    found: dict[str, set[str]] = {}
    first: dict[str, tuple[str, int]] = {}
    for placed in parsed.headings:
        item = placed.item
        first.setdefault(item.headings, (placed.file, placed.line))
        found.setdefault(item.headings, set()).add(item.canonical)
        if item.canonical not in columns and not _PERSONAL.fullmatch(item.canonical):
            message, message_vi = f"no column {item.canonical}", f"không có cột chuẩn {item.canonical}"
            yield Problem(placed.file, placed.line, "unknown_column", message, message_vi)
        key = (item.headings, "", normalise_heading(item.heading))
        yield from _twice(seen, key, placed.file, placed.line, "duplicate_heading", item.heading)
    for name, (file, line) in first.items():
        for column in (column for each in _MAPPED for column in each.required):
            if column not in found[name]:
                message = f"heading map {name} has no heading for {column}"
                message_vi = f"bộ tiêu đề {name} thiếu tiêu đề cho {column}"
                yield Problem(file, line, "missing_heading", message, message_vi)


def _value(file: str, line: int, field: str, canonical: str) -> Iterator[Problem]:
    if field not in VALUES:
        yield Problem(file, line, "unknown_field", f"no coded field {field}", f"không có trường mã {field}")
    elif canonical not in VALUES[field]:
        message = f"{field} has no value {canonical}"
        yield Problem(file, line, "unknown_value", message, f"{field} không có giá trị {canonical}")


def _twice(
    seen: dict[tuple[str, str, str], int], key: tuple[str, str, str], file: str, line: int, rule: str, text: str
) -> Iterator[Problem]:
    if key in seen:
        message, message_vi = f"{text} stands on line {seen[key]} already", f"{text} đã có ở dòng {seen[key]}"
        yield Problem(file, line, rule, message, message_vi)
    else:
        seen[key] = line
