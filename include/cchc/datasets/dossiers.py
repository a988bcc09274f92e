"""Dossiers (hồ sơ): the state of every dossier that changed on a day, re-sent whole. Contract, section 2."""

from __future__ import annotations

from cchc.datasets.shape import (
    AGENCY,
    AMOUNT,
    CODE,
    COUNT,
    FLAG,
    MOMENT,
    NUMBER_OF,
    PROCEDURE,
    Column,
    Dataset,
    one_of,
)

DOSSIERS = Dataset(
    name="dossiers",
    recompute_by="dossier_code",
    columns=(
        Column("dossier_code", required=True, shown=NUMBER_OF, identifies=True),  # the key together with the system
        Column("procedure_code", required=True, shown=PROCEDURE),  # national stem n.nnnnnn
        Column("procedure_suffix", made=True),
        Column("receiving_unit", shown=AGENCY, decides=False),
        Column("handling_unit", shown=AGENCY),
        Column(
            "applicant_kind", values=one_of("citizen", "business", "agency", "organisation", "household"), decides=False
        ),
        Column("channel", values=one_of("direct", "online", "postal"), rule="unknown_channel"),
        Column("submitted_at", MOMENT, event=True),
        Column("received_at", MOMENT, required=True, known_later=True, event=True),
        Column("due_at", MOMENT, deadline=True),
        Column("finished_at", MOMENT, event=True),
        Column("returned_at", MOMENT, event=True),
        Column("refused_at", MOMENT, event=True),
        Column(
            "status",
            CODE,
            required=True,
            values=frozenset(str(number) for number in range(1, 11)),
            rule="unknown_status",
        ),
        Column("has_digitised_parts", FLAG),
        Column("vneid_verified", FLAG),
        Column("online_payment", CODE, values=one_of("0", "1", "2")),  # no, national portal, local gateway
        Column("fees", shown=True),  # amounts in VND, joined by |; empty list is null
        Column("fee_count", COUNT, made=True),
        Column("fee_total_vnd", AMOUNT, made=True),
        Column("supplements", shown=True),  # requested/answered, joined by |
        Column("supplement_count", COUNT, made=True),
        Column("first_supplement_requested_at", MOMENT, made=True),
        Column("supplement_wait_seconds", AMOUNT, made=True),
        Column("reused_part", FLAG),
        Column("from_personal_store", FLAG),
        Column("has_electronic_result", FLAG),
        Column("updated_at", MOMENT, event=True),
    ),
)
