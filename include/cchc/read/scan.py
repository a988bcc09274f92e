"""The lines and cells of delimited text, counted on the bytes: by the rules of RFC 4180, and by no parser.

What the parser hands over has to agree with it, so that no row vanishes on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_QUOTE, _NEWLINE, _SPACE = ord('"'), ord("\n"), ord(" ")


@dataclass(frozen=True)
class Scan:
    """What stands in a text. Arrays have one entry a record (a line, or several lines held together by quotes).

    ``cells``: how many. ``holds_text``: whether any byte but blanks and separators stands in it; a separator or a
    quotation mark that is the text of a cell, as in ``","``, is text. ``is_regular``: every quotation mark
    opens a cell, closes one or stands doubled within one; where not, the counts are no more than a guess.
    ``swallowed``: the most separators in one cell of several lines, and ``swallowed_at``, its first line.
    """

    cells: NDArray[np.int64]
    holds_text: NDArray[np.bool_]
    is_regular: bool
    swallowed: int = 0
    swallowed_at: int = 0

    @property
    def records(self) -> int:
        """How many records there are."""
        return len(self.cells)


def scan(content: bytes, separator: bytes) -> Scan:
    """Count a text whose lines end in ``\\n``. ``separator``: one byte."""
    text = np.frombuffer(content, dtype=np.uint8)
    is_end, is_separator, is_quote = text == _NEWLINE, text == separator[0], text == _QUOTE
    marks = (text > _SPACE) & ~is_separator & ~is_quote
    quotes, all_ends, all_separators = map(np.flatnonzero, (is_quote, is_end, is_separator))
    is_regular = _is_regular(text, quotes, separator[0])
    ends, separators = _outside(all_ends, quotes), _outside(all_separators, quotes)
    if is_regular and len(quotes):
        marks[all_separators[np.searchsorted(quotes, all_separators) & 1 == 1]] = True
        marks[quotes[1:-1:2][quotes[1:-1:2] + 1 == quotes[2::2]]] = True
    swallowed = at = 0
    if len(ends) < len(all_ends):
        swallowed, at = _swallowed(quotes, all_ends, all_separators)
    if len(text) and (not len(ends) or ends[-1] != len(text) - 1):
        ends = np.append(ends, len(text))
    if not len(ends):
        return Scan(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool), is_regular)
    starts = np.concatenate([[0], ends[:-1] + 1])
    cells = np.diff(np.searchsorted(separators, ends), prepend=0) + 1
    return Scan(cells, np.maximum.reduceat(marks, starts), is_regular, swallowed, at)


def _outside(places: NDArray[np.int64], quotes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places before which an even number of quotation marks stands."""
    return places[np.searchsorted(quotes, places) & 1 == 0] if len(quotes) else places


def _is_regular(text: NDArray[np.uint8], quotes: NDArray[np.int64], separator: int) -> bool:
    if not len(quotes):
        return True
    if len(quotes) % 2:
        return False
    opening, closing, last = quotes[0::2], quotes[1::2], len(text) - 1
    # the first and the last cell have a border too
    before = np.where(opening == 0, _NEWLINE, text[np.maximum(opening - 1, 0)])
    after = np.where(closing == last, _NEWLINE, text[np.minimum(closing + 1, last)])
    borders = (separator, _NEWLINE, _QUOTE)  # a mark beside a mark is a doubled one
    return bool(np.isin(before, borders).all() and np.isin(after, borders).all())


def _swallowed(quotes: NDArray[np.int64], ends: NDArray[np.int64], separators: NDArray[np.int64]) -> tuple[int, int]:
    """Of the quoted cells of several lines: the most separators in one, and the line where that one begins."""
    opening, closing = quotes[0::2], quotes[1::2]
    opening = opening[: len(closing)]
    if not len(closing):
        return 0, 0
    # doubled marks part a cell into stretches that touch
    first = np.concatenate([[True], opening[1:] != closing[:-1] + 1])
    last = np.concatenate([first[1:], [True]])
    opening, closing = opening[first], closing[last]
    lines = np.searchsorted(ends, closing) - np.searchsorted(ends, opening)
    inside = np.where(lines > 0, np.searchsorted(separators, closing) - np.searchsorted(separators, opening), 0)
    worst = int(inside.argmax())
    return int(inside[worst]), int(np.searchsorted(ends, opening[worst])) + 1
