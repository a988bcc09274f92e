"""The closed lists that registry files are checked against. Source: the export contract, version 1."""

from __future__ import annotations

#: Dialects by dataset.
DIALECTS: dict[str, frozenset[str]] = {
    "dossiers": frozenset({"onecsv", "workbook", "dvcqg2022", "dvcqg2026"}),
    "payments": frozenset({"csv"}),
    "vneid": frozenset({"csv"}),
    "feedback": frozenset({"jsonl"}),
    "portal": frozenset({"portal"}),
}

#: Dialects whose columns are found through a heading map.
MAPPED_DIALECTS = frozenset({"onecsv", "workbook"})

#: Columns a heading map must lead to, or every file read with it is refused.
REQUIRED_COLUMNS = ("dossier_code", "procedure_code", "received_at", "status")

#: What a code or label may stand for, by field. ``boolean`` serves every yes/no column.
VALUES: dict[str, frozenset[str]] = {
    "status": frozenset(str(number) for number in range(1, 11)),
    "channel": frozenset({"direct", "online", "postal"}),
    "applicant_kind": frozenset({"citizen", "business", "agency", "organisation", "household"}),
    "online_payment": frozenset({"0", "1", "2"}),
    "boolean": frozenset({"true", "false"}),
    "outcome": frozenset({"succeeded", "failed", "refunded"}),
    "gateway": frozenset({"1", "2"}),
    "kind": frozenset({"regulation", "staff", "rating"}),
    "unit_level": frozenset({"province", "department", "district", "commune"}),
}

LEVELS = ("province", "department", "district", "commune")
