"""A draft report judged before it is sent up, sentence by sentence: ``đạt``, ``sửa`` or ``không kiểm được``.

Rules and a grammar, no guess: a figure that no rule could use is listed as not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from cchc.claims.documents import Paragraph
from cchc.claims.expression import evaluate
from cchc.claims.figures import COUNT, MEASURED, PLACES, Figure, figures, numerals_of
from cchc.claims.model import Claim, Judged, Kind, Note, Verdict
from cchc.claims.numerals import Number, habit
from cchc.claims.rates import rates
from cchc.claims.rounding import half_up
from cchc.claims.statements import NEW_WHOLE, Statement, sums
from cchc.claims.texts import said, written
from cchc.claims.verdict import judge
from cchc.claims.words import words


class Answer(StrEnum):
    """What is said of a sentence."""

    GOOD = "đạt"
    MEND = "sửa"
    OPEN = "không kiểm được"


@dataclass(frozen=True)
class Finding:
    """One statement of a sentence and its judgement."""

    statement: Statement
    judged: Judged


@dataclass(frozen=True)
class Sentence:
    """A sentence with figures. ``figures``: all of them; ``findings``: what was judged; ``notes``: of the warehouse."""

    paragraph: int
    number: int
    text: str
    figures: tuple[Figure, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[Note, ...] = ()
    is_table: bool = False

    @property
    def answer(self) -> Answer:
        """What is said of it; one wrong statement is enough, and one that holds."""
        verdicts = {each.judged.verdict for each in self.findings}
        if verdicts & {Verdict.CONTRADICTS_ITSELF, Verdict.CONTRADICTS_WAREHOUSE} or self._notes("warehouse_differs"):
            return Answer.MEND
        holds = any(verdict.reproduces for verdict in verdicts) or self._notes("warehouse_agrees")
        return Answer.GOOD if holds else Answer.OPEN

    @property
    def should_be(self) -> str:
        """What should stand there, for every statement that does not hold."""
        wrong = [each for each in self.findings if each.judged.verdict is Verdict.CONTRADICTS_ITSELF]
        said_by_warehouse = [
            f"{written(note.values['stated'])} → {written(note.values['value'])}"
            for note in self._notes("warehouse_differs")
        ]
        return "; ".join([*map(_mended, wrong), *said_by_warehouse])

    @property
    def not_understood(self) -> list[str]:
        """The figures that no statement uses."""
        used = {id(figure) for each in self.findings for figure in each.statement.figures}
        known = {note.values.get("figure") for note in self.notes}
        return [each.text for each in self.figures if id(each) not in used and each.text not in known]

    def explanation(self, language: str = "vi") -> str:
        """Every finding in words, after the figure that it is about."""
        found = [
            f"{each.statement.stated.text}: {' '.join(said(note, language) for note in each.judged.notes)}"
            for each in self.findings
        ]
        found += [said(note, language) for note in self.notes]
        return " ".join(found) or said(Note("table" if self.is_table else "no_statement"), language)

    def _notes(self, code: str) -> list[Note]:
        return [note for note in self.notes if note.code == code]


#: Columns of the answer as a file.
ANSWER_COLUMNS = ("paragraph", "sentence", "text", "answer", "should_be", "explanation", "not_understood")


def judge_report(found: Sequence[Paragraph]) -> list[Sentence]:
    """Every sentence of a report that has figures, judged against itself."""
    sign = habit(numeral for each in found for numeral in numerals_of(each.text))
    told = _Told()
    answers = []
    for paragraph in found:
        for number, text in enumerate([paragraph.text] if paragraph.is_table else _sentences(paragraph.text), start=1):
            these = figures(text, sign)
            if not these:
                continue
            findings = () if paragraph.is_table else _findings(these, told)
            answers.append(
                Sentence(paragraph.number, number, text, tuple(these), findings, is_table=paragraph.is_table)
            )
    return answers


#: A sentence goes on with at most so many counts of those before it.
_NEAR = 60


@dataclass
class _Told:
    """The counts of a report so far. ``near``: those since the last whole that was named, and that whole."""

    far: list[Figure] = field(default_factory=list)
    near: list[Figure] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)

    def turn(self, found: Sequence[Figure]) -> None:
        """Forget what is near where a sentence speaks of another place."""
        places = frozenset().union(*(each.tags & PLACES for each in found if not each.brackets))
        if places and not any(places <= each.tags for each in self.near[:1]):
            self.near = []

    def add(self, found: Sequence[Figure], statements: Sequence[Statement]) -> None:
        """Take in the counts of a sentence and which of them are parts."""
        counts = [each for each in found if each.kind == COUNT and each.of is None]
        self.far += counts
        self.taken |= {id(part) for each in statements for part in each.parts}
        wholes = [at for at, each in enumerate(counts) if each.measure & NEW_WHOLE]
        self.near = counts[wholes[0] :] if wholes else [*self.near, *counts][-_NEAR:]


def row(sentence: Sentence, language: str = "vi") -> tuple[object, ...]:
    """A sentence as the columns ``ANSWER_COLUMNS``."""
    return (
        sentence.paragraph,
        sentence.number,
        sentence.text,
        sentence.answer.value,
        sentence.should_be,
        sentence.explanation(language),
        "; ".join(sentence.not_understood),
    )


def _findings(found: Sequence[Figure], told: _Told) -> tuple[Finding, ...]:
    told.turn(found)
    of_sums = sums(found, told.near, told.taken)
    judged = [Finding(each, _of_sum(each)) for each in of_sums]
    judged += [Finding(*each) for each in rates(found, of_sums, told.near, told.far)]
    judged += [Finding(each, judge(each.claim)) for each in [*_ratios(found, judged), *_never_more(found)]]
    told.add(found, of_sums)
    return tuple(judged)


def _of_sum(statement: Statement) -> Judged:
    """A whole and its parts; parts that may be only some of it must not exceed it."""
    judged = judge(statement.claim)
    if statement.is_complete or judged.verdict is not Verdict.CONTRADICTS_ITSELF or judged.recomputed is None:
        return judged
    if Fraction(judged.recomputed) > Fraction(statement.claim.value):
        return judged
    return Judged(
        statement.claim, Verdict.NOT_CHECKABLE, judged.recomputed, (Note("some_parts", judged.notes[0].values),)
    )


def _ratios(found: Sequence[Figure], judged: Sequence[Finding]) -> Iterator[Statement]:
    """``1.283/1.279 hồ sơ`` without a rate: a part cannot exceed its whole."""
    used = {id(part) for each in judged for part in each.statement.parts}
    for each in found:
        if each.of is not None and each.kind != MEASURED and id(each) not in used:
            yield Statement(_at_most(each, each.of), each, ())


def _never_more(found: Sequence[Figure]) -> Iterator[Statement]:
    """``14 thủ tục và 439 lĩnh vực``: there are never more of the one than of the other."""
    for less, more in words().data["never_more"].items():
        named = [[each for each in found if each.kind == COUNT and each.noun == noun] for noun in (less, more)]
        if all(len(each) == 1 for each in named) and named[0][0].number.value > named[1][0].number.value:
            yield Statement(_at_most(named[0][0], named[1][0].number), named[0][0], (named[1][0],))


def _at_most(part: Figure, whole: Number) -> Claim:
    return Claim(
        statement_type=Kind.AT_MOST.value,
        numerator=str(whole.value),
        value=str(part.number.value),
        decimals=str(part.number.decimals),
        slack=part.hedge or "",
    )


def _mended(finding: Finding) -> str:
    """``64,4% → 64,5%``: what stands there and what follows from the parts."""
    claim, judged = finding.statement.claim, finding.judged
    stated = finding.statement.stated
    if judged.recomputed is None:
        return f"{stated.text}: không quá {written(Fraction(claim.numerator))}"
    decimals = stated.number.decimals
    if claim.statement_type == Kind.PERCENT.value:
        ratio = 100 * evaluate(claim.numerator).exact / evaluate(claim.denominator).exact
        return f"{stated.text} → {written(half_up(ratio, decimals), decimals=decimals)}%"
    parts = ", ".join(written(each.number.value) for each in finding.statement.parts)
    return f"{written(stated.number.value)} → {written(Fraction(judged.recomputed))} (hoặc sửa lại các phần: {parts})"


#: A full stop ends a sentence where a new one or nothing follows, not behind an abbreviation.
_STOP = re.compile(
    r"(?<!\bTP)(?<!\bTx)(?<!\bTS)(?<!\bGS)(?<!\bBS)(?<!\bTr)(?<=[\w%)”\"…])[.!?]+[”\"]?\s+(?=[A-ZĐÀ-ỸƠƯÂÊÔĂ\d“\"(-])"
)


def _sentences(text: str) -> list[str]:
    pieces, start = [], 0
    for match in _STOP.finditer(text):
        piece = text[start : match.end()].strip()
        if re.fullmatch(r"(?:\d+(?:\.\d+)*|[IVX]+)\.?", piece):  # the number of a heading
            continue
        pieces.append(piece)
        start = match.end()
    pieces.append(text[start:].strip())
    return [piece for piece in pieces if piece]
