"""Rules of mergers.csv: both units are there on the days around a merger, and the shares of a split unit are whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from cchc.registry.files import Placed
from cchc.registry.model import Merger, Unit
from cchc.registry.parse import Parsed
from cchc.registry.problems import Problem

Row = Placed[Merger]


def check_mergers(parsed: Parsed) -> Iterator[Problem]:
    """Units that are not there, rows that stand twice, weights that do not add up or have no source."""
    own_units = any(placed.own for placed in parsed.units)
    rows = [one for one in parsed.mergers if one.own or not own_units]  # the packaged ones speak of packaged units
    by_admin: dict[str, list[Unit]] = defaultdict(list)
    for placed in parsed.units:
        if placed.item.admin_code:
            by_admin[placed.item.admin_code].append(placed.item)
    for row in rows:
        yield from _units(row, by_admin)
    yield from _weights(rows)


def _units(row: Row, by_admin: dict[str, list[Unit]]) -> Iterator[Problem]:
    merger = row.item
    eve, level = merger.effective_from - timedelta(days=1), merger.old_level
    old = _valid(by_admin[merger.old_admin_code], eve, level)
    new = _valid(by_admin[merger.new_admin_code], merger.effective_from)
    sides = (("old", merger.old_admin_code, eve, old), ("new", merger.new_admin_code, merger.effective_from, new))
    for side, code, day, found in sides:
        said = merger.unlisted in (side, "both")
        if found and said:
            message = f"{side} unit {code} is marked unlisted and stands in units.csv on {day}"
            message_vi = f"đơn vị {code} ghi là unlisted nhưng có trong units.csv ngày {day}"
            yield Problem(row.file, row.line, "merger_unit", message, message_vi)
        elif not found and not said:
            message = f"no {side} unit {code} on {day} in units.csv; if it shall not stand there, write unlisted={side}"
            message_vi = f"units.csv không có đơn vị {code} ngày {day}; nếu cố ý thì ghi unlisted={side}"
            yield Problem(row.file, row.line, "merger_unit", message, message_vi)
        elif len(found) > 1:
            codes = ", ".join(sorted(unit.agency_code for unit in found))
            message = f"{side} unit {code} may be {codes} on {day}"
            message_vi = f"mã {code} ngày {day} có thể là {codes}"
            yield Problem(row.file, row.line, "merger_unit", message, message_vi)


def _valid(units: list[Unit], day: date, level: str | None = None) -> list[Unit]:
    return [unit for unit in units if unit.valid_on(day) and level in (None, unit.level)]


def _weights(rows: list[Row]) -> Iterator[Problem]:
    parts: dict[tuple[str, str, date], list[Row]] = defaultdict(list)
    for row in rows:
        parts[row.item.old_level, row.item.old_admin_code, row.item.effective_from].append(row)
        if row.item.weight is not None and not row.item.weight_source:
            message = "a weight needs its weight_source"
            yield Problem(row.file, row.line, "weight_source", message, "trọng số phải có nguồn (weight_source)")
    for (_, code, _), found in parts.items():
        last = found[-1]
        if len({one.item.new_admin_code for one in found}) < len(found):
            message, message_vi = f"{code} goes to one unit twice", f"{code} nhập vào một đơn vị hai lần"
            yield Problem(last.file, last.line, "merger_twice", message, message_vi)
        weights = [one.item.weight for one in found if one.item.weight is not None]
        if weights and (len(weights) < len(found) or sum(weights, Decimal(0)) != 1):
            told = " + ".join(str(one.item.weight) if one.item.weight is not None else "none" for one in found)
            message = f"weights of {code} must add up to 1, or none may be given: {told}"
            message_vi = f"tổng trọng số của {code} phải bằng 1, hoặc để trống tất cả: {told}"
            yield Problem(last.file, last.line, "weights_not_whole", message, message_vi)
