"""Sums of numbers as a list of claims writes them, exact, and between which bounds they lie if the numbers are rounded.

In: ``12970-102``, ``1360/0.489+920/0.442``. Out: a ``Range`` of fractions. A whole number is exact; one with decimals
may have been rounded by half of its last digit. Raises ``ValueError`` that names what cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([-+*/()]))")
#: Typographic signs that word processors put for a minus.
_MINUS = str.maketrans("−–", "--")
#: More is no sum that a report writes.
_LONGEST = 500


@dataclass(frozen=True)
class Range:
    """A number as written, and the least and the greatest that its rounding allows."""

    exact: Fraction
    low: Fraction
    high: Fraction

    @property
    def is_rounded(self) -> bool:
        """Whether any number of it has decimals that a rounding may have made."""
        return self.low != self.high

    def __add__(self, other: Range) -> Range:
        return Range(self.exact + other.exact, self.low + other.low, self.high + other.high)

    def __sub__(self, other: Range) -> Range:
        return Range(self.exact - other.exact, self.low - other.high, self.high - other.low)

    def __mul__(self, other: Range) -> Range:
        return _spanned(self.exact * other.exact, self, other, lambda a, b: a * b)

    def __truediv__(self, other: Range) -> Range:
        if other.low <= 0 <= other.high:
            raise ValueError("a division by zero")
        return _spanned(self.exact / other.exact, self, other, lambda a, b: a / b)


def number(text: str) -> Range:
    """One number with a decimal point."""
    exact = Fraction(text)
    decimals = len(text.partition(".")[2])
    half = Fraction(1, 2 * 10**decimals) if decimals else Fraction(0)
    return Range(exact, exact - half, exact + half)


def evaluate(text: str) -> Range:
    """The sum (also ``-``, ``*``, ``/`` and brackets) that ``text`` writes."""
    if len(text) > _LONGEST:
        raise ValueError(f"longer than {_LONGEST} characters")
    reader = _Reader(text)
    found = reader.sum()
    if reader.token is not None:
        raise ValueError(f"{reader.token!r} stands where the sum should end")
    return found


class _Reader:
    """Recursive descent over the tokens of one sum."""

    def __init__(self, text: str) -> None:
        self.text = text.strip().translate(_MINUS)
        self.at = 0
        self.token: str | None = None
        self.next()

    def next(self) -> None:
        if self.at >= len(self.text):
            self.token = None
            return
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            raise ValueError(f"{self.text[self.at :]!r} is no number with a decimal point, nor + - * / ( )")
        self.at = match.end()
        self.token = match[1] or match[2]

    def sum(self) -> Range:
        found = self.product()
        while self.token in ("+", "-"):
            operator = self.token
            self.next()
            part = self.product()
            found = found + part if operator == "+" else found - part
        return found

    def product(self) -> Range:
        found = self.atom()
        while self.token in ("*", "/"):
            operator = self.token
            self.next()
            part = self.atom()
            found = found * part if operator == "*" else found / part
        return found

    def atom(self) -> Range:
        token = self.token
        if token is None:
            raise ValueError("a number is missing")
        self.next()
        if token == "-":
            return number("0") - self.atom()
        if token == "(":
            found = self.sum()
            if self.token != ")":
                raise ValueError("a bracket is not closed")
            self.next()
            return found
        if not token[0].isdigit():
            raise ValueError(f"a number is missing before {token!r}")
        return number(token)


def _spanned(exact: Fraction, one: Range, two: Range, operation: Callable[[Fraction, Fraction], Fraction]) -> Range:
    ends = [operation(a, b) for a in (one.low, one.high) for b in (two.low, two.high)]
    return Range(exact, min(ends), max(ends))
