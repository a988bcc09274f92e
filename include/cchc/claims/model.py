"""What a claim is: a figure that somebody published, with its parts; and what the check says of it.

The columns of a list of claims are those of ``COLUMNS``; ``cchc.claims.lists`` reads and writes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """The closed list of what a check may say."""

    REPRODUCES_HALF_UP = "reproduces_half_up"
    REPRODUCES_TRUNCATED = "reproduces_truncated"
    CONTRADICTS_ITSELF = "contradicts_itself"
    CONTRADICTS_WAREHOUSE = "contradicts_warehouse"
    NOT_CHECKABLE = "not_checkable"

    @property
    def reproduces(self) -> bool:
        """Whether the figure comes out of its parts, by either rounding."""
        return self in (Verdict.REPRODUCES_HALF_UP, Verdict.REPRODUCES_TRUNCATED)


class Kind(StrEnum):
    """How a figure follows from its parts."""

    PERCENT = "percent"  # 100 * numerator / denominator
    SUM = "sum"  # numerator: parts with + and -
    BARE = "bare"  # no parts: nothing to compute
    AT_MOST = "at_most"  # not above the numerator: fields of procedures, a part of a whole


@dataclass(frozen=True)
class Claim:
    """One published figure; every field is text as the list has it.

    ``numerator`` and ``denominator`` are numbers or sums of numbers with a decimal point; ``slack`` is a number (what
    rounded parts may be off together) or a word of the text (``hơn``, ``>``). ``row``: its line in the list, from 2.
    """

    id: str = ""
    source_title: str = ""
    source_url: str = ""
    source_date: str = ""
    place: str = ""
    unit_kind: str = ""
    period: str = ""
    statement_type: str = ""
    stated_text: str = ""
    numerator: str = ""
    denominator: str = ""
    denominator_is: str = ""
    value: str = ""
    decimals: str = ""
    slack: str = ""
    unit_code: str = ""
    row: int = 0


#: Columns of a list of claims. The first is optional like those of ``OPTIONAL``; the others must be there.
COLUMNS = (
    "id",
    "source_title",
    "source_url",
    "source_date",
    "place",
    "unit_kind",
    "period",
    "statement_type",
    "stated_text",
    "numerator",
    "denominator",
    "denominator_is",
    "value",
    "decimals",
    "slack",
)
OPTIONAL = ("unit_code",)


@dataclass(frozen=True)
class Note:
    """One thing that the check found: a code of ``texts.yaml`` and what its text names."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """A claim with what the check says of it; ``recomputed`` is None where nothing could be computed."""

    claim: Claim
    verdict: Verdict
    recomputed: Decimal | None = None
    notes: tuple[Note, ...] = ()
