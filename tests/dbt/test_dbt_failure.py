"""A build that fails says first what failed, then which rows, why as a rule, and what to do; readers notice nothing."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import psutil
import pytest
from dbt_warehouse import Built, served_by

from cchc.errors import BuildError, MachineError
from cchc.load import open_warehouse
from cchc.model import run_dbt
from cchc.model.failure import told
from cchc.model.nodes import Node
from cchc.publish import open_reader
from cchc.settings import Settings


@pytest.fixture
def settings(built: Built, tmp_path: Path) -> Settings:
    settings = Settings(workdir=tmp_path, exports="")
    shutil.copy(built.path, settings.duckdb_path)
    served_by(settings, built.env, anew=True)
    return settings


def test_a_failed_test_names_itself_its_rows_and_the_next_step(settings: Settings) -> None:
    with open_warehouse(settings) as warehouse:
        warehouse.execute("insert into raw.reg_units select * from raw.reg_units where agency_code = 'X1.101'")
    with pytest.raises(BuildError) as failed:
        run_dbt(settings, ["build", "--select", "stg_units", "dim_unit", "--exclude-resource-type", "unit_test"])
    lines = str(failed.value).splitlines()
    assert lines[0] == (
        "the build failed at unique_key_stg_units_unit_code__valid_from: readers keep the last good state"
    )
    assert "unit_code=X1.101, valid_from=2025-07-01" in lines[2]
    assert lines[3].startswith("  likely cause: two rows of one key")
    assert lines[4].startswith("  next: cchc registry check")
    assert not any(mark in str(failed.value) for mark in ("{", "WARN", "compiled code at"))
    with open_reader(settings) as reader:
        assert reader.rows("select build_no from pub.build_v1") == [{"build_no": 1}]


def test_a_failed_model_names_itself_and_what_it_kept_from_running(settings: Settings) -> None:
    with open_warehouse(settings) as warehouse:
        warehouse.execute("alter table raw.reg_indicators drop column name_vi")
    with pytest.raises(BuildError) as failed:
        run_dbt(settings, ["run", "--select", "dim_indicator+"])
    lines = str(failed.value).splitlines()
    assert lines[0].startswith("the build failed at dim_indicator: ")
    assert lines[1].startswith("model dim_indicator (models/dimensions/dim_indicator.sql): Binder Error: ")
    assert "name_vi" in lines[1]
    assert lines[-1].endswith("models and tests that need these were not run")


def test_of_many_failures_the_first_are_told() -> None:
    failed = [Node(f"m{n}", "model", "error", None, 0.1, f"models/m{n}.sql", "No") for n in range(7)]
    lines = told(failed, 0, lambda sql: ([], [])).splitlines()
    assert lines[0] == "the build failed at m0, m1, m2, m3, m4 and 2 more: readers keep the last good state"
    assert lines[1] == "model m0 (models/m0.sql): No"
    assert len(lines) == 1 + 5 * 3


def test_rows_that_can_not_be_shown_hide_no_failure() -> None:
    def ask(sql: str) -> tuple[list[str], list[tuple[object, ...]]]:
        raise OSError("the warehouse is gone")

    node = Node(
        "cube_equals_dossiers", "test", "fail", 3, 0.1, "tests/x.sql", "Got 3", "", "The cube counts.", "select 1"
    )
    said = told([node], 2, ask)
    assert "3 rows that should not be" in said
    assert "(its rows can't be shown: the warehouse is gone)" in said
    assert "it holds that: The cube counts." in said
    assert "--full-refresh" in said


def test_a_dbt_that_was_killed_says_so_and_may_be_tried_again(tmp_path: Path) -> None:
    """No ``BuildError``: that would fail Airflow's task for good."""
    settings = Settings(workdir=tmp_path, exports="")
    killed = threading.Event()

    def kill() -> None:
        while not killed.is_set():
            for child in psutil.Process().children():
                if "cchc.model.runner" in child.cmdline():
                    child.kill()
                    killed.set()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with pytest.raises(MachineError, match=r"dbt was killed \(signal 9\) after 0 models and tests"):
            run_dbt(settings, ["build"])
    finally:
        killed.set()
        killer.join()
