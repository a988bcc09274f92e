"""What the stages hand to each other: keys, outcomes and the canonical columns of every dataset.

Source: the export contract, version 1 (sections 1, 2 and 4). Column units are in the names or in the comments;
timestamps are local (Asia/Ho_Chi_Minh) without an offset; amounts are VND.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pyarrow as pa

TIMEZONE = "Asia/Ho_Chi_Minh"

Dataset = Literal["dossiers", "payments", "vneid", "feedback", "portal"]
Outcome = Literal["landed", "accepted", "refused"]

#: Columns every loaded row carries: where it came from, down to the row of the file.
LINEAGE = pa.schema(
    [
        ("revision_id", pa.string()),
        ("row_number", pa.int32()),  # data rows of the file, from 1
        ("system", pa.string()),
        ("delivering_unit", pa.string()),
        ("export_date", pa.date32()),
    ]
)

_TS = pa.timestamp("us")

#: Canonical columns, without personal data, in the order of the warehouse tables ``raw.<dataset>``.
CANONICAL: dict[str, pa.Schema] = {
    "dossiers": pa.schema(
        [
            ("dossier_code", pa.string()),
            ("procedure_code", pa.string()),  # national stem n.nnnnnn
            ("procedure_suffix", pa.string()),
            ("receiving_unit", pa.string()),
            ("handling_unit", pa.string()),
            ("applicant_kind", pa.string()),
            ("channel", pa.string()),
            ("submitted_at", _TS),
            ("received_at", _TS),
            ("due_at", _TS),
            ("finished_at", _TS),
            ("returned_at", _TS),
            ("refused_at", _TS),
            ("status", pa.int16()),
            ("has_digitised_parts", pa.bool_()),
            ("vneid_verified", pa.bool_()),
            ("online_payment", pa.int16()),
            ("fees", pa.string()),  # amounts in VND, joined by |; empty list is null
            ("fee_count", pa.int32()),
            ("fee_total_vnd", pa.int64()),
            ("supplements", pa.string()),  # requested/answered, joined by |
            ("supplement_count", pa.int32()),
            ("first_supplement_requested_at", _TS),
            ("supplement_wait_seconds", pa.int64()),
            ("reused_part", pa.bool_()),
            ("from_personal_store", pa.bool_()),
            ("has_electronic_result", pa.bool_()),
            ("updated_at", _TS),
        ]
    ),
    "payments": pa.schema(
        [
            ("transaction_code", pa.string()),
            ("dossier_code", pa.string()),
            ("procedure_code", pa.string()),
            ("unit", pa.string()),
            ("amount_vnd", pa.int64()),
            ("gateway", pa.int16()),  # 1 national portal, 2 local gateway
            ("outcome", pa.string()),  # succeeded, failed, refunded
            ("paid_at", _TS),
        ]
    ),
    "vneid": pa.schema(
        [
            ("commune_code", pa.string()),  # 5 digits, administrative code
            ("as_of_date", pa.date32()),
            ("chip_card_holders", pa.int64()),
            ("activated_level1", pa.int64()),
            ("activated_level2", pa.int64()),
        ]
    ),
    "feedback": pa.schema(
        [
            ("feedback_code", pa.string()),
            ("unit", pa.string()),
            ("dossier_code", pa.string()),
            ("kind", pa.string()),  # regulation, staff, rating
            ("received_at", _TS),
            ("due_at", _TS),
            ("answered_at", _TS),
            ("satisfied", pa.bool_()),
        ]
    ),
    "portal": pa.schema(
        [
            ("unit_code", pa.string()),
            ("unit_level", pa.string()),
            ("unit_name", pa.string()),
            ("period_start", pa.date32()),
            ("period_end", pa.date32()),
            ("criterion", pa.string()),  # a criterion of the method, or GROUP:<name>
            ("numerator", pa.decimal128(18, 4)),
            ("denominator", pa.decimal128(18, 4)),
            ("published_ratio", pa.decimal128(9, 4)),  # per cent
            ("published_score", pa.decimal128(9, 2)),
            ("max_score", pa.decimal128(9, 2)),
        ]
    ),
}

#: The natural key of a row, by dataset; what it means for a row to be "the same" in two files.
BUSINESS_KEY: dict[str, tuple[str, ...]] = {
    "dossiers": ("dossier_code",),
    "payments": ("transaction_code",),
    "vneid": ("commune_code",),
    "feedback": ("feedback_code",),
    "portal": ("unit_code",),
}


def raw_schema(dataset: str) -> pa.Schema:
    """Columns of the warehouse table ``raw.<dataset>``: lineage, then canonical columns."""
    return pa.schema([*LINEAGE, *CANONICAL[dataset]])


@dataclass(frozen=True, order=True)
class DeliveryKey:
    """What one delivery is about: one dataset of one unit of one system on one business day."""

    system: str
    unit: str
    export_date: date
    dataset: str


@dataclass(frozen=True)
class Stray:
    """A name that is no delivery: never opened, reported once."""

    path: str
    reason: str


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
