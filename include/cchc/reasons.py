"""The closed list of what may be wrong with a file or a row, in both languages, with what to do about it.

The entries stand in ``reasons.yaml``. Source: the export contract, sections 4, 6 and 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

LANGUAGES = ("vi", "en")
#: What every entry says, in every language.
TEXTS = ("name", "cause", "example", "do", "office")


@dataclass(frozen=True)
class Reason:
    """One entry. Its texts by language, ``vi`` and ``en``: ``do`` is for the sender, ``office`` for who runs this."""

    code: str
    kind: str  # refusal: of a file; rule: a row is held; warning: accepted all the same
    name: Mapping[str, str]
    cause: Mapping[str, str]
    example: Mapping[str, str]
    do: Mapping[str, str]
    office: Mapping[str, str]


@lru_cache(maxsize=1)
def reasons() -> dict[str, Reason]:
    """Every reason by its code. A text that an entry lacks is an empty mapping here; a test names it."""
    text = files("cchc").joinpath("reasons.yaml").read_text(encoding="utf-8")
    return {
        code: Reason(code, entry["kind"], *(entry.get(name, {}) for name in TEXTS))
        for code, entry in yaml.safe_load(text).items()
    }


def of_kind(kind: str) -> dict[str, Reason]:
    """The reasons of one kind."""
    return {code: reason for code, reason in reasons().items() if reason.kind == kind}
