"""The arithmetic of scores: minimal, never falling, and the same as a slow count in whole numbers."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc.whatif.points import Band, Criterion, band_of, fewest, next_band, next_rank, rank_of, score

RULES = st.builds(
    Criterion,
    code=st.just("C"),
    max_score=st.integers(1, 5000).map(lambda n: Decimal(n).scaleb(-2)),
    full_at_percent=st.integers(1, 1_000_000).map(lambda n: Decimal(n).scaleb(-4)),
    zero_denominator=st.sampled_from(["zero", "maximum"]),
)
COUNTS = st.integers(0, 400).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))
POINTS = st.integers(0, 10_000).map(lambda n: Decimal(n).scaleb(-2))
BOUNDS = st.lists(POINTS, unique=True, max_size=6)


def bands(bounds: list[Decimal]) -> list[Band]:
    return [Band(str(bound), str(bound), str(bound), bound) for bound in bounds]


def slow_score(rule: Criterion, numerator: int, denominator: int) -> Decimal:
    """By long division with many digits, then rounded: another way to the same."""
    if denominator == 0:
        return rule.max_score if rule.zero_denominator == "maximum" else Decimal(0)
    with localcontext(prec=60):
        exact = rule.max_score * numerator * 100 / (denominator * rule.full_at_percent)
        return min(rule.max_score, exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("numerator", "denominator", "most", "full", "points"),
    [(107, 800, 20, 100, "2.68"), (67, 400, 6, 100, "1.01"), (1, 16, 2, 100, "0.13"), (2, 3, 6, 50, "6.00")],
)
def test_halves_are_rounded_up(numerator: int, denominator: int, most: int, full: int, points: str) -> None:
    rule = Criterion("C", Decimal(most), Decimal(full), "zero")
    assert score(rule, Decimal(numerator), Decimal(denominator)) == Decimal(points)


def test_without_a_denominator_the_method_decides() -> None:
    for says, points in (("zero", "0.00"), ("maximum", "6.00")):
        rule = Criterion("C", Decimal("6.00"), Decimal(100), says)  # type: ignore[arg-type]
        assert score(rule, Decimal(0), Decimal(0)) == Decimal(points)
        assert fewest(rule, Decimal(0), Decimal(0), Decimal("6.00")) == (0 if says == "maximum" else None)


@given(RULES, COUNTS)
def test_the_score_is_the_slow_one_and_never_falls(rule: Criterion, counts: tuple[int, int]) -> None:
    numerator, denominator = counts
    found = score(rule, Decimal(numerator), Decimal(denominator))
    assert found == slow_score(rule, numerator, denominator)
    assert 0 <= found <= rule.max_score
    assert score(rule, Decimal(numerator + 1), Decimal(denominator)) >= found


@given(RULES, COUNTS, POINTS)
def test_the_fewest_cases_are_the_first_that_count_up_to_it(
    rule: Criterion, counts: tuple[int, int], wanted: Decimal
) -> None:
    numerator, denominator = counts
    slow = [k for k in range(denominator - numerator + 1) if slow_score(rule, numerator + k, denominator) >= wanted]
    found = fewest(rule, Decimal(numerator), Decimal(denominator), wanted)
    assert found == (slow[0] if slow else None)
    if found:
        assert score(rule, Decimal(numerator + found), Decimal(denominator)) >= wanted
        assert score(rule, Decimal(numerator + found - 1), Decimal(denominator)) < wanted


@given(BOUNDS, POINTS, POINTS)
def test_the_next_band_begins_where_its_total_says(bounds: list[Decimal], total: Decimal, most: Decimal) -> None:
    total = min(total, most)
    found = next_band(bands(bounds), total, most)
    here = band_of(bands(bounds), total, most)
    reached = [bound for bound in bounds if most and total * 100 >= bound * most]
    assert (here.lower_bound if here else None) == max(reached, default=None)
    if found is None:
        assert not most or len(reached) == len(bounds)
    else:
        band, wanted = found
        assert total < wanted
        assert band.lower_bound == min(set(bounds) - set(reached))
        assert wanted * 100 == band.lower_bound * most


@given(st.lists(POINTS, max_size=12), POINTS, st.sampled_from(["shared", "dense"]))
def test_the_next_rank_is_the_least_total_that_betters_it(others: list[Decimal], total: Decimal, ties: str) -> None:
    place, found = rank_of(total, others, ties), next_rank(total, others, ties)
    above = [other for other in others if other > total]
    assert place == 1 + len(set(above) if ties == "dense" else above)
    if found is None:
        assert place == 1
    else:
        better, wanted = found
        assert better == rank_of(wanted, others, ties) < place
        assert rank_of(wanted - Decimal("0.01"), others, ties) == place
