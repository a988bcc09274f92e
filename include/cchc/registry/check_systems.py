"""Rules of the reporting systems: dialects, heading maps, units, and no password in an address."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb

from cchc.datasets import DATASETS
from cchc.datasets.dialects import dialects_of, is_mapped
from cchc.reasons import of_kind
from cchc.registry.check_versions import LAST
from cchc.registry.files import Placed
from cchc.registry.model import ENCODINGS, DatasetSpec, Selector, System, Unit
from cchc.registry.parse import Parsed
from cchc.registry.problems import Problem

_PASSWORD = re.compile(r"://[^/@]*:[^/@]+@")


def check_systems(parsed: Parsed) -> Iterator[Problem]:
    """Problems of systems/*.yaml."""
    spans: dict[str, list[Placed[Unit]]] = {}
    for unit in parsed.units:
        spans.setdefault(unit.item.agency_code, []).append(unit)
    maps = {placed.item.headings for placed in parsed.headings}
    seen: dict[str, str] = {}
    for system in parsed.systems:
        code, line = system.item.code, system.line_of("code")
        if code in seen:
            message, message_vi = f"{code} stands in {seen[code]} already", f"{code} đã có trong {seen[code]}"
            yield Problem(system.file, line, "duplicate_system", message, message_vi)
        seen.setdefault(code, system.file)
        if system.item.valid_to is not None and system.item.valid_to < system.item.valid_from:
            message, message_vi = "valid_to lies before valid_from", "valid_to trước valid_from"
            yield Problem(system.file, system.line_of("valid_to"), "schema", message, message_vi)
        if system.item.root and _PASSWORD.search(system.item.root):
            message, message_vi = "an address must not hold a password", "địa chỉ không được chứa mật khẩu"
            yield Problem(system.file, system.line_of("root"), "password_in_root", message, message_vi)
        names: set[str] = set()
        for number, spec in enumerate(system.item.datasets):
            if spec.dataset in names:
                message, message_vi = f"dataset {spec.dataset} stands twice", f"dữ liệu {spec.dataset} bị lặp"
                at = system.line_of("datasets", number, "dataset")
                yield Problem(system.file, at, "duplicate_dataset", message, message_vi)
            names.add(spec.dataset)
            yield from _dialect(system, number, spec, maps)
            yield from _encoding(system, number, spec)
            yield from _departures(system, number, spec)
            yield from _units(system, number, spec, spans)


def _departures(system: Placed[System], number: int, spec: DatasetSpec) -> Iterator[Problem]:
    """What a system's files may lack, how its codes look, and what it is not to be forgiven."""
    columns = {column.name for column in DATASETS[spec.dataset].file_columns}
    codes = {column.name for column in DATASETS[spec.dataset].file_columns if column.identifies}
    warnings = set(of_kind("warning"))
    for field, told, known in (
        ("optional", spec.optional, columns),
        ("code_patterns", spec.code_patterns, codes),
        ("not_tolerated", spec.not_tolerated, warnings),
    ):
        for name in sorted(set(told) - known):
            message = f"{field}: no {name} for {spec.dataset}; known: {', '.join(sorted(known))}"
            message_vi = f"{field}: {spec.dataset} không có {name}; có: {', '.join(sorted(known))}"
            yield Problem(system.file, system.line_of("datasets", number, field), "schema", message, message_vi)
    for name, pattern in spec.code_patterns.items():
        try:
            duckdb.execute("select regexp_full_match('', ?)", [pattern])
        except duckdb.Error:
            message, message_vi = (
                f"{name}: no regular expression of DuckDB",
                f"{name}: biểu thức chính quy không hợp lệ",
            )
            at = system.line_of("datasets", number, "code_patterns")
            yield Problem(system.file, at, "schema", message, message_vi)


def _dialect(system: Placed[System], number: int, spec: DatasetSpec, maps: set[str]) -> Iterator[Problem]:
    if spec.dialect not in dialects_of(spec.dataset):
        known = ", ".join(sorted(dialects_of(spec.dataset)))
        message = f"no dialect {spec.dialect} for {spec.dataset}; known: {known}"
        message_vi = f"{spec.dataset} không có dạng {spec.dialect}; có: {known}"
        yield Problem(
            system.file, system.line_of("datasets", number, "dialect"), "unknown_dialect", message, message_vi
        )
    elif is_mapped(spec.dataset, spec.dialect) and spec.headings not in maps:
        message = f"no heading map {spec.headings} in headings.csv"
        message_vi = f"headings.csv không có bộ tiêu đề {spec.headings}"
        at = system.line_of("datasets", number, "headings")
        yield Problem(system.file, at, "unknown_headings", message, message_vi)


def _encoding(system: Placed[System], number: int, spec: DatasetSpec) -> Iterator[Problem]:
    if spec.encoding is not None and spec.encoding.lower() not in ENCODINGS:
        known = ", ".join(ENCODINGS)
        at = system.line_of("datasets", number, "encoding")
        message = f"no encoding {spec.encoding}; known: {known}"
        message_vi = f"không có bảng mã {spec.encoding}; có: {known}"
        yield Problem(system.file, at, "unknown_encoding", message, message_vi)


def _units(
    system: Placed[System], number: int, spec: DatasetSpec, spans: dict[str, list[Placed[Unit]]]
) -> Iterator[Problem]:
    at = ("datasets", number, "units")
    if isinstance(spec.units, Selector):
        if spec.units.under not in spans:
            yield _unknown_unit(system.file, system.line_of(*at, "under"), spec.units.under)
        return
    seen: set[str] = set()
    for position, code in enumerate(spec.units):
        line = system.line_of(*at, position)
        if code not in spans:
            yield _unknown_unit(system.file, line, code)
            continue
        if code in seen:
            yield Problem(system.file, line, "duplicate_unit", f"{code} stands twice", f"{code} bị lặp")
        seen.add(code)
        first, last = system.item.valid_from, system.item.valid_to
        versions = [unit.item for unit in spans[code]]
        if not any(unit.valid_from <= (last or LAST) and first <= (unit.valid_to or LAST) for unit in versions):
            message = f"{code} is never valid while the system is"
            message_vi = f"{code} không có hiệu lực trong thời gian dùng hệ thống"
            yield Problem(system.file, line, "unit_not_valid", message, message_vi)


def _unknown_unit(file: str, line: int, code: str) -> Problem:
    return Problem(file, line, "unknown_unit", f"no unit {code} in units.csv", f"units.csv không có đơn vị {code}")
