"""Rules of the register of known errors: numbers and values that stand twice, systems and units that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from cchc.registry.parse import Parsed
from cchc.registry.problems import Problem


def check_corrections(parsed: Parsed) -> Iterator[Problem]:
    """Problems of corrections.csv: numbers that stand twice, values corrected twice, systems and units unknown."""
    systems = {placed.item.code for placed in parsed.systems}
    units = {placed.item.agency_code for placed in parsed.units}
    numbers: dict[int, int] = {}
    values: dict[tuple[str | None, ...], int] = {}
    for placed in parsed.corrections:
        one, file, line = placed.item, placed.file, placed.line
        if (first := numbers.setdefault(one.number, line)) != line:
            message, message_vi = f"{one.number} stands on line {first} already", f"{one.number} đã có ở dòng {first}"
            yield Problem(file, line, "duplicate_correction", message, message_vi)
        value = (one.dataset, one.system, one.key, one.column, one.expected_old)
        if (first := values.setdefault(value, line)) != line:
            message = f"{one.column} of {one.key} is corrected on line {first} already, from the same value"
            message_vi = f"{one.column} của {one.key} đã được đính chính ở dòng {first}, từ cùng giá trị"
            yield Problem(file, line, "duplicate_correction", message, message_vi)
        if one.system not in systems:
            yield Problem(file, line, "unknown_system", f"no system {one.system}", f"không có hệ thống {one.system}")
        if one.column == "handling_unit" and one.new_value not in units:
            message, message_vi = f"no unit {one.new_value}", f"không có đơn vị {one.new_value}"
            yield Problem(file, line, "unknown_unit", message, message_vi)
