"""Score a table of one's own: the scoring models of the warehouse over a scratch database that holds only the registry.

The same SQL scores the warehouse and the table, so a what-if answer can't drift from the published one.
"""

from __future__ import annotations

import csv
import dataclasses
import json
import tempfile
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyarrow as pa

from cchc.errors import PermanentError
from cchc.load import open_warehouse
from cchc.model.dbt import run_dbt
from cchc.registry.open import Registry
from cchc.registry.tables import build_tables
from cchc.settings import Settings
from cchc.table_file import write_csv

NEEDED = ("unit_code", "criterion", "numerator", "denominator")
GROUP = "GROUP:"
_NUMBER = pa.decimal128(18, 4)


def score_file(settings: Settings, registry: Registry, file: Path, method: str, out: Path) -> int:
    """Write ``file`` with a column ``score`` and one row ``GROUP:<name>`` a unit and group; returns the rows written.

    Rows keep their order and their other columns. A criterion the method does not score, or one without numerator and
    denominator, has an empty score. Raises ``PermanentError`` naming the line of a bad value.
    """
    if method not in registry.methods:
        raise PermanentError(f"no method {method}; the registry has {', '.join(sorted(registry.methods))}")
    columns, rows = _read(file)
    scores, groups = _score(settings, registry, rows, method)
    columns = [*columns, *(["score"] if "score" not in columns else [])]
    listed = [{**row, "score": scores.get((row["unit_code"], row["criterion"]))} for row in rows] + groups
    write_csv(out, columns, ([row.get(name) for name in columns] for row in listed))
    return len(rows) + len(groups)


def _read(file: Path) -> tuple[list[str], list[dict[str, str]]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        columns = list(reader.fieldnames or [])
        lacking = [name for name in NEEDED if name not in columns]
        if lacking:
            raise PermanentError(f"{file}: columns missing: {', '.join(lacking)}")
        rows: list[dict[str, str]] = []
        seen: dict[tuple[str, str], int] = {}
        for line, row in enumerate(reader, start=2):
            if row["criterion"].startswith(GROUP):
                continue  # totals are computed, never taken over
            key = (row["unit_code"], row["criterion"])
            if key in seen:
                raise PermanentError(f"{file}: line {line}: {' '.join(key)} stands on line {seen[key]} already")
            seen[key] = line
            for name in ("numerator", "denominator"):
                _number(row[name], f"{file}: line {line}: {name}")
            rows.append(row)
    return columns, rows


def _number(text: str, where: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise PermanentError(f"{where}: {text!r} is no number") from None
    if number < 0 or number != round(number, 4):
        raise PermanentError(f"{where}: {text} is negative or has more than four decimals")
    return number


def _score(
    settings: Settings, registry: Registry, rows: list[dict[str, str]], method: str
) -> tuple[dict[tuple[str, str], Decimal], list[dict[str, Any]]]:
    table = pa.table(
        {
            "unit_code": pa.array([row["unit_code"] for row in rows], pa.string()),
            "criterion": pa.array([row["criterion"] for row in rows], pa.string()),
            "numerator": pa.array([_number(row["numerator"], "") for row in rows], _NUMBER),
            "denominator": pa.array([_number(row["denominator"], "") for row in rows], _NUMBER),
        }
    )
    with tempfile.TemporaryDirectory(prefix="cchc-score-") as folder:
        scratch = dataclasses.replace(settings, workdir=Path(folder), warehouse="")
        with open_warehouse(scratch) as warehouse:
            warehouse.sync_registry({**build_tables(registry), "what_if": table}, registry.hash)
        chosen = ["run", "--select", "+fct_unit_score", "+fct_unit_group_score"]
        run_dbt(scratch, [*chosen, "--vars", json.dumps({"score_input": "raw.what_if"})])
        with open_warehouse(scratch) as warehouse:
            scored = warehouse.execute(
                "select unit_code, criterion, score from scoring.fct_unit_score where method = ?", [method]
            )
            totals = warehouse.execute(
                "select unit_code, group_name, score from scoring.fct_unit_group_score where method = ? order by 1, 2",
                [method],
            )
    groups = [{"unit_code": unit, "criterion": f"{GROUP}{name}", "score": score} for unit, name, score in totals]
    return {(unit, criterion): score for unit, criterion, score in scored}, groups
