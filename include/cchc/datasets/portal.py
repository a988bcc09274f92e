"""The national portal's published figures by unit, period and criterion (its evaluation answers of 2026)."""

from __future__ import annotations

from typing import get_args

import pyarrow as pa

from cchc.contracts import Level
from cchc.datasets.shape import AGENCY, DAY, Column, Dataset

FIGURE, PERCENT, SCORE = pa.decimal128(18, 4), pa.decimal128(9, 4), pa.decimal128(9, 2)

PORTAL = Dataset(
    name="portal",
    recompute_by="unit_code",
    columns=(
        Column("unit_code", required=True, shown=AGENCY),
        Column("unit_level", values=frozenset(get_args(Level))),
        Column("unit_name"),
        Column("period_start", DAY),
        Column("period_end", DAY),
        Column("criterion", required=True, shown=r"(GROUP:)?[A-Z][A-Z0-9_]{1,60}"),  # of the method, or GROUP:<name>
        Column("numerator", FIGURE),
        Column("denominator", FIGURE),
        Column("published_ratio", PERCENT),
        Column("published_score", SCORE),
        Column("max_score", SCORE),
    ),
)
