"""Every table of a PostgreSQL warehouse as text, to compare two of them, or one with DuckDB."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

#: Columns that say when something happened, not what: they differ between two equal runs.
CLOCKS = {
    "landed_at",
    "change_no",
    "recorded_at",
    "duration_ms",
    "started_at",
    "finished_at",
    "first_seen_at",
    "summary",
}


def postgres_tables(url: str, schemas: Sequence[str]) -> dict[str, list[str]]:
    """Tables and views of these schemas as sorted text rows, without clocks."""
    found: dict[str, list[str]] = {}
    with psycopg.connect(url) as con:
        names = con.execute(
            "select table_schema, table_name from information_schema.tables where table_schema = any(%s) order by 1, 2",
            [list(schemas)],
        ).fetchall()
        for schema, name in names:
            described = con.execute(
                "select column_name from information_schema.columns where table_schema = %s and table_name = %s "
                "order by ordinal_position",
                [schema, name],
            ).fetchall()
            columns = ", ".join(f'"{row[0]}"' for row in described if row[0] not in CLOCKS)
            rows = con.execute(f'select {columns} from "{schema}"."{name}"').fetchall()
            found[f"{schema}.{name}"] = sorted(map(str, rows))
    return found
