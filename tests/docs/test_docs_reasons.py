"""docs/what_can_go_wrong.md: every reason says all in both languages, and the document is what the list makes."""

from __future__ import annotations

import re
import subprocess
import sys

from documents import PROJECT, text

from cchc.deliveries import REASONS
from cchc.reasons import LANGUAGES, TEXTS, reasons


def test_every_entry_says_everything_in_both_languages() -> None:
    lacking = [
        f"{code}: {name}.{language}"
        for code, reason in reasons().items()
        for name in TEXTS
        for language in LANGUAGES
        if not str(getattr(reason, name).get(language) or "").strip()
    ]
    assert not lacking, "\n".join(lacking)


def test_every_entry_is_a_refusal_a_rule_or_a_warning() -> None:
    assert {reason.kind for reason in reasons().values()} == {"refusal", "rule", "warning"}


def test_the_document_is_fresh() -> None:
    command = [sys.executable, "scripts/what_can_go_wrong.py", "--check"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def test_every_code_has_an_anchor_of_its_own() -> None:
    headings = re.findall(r"^### (\w+)$", text("docs/what_can_go_wrong.md"), re.M)
    assert headings == [*dict.fromkeys(headings)]
    assert set(headings) == {*reasons(), *REASONS}


def test_examples_are_made_up() -> None:
    """No run of nine or twelve digits: that is what an identity number looks like."""
    for code, reason in reasons().items():
        for language in LANGUAGES:
            said = str(reason.example.get(language, ""))
            assert not re.search(r"(?<!\d)(\d{9}|\d{12})(?!\d)", said), f"{code}: {said}"
