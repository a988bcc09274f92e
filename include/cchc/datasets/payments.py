"""Payment transactions of a day; append-only, a refund is a row of its own. Contract, section 2."""

from __future__ import annotations

from cchc.datasets.shape import AGENCY, AMOUNT, CODE, MOMENT, NUMBER_OF, PROCEDURE, Column, Dataset, one_of

PAYMENTS = Dataset(
    name="payments",
    recompute_by="transaction_code",
    columns=(
        Column("transaction_code", required=True, shown=NUMBER_OF, identifies=True),
        Column("dossier_code", shown=NUMBER_OF, identifies=True),
        Column("procedure_code", shown=PROCEDURE),
        Column("unit", required=True, shown=AGENCY),
        Column("amount_vnd", AMOUNT, required=True),
        Column("gateway", CODE, values=one_of("1", "2"), rule="unknown_channel"),  # national portal, local gateway
        Column("outcome", required=True, values=one_of("succeeded", "failed", "refunded"), rule="unknown_status"),
        Column("paid_at", MOMENT, required=True, event=True),
    ),
)
