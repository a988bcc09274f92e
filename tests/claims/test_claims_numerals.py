"""Numbers of Vietnamese texts, and of those that write them the other way round."""

from __future__ import annotations

from decimal import Decimal

import pytest
from claim_reports import vi
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc.claims.numerals import habit, read

WHOLE = st.integers(0, 10**12)


@settings(deadline=None)
@given(WHOLE)
def test_grouped_whole_numbers_come_back(value: int) -> None:
    found = read(vi(value), is_whole=True)
    assert found is not None and (found.value, found.decimals) == (value, 0)


@settings(deadline=None)
@given(WHOLE, st.integers(1, 2), st.integers(0, 99))
def test_decimals_come_back_with_their_digits(whole: int, decimals: int, digits: int) -> None:
    value = Decimal(whole) + Decimal(digits % 10**decimals).scaleb(-decimals)
    value = value.quantize(Decimal(1).scaleb(-decimals))
    found = read(vi(value))
    assert found is not None and (found.value, found.decimals) == (value, decimals)


@settings(deadline=None)
@given(WHOLE)
def test_english_groups_are_read_by_the_habit_of_the_text(value: int) -> None:
    found = read(f"{value:,}", decimal_sign=".")
    assert found is not None and found.value == value


@pytest.mark.parametrize(
    ("text", "options", "value"),
    [
        ("1.279", {"is_whole": True}, "1279"),
        ("1.279", {}, "1279"),
        ("44,855", {"is_whole": True}, "44855"),
        ("99.812", {"is_rate": True}, "99.812"),
        ("96.04", {"is_rate": True}, "96.04"),
        ("64,5", {"is_rate": True}, "64.5"),
        ("0.370", {}, "0.370"),
        ("21\u00a0882", {}, "21882"),
        ("1.234.567,89", {}, "1234567.89"),
    ],
)
def test_what_follows_decides_a_number_that_may_be_either(text: str, options: dict[str, bool], value: str) -> None:
    found = read(text, **options)  # type: ignore[arg-type]
    assert found is not None and found.value == Decimal(value)


@pytest.mark.parametrize("text", ["1.2.3", "1.23.456", "12,34,567"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read(text) is None


def test_dossiers_are_never_fractions() -> None:
    assert read("12,5", is_whole=True) is None


def test_the_habit_of_a_text_is_what_most_of_its_numbers_show() -> None:
    assert habit(["64,5", "1.234.567", "96.04"]) == ","
    assert habit(["64.5", "1,234,567"]) == "."
    assert habit(["1.279"]) == ","
