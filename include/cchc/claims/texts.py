"""What the check found, in words: Vietnamese or English, numbers as the language writes them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from cchc.claims.model import Judged, Note
from cchc.claims.rounding import as_decimal
from cchc.claims.words import words


def explanation(judged: Judged, language: str = "vi") -> str:
    """Every note of a judgement as sentences."""
    return " ".join(said(note, language) for note in judged.notes)


def said(note: Note, language: str = "vi") -> str:
    """One note as a sentence."""
    decimals = note.values.get("decimals")
    shown = {name: _shown(name, value, language, decimals) for name, value in note.values.items()}
    return _texts()[note.code][language].format(**shown)


def written(value: Fraction | Decimal, language: str = "vi", decimals: int | None = None) -> str:
    """A number as the language writes it; with ``decimals`` just so many, else as many as it has, at most four."""
    number = Fraction(value)
    text = f"{as_decimal(number, decimals):,.{decimals}f}" if decimals is not None else f"{as_decimal(number, 4):,f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "vi" else text


def _shown(name: str, value: Any, language: str, decimals: int | None) -> str:
    if name in ("name", "what", "usual"):
        return words().name(value, language)
    if isinstance(value, Fraction):
        return written(value, language, decimals if name in ("stated", "half_up", "truncated") else None)
    return str(value)


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, str]]:
    text = resources.files("cchc.claims").joinpath("data", "texts.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))
