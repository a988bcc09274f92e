"""Rules of the unit tree: versions of a code, parents, administrative codes, and the figures and targets of units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from cchc.registry.check_versions import LAST, versions
from cchc.registry.files import Placed
from cchc.registry.model import Unit
from cchc.registry.parse import Parsed
from cchc.registry.problems import Problem


def check_units(parsed: Parsed) -> Iterator[Problem]:
    """Overlaps, gaps, unknown or lapsed parents, circles, administrative codes used twice, unknown units elsewhere."""
    yield from versions(parsed.units, lambda item: item.agency_code, "unit", "đơn vị")
    by_code: dict[str, list[Placed[Unit]]] = defaultdict(list)
    for placed in parsed.units:
        by_code[placed.item.agency_code].append(placed)
    for placed in parsed.units:
        yield from _parent(placed, by_code)
    yield from _admin_codes(parsed)
    for target in parsed.targets:
        code = target.item.unit_code
        if code is not None and code not in by_code:
            yield _unknown(target.file, target.line, code)
    for figure in parsed.published_figures:
        if figure.item.unit_code not in by_code:
            yield _unknown(figure.file, figure.line, figure.item.unit_code)


def _unknown(file: str, line: int, code: str) -> Problem:
    return Problem(file, line, "unknown_unit", f"no unit {code} in units.csv", f"units.csv không có đơn vị {code}")


def _parent(placed: Placed[Unit], by_code: dict[str, list[Placed[Unit]]]) -> Iterator[Problem]:
    unit = placed.item
    if unit.parent is None:
        if unit.level != "province":
            message, message_vi = f"{unit.agency_code} has no parent", f"{unit.agency_code} thiếu đơn vị cấp trên"
            yield Problem(placed.file, placed.line, "unknown_parent", message, message_vi)
        return
    if unit.parent not in by_code:
        message = f"no unit {unit.parent}, the parent of {unit.agency_code}"
        message_vi = f"không có đơn vị {unit.parent}, cấp trên của {unit.agency_code}"
        yield Problem(placed.file, placed.line, "unknown_parent", message, message_vi)
        return
    if _in_circle(unit.agency_code, by_code):
        message, message_vi = f"{unit.agency_code} is its own ancestor", f"{unit.agency_code} là cấp trên của chính nó"
        yield Problem(placed.file, placed.line, "parent_circle", message, message_vi)
        return
    day = _uncovered(unit.valid_from, unit.valid_to or LAST, [one.item for one in by_code[unit.parent]])
    if day is not None:
        message = f"the parent {unit.parent} of {unit.agency_code} is not valid on {day}"
        message_vi = f"đơn vị cấp trên {unit.parent} của {unit.agency_code} không có hiệu lực ngày {day}"
        yield Problem(placed.file, placed.line, "parent_not_valid", message, message_vi)


def _in_circle(code: str, by_code: dict[str, list[Placed[Unit]]]) -> bool:
    todo, seen = [one.item.parent for one in by_code[code]], set()
    while todo:
        parent = todo.pop()
        if parent == code:
            return True
        if parent is not None and parent not in seen:
            seen.add(parent)
            todo += [one.item.parent for one in by_code.get(parent, [])]
    return False


def _uncovered(start: date, end: date, units: list[Unit]) -> date | None:
    """The first day of a span on which none of the versions is valid."""
    day = start
    for unit in sorted(units, key=lambda item: item.valid_from):
        if unit.valid_from > day:
            break
        if (last := unit.valid_to or LAST) >= day:
            if last >= end:
                return None
            day = last + timedelta(days=1)
    return day


def _admin_codes(parsed: Parsed) -> Iterator[Problem]:
    by_admin: dict[tuple[str, str], list[Placed[Unit]]] = defaultdict(list)
    for placed in parsed.units:
        if placed.item.admin_code:
            by_admin[placed.item.level, placed.item.admin_code].append(placed)
    for (_, admin), found in by_admin.items():
        found.sort(key=lambda one: one.item.valid_from)
        for before, after in pairwise(found):
            same = before.item.agency_code == after.item.agency_code
            if not same and after.item.valid_from <= (before.item.valid_to or LAST):
                message = f"administrative code {admin} belongs to {before.item.agency_code} too (line {before.line})"
                message_vi = f"mã hành chính {admin} cũng là của {before.item.agency_code} (dòng {before.line})"
                yield Problem(after.file, after.line, "duplicate_admin_code", message, message_vi)
