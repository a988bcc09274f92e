"""Full, incremental and interrupted builds end in the same tables."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest
from dbt_warehouse import WORK_TABLES, Built, change, dbt, duckdb_environment, served_by

from cchc.load import open_warehouse
from cchc.model import run_dbt
from cchc.settings import Settings


def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every modelled table, its rows in a fixed order."""
    found = {}
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name <> 'raw' and not temporary"
        ).fetchall()
        for schema, table in names:
            if table not in WORK_TABLES:
                found[f"{schema}.{table}"] = sorted(
                    connection.execute(f"select * from {schema}.{table}").fetchall(), key=repr
                )
    return found


@pytest.fixture
def copy(built: Built, tmp_path: Path) -> tuple[Settings, dict[str, str]]:
    settings = Settings(workdir=tmp_path, exports="")
    shutil.copy(built.path, settings.duckdb_path)
    return settings, duckdb_environment(tmp_path, settings.duckdb_path)


def test_the_fixture_exercises_the_rules(built: Built) -> None:
    with duckdb.connect(str(built.path), read_only=True) as connection:

        def values(sql: str) -> set[object]:
            return {row[0] for row in connection.execute(sql).fetchall()}

        assert values("select timeliness from marts.fct_dossier") == {"early", "on_the_day", "overdue", "running"}
        assert {"joined", "ambiguous", "unmatched"} <= values("select join_status from marts.fct_online_payment")
        assert values("select distinct is_refunded from marts.fct_online_payment") == {True, False}
        assert values("select distinct is_obligated from marts.fct_dossier") == {True, False}
        assert {"missing", "refused", "late", "on_time"} <= values("select status from marts.fct_expected_delivery")
        assert values("select period_kind from marts.dim_period") == {"month", "quarter", "year", "custom", "to_date"}
        assert values("select distinct method from scoring.fct_unit_score") == {"old", "new"}
        assert 1 in values("select rank from scoring.fct_ranking")


def rebuilt(settings: Settings, env: dict[str, str]) -> dict[str, list[tuple[object, ...]]]:
    """The tables of a full build over the same raw rows."""
    full = settings.workdir / "full" / "warehouse.duckdb"
    full.parent.mkdir(exist_ok=True)
    shutil.copy(settings.duckdb_path, full)
    dbt(env | {"CCHC_DUCKDB_PATH": str(full)}, "run", "--full-refresh")
    return tables(full)


def assert_equal(found: dict[str, list[tuple[object, ...]]], expected: dict[str, list[tuple[object, ...]]]) -> None:
    assert found.keys() == expected.keys()
    assert [name for name in found if found[name] != expected[name]] == []


def test_incremental_equals_full(built: Built, copy: tuple[Settings, dict[str, str]]) -> None:
    settings, env = copy
    before, seen = tables(settings.duckdb_path), served_by(settings, built.env, anew=True)
    with open_warehouse(settings) as warehouse:
        change(warehouse, 2, date(2026, 11, 2))
    dbt(env, "build", "--exclude-resource-type", "unit_test")
    found = tables(settings.duckdb_path)
    assert found["marts.fct_dossier"] != before["marts.fct_dossier"]
    served = served_by(settings, env, anew=False)
    assert served == served_by(settings, env, anew=True)
    by_key = ("apology_trail_v1", "dossier_trail_v1", "feedback_trail_v1", "payment_trail_v1")
    assert [name for name in by_key if served[name] == seen[name]] == []
    assert_equal(found, rebuilt(settings, env))
    dbt(env, "run")  # the same keys again: nothing moves
    assert_equal(tables(settings.duckdb_path), found)


@pytest.mark.slow
@pytest.mark.parametrize("stop", ["fct_online_payment", "fct_dossier"])
def test_a_build_that_died_is_healed_by_the_next(copy: tuple[Settings, dict[str, str]], stop: str) -> None:
    settings, env = copy
    with open_warehouse(settings) as warehouse:
        change(warehouse, 2, date(2026, 11, 2))
    dbt(env, "run", "--select", f"+{stop}")  # and no further
    with open_warehouse(settings) as warehouse:
        change(warehouse, 3, date(2026, 11, 4))
    dbt(env, "run")
    assert_equal(tables(settings.duckdb_path), rebuilt(settings, env))


def test_a_load_that_comes_in_during_a_build_fails_no_count(copy: tuple[Settings, dict[str, str]]) -> None:
    settings, env = copy
    counts = ["test", "--select", "every_delivered_dossier_is_modelled", "accepted_rows_are_in_the_warehouse"]
    with duckdb.connect(str(settings.duckdb_path)) as connection:
        connection.execute(
            "insert into raw.dossiers select * replace ('late' as revision_id, 'LATE' as dossier_code) "
            "from raw.dossiers limit 1"
        )
    failed = dbt(env, *counts, expect_success=False)
    assert [str(result.status) for result in failed.results] == ["fail", "fail"]  # nobody noted it: rows were lost
    with duckdb.connect(str(settings.duckdb_path)) as connection:
        connection.execute("insert into raw.pending select 'dossiers', 'LATE', change_no + 1 from raw.build_state")
    dbt(env, *counts)  # noted after the snapshot: the next build's work


def test_dbt_ends_with_whoever_called_it(copy: tuple[Settings, dict[str, str]]) -> None:
    """A task past its time is interrupted; a dbt that went on would hold the file."""
    settings, _ = copy

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_dbt(settings, ["run", "--select", "staging"], interrupt)
    with duckdb.connect(str(settings.duckdb_path)) as connection:  # waits for nobody
        assert connection.execute("select count(*) > 0 from raw.dossiers").fetchone() == (True,)
