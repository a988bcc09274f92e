"""The figures of a sentence: numbers with what they count, as rates, bounds or parts, and where they stand.

In: one sentence of a report. Out: ``Figure`` in the order of the text; dates, documents, ranks and levels are none.
What a figure counts are *tags* (``data/words.yaml``): the words right behind it up to the next comma, else those
before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from cchc.claims import numerals
from cchc.claims.numerals import NUMERAL, Number
from cchc.claims.slack import hedge_at
from cchc.claims.words import words

COUNT, PERCENT, POINTS, MEASURED, CHANGE = "count", "percent", "points", "measured", "change"
#: Tags that say where, not what.
PLACES = frozenset({"province", "district", "commune", "desk"})

_FIGURE = re.compile(
    rf"(?<![\w.,])(?:(?P<one>{NUMERAL})(?:\s*/\s*(?P<of>{NUMERAL}))?"
    r"|(?P<none>không (?:có|còn|phát sinh))(?=\s+hồ sơ))(?!\w)"
)
_PERCENT = re.compile(r"\s*(?:%|phần trăm)")
_POINTS = re.compile(r"\s*điểm(?! phần trăm)")
_NUMBERED = re.compile(r"^\s*(?:\d+(?:\.\d+)*[.)]|[ivx]+\.|[a-zđ]\))\s+")
#: Behind a comma another tag may follow at once, or after *qua*.
_NEXT_WORD = len(", qua ")
#: By how much something changed is no count and no rate of the text.
_CHANGED = re.compile(r"(?<!\w)(?:tăng|giảm|vượt|(?:cao|thấp|nhiều|ít) hơn)(?:\s+(?:thêm|tương ứng))?\s*$")
#: Where the words behind a figure end.
_END = re.compile(
    r"[,;:.()=+]|\s(?:và|còn|chiếm|đạt|là|bằng|với|tăng|giảm|so với|trong đó|bao gồm|gồm|trên tổng)\s|\scó\s*$"
)


@dataclass(frozen=True)
class Figure:
    """One figure; ``of`` is the second number of ``1.183/1.279``; ``brackets``: where those begin that it stands in."""

    text: str
    number: Number
    kind: str
    noun: str | None
    tags: frozenset[str]
    hedge: str | None
    lead: str  # the text before it, from the figure before
    tail: str  # the words behind it, up to the next comma or figure
    start: int
    end: int
    brackets: tuple[int, ...]
    of: Number | None = None

    @property
    def measure(self) -> frozenset[str]:
        """What it counts, wherever that is."""
        return self.tags - PLACES

    def counts(self, tag: str) -> bool:
        """Whether it counts just that."""
        return self.kind == COUNT and self.measure == {tag}


def figures(sentence: str, decimal_sign: str = ",") -> list[Figure]:
    """The figures of a sentence. ``decimal_sign``: the habit of the whole text (``numerals.habit``)."""
    lower = sentence.lower()
    masked = words().not_figures.sub(_blank, _NUMBERED.sub(_blank, lower))
    matches = list(_FIGURE.finditer(masked))
    found: list[Figure] = []
    since = 0  # end of what the figure before has taken
    for position, match in enumerate(matches):
        until = matches[position + 1].start() if position + 1 < len(matches) else len(lower)
        figure = _figure(lower, match, since, until, decimal_sign)
        if figure is not None:
            found.append(replace(figure, text=sentence[match.start() : figure.end - len(figure.tail)].strip()))
            since = figure.end
    return found


def numerals_of(text: str) -> list[str]:
    """The numerals of a text that are figures, for its habit."""
    masked = words().not_figures.sub(_blank, text.lower())
    return [each for match in _FIGURE.finditer(masked) for each in (match["one"], match["of"]) if each]


def tags_of(text: str) -> frozenset[str]:
    """What the words of a text say that a figure counts; broad words give way to others, and to the last of them."""
    vocabulary = words()
    found = [vocabulary.tag_of[match[0]] for match in vocabulary.tag.finditer(vocabulary.silent.sub(_blank, text))]
    broad = [tag for tag in found if tag in vocabulary.data["broad"]]
    special = frozenset(found) - frozenset(broad)
    if special - PLACES or not broad:
        return special
    return special | {broad[-1]}


def _figure(lower: str, match: re.Match[str], since: int, until: int, sign: str) -> Figure | None:
    end = match.end()
    kind, noun = COUNT, None
    if found := _PERCENT.match(lower, end):
        kind, end = PERCENT, found.end()
    elif found := _POINTS.match(lower, end):
        kind, end = POINTS, found.end()
    elif found := words().measured.match(lower, end):
        kind, end = MEASURED, found.end()
    elif found := words().noun.match(lower, end):
        noun, end = words().noun_of[found[0].strip()], found.end()
    if _CHANGED.search(lower[: match.start()]):
        kind = CHANGE
    read = partial(numerals.read, is_whole=noun is not None, decimal_sign=sign)
    number = Number(Decimal(0), 0) if match["none"] else read(match["one"], is_rate=kind in (PERCENT, POINTS, CHANGE))
    if number is None:
        return None
    of = read(match["of"], is_rate=kind == POINTS) if match["of"] else None
    lead, tail = lower[since : match.start()], _tail(lower[end:until], until == len(lower))
    tags, before = tags_of(tail), tags_of(_label(lead))
    broad = set(words().data["broad"])
    if not tags or kind == PERCENT or (tags <= broad and before - PLACES - broad):
        tags = before
    return Figure(
        text="",
        number=number,
        kind=kind,
        noun=noun,
        tags=tags,
        hedge=hedge_at(lower, match.start(), match.end()),
        lead=lead,
        tail=tail,
        start=match.start(),
        end=end + len(tail),
        brackets=_brackets(lower[: match.start()]),
        of=of,
    )


def _tail(text: str, is_last: bool) -> str:
    """The words behind a figure that belong to it: up to a comma or a joining word; without one they lead the next."""
    end = _END.search(text)
    if end is None:
        return text if is_last else ""
    return text[: end.start()]


def _label(lead: str) -> str:
    """The part of the words before a figure that names it."""
    vocabulary = words()
    for join in (vocabulary.joins_some, vocabulary.joins_all):
        for match in join.finditer(lead):
            lead = " " * match.end() + lead[match.end() :]
    spans = [match.span() for match in vocabulary.tag.finditer(lead)]
    cuts = [match.end() for match in re.finditer(r"[,;:()]", lead) if not _inside(match, spans)]
    for cut in reversed(cuts):
        if vocabulary.tag.search(lead[cut:]):
            return lead[cut:]
        if lead[cut - 1] == ";":
            return ""
    return lead


def _inside(mark: re.Match[str], spans: list[tuple[int, int]]) -> bool:
    """Whether a comma stands in a tag, or between two that name one figure: ``trực tiếp, bưu chính: 9.200``."""
    if any(start < mark.start() < end for start, end in spans):
        return True
    ends = any(end == mark.start() for _, end in spans)
    return mark[0] == "," and ends and any(0 < start - mark.start() <= _NEXT_WORD for start, _ in spans)


def _brackets(text: str) -> tuple[int, ...]:
    """Where the brackets begin that are open at the end of a text."""
    stack: list[int] = []
    for match in re.finditer(r"[()]", text):
        if match[0] == "(":
            stack.append(match.start())
        elif stack:
            stack.pop()
    return tuple(stack)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
