"""The period that a text or a list of claims names, as first and last day; one that is only hinted at is none.

``2026-Q3``, ``2026-07-01/2026-09-30``; ``quý III năm 2026``, ``9 tháng đầu năm 2026``, ``từ ngày 01/7/2026 đến ngày
30/9/2026``.
"""

from __future__ import annotations

import calendar
import re
from datetime import date

Days = tuple[date, date]

_DAY = r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"
_RANGE = re.compile(rf"{_DAY}\s*(?:đến|-|–|tới)?\s*(?:hết\s+)?(?:ngày\s+)?{_DAY}")
_QUARTER = re.compile(r"quý\s+(iv|i{1,3}|[1-4])\s*[/,-]?\s*(?:năm\s+)?(\d{4})(?!\d)")
_FIRST_MONTHS = re.compile(r"(?<!\d)(3|6|9|ba|sáu|chín)\s+tháng(?:\s+đầu)?\s*(?:năm)?\s*/?\s*(\d{4})(?!\d)")
_MONTH = re.compile(r"tháng\s+(\d{1,2})\s*(?:[/-]\s*|\s+năm\s+)(\d{4})(?!\d)")
_YEAR = re.compile(r"năm\s+(\d{4})(?!\d)")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "ba": 3, "sáu": 6, "chín": 9}
#: Another period than the one of the report is meant.
_ELSEWHEN = re.compile(r"cùng kỳ|kỳ trước|năm trước|quý trước|tháng trước")


def of_list(text: str) -> Days | None:
    """The period of a list of claims: two days, a month, a quarter or a year, and nothing beside it."""
    text = text.strip()
    try:
        if match := re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:/|\.\.|_)(\d{4}-\d\d-\d\d)", text):
            return date.fromisoformat(match[1]), date.fromisoformat(match[2])
        if match := re.fullmatch(r"(\d{4})-(\d\d)", text):
            return _months(int(match[1]), int(match[2]), int(match[2]))
        if match := re.fullmatch(r"(\d{4})-Q([1-4])", text):
            return _months(int(match[1]), int(match[2]) * 3 - 2, int(match[2]) * 3)
        if match := re.fullmatch(r"\d{4}", text):
            return _months(int(text), 1, 12)
    except ValueError:
        return None  # the thirtieth of February
    return None


def of_text(text: str) -> Days | None:
    """The first period that a Vietnamese text names."""
    text = text.lower()
    found: list[tuple[int, Days]] = []
    for pattern, read in (
        (_RANGE, _range),
        (_QUARTER, lambda m: _months(int(m[2]), 3 * _ordinal(m[1]) - 2, 3 * _ordinal(m[1]))),
        (_FIRST_MONTHS, lambda m: _months(int(m[2]), 1, _ordinal(m[1]))),
        (_MONTH, lambda m: _months(int(m[2]), int(m[1]), int(m[1]))),
        (_YEAR, lambda m: _months(int(m[1]), 1, 12)),
    ):
        if match := pattern.search(text):
            try:
                found.append((match.start(), read(match)))
            except ValueError:
                continue
            text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]  # a quarter's year is no year
    return min(found)[1] if found else None


def speaks_of_another(text: str) -> bool:
    """Whether a sentence compares with a period that it does not name by its dates."""
    return bool(_ELSEWHEN.search(text.lower()))


def _range(match: re.Match[str]) -> Days:
    numbers = [int(each) for each in match.groups()]
    return date(numbers[2], numbers[1], numbers[0]), date(numbers[5], numbers[4], numbers[3])


def _ordinal(text: str) -> int:
    return _ROMAN[text] if text in _ROMAN else int(text)


def _months(year: int, first: int, last: int) -> Days:
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])
