"""From an upheld objection to rows of the register of known errors (``corrections.csv``)."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cchc.errors import PermanentError
from cchc.load import Warehouse
from cchc.objections.filed import Filed
from cchc.registry.correctable import CORRECTABLE
from cchc.registry.model import Correction
from cchc.registry.open import Registry
from cchc.table_file import plain, write_csv

FILE = "corrections.csv"
_TOLD = re.compile(r"(?P<dossier>[^:=\s]+):(?P<column>[a-z_]+)=(?P<value>.*)")
_CURRENT = """
select d.system, {column}
from raw.dossiers as d
where upper(d.dossier_code) = ?
order by d.export_date desc, d.updated_at desc nulls last, d.delivering_unit desc, d.row_number desc
"""


def correction_rows(
    warehouse: Warehouse, registry: Registry, objection: Filed, told: Sequence[str], decided_by: str, day: date
) -> list[Correction]:
    """``DOSSIER:COLUMN=NEW`` -> rows of the register: what is expected is the newest delivered value.

    ``PermanentError`` for another form, a dossier the objection does not name (it may name none) or nobody delivered,
    one that two systems deliver, a column that may not be corrected, a value that the column can't hold.
    """
    number = max((each.number for each in registry.corrections), default=0)
    rows = []
    for text in told:
        match = _TOLD.fullmatch(text.strip())
        if match is None:
            raise PermanentError(f"--correct {text!r}: write DOSSIER:COLUMN=NEW, such as ...:due_at=2026-09-12 17:00")
        dossier, column = match["dossier"].upper(), match["column"]
        if column not in CORRECTABLE["dossiers"]:
            raise PermanentError(f"--correct {text!r}: {column} is none of {', '.join(CORRECTABLE['dossiers'])}")
        if objection.dossiers and dossier not in objection.dossiers:
            named = ", ".join(objection.dossiers)
            raise PermanentError(f"--correct {text!r}: objection {objection.number} names {named}, not {dossier}")
        system, delivered = _delivered(warehouse, dossier, column)
        number += 1
        values = {
            "number": number,
            "dataset": "dossiers",
            "system": system,
            "key": dossier,
            "column": column,
            "expected_old": delivered,
            "new_value": match["value"].strip(),
            "reason": objection.reason,
            "status": "open",
            "objection": f"{objection.unit}:{objection.number}",
            "decided_by": decided_by,
            "decided_on": day,
        }
        try:
            rows.append(Correction.model_validate(values))
        except ValidationError as error:
            raise PermanentError(f"--correct {text!r}: {error.errors()[0]['msg']}") from error
    return rows


def _delivered(warehouse: Warehouse, dossier: str, column: str) -> tuple[str, str | None]:
    found = warehouse.execute(_CURRENT.format(column=f"cast(d.{column} as varchar(65535))"), [dossier])
    if not found:
        raise PermanentError(f"no dossier {dossier} was delivered")
    if systems := {system for system, _ in found} - {found[0][0]}:
        raise PermanentError(
            f"{dossier} comes from {found[0][0]} and {', '.join(sorted(systems))}: enter the row in {FILE} by hand"
        )
    return found[0]


def as_cells(row: Correction) -> list[str]:
    """A row as the file has it."""
    return [plain(getattr(row, name)) for name in Correction.model_fields]


def enter(directory: Path, rows: Sequence[Correction]) -> Path:
    """Append rows to the register of a registry folder; returns the file, which is written whole or not at all."""
    path = directory / FILE
    held: list[list[Any]] = []
    names = list(Correction.model_fields)
    if path.is_file():
        with path.open(encoding="utf-8-sig", newline="") as file:
            names, *held = list(csv.reader(file))
        if not set(names) <= set(Correction.model_fields):
            raise PermanentError(f"{path} is no comma-separated table of corrections: enter the rows by hand")
    cells = [dict(zip(Correction.model_fields, as_cells(row), strict=True)) for row in rows]
    return write_csv(path, names, [*held, *([row.get(name, "") for name in names] for row in cells)])
