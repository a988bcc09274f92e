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
from cchc.model import DbtResult, run_dbt
from cchc.model.failure import told
from cchc.model.nodes import Node
from cchc.publish import open_reader
from cchc.settings import Settings

#: As a build asks what holds.
BY_FOLDER = ("--exclude", "test_name:holds", "--exclude-resource-type", "unit_test")


@pytest.fixture
def settings(built: Built, tmp_path: Path) -> Settings:
    settings = Settings(workdir=tmp_path, exports="")
    shutil.copy(built.path, settings.duckdb_path)
    return settings


def test_a_failed_test_names_itself_its_rows_and_the_next_step(settings: Settings, built: Built) -> None:
    served_by(settings, built.env, anew=True)
    with open_warehouse(settings) as warehouse:
        warehouse.execute("insert into raw.reg_units select * from raw.reg_units where agency_code = 'X1.101'")
    with pytest.raises(BuildError) as failed:
        run_dbt(settings, ["build", "--select", "stg_units", "holds_staging", *BY_FOLDER])
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


#: One row of each kind that breaks a rule of ``fct_index_value``, and how its check is named.
BROKEN = {
    "unique_key_fct_index_value_edition__unit_code__node": "insert into {0} select * from {0} limit 1",
    "accepted_values_fct_index_value_percent_fit": "update {0} set percent_fit = 'nearly' where node = 'plus'",
    "relationships_fct_index_value_edition": "update {0} set edition = 'unheard of' where node = 'minus'",
}


@pytest.mark.parametrize("chosen", [["fct_index_value,test_name:holds"], ["holds_facts", *BY_FOLDER]])
def test_each_check_of_a_merged_test_fails_by_its_own_name(settings: Settings, chosen: list[str]) -> None:
    with open_warehouse(settings) as warehouse:
        for change in BROKEN.values():
            warehouse.execute(change.format("marts.fct_index_value"))
    heard: list[DbtResult] = []
    with pytest.raises(BuildError) as failed:
        run_dbt(settings, ["test", "--select", *chosen], report=heard.append)
    found = {node.name: node for node in heard[0].done if node.status == "fail"}
    assert found.keys() == BROKEN.keys()
    assert {name: node.test for name, node in found.items()} == {name: name.partition("_fct_")[0] for name in BROKEN}
    said = str(failed.value)
    assert all(name in said.splitlines()[0] for name in BROKEN)
    for row in ("percent_fit=nearly, n_rows=", "edition=unheard of", "n_rows=2"):
        assert row in said
    assert said.count("  likely cause: ") == len(BROKEN)


def test_a_null_in_a_key_is_found_unless_it_may_stand(settings: Settings) -> None:
    with open_warehouse(settings) as warehouse:
        warehouse.execute("alter table scoring.fct_integrity_summary alter column signal drop not null")
        warehouse.execute("update scoring.fct_integrity_summary set signal = null")
    with pytest.raises(BuildError, match=r"unique_key_fct_integrity_summary_\w+ \(.*\): [\d,]+ rows"):
        run_dbt(settings, ["test", "--select", "fct_integrity_summary,test_type:data"])


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
