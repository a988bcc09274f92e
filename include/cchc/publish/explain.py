"""Why a unit's score moved between two periods: the two totals, and every criterion's change by cause.

In: ``ranking_v1`` for totals and ranks, ``unit_indicator_v1`` for figures and scores, ``method_criterion_v1`` for
the rules. Out: parts whose points add up to the difference of the two published totals (``publish/decompose.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from cchc.errors import BuildError, PermanentError
from cchc.publish.decompose import Cause, Figure, Part, Rule, Side, decompose
from cchc.publish.periods import Period, list_periods, one_period, period_before
from cchc.publish.read import Reader, open_reader
from cchc.settings import Settings
from cchc.table_file import write_csv

#: Stands for the criterion where a total was adjusted.
ADJUSTMENT = "ADJUSTMENT"
CSV_COLUMNS = ("unit_code", "criterion", "cause", "points")

Row = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """A unit in one period, as published. ``rank`` is None where it is not ranked."""

    period: Period
    method: str
    unit_name: str
    total: Decimal
    rank: int | None
    ranked_units: int | None
    adjustment: Decimal = Decimal(0)


@dataclass(frozen=True)
class Criterion:
    """One criterion of either method on both sides, and why it moved: no parts where it did not."""

    code: str
    name: str
    group: str
    before: Side
    after: Side
    parts: list[Part]


@dataclass(frozen=True)
class Explanation:
    """Two standings of a unit and, in the order of the methods, every criterion between them."""

    unit: str
    before: Standing
    after: Standing
    criteria: list[Criterion]

    @property
    def parts(self) -> list[Part]:
        """Their points sum up to ``change``; what a province takes off or gives is a line of its own."""
        parts = [part for criterion in self.criteria for part in criterion.parts]
        adjusted = self.after.adjustment - self.before.adjustment
        return [*parts, Part(ADJUSTMENT, Cause.ADJUSTMENT, adjusted)] if adjusted else parts

    @property
    def change(self) -> Decimal:
        """The later total minus the earlier one."""
        return self.after.total - self.before.total

    @property
    def groups(self) -> dict[str, Decimal]:
        """By name of the group, the change of its total; those that did not move are left out."""
        sums: dict[str, Decimal] = {}
        for criterion in self.criteria:
            points = sum((part.points for part in criterion.parts), Decimal(0))
            sums[criterion.group] = sums.get(criterion.group, Decimal(0)) + points
        return {group: points for group, points in sums.items() if points}

    def write(self, path: Path) -> Path:
        """All parts as CSV: ``unit_code, criterion, cause, points``."""
        return write_csv(path, CSV_COLUMNS, ([self.unit, p.criterion, p.cause, p.points] for p in self.parts))


def explain(
    settings: Settings, unit: str, period: str, against: str | None = None, method: str | None = None
) -> Explanation:
    """The change of a unit's score from one period to another, periods by label (``2026-09``, ``2026-Q3``, ``2026``,
    ``START_END``).

    Without ``against``: from the period of the same kind that ends the day before. Without ``method``: each period by
    its own default method. Raises ``PermanentError`` where a period, or the unit's total in it, is not there.
    """
    with open_reader(settings) as reader:
        periods = list_periods(reader)
        later = one_period(reader, period)
        earlier = one_period(reader, against) if against else _one_before(periods, later)
        if earlier.id == later.id:
            raise PermanentError(f"{later.label} against itself: name another period")
        before, after = (_standing(reader, unit, each, method) for each in (earlier, later))
        found = Explanation(unit, before, after, _criteria(reader, unit, before, after))
    if (unexplained := found.change - sum((part.points for part in found.parts), Decimal(0))) != 0:
        raise BuildError(f"totals of {unit} are not the sums of their criteria ({unexplained:+f}): build the warehouse")
    return found


def _one_before(periods: list[Period], later: Period) -> Period:
    if found := period_before(periods, later):
        return found
    known = ", ".join(each.label for each in periods if each.id != later.id) or "none"
    raise PermanentError(
        f"no one period of the series {later.series or later.kind!r} ends on {later.start - timedelta(days=1)}, "
        f"the day before {later.label}: name the one to compare with, --against (there are: {known})"
    )


def _standing(reader: Reader, unit: str, period: Period, method: str | None) -> Standing:
    rows = reader.rows(
        "select unit_name, method, is_default_method, total, rank, ranked_units, adjustment from pub.ranking_v1 "
        "where unit_code = ? and period_id = ? order by method",
        [unit, period.id],
    )
    chosen = [row for row in rows if (row["is_default_method"] if method is None else row["method"] == method)]
    if not chosen:
        known = ", ".join(row["method"] for row in rows)
        asked = "by the default method" if method is None else f"by {method}"
        raise PermanentError(f"{unit} has no score of {period.label} {asked} (there are: {known or 'none'})")
    row = chosen[0]
    return Standing(
        period, row["method"], row["unit_name"], row["total"], row["rank"], row["ranked_units"], row["adjustment"]
    )


def _criteria(reader: Reader, unit: str, before: Standing, after: Standing) -> list[Criterion]:
    """Those of the new method in its order, then those that only the old one has."""
    old_method, new_method = _described(reader, before.method), _described(reader, after.method)
    old, new = _sides(reader, unit, before, old_method), _sides(reader, unit, after, new_method)
    criteria = []
    for code, described in (new_method | {c: row for c, row in old_method.items() if c not in new_method}).items():
        sides = old.get(code, Side()), new.get(code, Side())
        criteria.append(
            Criterion(code, described["criterion_en"], described["group_en"], *sides, decompose(code, *sides))
        )
    return criteria


def _described(reader: Reader, method: str) -> dict[str, Row]:
    """By criterion, in the method's order: names and rule."""
    rows = reader.rows(
        "select criterion, criterion_en, coalesce(group_en, group_name) as group_en, max_score, full_at_percent, "
        "zero_denominator from pub.method_criterion_v1 where method = ? order by position, criterion",
        [method],
    )
    return {row["criterion"]: row for row in rows}


def _sides(reader: Reader, unit: str, standing: Standing, described: dict[str, Row]) -> dict[str, Side]:
    """By indicator, also those that the period measured and its method does not score."""
    rules = {
        code: Rule(row["max_score"], row["full_at_percent"], row["zero_denominator"]) for code, row in described.items()
    }
    figures = reader.rows(
        "select indicator, numerator, denominator, source, score from pub.unit_indicator_v1 "
        "where unit_code = ? and period_id = ? and method = ?",
        [unit, standing.period.id, standing.method],
    )
    sides = {code: Side(rule=rule) for code, rule in rules.items()}
    for row in figures:
        whole = row["numerator"] is not None and row["denominator"] is not None
        figure = Figure(row["numerator"], row["denominator"], row["source"]) if whole else None
        sides[row["indicator"]] = Side(row["score"], figure, rules.get(row["indicator"]))
    return sides
