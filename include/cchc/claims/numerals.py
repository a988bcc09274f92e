"""Numbers of a Vietnamese text: ``.`` groups thousands, ``,`` is the decimal sign; or the other way round.

``1.279`` alone may be either. What follows decides where it can (``1.279 hồ sơ`` are whole things, ``96.04%`` is a
rate), else the habit of the text, else the Vietnamese one. What is not a number but a date, a document or a rank is
the matter of ``cchc.claims.figures``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

#: A number as it may be printed: groups by point, comma or a narrow or fixed space, or none.
NUMERAL = r"\d{1,3}(?:[\u00a0\u202f]\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)*"
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?")
_SINGLE = re.compile(r"(\d+)([.,])(\d+)")


@dataclass(frozen=True)
class Number:
    """What a numeral means, and how many decimals it shows."""

    value: Decimal
    decimals: int


def habit(numerals: Iterable[str]) -> str:
    """The decimal sign of a text, by its numerals that can be read in one way only: ``,`` unless most say ``.``."""
    signs = [sign for each in numerals if (sign := _certain_sign(each))]
    return "." if signs.count(".") > signs.count(",") else ","


def read(text: str, *, is_rate: bool = False, is_whole: bool = False, decimal_sign: str = ",") -> Number | None:
    """The number that a numeral means; None where it is none (``1.2.3``).

    ``is_rate``: a per cent or points follow; ``is_whole``: things that are counted follow, such as dossiers.
    """
    text = re.sub("[\u00a0\u202f]", "", text)
    if text.isdigit():
        return Number(Decimal(text), 0)
    single = _SINGLE.fullmatch(text)
    if single and len(single[3]) == 3 and 1 <= len(single[1]) <= 3 and not single[1].startswith("0"):
        grouping = single[2] != decimal_sign
        if is_whole:
            grouping = True
        elif is_rate:  # 99.812% is no ninety-nine thousand per cent
            grouping = False
        return _made(single[1] + single[3], "") if grouping else _made(single[1], single[3])
    if single:
        return None if is_whole else _made(single[1], single[3])
    if _GROUPED.fullmatch(text):
        sign = _GROUPED.fullmatch(text)[1]  # type: ignore[index]
        head, _, tail = text.replace(sign, "").partition("," if sign == "." else ".")
        return None if is_whole and tail else _made(head, tail)
    return None


def _made(whole: str, fraction: str) -> Number:
    return Number(Decimal(f"{whole}.{fraction}" if fraction else whole), len(fraction))


def _certain_sign(text: str) -> str | None:
    """The decimal sign that a numeral shows without doubt."""
    single = _SINGLE.fullmatch(text)
    if single:
        return single[2] if len(single[3]) != 3 or single[1].startswith("0") or len(single[1]) > 3 else None
    grouped = _GROUPED.fullmatch(text)
    if grouped:
        return "," if grouped[1] == "." else "."
    return None
