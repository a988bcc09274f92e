"""A dbt that waits for its command: it holds no warehouse meanwhile, works once, and outlives nobody."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from dbt_warehouse import Built

from cchc.errors import BuildError
from cchc.load import open_warehouse
from cchc.model import run_dbt
from cchc.model.dbt import waiting_dbt
from cchc.settings import Settings


@pytest.fixture
def settings(built: Built, tmp_path: Path) -> Settings:
    shutil.copy(built.path, tmp_path / built.path.name)
    return Settings(workdir=tmp_path, exports="")


def test_others_write_while_it_waits_and_it_builds_what_they_wrote(settings: Settings) -> None:
    with waiting_dbt(settings) as dbt:
        parsed = settings.dbt_target / "partial_parse.msgpack"
        while not parsed.exists() and dbt.poll() is None:
            pass
        with open_warehouse(settings) as warehouse:
            warehouse.execute("update raw.reg_bands set name_en = 'later'")
        result = run_dbt(settings, ["run", "--select", "dim_band"], waiting=dbt)
    assert [(node.name, node.status) for node in result.done] == [("dim_band", "success")]
    with open_warehouse(settings) as warehouse:
        assert warehouse.execute("select distinct name_en from marts.dim_band") == [("later",)]


def test_it_ends_with_the_block_that_had_nothing_for_it(settings: Settings) -> None:
    with waiting_dbt(settings) as dbt:
        assert dbt.poll() is None
    assert dbt.poll() is not None


def test_it_ends_by_itself_when_its_caller_is_gone(settings: Settings) -> None:
    with waiting_dbt(settings) as dbt:
        assert dbt.stdin is not None
        dbt.stdin.close()  # as the kernel does for a caller that was killed
        assert dbt.wait(60) == 0


def test_a_failure_is_told_as_ever(settings: Settings) -> None:
    with open_warehouse(settings) as warehouse:
        warehouse.execute("alter table raw.reg_bands drop column name_en")
    with waiting_dbt(settings) as dbt, pytest.raises(BuildError, match="the build failed at dim_band"):
        run_dbt(settings, ["run", "--select", "dim_band"], waiting=dbt)
