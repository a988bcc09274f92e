"""Apology letters (thư xin lỗi, form 04 of circular 03/2025/TT-VPCP), re-sent when their state changes.

Contract, section 6. One row a letter. A dossier may get several: key = unit, dossier code and number of the letter.
"""

from __future__ import annotations

from cchc.datasets.shape import AGENCY, CODE, FLAG, MOMENT, NUMBER_OF, Column, Dataset

APOLOGIES = Dataset(
    name="apologies",
    recompute_by="dossier_code",
    columns=(
        Column("unit", required=True, shown=AGENCY),
        Column("dossier_code", required=True, shown=NUMBER_OF, identifies=True),
        Column("letter_number", CODE, required=True),  # 1 to 9
        Column("signed_at", MOMENT, required=True, event=True),
        Column("new_due_at", MOMENT, deadline=True, decides=False),  # a letter may name none
        Column("sent", FLAG, required=True),  # false: drafted
    ),
)
