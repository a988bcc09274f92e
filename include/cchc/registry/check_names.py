"""Names that pages and spreadsheets show: no markup, no formulas, nothing unseen in them.

Pages escape what they show and exports neutralise formulas; a registry that came from elsewhere is still not let in
with either, for not every reader of the open data does the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

from cchc.registry.files import Placed
from cchc.registry.parse import Parsed
from cchc.registry.problems import Problem

#: Fields that people read, by the start of their names.
_SHOWN = ("name", "label_vi", "label_en", "note", "holiday", "description")
_MARKUP = re.compile(r"<\s*[A-Za-z/!?]|&(?:[A-Za-z]+|#\w+);|(?:javascript|vbscript)\s*:|data:text", re.I)
_FORMULA = re.compile(r"[=+@\t\r]|-\s*(?:[A-Za-z]+\(|[\d.]*[*/+^&])")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

_RULES: tuple[tuple[str, Callable[[str], Any], str, str], ...] = (
    (
        "markup_in_name",
        _MARKUP.search,
        "has markup; write it in plain words",
        "có mã đánh dấu; hãy viết bằng chữ thường",
    ),
    (
        "formula_in_name",
        _FORMULA.match,
        "starts like a spreadsheet's formula; start it with a letter",
        "bắt đầu như công thức bảng tính; hãy bắt đầu bằng chữ cái",
    ),
    (
        "unseen_in_name",
        _UNSEEN.search,
        "has characters that no screen shows; write it anew",
        "có ký tự không nhìn thấy; hãy gõ lại",
    ),
)


def check_names(parsed: Parsed) -> Iterator[Problem]:
    """A name with markup, one that a spreadsheet would run, one with characters that no screen shows."""
    for listed in fields(parsed):
        for placed in getattr(parsed, listed.name):
            if isinstance(placed, Placed):
                for name, text in _shown(placed.item):
                    yield from _problems(placed, name, text)


def _shown(item: Any) -> Iterator[tuple[str, str]]:
    for name in type(item).model_fields:
        value = getattr(item, name)
        if isinstance(value, str) and name.startswith(_SHOWN):
            yield name, value


def _problems(placed: Placed[Any], name: str, text: str) -> Iterator[Problem]:
    shown, line = repr(text[:40]), placed.lines.get((name,), placed.line)
    for rule, is_wrong, message, message_vi in _RULES:
        if is_wrong(text):
            yield Problem(placed.file, line, rule, f"{name} {shown} {message}", f"{name} {shown} {message_vi}")
