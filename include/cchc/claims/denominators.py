"""Which denominator a published rate was divided by: received, resolved, due in the period or another figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cchc.claims.expression import Range, evaluate
from cchc.claims.model import Claim
from cchc.claims.rounding import half_up, truncated
from cchc.claims.words import words

Source = tuple[str, str, str]


@dataclass(frozen=True)
class Denominator:
    """A figure that rates may have been divided by, and what it counts."""

    name: str  # a tag of the vocabulary, or the words of the list
    range: Range


def source_of(claim: Claim) -> Source:
    """Claims of one source about the same place and period may share their denominators."""
    return (claim.source_url or claim.source_title, claim.place + claim.unit_kind, claim.period)


def name_of(denominator_is: str) -> str:
    """The tag that a list means by its words; unknown words stay as they are; without any it is the whole."""
    return words().denominator_tag(denominator_is) or denominator_is.strip() or "whole"


def named(claims: Iterable[Claim]) -> Mapping[Source, Sequence[Denominator]]:
    """The denominators that each source names, by its rates and by the totals that it breaks down."""
    found: dict[Source, dict[Fraction, Denominator]] = {}
    for claim in claims:
        of_rate = bool(claim.denominator.strip())
        text = claim.denominator if of_rate else claim.value if claim.statement_type == "sum" else ""
        if not text.strip():
            continue
        try:
            range_ = evaluate(text)
        except (ValueError, ZeroDivisionError):
            continue  # the claim itself says what cannot be read
        if range_.low > 0:
            name = name_of(claim.denominator_is) if of_rate else _counted(claim.stated_text)
            known = found.setdefault(source_of(claim), {})
            if range_.exact not in known or of_rate:
                known[range_.exact] = Denominator(name, range_)
    return {source: tuple(known.values()) for source, known in found.items()}


def fitting(others: Iterable[Denominator], numerator: Range, stated: Fraction, decimals: int) -> list[Denominator]:
    """Those that give the stated rate at its digits, half-up or truncated."""
    return [
        each
        for each in others
        if stated
        in (
            half_up(100 * numerator.exact / each.range.exact, decimals),
            truncated(100 * numerator.exact / each.range.exact, decimals),
        )
    ]


def _counted(text: str) -> str:
    """What the total of a sum counts, by the first words of its text."""
    match = words().tag.search(text.lower())
    return words().tag_of[match[0]] if match else "whole"
