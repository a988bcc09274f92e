"""Objections (phản hồi số liệu) of a unit to a published figure, on the office's form; one row a dossier objected to.

Key = unit and number of the objection. Without a dossier code the objection is to the whole figure. What the unit says
in its own words may name people: the form has a place for it, and it stays in landing; the reason goes on as a code.
"""

from __future__ import annotations

from cchc.datasets.shape import AGENCY, DAY, MOMENT, NUMBER_OF, Column, Dataset, one_of

#: Why a unit says that a figure is wrong.
REASONS = (
    "wrong_due_date",
    "wrong_end_date",
    "wrong_channel",
    "not_ours",
    "paid_online",
    "result_electronic",
    "digitised",
    "other",
)

OBJECTIONS = Dataset(
    name="objections",
    recompute_by="objection_number",
    columns=(
        Column("unit", required=True, shown=AGENCY),
        Column("objection_number", required=True, shown=r"\d{1,6}", identifies=True),
        Column("criterion", required=True, shown=r"[A-Z][A-Z0-9_]{3,60}"),
        Column("period_start", DAY, required=True),
        Column("period_end", DAY, required=True),
        Column("dossier_code", shown=NUMBER_OF, identifies=True),
        Column("objection_reason", required=True, values=one_of(*REASONS)),
        Column("filed_at", MOMENT, required=True, event=True),
    ),
)
