"""docs/alerts.md shows what is really sent, of every kind, and names every setting and role."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from watch_examples import CASES, examples

from cchc.registry.contacts import Role
from cchc.registry.open import Registry
from cchc.watch.words import WORDS

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "alerts.md").read_text("utf-8")


@pytest.mark.parametrize("kind", [*CASES, "closed"])
def test_the_example_is_what_the_code_writes(kind: str, registry: Registry) -> None:
    shown = examples(registry)[kind]
    assert f"Subject: {shown.subject}\n\n{shown.text.rstrip()}\n```" in DOCUMENT


def test_every_kind_is_shown_and_both_languages_say_the_same() -> None:
    assert set(CASES) == set(WORDS["vi"]["kinds"]) == set(WORDS["en"]["kinds"])
    assert WORDS["vi"]["words"].keys() == WORDS["en"]["words"].keys()
    for kind, texts in WORDS["vi"]["kinds"].items():
        assert texts.keys() == WORDS["en"]["kinds"][kind].keys()


def test_every_role_is_explained() -> None:
    assert all(f"| `{role}` |" in DOCUMENT for role in get_args(Role))
