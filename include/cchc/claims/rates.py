"""The rates of a sentence: of which count over which other one each is.

The numerator is the count beside the rate (``900 hồ sơ, chiếm 31,08%``) or the count of what the rate names (``tỷ lệ
đúng hạn đạt 99,4%``); the denominator the one that the text names, else what the field takes for such a rate, else
whichever count nearby fits. A rate is called wrong only over a denominator of its own sentence or those that it goes
on from, or over the only one of its kind in the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from cchc.claims.denominators import Denominator
from cchc.claims.expression import number as exact
from cchc.claims.figures import COUNT, MEASURED, PERCENT, PLACES, POINTS, Figure, tags_of
from cchc.claims.model import Claim, Judged, Kind, Note, Verdict
from cchc.claims.statements import Statement
from cchc.claims.verdict import judge
from cchc.claims.words import words

#: A rate that these words stand before has another base than a count of the text.
_OTHER_BASE = re.compile(
    r"(?<!\w)(?:tăng|giảm|cao hơn|thấp hơn|chênh|so với|mục tiêu|chỉ tiêu|kế hoạch|phấn đấu)(?!\w)"
)
_OUT_OF = re.compile(rf"(?<!\w){words().data['out_of']}")
#: So many counts back a rate may find its whole: in a long report some figure far away gives any rate.
_RECENT = 40
#: Wholes that a rate may be of, also where no word says so.
_WHOLES = frozenset({"received", "resolved", "running", "handled", "due", "new"})


def rates(
    found: Sequence[Figure], sums: Sequence[Statement], near: Sequence[Figure], far: Sequence[Figure]
) -> list[tuple[Statement, Judged]]:
    """Every rate of a sentence with its judgement. ``near``: counts since the last whole; ``far``: all before."""
    judged = []
    for at, rate in enumerate(found):
        if rate.kind != PERCENT or _OTHER_BASE.search(rate.lead):
            continue
        parts = _numerator(found, at, near)
        if parts:
            judged.append(_judged(rate, parts, found, sums, near, far))
    return judged


def _numerator(found: Sequence[Figure], at: int, near: Sequence[Figure]) -> tuple[str, tuple[Figure, ...]] | None:
    """The count that a rate is of, as it is written in a claim, and the figures it is made of."""
    rate = found[at]
    behind = found[at + 1] if at + 1 < len(found) else None
    if behind is not None and _explains(rate, behind):
        return str(behind.number.value), (behind,)
    if rate.measure:
        named = _counted(rate.measure, [each for each in found if each is not rate], near)
        if named:
            return named
    beside = next((each for each in reversed(found[:at]) if each.kind != POINTS or each.of is not None), None)
    if (
        beside is not None
        and at > 1
        and beside is found[at - 1]
        and _OUT_OF.search(beside.lead)
        and found[at - 2].kind == COUNT
    ):
        whole, beside = beside, found[at - 2]
        return str(beside.number.value), (replace(beside, of=whole.number), whole)
    if beside is not None and beside.kind in (COUNT, POINTS, MEASURED) and _is_beside(rate, beside):
        return str(beside.number.value), (beside,)
    return None


def _explains(rate: Figure, count: Figure) -> bool:
    """Whether the count in the bracket behind a rate is its numerator: ``64,5% (14.112 hồ sơ)``."""
    if count.kind != COUNT or count.lead.strip() != "(" or count.measure & _WHOLES:
        return False
    return count.of is not None or (bool(rate.measure) and not rate.tail.strip())


def _is_beside(rate: Figure, count: Figure) -> bool:
    """Whether nothing but joining words stands between a count and its rate."""
    if ";" in rate.lead or (count.kind != COUNT and count.of is None):
        return False
    return not rate.measure or rate.measure == count.measure


def _counted(
    measure: frozenset[str], found: Sequence[Figure], near: Sequence[Figure]
) -> tuple[str, tuple[Figure, ...]] | None:
    """The count of what a rate names: itself, the sum of its kinds, or the whole less the rest."""

    def one(tag: str) -> Figure | None:
        return next((each for each in [*found, *reversed(near)] if each.counts(tag)), None)

    if len(measure) != 1:
        return None
    tag = next(iter(measure))
    if (itself := one(tag)) is not None:
        return str(itself.number.value), (itself,)
    if tag in ("on_time", "in_time"):
        early, day = one("early"), one("in_time")
        if tag == "on_time" and early and day:
            return f"{early.number.value}+{day.number.value}", (early, day)
        if (both := one("on_time")) is not None:
            return str(both.number.value), (both,)
        resolved, overdue = one("resolved"), one("overdue")
        if resolved and overdue and early is None:
            return f"{resolved.number.value}-{overdue.number.value}", (resolved, overdue)
    return None


def _judged(
    rate: Figure,
    numerator: tuple[str, tuple[Figure, ...]],
    found: Sequence[Figure],
    sums: Sequence[Statement],
    near: Sequence[Figure],
    far: Sequence[Figure],
) -> tuple[Statement, Judged]:
    written, parts = numerator
    least = sum((each.number.value for each in parts), Decimal(0)) if "-" not in written else parts[0].number.value
    first, open_ones = _candidates(rate, parts, least, found, sums, near, far)
    claims = [_claim(rate, parts, written, each) for each in [*first, *open_ones]]
    judged = [(claim, judge(claim)) for claim in claims]
    fits = [each for each in judged if each[1].verdict.reproduces]
    if fits:
        claim, answer = fits[0]
        if first and claim.denominator_is != first[0].name and claim is not claims[0]:
            note = Note("only_another_fits", {"name": claim.denominator_is, "value": exact(claim.denominator).exact})
            answer = Judged(claim, answer.verdict, answer.recomputed, (*answer.notes[:1], note))
        return Statement(claim, rate, parts, _of(claim, found)), answer
    if first:
        return Statement(claims[0], rate, parts, _of(claims[0], found)), judged[0][1]
    bare = _claim(rate, parts, written, None)
    return Statement(bare, rate, parts), Judged(bare, Verdict.NOT_CHECKABLE, None, (Note("no_denominator"),))


def _of(claim: Claim, found: Sequence[Figure]) -> tuple[Figure, ...]:
    whole = claim.denominator
    return tuple(each for each in found if each.kind == COUNT and str((each.of or each.number).value) == whole)


def _candidates(
    rate: Figure,
    parts: tuple[Figure, ...],
    least: Decimal,
    found: Sequence[Figure],
    sums: Sequence[Statement],
    near: Sequence[Figure],
    far: Sequence[Figure],
) -> tuple[list[Denominator], list[Denominator]]:
    """Denominators over which a rate may be called wrong, the likeliest first, and those over which it may only fit."""
    if parts[0].of is not None:
        tag = next(iter(_wanted(parts, rate)), "whole")
        return [Denominator(tag, exact(str(parts[0].of.value)))], []
    own = set(map(id, parts))
    wholes = [each.stated for each in sums if own <= {id(part) for part in each.parts}]
    said = tags_of(rate.tail)
    here = [each for each in found if each.kind == COUNT and id(each) not in own]
    first: list[Figure] = [each for each in [*reversed(here), *reversed(near)] if said and each.measure == said]
    for tag in _wanted(parts, rate):
        first += [each for each in [*reversed(here), *reversed(near)] if each.counts(tag)]
    meant = list(_named([*first, *wholes], parts, least))
    if not meant and not any(each.tags & PLACES for each in found):
        only = _only([each for tag in _wanted(parts, rate) for each in far if each.counts(tag)])
        meant = list(_named(only, parts, least))
    noun = parts[0].noun
    rest = [each for each in reversed(here) if noun and each.noun == noun and (each.of or not each.measure)]
    around = [*reversed(here), *reversed(near), *(() if meant else reversed(far[-_RECENT:]))]
    rest += [each for each in around if each.measure & _WHOLES]
    return meant, list(_named(rest, parts, least))


def _only(figures: Sequence[Figure]) -> list[Figure]:
    """The one whole that a report names of its kind; of several none is meant for certain."""
    return list(figures[:1]) if len({each.number.value for each in figures}) == 1 else []


def _wanted(parts: Sequence[Figure], rate: Figure) -> list[str]:
    """What the field divides such a rate by."""
    measure = rate.measure or frozenset().union(*(each.measure for each in parts))
    table = words().data["denominators"]
    return [tag for each in sorted(measure) for tag in table.get(each, ())]


def _named(figures: Sequence[Figure], parts: Sequence[Figure], least: Decimal) -> Iterator[Denominator]:
    seen = set()
    for each in figures:
        value = (each.of or each.number).value
        fits = value >= least and value > 0 and not each.hedge and (each.noun or "") in ("", parts[0].noun or each.noun)
        if fits and value not in seen:
            seen.add(value)
            yield Denominator(next(iter(sorted(each.measure)), "whole"), exact(str(value)))


def _claim(rate: Figure, parts: Sequence[Figure], written: str, denominator: Denominator | None) -> Claim:
    hedge = next((each.hedge for each in (rate, *parts) if each.hedge), None)
    return Claim(
        statement_type=Kind.PERCENT.value,
        stated_text="",
        numerator=written,
        denominator=_plain(denominator),
        denominator_is=denominator.name if denominator else "",
        value=str(rate.number.value),
        decimals=str(rate.number.decimals),
        slack=hedge or "",
    )


def _plain(denominator: Denominator | None) -> str:
    if denominator is None:
        return ""
    value = denominator.range.exact
    return str(Decimal(value.numerator) / Decimal(value.denominator))
