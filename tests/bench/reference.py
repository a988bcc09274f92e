"""The reference folder of a bench: its own units and systems beside the packaged catalogue, headings and labels."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bench.lives import Bench
from cchc.demo.reference import Reference


def reference_of() -> Reference:
    """The packaged registry on the day of the bench, as its writers want it."""
    from cchc.registry.open import open_registry

    return Reference.from_registry(open_registry(), date.fromisoformat(Bench.last_day))


def procedures_of(reference: Reference) -> list[tuple[str, int]]:
    """Code and fee of the procedures that the bench's dossiers are about."""
    return [(p.code, p.fee_vnd) for p in reference.procedures if p.level == "commune"][:60]


def write_catalogue(folder: Path, reference: Reference, vendor: str) -> None:
    """``procedures.csv``, ``headings.csv`` and ``labels.csv``."""
    table(
        folder / "procedures.csv",
        "procedure_code,name,field,level,fee_vnd,max_days,day_kind,online_level,paper_result,valid_from,valid_to",
        [
            (p.code, p.code, "", p.level, p.fee_vnd, p.max_days or "", p.day_kind, "partial", 1, "2025-07-01", "")
            for p in reference.procedures
        ],
    )
    table(folder / "headings.csv", "headings,heading,canonical", [(vendor, *h) for h in reference.headings[vendor]])
    labels = [(field, text, value) for field, texts in reference.labels.items() for value, text in texts.items()]
    table(folder / "labels.csv", "field,label,canonical", labels)


def table(path: Path, columns: str, rows: Sequence[Sequence[object]]) -> None:
    """A CSV file; ``columns`` as its first line has them."""
    with path.open("w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(columns.split(","))
        writer.writerows(rows)
