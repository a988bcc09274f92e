"""Why every unit of a page moved since the period before: by criterion, from what to what, and the causes.

In: ``ranking_v1`` and ``unit_indicator_v1`` of two periods, at once for all units (``publish/explain.py`` does it for
one unit and names more). Out: tables by position of the unit; the points of a unit add up to its change of total.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cchc.publish.decompose import Cause, Figure, Rule, Side, decompose
from cchc.publish.explain import ADJUSTMENT
from cchc.publish.periods import Period, list_periods, period_before
from cchc.publish.read import Reader
from cchc.publish.values import number

Row = dict[str, Any]
#: What the causes do not account for; none, unless the warehouse contradicts itself.
UNEXPLAINED = "unexplained"


def period_changes(
    reader: Reader, period: Period, units: Mapping[str, int], methods: Mapping[str, int]
) -> dict[str, Any]:
    """``against``: the period before (null where there is none); ``names`` of criteria; ``units`` by method and unit.

    Of a unit: method, total, rank and ranked units before; then a list of criterion, score before and after, numerator
    and denominator before, and its causes with points. A unit without a total on either side is left out.
    """
    earlier = period_before(list_periods(reader), period)
    found: list[dict[int, Any]] = [{} for _ in methods]
    if earlier is None:
        return {"against": None, "names": {}, "units": found}
    rules, names = _rules(reader)
    old, new = _ranking(reader, earlier), _ranking(reader, period)
    then, now = _figures(reader, earlier), _figures(reader, period)
    default = {method for (_, method), row in old.items() if row["is_default_method"]}
    known = {method for _, method in old}
    used: set[str] = set()
    for method, place in methods.items():
        other = method if method in known else next(iter(sorted(default)), None)
        if other is None:
            continue
        criteria = dict.fromkeys([*rules.get(method, {}), *rules.get(other, {})])
        for unit, position in units.items():
            before, after = old.get((unit, other)), new.get((unit, method))
            if before is None or after is None or before["total"] is None or after["total"] is None:
                continue
            lines = _lines(
                criteria,
                _sides(then.get((unit, other), {}), rules.get(other, {})),
                _sides(now.get((unit, method), {}), rules.get(method, {})),
            )
            lines += _rest(before, after, lines)
            used.update(line[0] for line in lines)
            stood = [other, number(before["total"]), before["rank"], before["ranked_units"]]
            found[place][position] = [*stood, [_plain(line) for line in lines]]
    against = {"label": earlier.label, "vi": earlier.name_vi, "en": earlier.name_en}
    return {"against": against, "names": {code: names[code] for code in sorted(used) if code in names}, "units": found}


def _lines(criteria: Mapping[str, None], before: Mapping[str, Side], after: Mapping[str, Side]) -> list[list[Any]]:
    """Criteria whose published score moved, the greatest move first."""
    lines = []
    for criterion in criteria:
        old, new = before.get(criterion, Side()), after.get(criterion, Side())
        moved = (new.score or Decimal(0)) - (old.score or Decimal(0))
        if moved:
            causes = [[str(part.cause), part.points] for part in decompose(criterion, old, new)]
            lines.append([criterion, old.score, new.score, old.figure, moved, causes])
    return sorted(lines, key=lambda line: -abs(line[4]))


def _rest(before: Row, after: Row, lines: list[list[Any]]) -> list[list[Any]]:
    """What a province takes off or gives, and what nothing accounts for."""
    adjusted = after["adjustment"] - before["adjustment"]
    rest = after["total"] - before["total"] - adjusted - sum((line[4] for line in lines), Decimal(0))
    return [
        [code, None, None, None, points, [[cause, points]]]
        for code, cause, points in (
            (ADJUSTMENT, str(Cause.ADJUSTMENT), adjusted),
            (UNEXPLAINED.upper(), UNEXPLAINED, rest),
        )
        if points
    ]


def _plain(line: list[Any]) -> list[Any]:
    criterion, old, new, figure, moved, causes = line
    parts = [number(figure.numerator), number(figure.denominator)] if figure else None
    # rounding of less than a hundredth is in the scores beside it, and would be a line of noise
    told = [[cause, number(p)] for cause, p in causes if cause != Cause.ROUNDING or abs(p) > Decimal("0.01")]
    return [criterion, number(old), number(new), parts, number(moved), told or [[str(Cause.ROUNDING), number(moved)]]]


def _ranking(reader: Reader, period: Period) -> dict[tuple[str, str], Row]:
    rows = reader.rows(
        "select unit_code, method, is_default_method, total, adjustment, rank, ranked_units "
        "from pub.ranking_v1 where period_id = ?",
        [period.id],
    )
    return {(row["unit_code"], row["method"]): row for row in rows}


def _figures(reader: Reader, period: Period) -> dict[tuple[str, str], dict[str, Any]]:
    """By unit and method, by indicator: numerator, denominator, source, score."""
    found: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    _, rows = reader.stream(
        "select unit_code, method, indicator, numerator, denominator, source, score "
        "from pub.unit_indicator_v1 where period_id = ?",
        [period.id],
    )
    for unit, method, indicator, *figure in rows:
        found[unit, method][indicator] = figure
    return found


def _sides(figures: Mapping[str, Any], rules: Mapping[str, Rule]) -> dict[str, Side]:
    sides = {code: Side(rule=rule) for code, rule in rules.items()}
    for code, (above, below, source, score) in figures.items():
        figure = None if above is None or below is None else Figure(above, below, source)
        sides[code] = Side(score, figure, rules.get(code))
    return sides


def _rules(reader: Reader) -> tuple[dict[str, dict[str, Rule]], dict[str, Row]]:
    """By method its rules by criterion, in order; by criterion its names."""
    rules: dict[str, dict[str, Rule]] = defaultdict(dict)
    names: dict[str, Row] = {}
    for row in reader.rows(
        "select method, criterion, criterion_vi, criterion_en, max_score, full_at_percent, zero_denominator "
        "from pub.method_criterion_v1 order by method, position, criterion"
    ):
        rules[row["method"]][row["criterion"]] = Rule(row["max_score"], row["full_at_percent"], row["zero_denominator"])
        names.setdefault(row["criterion"], {"vi": row["criterion_vi"], "en": row["criterion_en"]})
    return rules, names
