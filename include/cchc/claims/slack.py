"""What leaves a published figure open: a word of the text, or what its rounded parts may be off.

A figure with slack is never called wrong: what a bound or an estimate hides cannot be checked.
"""

from __future__ import annotations

import re
from fractions import Fraction

from cchc.claims.model import Claim
from cchc.claims.numerals import NUMERAL, read
from cchc.claims.words import words

_AMOUNT = re.compile(r"(?:±|\+/-)?\s*(\d+(?:[.,]\d+)?)\s*(?:%|điểm)?")


def hedge_at(text: str, start: int, end: int) -> str | None:
    """The word right before or behind a figure that makes it a bound or an estimate: ``hơn``, ``>``, ``trở lên``."""
    lower = text.lower()
    found = words().hedge.search(lower[:start]) or words().hedge_after.match(lower, end)
    return found[1] if found else None


def stated_amount(claim: Claim) -> Fraction | None:
    """How far the list says that the parts may be off together; None where it does not say it as a number."""
    found = _AMOUNT.fullmatch(claim.slack.strip())
    return Fraction(found[1].replace(",", ".")) if found else None


def stated_word(claim: Claim) -> str | None:
    """The word that leaves a claim open: of the column ``slack``, else right before the value in the stated text."""
    said = claim.slack.strip()
    if said and stated_amount(claim) is None and words().hedging.search(said.lower()):
        return said
    for match in re.finditer(NUMERAL, claim.stated_text):
        word = hedge_at(claim.stated_text, match.start(), match.end())
        if word and _is_value(match[0], claim.value):
            return word
    return None


def is_loose(claim: Claim) -> bool:
    """Whether the list says in words, without a bound, that the parts may be off: ``parts rounded to thousands``."""
    return bool(claim.slack.strip()) and stated_amount(claim) is None


def _is_value(numeral: str, value: str) -> bool:
    try:
        wanted = Fraction(value)
    except ValueError:
        return False
    found = [read(numeral, decimal_sign=sign) for sign in ",."]
    return any(each is not None and Fraction(each.value) == wanted for each in found)
