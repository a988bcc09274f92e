"""The judgement of one claim against itself: does the figure come out of the parts that stand beside it?

Sums and percentages are judged apart. A percentage fits half-up or truncated at its stated digits (one article uses
both); a difference that rounded parts or a word of the text explain is "cannot be checked", never a contradiction.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from cchc.claims.denominators import Denominator, fitting, name_of
from cchc.claims.expression import Range, evaluate, number
from cchc.claims.figures import tags_of
from cchc.claims.model import Claim, Judged, Kind, Note, Verdict
from cchc.claims.rounding import as_decimal, half_up, is_half, may_give, truncated
from cchc.claims.slack import is_loose, stated_amount, stated_word
from cchc.claims.words import words

#: Below so many cases one case moves a rate by more than a point.
_FEW = 100


class Unreadable(ValueError):
    """A field of a claim that cannot be read: its name, what stands there and why."""

    def __init__(self, column: str, text: str, why: str) -> None:
        super().__init__(f"{column} {text!r}: {why}")
        self.note = Note("unreadable", {"column": column, "text": text, "why": why})


def judge(claim: Claim, others: Sequence[Denominator] = ()) -> Judged:
    """What a claim says of itself. ``others``: denominators that its source names for the same place and period."""
    try:
        kind = Kind(claim.statement_type.strip().lower())
    except ValueError:
        return _open(claim, Note("unknown_type", {"type": claim.statement_type}))
    if kind is Kind.BARE or not claim.numerator.strip():
        return _open(claim, Note("bare"))
    try:
        stated, decimals = _stated(claim)
        if kind is Kind.PERCENT:
            return _percent(claim, stated, decimals, others)
        if kind is Kind.SUM:
            return _compared(claim, _range("numerator", claim.numerator), stated, decimals, "sum")
        return _at_most(claim, stated, decimals)
    except Unreadable as error:
        return _open(claim, error.note)


def _percent(claim: Claim, stated: Fraction, decimals: int, others: Sequence[Denominator]) -> Judged:
    numerator = _range("numerator", claim.numerator)
    found = fitting(others, numerator, stated, decimals)
    if not claim.denominator.strip():
        if not found:
            return _open(claim, Note("no_denominator"))
        ratio = _ratio(numerator, found[0].range)
        judged = _compared(claim, ratio, stated, decimals, "percent")
        return _noted(judged, Note("denominator_found", {"name": found[0].name, "value": found[0].range.exact}))
    denominator = _range("denominator", claim.denominator)
    if denominator.low <= 0:
        raise Unreadable("denominator", claim.denominator, "is not above zero")
    judged = _compared(claim, _ratio(numerator, denominator), stated, decimals, "percent")
    if judged.verdict.reproduces:
        named = {"name": name_of(claim.denominator_is), "value": denominator.exact}
        judged = _noted(judged, Note("denominator_fits", named), *_unusual(claim))
        if denominator.exact < _FEW and not denominator.is_rounded and not numerator.is_rounded:
            judged = _noted(
                judged, Note("few", {"value": denominator.exact, "points": Fraction(100) / denominator.exact})
            )
        return judged
    other = [each for each in found if each.range.exact != denominator.exact]
    if other:
        return _noted(judged, Note("only_another_fits", {"name": other[0].name, "value": other[0].range.exact}))
    if judged.verdict is Verdict.CONTRADICTS_ITSELF and stated > 0:
        return _noted(judged, Note("would_need", {"value": half_up(numerator.exact * 100 / stated, 0)}))
    return judged


def _unusual(claim: Claim) -> list[Note]:
    """A rate that fits over another denominator than the field takes for it: an on-time rate of the received."""
    vocabulary = words()
    usual = [
        tag for each in tags_of(claim.stated_text.lower()) for tag in vocabulary.data["denominators"].get(each, ())
    ]
    tag = vocabulary.denominator_tag(claim.denominator_is)
    if tag is None or not usual or tag in usual:
        return []
    return [Note("unusual_denominator", {"usual": usual[0], "name": tag})]


def _compared(claim: Claim, found: Range, stated: Fraction, decimals: int, what: str) -> Judged:
    """A computed range beside what is stated at so many digits."""
    recomputed = as_decimal(found.exact)
    values = {
        "stated": stated,
        "recomputed": found.exact,
        "decimals": decimals,
        "difference": abs(stated - found.exact),
    }
    word = stated_word(claim)
    if word is not None:
        return Judged(claim, Verdict.NOT_CHECKABLE, recomputed, (Note(f"{what}_hedged", {**values, "word": word}),))
    up, cut = half_up(found.exact, decimals), truncated(found.exact, decimals)
    values |= {"half_up": up, "truncated": cut}
    if stated == up:
        code = "exact" if found.exact == stated else "both" if up == cut else "half_up"
        return Judged(claim, Verdict.REPRODUCES_HALF_UP, recomputed, (Note(f"{what}_{code}", values),))
    if stated == cut:
        cut_off = [Note(f"{what}_truncated", values)]
        if is_half(found.exact, decimals):
            cut_off.append(Note("just_between", values))
        return Judged(claim, Verdict.REPRODUCES_TRUNCATED, recomputed, tuple(cut_off))
    if is_loose(claim):
        notes = (Note(f"{what}_hedged", {**values, "word": claim.slack.strip()}),)
        return Judged(claim, Verdict.NOT_CHECKABLE, recomputed, notes)
    amount = stated_amount(claim)
    if amount is not None and abs(stated - found.exact) <= amount:
        return Judged(claim, Verdict.NOT_CHECKABLE, recomputed, (Note(f"{what}_slack", {**values, "slack": amount}),))
    if amount is None and found.is_rounded and may_give(stated, decimals, found):
        bounds = {"low": found.low, "high": found.high}
        return Judged(claim, Verdict.NOT_CHECKABLE, recomputed, (Note(f"{what}_rounded", {**values, **bounds}),))
    off = [Note(f"{what}_off", values)]
    if decimals == 0 and swapped(stated, found.exact):
        off.append(Note("swapped", values))
    return Judged(claim, Verdict.CONTRADICTS_ITSELF, recomputed, tuple(off))


def _at_most(claim: Claim, stated: Fraction, decimals: int) -> Judged:
    """A part beside the whole that it cannot exceed."""
    whole = _range("numerator", claim.numerator)
    half = Fraction(1, 2 * 10**decimals) if decimals else Fraction(0)
    values = {"stated": stated, "decimals": decimals, "high": whole.exact}
    if stated_word(claim) is None and stated - half > whole.high:
        return Judged(claim, Verdict.CONTRADICTS_ITSELF, None, (Note("at_most_off", values),))
    return _open(claim, Note("at_most_possible", values))


def swapped(one: Fraction, two: Fraction) -> bool:
    """Whether two whole numbers have the same digits in another order: the likely slip of a typist."""
    return one != two and sorted(str(one)) == sorted(str(two))


def _ratio(numerator: Range, denominator: Range) -> Range:
    return number("100") * numerator / denominator


def _stated(claim: Claim) -> tuple[Fraction, int]:
    """The stated value and the digits after its decimal sign."""
    text = claim.value.strip().rstrip("%").strip()
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        raise Unreadable("value", claim.value, "is no number with a decimal point")
    said = claim.decimals.strip()
    if said and not re.fullmatch(r"\d", said):
        raise Unreadable("decimals", claim.decimals, "is no number from 0 to 9")
    shown = len(text.partition(".")[2])
    decimals = int(said) if said else shown
    value = Fraction(text)
    if half_up(value, decimals) != value:  # 99.71 cannot have one decimal: the figure itself says more than the column
        decimals = shown
    return value, decimals


def _range(column: str, text: str) -> Range:
    try:
        return evaluate(text.strip())
    except (ValueError, ZeroDivisionError) as error:
        raise Unreadable(column, text.strip(), str(error)) from error


def _open(claim: Claim, *notes: Note) -> Judged:
    return Judged(claim, Verdict.NOT_CHECKABLE, None, notes)


def _noted(judged: Judged, *notes: Note) -> Judged:
    return Judged(judged.claim, judged.verdict, judged.recomputed, judged.notes + notes)
