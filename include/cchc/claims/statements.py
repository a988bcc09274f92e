"""The statements of a sentence: which figures are parts of which, and which rate is of which counts.

In: the figures of a sentence, and the counts of the sentences before. Out: ``Statement``, a claim like those of a
list with the figures it is made of. Three ways lead to one: a list of parts beside its whole (``gồm``, ``trong đó``,
brackets), parts that are by their meaning all of the whole (``words.yaml``, families), and a rate beside a count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from cchc.claims.figures import COUNT, PLACES, Figure
from cchc.claims.model import Claim, Kind
from cchc.claims.words import Family, words

#: Where one of these is named, the counts of something else begin.
NEW_WHOLE = frozenset({"received", "handled", "both"})


@dataclass(frozen=True)
class Statement:
    """A claim of a sentence. ``stated``: the figure whose value it states; ``parts``: those it follows from."""

    claim: Claim
    stated: Figure
    parts: tuple[Figure, ...]
    of: tuple[Figure, ...] = ()  # the denominator of a rate, where the sentence has it
    is_complete: bool = True  # False: the parts may be only some of the whole

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure that it uses."""
        return (self.stated, *self.parts, *self.of)


def sums(found: Sequence[Figure], before: Sequence[Figure] = (), taken: Set[int] = frozenset()) -> list[Statement]:
    """Every whole with its parts.

    ``before``: the counts since the last whole that was named, for a sentence that goes on with them; ``taken``: the
    ``id`` of those that are parts of a list already.
    """
    listed = list(_lists(found, before))
    parts = {id(part) for each in listed for part in each.parts} | {id(each) for each in before if id(each) in taken}
    here = set(map(id, found))
    begins = any(each.measure & NEW_WHOLE for each in found)  # it names its own whole: what was before is another
    wholes = {_key(each) for each in listed}
    return listed + [
        each
        for each in _identities([*(() if begins else before), *found], parts)
        if _key(each) not in wholes and here & set(map(id, (each.stated, *each.parts)))
    ]


def _key(statement: Statement) -> tuple[int, frozenset[str]]:
    return id(statement.stated), frozenset(map(_single, statement.parts))


def _lists(found: Sequence[Figure], before: Sequence[Figure]) -> list[Statement]:
    """Parts that follow a joining word or a bracket."""
    statements = []
    for at, first in enumerate(found):
        join = _join(first.lead)
        if join is None or first.kind != COUNT or first.of is not None:
            continue
        head = _head(found[:at], first) if at else _head_before(before, first)
        if head is None:
            continue
        members, family = _members(head, found[at:])
        if not members or (join == "bracket" and len(members) < 2):
            continue
        whole = (family is not None and family.is_whole(_tags(members, head))) or join == "all"
        if (not whole and join == "colon") or (len(members) < 2 and family is None):
            continue  # a single part of no known meaning may be anything
        more = _unnamed(members[-1], found) if family is not None else []
        if more and (join == "all" or _total([*members, *more]) == head.number.value):
            members += more
        statements.append(_sum(head, members, whole and (join == "all" or not more or more[0] in members)))
    return statements


def _join(lead: str) -> str | None:
    """How a figure is joined to the whole before it."""
    vocabulary = words()
    if vocabulary.joins_all.search(lead) or lead.strip().startswith("="):
        return "all"
    if vocabulary.joins_some.search(lead):
        return "some"
    if lead.rstrip().endswith("(") or lead.strip().startswith("("):
        return "bracket"
    return "colon" if lead.strip().startswith(":") else None


def _head(earlier: Sequence[Figure], first: Figure) -> Figure | None:
    """The whole of a list: the nearest count before it that stands in no bracket closed since."""
    for each in reversed(earlier):
        if each.kind == COUNT and _alike(each, first) and first.brackets[: len(each.brackets)] == each.brackets:
            return each
    return None


def _head_before(before: Sequence[Figure], first: Figure) -> Figure | None:
    """The whole of a list that opens a sentence: a count of the sentence before."""
    counts = [each for each in reversed(before) if each.kind == COUNT and _alike(each, first)]
    heads = {head for family in words().families if first.measure & family.members for head in family.heads}
    fitting = [each for each in counts if each.measure & heads]
    return fitting[0] if fitting else None


def _members(head: Figure, following: Sequence[Figure]) -> tuple[list[Figure], Family | None]:
    """The parts from the first of ``following`` on, and the family they are of; None for parts of no known meaning."""
    best: tuple[list[Figure], Family | None] = ([], None)
    for family in words().families:
        members = _run(following, partial(_is_member, family, head))
        if len(members) > len(best[0]) and len(_tags(members, head)) == sum(len(_own(each, head)) for each in members):
            best = (members, family)
    if best[0]:
        return best
    return _run(following, lambda each: not each.measure), None


def _is_member(family: Family, head: Figure, figure: Figure) -> bool:
    own = _own(figure, head)
    return bool(own) and own <= family.members


def _tags(members: Sequence[Figure], head: Figure) -> set[str]:
    return set().union(*(_own(each, head) for each in members))


def _unnamed(last: Figure, found: Sequence[Figure]) -> list[Figure]:
    """Parts of no known meaning right behind the last known one: ``..., khác 2 hồ sơ``."""
    following = [each for each in found if each.start > last.start and each.kind == COUNT]
    if not following or following[0].brackets != last.brackets or _join(following[0].lead):
        return []
    return _run(following, lambda each: not each.measure and _alike(each, last) and ";" not in each.lead)


def _run(following: Sequence[Figure], belongs: Callable[[Figure], bool]) -> list[Figure]:
    """The counts in the bracket of the first, as long as they belong; rates and inner brackets are passed over."""
    members: list[Figure] = []
    for each in following:
        if each.kind != COUNT or each.brackets != following[0].brackets:
            if len(each.brackets) < len(following[0].brackets):
                break
            continue
        if members and _join(each.lead) in ("all", "some"):
            break
        if not belongs(each) or not _alike(each, following[0]):
            break
        members.append(each)
    return members


def _own(figure: Figure, head: Figure) -> frozenset[str]:
    """What sets a part apart from its whole: its tags less those of the whole."""
    broad = set(words().data["broad"])
    own = figure.tags - head.tags or figure.tags
    if len(own) > 1:
        own = own - broad
    return own - PLACES or own


def _identities(found: Sequence[Figure], taken: Set[int]) -> list[Statement]:
    """Wholes and parts that are so by their meaning, wherever they stand."""
    statements = []
    for block in _blocks(found):
        for family in words().families:
            if family.name == "place":
                continue
            parts = [each for each in block if _single(each) in family.members and id(each) not in taken]
            tags = [_single(each) for each in parts]
            if len(set(tags)) != len(tags) or not family.is_whole(tags):
                continue
            heads = [each for each in block if _single(each) in family.heads]
            if len(heads) == 2 and family.name == "state":  # received, and received with those carried over
                heads = [each for each in heads if each.counts("handled")]
            if len(heads) == 1 and heads[0] not in parts:
                statements.append(_sum(heads[0], parts, True, _carried(heads[0], parts, block)))
        statements += _origin(block)
    return statements


def _carried(head: Figure, parts: Sequence[Figure], block: Sequence[Figure]) -> list[Figure]:
    """Those carried over, where they and the received together were handled: a text seldom says which it means."""
    carried = [each for each in block if each.counts("carried")]
    if len(carried) != 1 or not head.counts("received"):
        return []
    return carried if _total(parts) - carried[0].number.value == head.number.value else []


def _total(parts: Sequence[Figure]) -> Decimal:
    return sum((each.number.value for each in parts), Decimal(0))


def _origin(block: Sequence[Figure]) -> list[Statement]:
    """All to be handled = received + carried over."""
    named = {tag: [each for each in block if each.counts(tag)] for tag in ("handled", "received", "carried")}
    if all(len(each) == 1 for each in named.values()):
        return [_sum(named["handled"][0], [named["received"][0], named["carried"][0]], True)]
    return []


def _blocks(found: Sequence[Figure]) -> list[list[Figure]]:
    """The counts of a sentence, parted where it turns to another place: where a whole is named a second time."""
    blocks: list[list[Figure]] = []
    for each in found:
        if each.kind != COUNT or each.of is not None:
            continue
        again = ("received", "handled")
        if not blocks or any(each.counts(tag) and any(other.counts(tag) for other in blocks[-1]) for tag in again):
            blocks.append([])
        if not any(each.measure == other.measure and each.number == other.number for other in blocks[-1]):
            blocks[-1].append(each)  # said a second time it is the same figure
    return blocks


def _single(figure: Figure) -> str:
    return next(iter(figure.measure)) if figure.kind == COUNT and len(figure.measure) == 1 else ""


def _alike(one: Figure, two: Figure) -> bool:
    """Whether two counts count the same kind of thing, as far as they say."""
    return one.noun is None or two.noun is None or one.noun == two.noun


def _sum(head: Figure, parts: Sequence[Figure], complete: bool, minus: Sequence[Figure] = ()) -> Statement:
    written = "+".join(str(each.number.value) for each in parts) + "".join(f"-{each.number.value}" for each in minus)
    hedge = next((each.hedge for each in (head, *parts, *minus) if each.hedge), None)
    claim = Claim(
        statement_type=Kind.SUM.value,
        numerator=written,
        value=str(head.number.value),
        decimals=str(head.number.decimals),
        slack=hedge or "",
    )
    return Statement(claim, head, (*parts, *minus), is_complete=complete)
