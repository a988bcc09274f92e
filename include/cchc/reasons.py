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


@dataclass(frozen=True)
class Reason:
    """One entry. ``name`` and ``do`` (what the sender does) by language, ``vi`` and ``en``."""

    code: str
    kind: str  # refusal: of a file; rule: a row is held; warning: accepted all the same
    name: Mapping[str, str]
    do: Mapping[str, str]


@lru_cache(maxsize=1)
def reasons() -> dict[str, Reason]:
    """Every reason by its code."""
    text = files("cchc").joinpath("reasons.yaml").read_text(encoding="utf-8")
    return {code: Reason(code, **entry) for code, entry in yaml.safe_load(text).items()}


def of_kind(kind: str) -> dict[str, Reason]:
    """The reasons of one kind."""
    return {code: reason for code, reason in reasons().items() if reason.kind == kind}
