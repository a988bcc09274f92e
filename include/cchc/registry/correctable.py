"""Which delivered values may be corrected, and how a value is written in the register of known errors."""

from __future__ import annotations

from datetime import datetime

from cchc.datasets import DATASETS
from cchc.datasets.shape import FLAG, MOMENT, TEXT

#: Columns that may be corrected, by dataset. Not among them: the key; what says which rule and fee apply (procedure,
#: day of receipt), since a change of those is looked up in the delivered rows; and what is made of lists.
CORRECTABLE: dict[str, tuple[str, ...]] = {
    "dossiers": (
        *("handling_unit", "channel", "due_at", "finished_at", "returned_at", "refused_at", "status"),
        *("online_payment", "has_digitised_parts", "vneid_verified", "reused_part", "from_personal_store"),
        "has_electronic_result",
    )
}


def as_stored(dataset: str, column: str, text: str | None) -> str | None:
    """A value as the warehouse writes it as text, None where empty; ``ValueError`` where the column holds no such."""
    if text is None or not text.strip():
        return None
    text, kind = text.strip(), DATASETS[dataset][column]
    if kind.values is not None and text not in kind.values:
        raise ValueError(f"{column}: {text!r} is none of {', '.join(sorted(kind.values))}")
    if kind.type == MOMENT:
        return datetime.fromisoformat(text).replace(microsecond=0).isoformat(sep=" ")
    if kind.type == FLAG:
        if text.lower() not in ("true", "false"):
            raise ValueError(f"{column}: {text!r} is neither true nor false")
        return text.lower()
    return text if kind.type == TEXT else str(int(text))
