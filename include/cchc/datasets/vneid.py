"""VNeID activation: cumulative counts of one commune at the end of a day. Contract, section 2."""

from __future__ import annotations

from cchc.datasets.shape import AMOUNT, COMMUNE, DAY, Column, Dataset

VNEID = Dataset(
    name="vneid",
    recompute_by="commune_code",
    columns=(
        Column("commune_code", required=True, shown=COMMUNE),  # administrative code
        Column("as_of_date", DAY, required=True, event=True),
        Column("chip_card_holders", AMOUNT, required=True),
        Column("activated_level1", AMOUNT, required=True),
        Column("activated_level2", AMOUNT, required=True),
    ),
)
