"""The models of the restated series on a database in memory, as dbt compiled them: many small worlds in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

MODELS = (
    ("marts", "dimensions", "dim_unit_merger"),
    ("marts", "dimensions", "dim_unit_span"),
    ("marts", "dimensions", "dim_unit_succession"),
    ("marts", "dimensions", "dim_unit_restated"),
    ("intermediate", "rollups", "int_restated_part"),
    ("indicators", "indicators", "fct_restated_indicator"),
)
TABLES = {
    "staging.stg_units": "unit_code text, admin_code text, unit_kind text, name text, level text, parent_code text, "
    "valid_from date, valid_to date",
    "raw.reg_mergers": "old_admin_code text, old_name text, old_level text, new_admin_code text, new_name text, "
    "effective_from date, source text, weight decimal(7, 6), weight_source text, unlisted text",
    "marts.dim_period": "period_id text, period_start date, period_end date, as_of_date date",
    "marts.dim_indicator": "indicator text, additivity text, dataset text",
    "marts.fct_portal_figure": "unit_code text, period_id text, criterion text, numerator decimal(18, 4), "
    "denominator decimal(18, 4), published_percent decimal(9, 4)",
    "intermediate.int_restated_file": "part_code text, period_id text, dataset text",
    "indicators.fct_unit_indicator": "unit_code text, period_id text, indicator text, source text, "
    "numerator decimal(18, 4), denominator decimal(18, 4), is_used boolean",
}

Rows = Sequence[Sequence[Any]]


class Compiled:
    """Fill the tables, then ask for the series."""

    def __init__(self, target: Path) -> None:
        folder = target / "compiled" / "cchc" / "models"
        self.sql = [
            (f"{schema}.{name}", (folder / place / f"{name}.sql").read_text(encoding="utf-8"))
            for schema, place, name in MODELS
        ]
        self.connection = duckdb.connect()
        self.connection.execute("attach ':memory:' as warehouse; use warehouse")
        for schema in {name.split(".")[0] for name in TABLES} | {"marts"}:
            self.connection.execute(f"create schema {schema}")

    def series(self, **rows: Rows) -> list[tuple[Any, ...]]:
        """unit, period, indicator, numerator, denominator, grade, reason of tables named without their schema."""
        for table, columns in TABLES.items():
            self.connection.execute(f"create or replace table {table} ({columns})")
            found = rows.get(table.split(".")[1], [])
            if found:
                marks = ", ".join("?" * len(found[0]))
                self.connection.executemany(f"insert into {table} values ({marks})", [list(row) for row in found])
        for name, sql in self.sql:
            self.connection.execute(f"create or replace table {name} as {sql}")
        return self.connection.execute(
            "select unit_code, period_id, indicator, numerator, denominator, grade, grade_reason "
            "from indicators.fct_restated_indicator order by all"
        ).fetchall()


def unit(code: str, admin: str, since: date, until: date | None, level: str = "commune", name: str = "") -> list[Any]:
    """A row of stg_units."""
    return [code, admin, "xã", name or f"Xã {code}", level, None, since, until]


def merger(old: str, new: str, day: date, weight: Any = None, level: str = "commune") -> list[Any]:
    """A row of reg_mergers."""
    return [old, f"old {old}", level, new, f"new {new}", day, "test", weight, "test" if weight else None, None]
