"""Names that are no delivery: what they probably stand for, and what of them may be shown.

Somebody made them up, so a name may be a person's: only what looks like a date, a dataset or a form of file is shown,
anything else as its shape (letters become a, digits d). No such file is ever opened.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date

from cchc.datasets import DATASETS
from cchc.datasets.dialects import DIALECTS

#: Other names under which people save a dataset, without accents, spaces and signs.
_ALIASES = {
    "dossiers": ("dossier", "hoso", "danhsachhoso", "tiepnhan"),
    "payments": ("payment", "thanhtoan", "giaodich"),
    "feedback": ("feedbacks", "phananh", "kiennghi", "pakn"),
    "apologies": ("apology", "thuxinloi", "xinloi"),
    "objections": ("objection", "phanhoi", "phanhoisolieu"),
    "vneid": ("dinhdanh",),
    "declared": ("tukhai", "sotukhai", "kekhai"),
    "portal": ("dvcqg", "bochiso766"),
}
_FORMS = {ending for dialect in DIALECTS.values() for ending in dialect.endings}
_FORMS |= {"gz", "zip", "xls", "xlsx", "xlsm", "csv", "json", "jsonl", "ndjson", "txt", "xml", "rar"}
#: What copying, editing and sending leave in a name.
_LEFT_BEHIND = {
    "copy",
    "of",
    "sao",
    "chep",
    "ban",
    "final",
    "new",
    "moi",
    "old",
    "cu",
    "bak",
    "tmp",
    "part",
    "filepart",
}
_LEFT_BEHIND |= {"crdownload", "partial", "export", "data", "ngay", "day"}
_SHOWN = {*DATASETS, *(alias for known in _ALIASES.values() for alias in known), *_FORMS, *_LEFT_BEHIND}
_UNIT = re.compile(r"[A-Za-z]\d{1,3}([._-]\d{1,4}){0,4}")
_SHOWN_YEARS = range(2020, 2100)
_MOST_DIGITS, _LONGEST = 8, 60

_SIGN = r"\s*[-_./ ]\s*"
_YEAR_FIRST = re.compile(rf"(?<!\d)(20\d\d)(?:{_SIGN}(\d\d?){_SIGN}(\d\d?)|(\d\d)(\d\d))(?!\d)")
_YEAR_LAST = re.compile(rf"(?<!\d)(?:(\d\d?){_SIGN}(\d\d?){_SIGN}|(\d\d)(\d\d))(20\d\d)(?!\d)")


def is_day(name: str) -> bool:
    """Whether a folder's name is a day as the contract writes it."""
    try:
        return date.fromisoformat(name).isoformat() == name
    except ValueError:
        return False


def likely_day(name: str) -> date | None:
    """The day that a folder's name probably means (``20261105``, ``05-11-2026``), else None."""
    plain = unicodedata.normalize("NFKC", name)
    for found, order in ((_YEAR_FIRST.search(plain), (0, 1, 2)), (_YEAR_LAST.search(plain), (2, 1, 0))):
        if found is None:
            continue
        parts = [int(part) for part in found.groups() if part is not None]
        year, month, day = (parts[n] for n in order)
        for first, second in ((month, day), (day, month)):  # 11-25-2026 can only mean the month first
            try:
                return date(year, first, second)
            except ValueError:
                continue
    return None


def likely_file(name: str, dialects: Mapping[str, str]) -> str | None:
    """The name that a file should probably bear, of the datasets a system delivers (dataset -> dialect), else None."""
    words = _words(name)
    kept = [word for word in words if word not in _FORMS | _LEFT_BEHIND]
    together = "".join(kept)
    for dataset, dialect in dialects.items():
        known = (dataset, *_ALIASES.get(dataset, ()))
        if any(word in kept or (len(word) > 3 and word in together) for word in known):
            return f"{dataset}.{DIALECTS[dialect].endings[0]}{'.gz' if 'gz' in words else ''}"
    return None


def likely_unit(name: str, units: Collection[str]) -> str | None:
    """The unit's code that a folder's name probably means (``h50_101`` for ``H50.101``), else None."""

    def bare(code: str) -> str:
        return re.sub(r"[^a-z0-9]", "", _plain(code))

    return next((unit for unit in sorted(units) if bare(unit) == bare(name)), None)


def shown(name: str) -> str:
    """A made-up name as far as it may be shown."""
    if is_day(name) or _UNIT.fullmatch(name):
        return name
    digits = sum(letter.isdigit() for letter in name)
    said = []
    for part in re.findall(r"[^\W\d_]+[\u0300-\u036f]*|\d+|.", unicodedata.normalize("NFC", name), re.S):
        if part.isdigit():
            said.append(part if digits <= _MOST_DIGITS and _of_a_day(part) else "d" * len(part))
        elif part[0].isalpha():
            said.append(part if _plain(part) in _SHOWN else "a" * len(part))
        else:
            said.append(part if part.isprintable() else "?")
    return "".join(said)[:_LONGEST]


def _of_a_day(digits: str) -> bool:
    if len(digits) == 8:
        found = likely_day(digits)
        return found is not None and found.year in _SHOWN_YEARS
    return len(digits) <= 2 or (len(digits) == 4 and int(digits) in _SHOWN_YEARS)


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z]+", _plain(name))


def _plain(text: str) -> str:
    """Lower case, without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
