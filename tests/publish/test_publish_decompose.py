"""The decomposition of a change of score: it always adds up, and a cause appears only where its definition holds."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc.publish.decompose import Cause, Figure, Part, Rule, Side, decompose

D = Decimal
PLAIN = Rule(D("20.00"), D(100), "zero")
AT_80, AT_90 = replace(PLAIN, full_at_percent=D(80)), replace(PLAIN, full_at_percent=D(90))
FULL_WITHOUT_CASES = replace(PLAIN, zero_denominator="maximum")


def side(numerator: object, denominator: object, rule: Rule | None = PLAIN, source: str = "exports") -> Side:
    """A side as the warehouse publishes it."""
    figure = Figure(D(str(numerator)), D(str(denominator)), source)
    return Side(published(figure, rule), figure, rule)


def published(figure: Figure | None, rule: Rule | None) -> Decimal | None:
    """The score in whole numbers, the way the models compute it."""
    if figure is None or rule is None:
        return None
    most = int(rule.max_score * 100)
    if figure.denominator == 0:
        return D(most if rule.zero_denominator == "maximum" else 0).scaleb(-2)
    a = most * int(figure.numerator * 10_000) * 1_000_000
    b = int(figure.denominator * 10_000) * int(rule.full_at_percent * 10_000)
    return D(min(most, (2 * a + b) // (2 * b))).scaleb(-2)


def causes(before: Side, after: Side) -> dict[str, Decimal]:
    return {part.cause: part.points for part in decompose("X", before, after)}


def test_bac_ninh_rose_by_progress_and_digitisation() -> None:
    """Published for two weeks of December 2025: 92.80, then 92.83, of six groups."""
    groups = ["TRANSPARENCY", "PROGRESS", "ONLINE_SERVICE", "PAYMENT", "SATISFACTION", "DIGITISATION"]
    most = [18, 20, 12, 10, 18, 22]
    first = [D(text) for text in ("15.82", "19.44", "8.53", "10.00", "17.86", "21.15")]
    second = [D(text) for text in ("15.82", "19.45", "8.53", "10.00", "17.86", "21.17")]
    assert (sum(first), sum(second)) == (D("92.80"), D("92.83"))
    parts = [
        part
        for group, top, old, new in zip(groups, most, first, second, strict=True)
        for part in decompose(
            group, *(side(total, top, Rule(D(top), D(100), "zero"), "portal") for total in (old, new))
        )
    ]
    assert parts == [
        Part("PROGRESS", Cause.PERFORMANCE, D("0.01")),
        Part("DIGITISATION", Cause.PERFORMANCE, D("0.02")),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # 13.333..., 13.999 and what rounding to 13.33 and 14.00 adds
        (side(2, 3), side("69.995", 100), {"performance": "0.6657", "rounding": "0.0043"}),
        (side(2, 3), side(200, 300), {}),  # many more cases, the same ratio: volume alone moves nothing
        (side(95, 100, AT_90), side(90, 100, AT_90), {}),
        (side(0, 0), side(1, 2), {"volume": "10.0000"}),
        (side(1, 2, FULL_WITHOUT_CASES), side(0, 0, FULL_WITHOUT_CASES), {"volume": "10.0000"}),
        (side(0, 0), side(0, 0), {}),
        (side(1, 2), side(3, 4, source="portal"), {"synchronisation": "5.0000"}),
        (side(0, 0), side(3, 4, source="portal"), {"synchronisation": "15.0000"}),
        (side(1, 2), side(1, 2, source="portal"), {}),
        (Side(rule=PLAIN), side(1, 2), {"measured": "10.0000"}),
        (side(1, 3), Side(rule=PLAIN), {"measured": "-6.6667", "rounding": "-0.0033"}),
        # the old ratio is worth 15 under the new threshold, the new one 18
        (side(6, 10), side(72, 100, AT_80), {"method": "3.0000", "performance": "3.0000"}),
        (side(1, 2), side(1, 2, None), {"method": "-10.0000"}),  # the new method drops the criterion
        (side(1, 2, None), side(3, 4), {"method": "10.0000", "performance": "5.0000"}),  # or takes it up
        (Side(), side(3, 4), {"measured": "15.0000"}),  # takes it up, and nobody measured it before
        (side(0, 0), side(0, 0, FULL_WITHOUT_CASES), {"method": "20.0000"}),
    ],
)  # fmt: skip
def test_each_cause_by_an_example(before: Side, after: Side, expected: dict[str, str]) -> None:
    assert causes(before, after) == {cause: D(points) for cause, points in expected.items()}


def test_a_score_that_does_not_follow_from_its_figures_shows_in_rounding() -> None:
    wrong = replace(side(3, 4), score=D("15.50"))
    assert causes(side(1, 2), wrong) == {"performance": D(5), "rounding": D("0.50")}


amounts = st.decimals(0, 10**6, places=4)
figures = st.builds(
    lambda share, denominator, source: Figure((denominator * share).quantize(D("0.0001")), denominator, source),
    st.decimals(0, D("1.2"), places=3),
    st.one_of(st.integers(0, 12).map(D), amounts),
    st.sampled_from(["exports", "portal"]),
)
rules = st.builds(
    Rule,
    st.decimals(0, 100, places=2),
    st.decimals(1, 100, places=4),
    st.sampled_from(["zero", "maximum"]),
)
shared = st.shared(rules, key="rule")  # often both sides have one rule
sides = st.tuples(st.none() | figures | figures, st.none() | rules | shared | shared).map(
    lambda pair: Side(published(*pair), *pair)
)


@settings(deadline=None)
@given(sides, sides, st.none() | st.decimals(-100, 100, places=2), st.booleans())
def test_it_always_adds_up(before: Side, after: Side, other: Decimal | None, is_wrong: bool) -> None:
    """Also where a published score has nothing to do with its figures."""
    after = replace(after, score=other) if is_wrong else after
    parts = decompose("X", before, after)
    assert sum(part.points for part in parts) == (after.score or 0) - (before.score or 0)
    assert all(part.points and part.points.as_tuple().exponent >= -4 for part in parts)
    assert len({part.cause for part in parts}) == len(parts)


@settings(deadline=None)
@given(sides, sides)
def test_rounding_is_small(before: Side, after: Side) -> None:
    assert abs(causes(before, after).get("rounding", D(0))) <= D("0.011")


@settings(deadline=None)
@given(sides, sides)
def test_no_cause_appears_that_its_definition_excludes(before: Side, after: Side) -> None:
    found = causes(before, after)
    old, new = before.figure, after.figure
    if before.rule == after.rule or old is None:
        assert "method" not in found
    between = set(found) - {"method", "rounding"}
    if after.rule is None or old == new:
        assert not between
    elif old is None or new is None:
        assert between <= {"measured"}
    elif old.source != new.source:
        assert between <= {"synchronisation"}
    elif (old.denominator == 0) != (new.denominator == 0):
        assert between <= {"volume"}
    elif old.denominator == 0 or old.numerator * new.denominator == new.numerator * old.denominator:
        assert not between
    else:
        assert between <= {"performance"}


@settings(deadline=None)
@given(rules, figures, figures)
def test_looking_back_turns_the_sign(rule: Rule, old: Figure, new: Figure) -> None:
    before, after = (Side(published(figure, rule), figure, rule) for figure in (old, new))
    assert causes(after, before) == {cause: -points for cause, points in causes(before, after).items()}


@settings(deadline=None)
@given(rules, figures, st.integers(2, 1000))
def test_volume_alone_moves_nothing(rule: Rule, figure: Figure, times: int) -> None:
    more = replace(figure, numerator=figure.numerator * times, denominator=figure.denominator * times)
    assert decompose("X", Side(published(figure, rule), figure, rule), Side(published(more, rule), more, rule)) == []
