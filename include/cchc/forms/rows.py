"""The lines of a form as they stand on paper: levels with their sums, then the total. For the workbook and the page."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from cchc.forms.fill import Form, Line, subtotal


@dataclass(frozen=True)
class Printed:
    """``number``: what stands under TT. ``sums``: positions, in the list, of the rows that this one adds up."""

    kind: Literal["line", "group", "total"]
    number: str
    line: Line
    sums: tuple[int, ...] = ()


def printed(form: Form) -> list[Printed]:
    """Every row in order. A form without a line has its total alone."""
    found: list[Printed] = []
    tops: list[int] = []
    for position, (group, members) in enumerate(groupby(form.lines, key=lambda line: line.group), start=1):
        lines = list(members)
        if group is not None:
            here = len(found)
            tops.append(here)
            sums = tuple(range(here + 1, here + 1 + len(lines)))
            found.append(Printed("group", _roman(position), subtotal(group, lines), sums))
        for number, line in enumerate(lines, start=1):
            if group is None:
                tops.append(len(found))
            found.append(Printed("line", str(number), line))
    return [*found, Printed("total", "", form.total, tuple(tops))]


def _roman(number: int) -> str:
    """I to IX: a form has a handful of levels."""
    return ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[number - 1]
