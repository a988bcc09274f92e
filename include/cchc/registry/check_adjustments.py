"""Rules of adjustments.csv: each is of a unit, a method and a period that there are, and takes or gives something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cchc.registry.parse import Parsed
from cchc.registry.problems import Problem


def check_adjustments(parsed: Parsed, criteria: Mapping[str, frozenset[str]]) -> Iterator[Problem]:
    """Problems of adjustments.csv. ``criteria``: those that each method scores."""
    seen: dict[str, int] = {}
    for placed in parsed.adjustments:
        item, wrong = placed.item, []
        if item.adjustment in seen:
            line = seen[item.adjustment]
            wrong.append(("duplicate_adjustment", f"{item.adjustment} stands on line {line}", f"đã có ở dòng {line}"))
        seen.setdefault(item.adjustment, placed.line)
        if item.period_end < item.period_start:
            wrong.append(("schema", "period_end lies before period_start", "period_end trước period_start"))
        if not item.points:
            wrong.append(("schema", "an adjustment of 0 points is none", "điều chỉnh 0 điểm là không điều chỉnh"))
        if item.method not in criteria:
            wrong.append(("unknown_method", f"no method {item.method}", f"không có bộ chỉ số {item.method}"))
        elif item.criterion is not None and item.criterion not in criteria[item.method]:
            message = f"{item.method} does not score {item.criterion}"
            wrong.append(("unknown_criterion", message, f"{item.method} không chấm {item.criterion}"))
        if not any(
            unit.item.agency_code == item.unit_code
            and unit.item.valid_from <= item.period_end
            and (unit.item.valid_to is None or unit.item.valid_to >= item.period_start)
            for unit in parsed.units
        ):
            message = f"no unit {item.unit_code} in that period"
            wrong.append(("unknown_unit", message, f"không có đơn vị {item.unit_code} trong kỳ"))
        for rule, message, message_vi in wrong:
            yield Problem(placed.file, placed.line, rule, message, message_vi)
