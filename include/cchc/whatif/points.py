"""The arithmetic of scores, exact and without a warehouse: a criterion's score, a total's band and rank, fewest cases.

The rules are those of the models ``fct_unit_score`` and ``fct_ranking`` (tests score the same numbers both ways);
weights, thresholds and bounds are dated data of the method and come from outside. Points carry two decimals, half-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Literal


@dataclass(frozen=True)
class Criterion:
    """How a method scores one criterion: ``max_score`` points from ``full_at_percent`` on, less in proportion."""

    code: str
    max_score: Decimal
    full_at_percent: Decimal
    zero_denominator: Literal["zero", "maximum"]


@dataclass(frozen=True)
class Band:
    """A class of totals (xếp loại); ``lower_bound`` is inclusive, of 100."""

    code: str
    name_vi: str
    name_en: str
    lower_bound: Decimal


def score(rule: Criterion, numerator: Decimal, denominator: Decimal) -> Decimal:
    """min(max, max x ratio / threshold) in points; without a denominator what the method says."""
    if denominator <= 0:
        return rule.max_score if rule.zero_denominator == "maximum" else Decimal("0.00")
    share = Fraction(numerator) * 100 / (Fraction(denominator) * Fraction(rule.full_at_percent))
    hundredths = floor(Fraction(rule.max_score) * share * 100 + Fraction(1, 2))
    return min(rule.max_score, Decimal(hundredths).scaleb(-2))


def fewest(rule: Criterion, numerator: Decimal, denominator: Decimal, wanted: Fraction | Decimal) -> int | None:
    """Fewest more cases in the numerator, the denominator unchanged, that score at least ``wanted``; 0 if it does now.

    None where not even a numerator as great as the denominator does. The score never falls when the numerator rises,
    so halving finds the first that is enough.
    """
    target = Fraction(wanted)
    most = max(0, floor(denominator - numerator))

    def enough(more: int) -> bool:
        return Fraction(score(rule, numerator + more, denominator)) >= target

    if not enough(most):
        return None
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def band_of(bands: Sequence[Band], total: Decimal, max_attainable: Decimal) -> Band | None:
    """The band with the greatest bound that the total reaches; bounds are shares of the maximum attainable."""
    reached = [band for band in bands if _bound(band, max_attainable) <= Fraction(total)] if max_attainable > 0 else []
    return max(reached, key=lambda band: band.lower_bound, default=None)


def next_band(bands: Sequence[Band], total: Decimal, max_attainable: Decimal) -> tuple[Band, Fraction] | None:
    """The lowest band not reached yet and the total it takes; None at the top."""
    above = [band for band in bands if _bound(band, max_attainable) > Fraction(total)] if max_attainable > 0 else []
    if not above:
        return None
    found = min(above, key=lambda band: band.lower_bound)
    return found, _bound(found, max_attainable)


def rank_of(total: Decimal, others: Sequence[Decimal], tie_rule: str = "shared") -> int:
    """Place among the other units ranked together. Ties share a rank; the next one is skipped, or not (``dense``)."""
    better = [other for other in others if other > total]
    return 1 + len(set(better) if tie_rule == "dense" else better)


def next_rank(total: Decimal, others: Sequence[Decimal], tie_rule: str = "shared") -> tuple[int, Decimal] | None:
    """The next better rank and the total it takes: that of the next unit above, whose rank is then shared."""
    above = [other for other in others if other > total]
    if not above:
        return None
    taken = min(above)
    return rank_of(taken, others, tie_rule), taken


def _bound(band: Band, max_attainable: Decimal) -> Fraction:
    return Fraction(band.lower_bound) * Fraction(max_attainable) / 100
