"""Index schemes (PAR INDEX, SIPAS, DGI, DDCI, ICT/DTI and what provinces set themselves), and their published values.

A scheme is a tree of nodes with one root; a node's maximum may change from year to year, and where no source gives one
it is unknown: empty, never a guess. An edition is one publication of one year's results; its values keep what was
published as it was published. Shapes only: rules between rows stand in ``check_indices``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from pydantic import Field, field_validator, model_validator

from cchc.contracts import Level
from cchc.registry.model import Day, OptionalDay, _Dated, _Row

__all__ = ["IndexEdition", "IndexFigure", "IndexNode", "IndexScheme", "IndexValue", "digits"]

Kind = Literal["self", "council", "survey", "bonus", "penalty"]
_NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_SHA256 = re.compile(r"[0-9a-f]{64}")
#: Digits behind the decimal sign that a published figure may have; checks are exact up to there.
MOST_DIGITS = 3


class IndexScheme(_Dated):
    """One index: who issued it by which decision, for units of which level. ``verified``: whether the text was read."""

    scheme: str = Field(pattern=_NAME)
    family: Literal["PAR_INDEX", "SIPAS", "DGI", "DDCI", "ICT", "DTI", "PLAN"]
    name_vi: str
    name_en: str
    level: Level
    issuer: str | None = None
    decision: str | None = None
    source: str
    verified: bool = False
    note: str | None = None


class IndexNode(_Dated):
    """A component of a scheme while its maximum and place were so. The root has no ``parent``.

    ``kind``: where its points come from (``self``-assessed, checked by a ``council``, a ``survey``, ``bonus``,
    ``penalty``); empty where its parts differ or no source says. ``max_score``: empty where unknown; ``max_basis``
    says whether a source states it or it follows from others (``implied``). A bonus or penalty is outside the maximum
    of its parent.
    """

    scheme: str
    node: str = Field(pattern=_NAME)
    parent: str | None = None
    position: int = Field(ge=0)
    kind: Kind | None = None
    name_vi: str
    name_en: str
    max_score: Decimal | None = Field(default=None, gt=0, decimal_places=4)
    max_basis: Literal["stated", "implied"] | None = None
    source: str
    verified: bool = False
    note: str | None = None

    @model_validator(mode="after")
    def _maximum_has_a_basis(self) -> IndexNode:
        if (self.max_score is None) != (self.max_basis is None):
            raise ValueError("max_score and max_basis stand together: say whether a source states it or it is implied")
        return self


class IndexFigure(_Dated):
    """A node that asks for a figure which the warehouse has: an indicator, to be offered beside what is declared."""

    scheme: str
    node: str
    indicator: str
    source: str
    verified: bool = False


class IndexEdition(_Row):
    """One publication of a year's results. ``revision`` 1 is the first; a corrected publication is the next.

    ``ranked_units``: how many units were ranked; ``unit_set``: which. ``mean_percent``: of all of them, as published.
    """

    edition: str = Field(pattern=_NAME)
    scheme: str
    year: int = Field(ge=2000, le=2100)
    revision: int = Field(default=1, ge=1)
    period_start: Day
    period_end: Day
    published_at: OptionalDay = None
    ranked_units: int | None = Field(default=None, ge=1)
    unit_set: str | None = None
    mean_percent: Decimal | None = Field(default=None, ge=0, le=100, decimal_places=MOST_DIGITS)
    mean_change: Decimal | None = Field(default=None, decimal_places=MOST_DIGITS)
    source: str
    note: str | None = None

    @model_validator(mode="after")
    def _in_order(self) -> IndexEdition:
        if self.period_end < self.period_start:
            raise ValueError("period_end lies before period_start")
        return self


class IndexValue(_Row):
    """What an edition says of a unit in one node; everything but the three keys may be unknown.

    ``raw_value``: before any scaling; ``normalised``: on the scale of the node, between ``norm_low`` and ``norm_high``
    of the raw values. ``self_score`` and ``recognised_score``: by the unit, and by the council. ``score`` and
    ``percent``: as published, with its digits. ``rank_change``: places gained as published. The evidence is a file
    that its keeper has: its name and SHA-256 say which.
    """

    edition: str
    unit_code: str
    node: str
    raw_value: Decimal | None = Field(default=None, decimal_places=4)
    normalised: Decimal | None = Field(default=None, decimal_places=4)
    norm_low: Decimal | None = Field(default=None, decimal_places=4)
    norm_high: Decimal | None = Field(default=None, decimal_places=4)
    self_score: Decimal | None = Field(default=None, decimal_places=4)
    recognised_score: Decimal | None = Field(default=None, decimal_places=4)
    score: Decimal | None = Field(default=None, decimal_places=MOST_DIGITS)
    percent: Decimal | None = Field(default=None, decimal_places=MOST_DIGITS)
    rank: int | None = Field(default=None, ge=1)
    rank_of: int | None = Field(default=None, ge=1)
    rank_change: int | None = None
    published_text: str | None = None
    evidence_name: str | None = None
    evidence_sha256: str | None = None
    source: str
    note: str | None = None

    @field_validator("evidence_sha256")
    @classmethod
    def _hash(cls, value: str | None) -> str | None:
        if value is not None and not _SHA256.fullmatch(value):
            raise ValueError("a SHA-256 is 64 hexadecimal digits in lower case")
        return value

    @model_validator(mode="after")
    def _bounds_in_order(self) -> IndexValue:
        if self.norm_low is not None and self.norm_high is not None and self.norm_low >= self.norm_high:
            raise ValueError("norm_low must lie below norm_high")
        return self


def digits(value: Decimal | None) -> int | None:
    """The digits behind the decimal sign as they were written: 90.90 has two."""
    if value is None:
        return None
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
