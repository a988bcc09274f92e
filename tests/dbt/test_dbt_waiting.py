"""A dbt that waits for its command: it holds no warehouse meanwhile, works once, and outlives nobody."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
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


def test_its_manifests_are_written_before_its_command_and_not_again(settings: Settings) -> None:
    manifests = [settings.dbt_target / name for name in ("manifest.json", "semantic_manifest.json")]
    with waiting_dbt(settings) as dbt:
        while not all(path.exists() for path in manifests) and dbt.poll() is None:
            pass
        run_dbt(settings, ["run", "--select", "dim_band"], waiting=dbt)
    assert not (settings.dbt_target / "run_results.json").exists()
    assert {"dim_band", "pub_ranking"} <= {
        node["name"] for node in json.loads(manifests[0].read_bytes())["nodes"].values()
    }


def test_a_catalogue_of_lineage_finds_what_it_ran(settings: Settings) -> None:
    told = replace(settings, lineage=str(settings.workdir / "lineage.jsonl"))
    with waiting_dbt(told) as dbt:
        run_dbt(told, ["run", "--select", "dim_band"], waiting=dbt)
    (found,) = json.loads((settings.dbt_target / "run_results.json").read_bytes())["results"]
    assert found["unique_id"] == "model.cchc.dim_band"
