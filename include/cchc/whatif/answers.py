"""Two questions to a standing: what given cases bring, and how few bring it further. Other units stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from cchc.errors import PermanentError
from cchc.whatif.points import Band, band_of, fewest, next_band, next_rank, rank_of, score
from cchc.whatif.standing import Measure, Standing


@dataclass(frozen=True)
class Changed:
    """A criterion with ``more`` cases in its numerator, and its score then."""

    measure: Measure
    more: int
    score: Decimal


@dataclass(frozen=True)
class Outcome:
    """The unit after a change; ``rank`` is None where it is not ranked."""

    changed: tuple[Changed, ...]
    total: Decimal
    band: Band | None
    rank: int | None


@dataclass(frozen=True)
class Goal:
    """Something to reach and the fewest more cases by criterion, each criterion alone; None: not by that one alone.

    ``name``: ``full`` (full marks of the criterion), ``band`` or ``rank``. ``text`` names the band or rank, and
    ``total`` is what it takes. ``cheapest``: the criterion with the fewest (of equals the first of the method); 0 are
    no cases to add and count for nothing.
    """

    name: str
    text: str
    total: Decimal | None
    cases: Mapping[str, int | None]
    cheapest: str | None


def change(standing: Standing, more: Mapping[str, int]) -> Outcome:
    """Scores, total, band and rank with more (or fewer) cases in the numerators of the criteria named.

    ``PermanentError`` for a criterion that is not scored, and for a numerator below zero or beyond its denominator.
    """
    known = {measure.rule.code: measure for measure in standing.measures}
    if lacking := [code for code in more if code not in known]:
        raise PermanentError(
            f"{standing.method} scores no {', '.join(lacking)} of {standing.unit_code} in {standing.period.label}; "
            f"there are {', '.join(known)}"
        )
    changed = tuple(_changed(known[code], number) for code, number in more.items())
    total = standing.total + sum((each.score - each.measure.score for each in changed), Decimal(0))
    return Outcome(
        changed,
        total,
        band_of(standing.bands, total, standing.max_attainable),
        None if standing.rank is None else rank_of(total, standing.others, standing.tie_rule),
    )


def _changed(measure: Measure, more: int) -> Changed:
    most = max(0, floor(measure.denominator - measure.numerator))
    if more > most or measure.numerator + more < 0:
        least = floor(measure.numerator)
        raise PermanentError(
            f"{measure.rule.code} has {measure.numerator.normalize():f} of {measure.denominator.normalize():f}: "
            f"it takes from -{least} to +{most}, not {more:+d}"
        )
    return Changed(measure, more, score(measure.rule, measure.numerator + more, measure.denominator))


def fewest_cases(standing: Standing) -> list[Goal]:
    """Full marks, the next band and the next better rank, as far as there is one, by the criteria that exports give."""
    own = [measure for measure in standing.measures if measure.source == "exports"]
    goals = [_goal("full", "full marks", None, {m.rule.code: _more(m, Fraction(m.rule.max_score)) for m in own})]
    if band := next_band(standing.bands, standing.total, standing.max_attainable):
        # totals have two decimals, so the first that reaches the bound is the bound rounded up
        goals.append(_by_total(standing, own, "band", f"{band[0].name_en} ({band[0].name_vi})", _up(band[1])))
    if standing.rank is not None and (place := next_rank(standing.total, standing.others, standing.tie_rule)):
        goals.append(_by_total(standing, own, "rank", f"rank {place[0]}", place[1]))
    return goals


def _by_total(standing: Standing, own: list[Measure], name: str, text: str, total: Decimal) -> Goal:
    lacking = total - standing.total
    return _goal(name, text, total, {m.rule.code: _more(m, Fraction(m.score + lacking)) for m in own})


def _more(measure: Measure, wanted: Fraction) -> int | None:
    return fewest(measure.rule, measure.numerator, measure.denominator, wanted)


def _goal(name: str, text: str, total: Decimal | None, cases: Mapping[str, int | None]) -> Goal:
    needed = {code: number for code, number in cases.items() if number}
    return Goal(name, text, total, cases, min(needed, key=lambda code: needed[code], default=None))


def _up(points: Fraction) -> Decimal:
    return Decimal(-floor(-points * 100)).scaleb(-2)
