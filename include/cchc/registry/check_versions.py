"""Dated versions of one key: overlaps and gaps of their validity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeVar

from cchc.registry.declarable import Declarable, Template
from cchc.registry.files import Placed
from cchc.registry.forms import FormLayout, FormRule
from cchc.registry.indices import IndexFigure, IndexNode
from cchc.registry.model import Band, IntegritySignal, Procedure, RuleInForce, Unit
from cchc.registry.parse import Parsed
from cchc.registry.problems import Problem

V = TypeVar(
    "V",
    Unit,
    Procedure,
    Band,
    RuleInForce,
    IntegritySignal,
    FormLayout,
    FormRule,
    Template,
    Declarable,
    IndexNode,
    IndexFigure,
)

LAST = date.max


def check_procedures(parsed: Parsed) -> Iterator[Problem]:
    """One procedure code has one version a day."""
    yield from versions(parsed.procedures, lambda item: item.procedure_code, "procedure", "thủ tục", gaps=False)


def versions(
    placed: Iterable[Placed[V]], key: Callable[[V], str], what: str, what_vi: str, gaps: bool = True
) -> Iterator[Problem]:
    """Overlaps, and where asked gaps, between the versions of each key; told on the later version's line."""
    by_key: dict[str, list[Placed[V]]] = defaultdict(list)
    for one in placed:
        by_key[key(one.item)].append(one)
    for code, found in by_key.items():
        found.sort(key=lambda one: one.item.valid_from)
        for before, after in pairwise(found):
            end, start = before.item.valid_to or LAST, after.item.valid_from
            if start <= end:
                message = f"{what} {code} is valid twice from {start}; the other version is on line {before.line}"
                message_vi = f"{what_vi} {code} có hai bản cùng hiệu lực từ {start}; bản kia ở dòng {before.line}"
                yield Problem(after.file, after.line, "overlapping_validity", message, message_vi)
            elif gaps and start > end + timedelta(days=1):
                message = f"{what} {code} has no version between {end} and {start}"
                message_vi = f"{what_vi} {code} không có bản hiệu lực giữa {end} và {start}"
                yield Problem(after.file, after.line, "validity_gap", message, message_vi)
