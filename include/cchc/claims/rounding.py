"""Half-up and truncation at the digits that a text states, on exact fractions: no binary float, no half-even."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from cchc.claims.expression import Range


def half_up(value: Fraction, decimals: int) -> Fraction:
    """Rounded to so many decimals, a half away from zero."""
    scaled = abs(value) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**decimals)


def truncated(value: Fraction, decimals: int) -> Fraction:
    """Cut off after so many decimals, towards zero."""
    scaled = abs(value) * 10**decimals
    whole = scaled.numerator // scaled.denominator
    return Fraction(whole if value >= 0 else -whole, 10**decimals)


def is_half(value: Fraction, decimals: int) -> bool:
    """Whether the value lies just between two roundings, where half-up and half-even differ."""
    scaled = value * 10**decimals * 2
    return scaled.denominator == 1 and scaled.numerator % 2 == 1


def may_give(stated: Fraction, decimals: int, range_: Range) -> bool:
    """Whether some number of the range gives what is stated, half-up or truncated."""
    digit = Fraction(1, 10**decimals)
    low, high = (stated - digit / 2, stated + digit) if stated >= 0 else (stated - digit, stated + digit / 2)
    return range_.low < high and low <= range_.high


def as_decimal(value: Fraction, decimals: int = 6) -> Decimal:
    """For people: half-up at so many decimals, without zeros at the end."""
    with localcontext() as context:
        context.prec = 60
        rounded = half_up(value, decimals)
        found = (Decimal(rounded.numerator) / rounded.denominator).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        return found.quantize(Decimal(1)) if found == found.to_integral_value() else found.normalize()
