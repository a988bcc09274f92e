"""What the stages hand to each other: keys of deliveries, file revisions, batches and how they ended.

Source: the export contract, sections 1 and 4. What a dataset's columns are stands in ``cchc.datasets``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from cchc.shelf import Place

TIMEZONE = "Asia/Ho_Chi_Minh"

Level = Literal["province", "department", "district", "commune"]
#: Datasets whose files speak of whole periods: they make no business day, and are never missing on one. What the
#: portal publishes is asked for, what units declare comes after a month or quarter. dbt: macro ``by_period``.
BY_PERIOD = ("portal", "declared", "objections")

Outcome = Literal["landed", "accepted", "refused"]


@dataclass(frozen=True, order=True)
class DeliveryKey:
    """What one delivery is about: one dataset of one unit of one system on one business day."""

    system: str
    unit: str
    export_date: date
    dataset: str


@dataclass(frozen=True)
class Stray:
    """A name that is no delivery: never opened, reported once.

    ``path`` holds of made-up names only what may be shown; ``likely`` is what it probably stands for, or empty.
    """

    path: str
    reason: str
    likely: str = ""


@dataclass(frozen=True)
class Unfetched:
    """A file, or with an empty ``path`` a day's whole folder, that a look at the source could not fetch, and why."""

    system: str
    unit: str
    export_date: date
    path: str
    reason: str
    detail: str


@dataclass(frozen=True)
class Revision:
    """One set of bytes for one delivery, landed. The unit of work of every later stage."""

    key: DeliveryKey
    path: str
    number: int  # 1, 2, ... per delivery
    sha256: str
    size_bytes: int

    @property
    def id(self) -> str:
        """Stable over re-runs: derived from the delivery and the revision number, never from a clock."""
        k = self.key
        text = "|".join([k.system, k.unit, k.export_date.isoformat(), k.dataset, str(self.number)])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Brought:
    """Landed bytes that were brought from a store. ``content`` is empty where there are more than any reader takes."""

    size_bytes: int
    content: bytes


@dataclass
class Result:
    """How one revision ended: the row the ledger keeps. ``rows_read`` always equals the other three together."""

    revision: Revision
    outcome: Outcome = "landed"
    reason: str | None = None
    detail: str | None = None
    rows_read: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0
    rows_duplicate: int = 0
    warnings: list[str] = field(default_factory=list)
    stage_ms: dict[str, int] = field(default_factory=dict)

    def refuse(self, reason: str, detail: str = "") -> None:
        """Refuse the file whole: the reason stands, every count is zero (contract, section 4)."""
        self.outcome, self.reason, self.detail = "refused", reason, detail
        self.rows_read = self.rows_accepted = self.rows_quarantined = self.rows_duplicate = 0


@dataclass(frozen=True)
class Batch:
    """Files judged together: one dataset, one dialect, at most so many bytes."""

    number: int
    dataset: str
    dialect: str
    revisions: tuple[Revision, ...]


@dataclass
class Judged:
    """What a batch came to: results of every revision, and the Parquet files by raw table."""

    results: list[Result] = field(default_factory=list)
    files: dict[str, list[Place]] = field(default_factory=dict)
