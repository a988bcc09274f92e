"""Verdicts under any rounding: what follows from its parts is never called wrong, what does not never right."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cchc.claims import Claim, Verdict, claims_of, explanation, judge, judge_all
from cchc.claims.expression import evaluate
from cchc.claims.rounding import half_up, truncated

COUNT = st.integers(1, 10**7)
DECIMALS = st.integers(0, 4)


def rate(numerator: object, denominator: object, value: object, decimals: object = "", **more: str) -> Claim:
    return Claim(
        statement_type="percent",
        numerator=str(numerator),
        denominator=str(denominator),
        value=str(value),
        decimals=str(decimals),
        **more,
    )


def total(numerator: object, value: object, **more: str) -> Claim:
    return Claim(statement_type="sum", numerator=str(numerator), value=str(value), **more)


def rounded(part: int, whole: int, decimals: int, how: str) -> Decimal:
    exact = Decimal(100 * part) / Decimal(whole)
    return exact.quantize(Decimal(1).scaleb(-decimals), how)


@settings(deadline=None)
@given(COUNT, COUNT, DECIMALS)
def test_a_rate_rounded_half_up_reproduces(part: int, whole: int, decimals: int) -> None:
    stated = rounded(part, whole, decimals, ROUND_HALF_UP)
    assert judge(rate(part, whole, stated, decimals)).verdict is Verdict.REPRODUCES_HALF_UP


@settings(deadline=None)
@given(COUNT, COUNT, DECIMALS)
def test_a_rate_cut_off_reproduces_and_says_so(part: int, whole: int, decimals: int) -> None:
    stated = rounded(part, whole, decimals, ROUND_DOWN)
    assume(stated != rounded(part, whole, decimals, ROUND_HALF_UP))
    assert judge(rate(part, whole, stated, decimals)).verdict is Verdict.REPRODUCES_TRUNCATED


@settings(deadline=None)
@given(COUNT, COUNT, DECIMALS, st.integers(2, 10**6), st.sampled_from([1, -1]))
def test_a_rate_off_by_two_digits_contradicts_itself(part: int, whole: int, decimals: int, off: int, sign: int) -> None:
    stated = rounded(part, whole, decimals, ROUND_HALF_UP) + sign * Decimal(off).scaleb(-decimals)
    judged = judge(rate(part, whole, stated, decimals))
    assert judged.verdict is Verdict.CONTRADICTS_ITSELF
    assert judged.recomputed is not None
    assert abs(judged.recomputed - Decimal(100 * part) / Decimal(whole)) <= Decimal("0.0000005")


@settings(deadline=None)
@given(st.lists(COUNT, min_size=2, max_size=6), st.integers(-5, 5))
def test_counts_add_up_or_not(parts: list[int], off: int) -> None:
    verdict = judge(total("+".join(map(str, parts)), sum(parts) + off)).verdict
    assert verdict is (Verdict.CONTRADICTS_ITSELF if off else Verdict.REPRODUCES_HALF_UP)


@settings(deadline=None)
@given(
    st.lists(st.decimals(0, 100, places=4), min_size=2, max_size=6),
    st.integers(1, 3),
    st.sampled_from([ROUND_HALF_UP, ROUND_DOWN]),
)
def test_a_sum_of_rounded_parts_is_never_accused(parts: list[Decimal], decimals: int, how: str) -> None:
    digit = Decimal(1).scaleb(-decimals)
    written = "+".join(str(part.quantize(digit, ROUND_HALF_UP)) for part in parts)
    stated = sum(parts, Decimal(0)).quantize(digit, how)
    assert judge(total(written, stated, decimals=str(decimals))).verdict is not Verdict.CONTRADICTS_ITSELF


@settings(deadline=None)
@given(st.decimals(1, 100, places=4), st.integers(1, 2))
def test_a_rate_of_a_rounded_score_is_never_accused(score: Decimal, decimals: int) -> None:
    shown = score.quantize(Decimal("0.01"), ROUND_HALF_UP)
    stated = (100 * score / 30).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert judge(rate(shown, 30, stated, decimals)).verdict is not Verdict.CONTRADICTS_ITSELF


@settings(deadline=None)
@given(COUNT, COUNT, COUNT, st.sampled_from(["hơn", "gần", "trên", "khoảng", ">", "≥", "xấp xỉ"]))
def test_a_word_that_leaves_it_open_never_accuses(part: int, whole: int, value: int, word: str) -> None:
    for claim in (rate(part, whole, value, slack=word), total(f"{part}+{whole}", value, slack=word)):
        judged = judge(claim)
        assert judged.verdict is Verdict.NOT_CHECKABLE and word in explanation(judged)


@pytest.mark.parametrize(
    ("text", "open_"),
    [
        ("có hơn 7.600 hồ sơ quá hạn", True),
        ("gần 7.600 hồ sơ", True),
        ("trên 7600 hồ sơ", True),
        ("từ 7.600 hồ sơ trở lên", True),
        ("more than 7,600 dossiers", True),
        ("cao hơn 7.600 hồ sơ", False),
        ("trên 90 điểm: 7.600 hồ sơ", False),
    ],
)
def test_the_word_counts_only_right_before_the_figure(text: str, open_: bool) -> None:
    judged = judge(total("7677", "7600", stated_text=text))
    assert judged.verdict is (Verdict.NOT_CHECKABLE if open_ else Verdict.CONTRADICTS_ITSELF)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        ("99.8", Verdict.NOT_CHECKABLE),
        ("99.9", Verdict.REPRODUCES_HALF_UP),
        ("100.1", Verdict.CONTRADICTS_ITSELF),
    ],
)
def test_the_slack_that_a_list_states(value: str, verdict: Verdict) -> None:
    assert judge(total("48.1+51.2+0.6", value, slack="0.1")).verdict is verdict


@pytest.mark.parametrize(("value", "fits"), [("3330", True), ("3331", False), ("9999", False)])
def test_slack_in_words_leaves_what_does_not_fit_open(value: str, fits: bool) -> None:
    verdict = judge(total("1360+920+1050", value, slack="parts rounded to billions")).verdict
    assert verdict is (Verdict.REPRODUCES_HALF_UP if fits else Verdict.NOT_CHECKABLE)


def test_the_golden_oddities() -> None:
    between = judge(rate("19.45", "20", "97.2"))  # 97.25: half-even or a binary float
    assert between.verdict is Verdict.REPRODUCES_TRUNCATED and "nửa về số chẵn" in explanation(between)
    assert judge(rate("72.74", "80", "90.93")).verdict is Verdict.REPRODUCES_HALF_UP  # half-even would give 90.92
    score = judge(rate("28.81", "30", "96.04"))
    assert score.verdict is Verdict.NOT_CHECKABLE and "96,0333" in explanation(score)
    swapped = judge(total("114+1183", "1279"))
    assert swapped.verdict is Verdict.CONTRADICTS_ITSELF and "gõ đảo" in explanation(swapped)
    few = judge(rate(55, 69, "79.71"))
    assert "1,4493 điểm phần trăm" in explanation(few)


def test_the_denominator_that_fits_is_named_and_when_only_another_would() -> None:
    rows = [
        {"denominator": "2896", "denominator_is": "received", "value": "31.08", "numerator": "900"},
        {"denominator": "2131", "denominator_is": "resolved", "value": "1.38", "numerator": "40"},
        {"denominator": "", "denominator_is": "", "value": "73.58", "numerator": "2131"},
        {"denominator": "", "denominator_is": "", "value": "12.34", "numerator": "2131"},
    ]
    same = {"source_url": "https://example.vn", "place": "phường", "period": "2025-07", "statement_type": "percent"}
    fits, another, found, none = judge_all(claims_of([{**same, **row} for row in rows]))
    assert "Mẫu số khớp: số tiếp nhận (2.896)" in explanation(fits)
    assert another.verdict is Verdict.CONTRADICTS_ITSELF
    assert "Chỉ khớp nếu chia cho số khác: số tiếp nhận (2.896)" in explanation(another)
    assert found.verdict is Verdict.REPRODUCES_HALF_UP and "khớp với số tiếp nhận (2.896)" in explanation(found)
    assert none.verdict is Verdict.NOT_CHECKABLE


def test_a_denominator_that_the_field_does_not_take_is_named() -> None:
    claim = rate(585116, 585336, "99.96", stated_text="đúng hạn 585.116, 99,96%", denominator_is="received")
    assert "thường chia cho số đã giải quyết; ở đây chia cho số tiếp nhận" in explanation(judge(claim))


@pytest.mark.parametrize(
    ("claim", "named"),
    [
        (total("1.2.3", "5"), "numerator"),
        (total("1+", "5"), "numerator"),
        (total("(1+2", "5"), "numerator"),
        (total("12 hồ sơ", "5"), "numerator"),
        (rate("1", "0", "5"), "denominator"),
        (rate("1", "2-2", "5"), "denominator"),
        (rate("1", "3/(1-1)", "5"), "denominator"),
        (total("1", "fünf"), "value"),
        (total("1", "1", decimals="x"), "decimals"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(claim: Claim, named: str) -> None:
    judged = judge(claim)
    assert judged.verdict is Verdict.NOT_CHECKABLE and f"cột {named}" in explanation(judged)


def test_an_unknown_type_is_no_accusation() -> None:
    judged = judge(Claim(statement_type="growth", numerator="1", value="2"))
    assert judged.verdict is Verdict.NOT_CHECKABLE and "growth" in explanation(judged)


@settings(deadline=None)
@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6), DECIMALS)
def test_both_roundings_are_within_a_digit(numerator: int, denominator: int, decimals: int) -> None:
    value, digit = Fraction(numerator, denominator), Fraction(1, 10**decimals)
    assert abs(half_up(value, decimals) - value) <= digit / 2
    assert abs(truncated(value, decimals)) <= abs(value) < abs(truncated(value, decimals)) + digit


@settings(deadline=None)
@given(st.lists(st.decimals(0, 1000, places=2), min_size=1, max_size=5))
def test_the_range_of_a_sum_holds_its_exact_value(parts: list[Decimal]) -> None:
    found = evaluate("+".join(map(str, parts)))
    assert found.low <= found.exact == sum(map(Fraction, parts)) <= found.high
