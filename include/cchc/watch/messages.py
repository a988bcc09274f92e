"""A change in words: subject and plain text, Vietnamese first, English below, and the same as data for a webhook."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from textwrap import TextWrapper
from typing import Any

from cchc.ledger import Told
from cchc.reasons import LANGUAGES
from cchc.watch.changes import Change
from cchc.watch.findings import Finding
from cchc.watch.words import WORDS

#: Lines of a message that name parts of a matter; the command under "look" has them all.
MOST_LINES = 40
WIDTH = 96
_LABEL = 12


@dataclass(frozen=True)
class Message:
    """What is sent. ``reference``: the same for the same news, so that a second copy can be told from a second message.

    ``thread``: the same for every message about one matter to one addressee.
    """

    subject: str
    text: str
    reference: str
    thread: str
    data: dict[str, Any] = field(default_factory=dict)


def message(change: Change, addressee: str, now: datetime, link: str = "", note: str = "") -> Message:
    """The message of a change that is told. ``note``: a text of its own below, such as the note to a unit."""
    finding, told = change.finding, change.told
    assert change.state is not None
    if finding is not None:
        matter, kind, titles, since = finding.matter, finding.kind, finding.titles, finding.since
    else:
        assert told is not None
        matter, kind, titles, since = told.matter, told.kind, dict(told.titles), told.opened_at
    parts = []
    for language in LANGUAGES:
        if finding is not None:
            parts.append(_open(change, finding, language, link))
        elif told is not None:
            parts.append(_over(told, kind, titles[language], language, now))
    text = "\n\n".join(["\n\n-- English --\n\n".join(parts).rstrip(), *([note.rstrip()] if note else [])])
    words = WORDS["vi"]["words"], WORDS["en"]["words"]
    state = " · ".join(each[change.state] for each in words)
    subject = f"[CCHC] {state}: {titles['vi']} · {titles['en']}"
    thread = _hash(matter, addressee)
    news = sorted(change.new) if finding is not None else [str(since)]
    data = {
        "matter": matter,
        "kind": kind,
        "state": change.state,
        "since": since.isoformat(),
        "count": len(finding.items) if finding else 0,
        "new": len(change.new),
        "title": titles,
        "subject": subject,
        "text": text,
    }
    return Message(subject, text + "\n", _hash(matter, addressee, change.state, *news), thread, data)


def _open(change: Change, finding: Finding, language: str, link: str) -> str:
    words = WORDS[language]["words"]
    count = finding.say(language, "count")
    if change.state == "changed":
        count += f" ({words['new'].format(n=len(change.new))})"
    see = finding.say(language, "see")
    since = min(finding.since, change.told.opened_at) if change.told else finding.since
    rows = [
        ("what", f"{words[str(change.state)]}: {finding.titles[language]}"),
        ("who", finding.say(language, "who")),
        ("since", f"{since:%d/%m/%Y %H:%M}"),
        ("count", count),
        ("do", finding.say(language, "do")),
        ("see", f"{see}; {link}" if link else see),
    ]
    lines = [_row(words[name], text) for name, text in rows]
    if detail := finding.lines.get(language):
        lines += ["", f"{words['detail']}:", *_few(detail, words["more"])]
    if change.told is not None and change.told.failed_at is not None:
        lines += ["", *_folded(words["waited"].format(at=f"{change.told.failed_at:%d/%m/%Y %H:%M}"))]
    return "\n".join([*lines, "", *_folded(words["foot"])])


def _over(told: Told, kind: str, title: str, language: str, now: datetime) -> str:
    words = WORDS[language]["words"]
    since = told.told_at or told.opened_at
    lines = [
        _row(words["what"], f"{words['closed']}: {title}"),
        _row(words["told"], f"{since:%d/%m/%Y %H:%M}"),
        _row(words["over"], f"{now:%d/%m/%Y %H:%M}. {WORDS[language]['kinds'][kind]['over']}"),
    ]
    if told.failed_at is not None:
        lines += ["", *_folded(words["waited"].format(at=f"{told.failed_at:%d/%m/%Y %H:%M}"))]
    return "\n".join(lines)


def _row(label: str, text: str) -> str:
    head = f"{label}:".ljust(_LABEL)
    return "\n".join(_folded(text, head, " " * _LABEL))


def _few(lines: Sequence[str], more: str) -> list[str]:
    shown = [each for line in lines[:MOST_LINES] for each in _folded(line, "- ", "  ")]
    rest = len(lines) - MOST_LINES
    return [*shown, *([f"- {more.format(n=rest)}"] if rest > 0 else [])]


def _folded(text: str, first: str = "", later: str = "") -> list[str]:
    """Lines that a mail shows whole; codes and paths are never parted."""
    wrapper = TextWrapper(WIDTH, break_long_words=False, break_on_hyphens=False)
    wrapper.initial_indent, wrapper.subsequent_indent = first, later
    return wrapper.wrap(text)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
