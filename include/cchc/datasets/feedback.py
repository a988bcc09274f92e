"""Petitions and ratings (PAKN) whose state changed on a day, re-sent like dossiers. Contract, section 2."""

from __future__ import annotations

from cchc.datasets.shape import AGENCY, FLAG, MOMENT, NUMBER_OF, Column, Dataset, one_of

FEEDBACK = Dataset(
    name="feedback",
    recompute_by="feedback_code",
    columns=(
        Column("feedback_code", required=True, shown=NUMBER_OF, identifies=True),
        Column("unit", required=True, shown=AGENCY),
        Column("dossier_code", shown=NUMBER_OF, identifies=True),
        Column("kind", required=True, values=one_of("regulation", "staff", "rating"), rule="unknown_status"),
        Column("received_at", MOMENT, required=True, known_later=True, event=True),
        Column("due_at", MOMENT, deadline=True),
        Column("answered_at", MOMENT, event=True),
        Column("satisfied", FLAG),
    ),
)
