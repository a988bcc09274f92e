"""The same exports on DuckDB and on a real PostgreSQL: equal content in every mart, score and published table."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from running import CLOCKS, cchc, environment, warehouse_tables

from conftest import needs_samples, sample_arguments

SCHEMAS = ("raw", "marts", "indicators", "scoring", "publish")
SKIPPED = {"raw.build_state", "raw.pending", "raw.building"}


def postgres_tables(url: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with psycopg.connect(url) as con:
        names = con.execute(
            "select table_schema, table_name from information_schema.tables where table_schema = any(%s) order by 1, 2",
            [list(SCHEMAS)],
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


@pytest.mark.slow
@needs_samples
def test_every_mart_is_equal_on_both_engines(sample_run: Path, tmp_path: Path, postgres_url: str) -> None:
    cchc(*sample_arguments(tmp_path), "--no-pages", env=environment(CCHC_WAREHOUSE=postgres_url))
    ours = {name: rows for name, rows in warehouse_tables(sample_run, SCHEMAS).items() if name not in SKIPPED}
    theirs = {name: rows for name, rows in postgres_tables(postgres_url).items() if name not in SKIPPED}
    assert sorted(ours) == sorted(theirs)
    different = {name: sorted(set(ours[name]) ^ set(theirs[name]))[:2] for name in ours if ours[name] != theirs[name]}
    assert different == {}
