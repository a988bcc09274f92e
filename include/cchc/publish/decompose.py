"""Why the score of one criterion moved: an exact decomposition into causes.

In: what a unit had for the criterion in two periods. Out: points by cause, to four decimals; their sum is the
published score after minus the published score before, always. Nothing is read, and no published score is recomputed.

One thing is changed at a time, on unrounded points (``min(maximum, maximum x ratio / threshold)``): first the rule,
under the old figures, then the figures, under the new rule. Between the two figures of one rule stands exactly one
cause, the first that holds:

``method``
    The old figures under the new rule minus the old figures under the old rule. A criterion that the other method
    does not score is worth nothing there.
``measured``
    Only one of the two periods has a figure: the criterion enters or leaves the total.
``synchronisation``
    The two figures come from different sources: exports, the national portal, or the unit's own declaration.
``volume``
    In one of the two periods there were no cases (zero denominator), and the rule says what that is worth. Otherwise
    volume has no points of its own: the score is a function of the ratio, and as many more cases as more good ones
    leave it where it was.
``performance``
    Both periods have cases, from one source: the ratio moved. A parent's ratio also moves where the shares of the
    units below it do, or those units: that is part of it.
``rounding``
    What remains up to the published scores: half-up rounding of each to two decimals (at most 0.005 a side), and of
    the other causes to four. More than 0.01 means that a published score does not follow from its figures.

``adjustment``
    Points that a province takes off or gives: of the whole total, never of a criterion's figures.

``late_data`` and ``correction`` part two editions of one period (``cchc.editions.changes``); ``population`` (the units
below a parent) would need the figures of those units, and gets no points here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

#: Points of a cause carry so many decimals, scores two.
DECIMALS = 4


class Cause(StrEnum):
    """The causes between two periods; see above."""

    METHOD = "method"
    MEASURED = "measured"
    SYNCHRONISATION = "synchronisation"
    VOLUME = "volume"
    PERFORMANCE = "performance"
    ADJUSTMENT = "adjustment"
    ROUNDING = "rounding"


@dataclass(frozen=True)
class Rule:
    """How a method scores a criterion; ``full_at_percent`` is the ratio, in per cent, that earns the maximum."""

    max_score: Decimal
    full_at_percent: Decimal
    zero_denominator: str

    def points(self, figure: Figure) -> Fraction:
        """The score of a figure before rounding, as an exact fraction."""
        if figure.denominator > 0:
            ratio = Fraction(figure.numerator) / Fraction(figure.denominator)
            most = Fraction(self.max_score)
            return min(most, most * ratio * 100 / Fraction(self.full_at_percent))
        return Fraction(self.max_score) if self.zero_denominator == "maximum" else Fraction(0)


@dataclass(frozen=True)
class Figure:
    """What was measured; source: ``exports``, ``portal`` or ``declared``."""

    numerator: Decimal
    denominator: Decimal
    source: str


@dataclass(frozen=True)
class Side:
    """A criterion in one period. None: not scored, not measured, not part of the period's method."""

    score: Decimal | None = None
    figure: Figure | None = None
    rule: Rule | None = None


@dataclass(frozen=True)
class Part:
    """Points of one cause in the change of one criterion. The cause is a text: who compares editions adds their own."""

    criterion: str
    cause: str
    points: Decimal


def decompose(criterion: str, before: Side, after: Side) -> list[Part]:
    """The causes with points, in the order above, rounding last; empty where nothing moved."""
    parts: list[Part] = []
    under_new_rule = _points(before.figure, after.rule)
    steps = [
        (Cause.METHOD, under_new_rule - _points(before.figure, before.rule)),
        (_between(before.figure, after.figure), _points(after.figure, after.rule) - under_new_rule),
    ]
    remainder = (after.score or Decimal(0)) - (before.score or Decimal(0))
    for cause, exact in steps:
        points = _rounded(exact)
        remainder -= points
        if points:
            parts.append(Part(criterion, cause, points))
    if remainder:
        parts.append(Part(criterion, Cause.ROUNDING, remainder))
    return parts


def _points(figure: Figure | None, rule: Rule | None) -> Fraction:
    return Fraction(0) if figure is None or rule is None else rule.points(figure)


def _between(before: Figure | None, after: Figure | None) -> Cause:
    """The cause that parts two figures of one rule."""
    if before is None or after is None:
        return Cause.MEASURED
    if before.source != after.source:
        return Cause.SYNCHRONISATION
    if before.denominator <= 0 or after.denominator <= 0:
        return Cause.VOLUME
    return Cause.PERFORMANCE


def _rounded(points: Fraction) -> Decimal:
    """Half-up, a loss as a gain of the same size: looking back from the later period only turns the sign."""
    units = (2 * abs(points) * 10**DECIMALS + 1) // 2
    return Decimal(units if points >= 0 else -units).scaleb(-DECIMALS)
