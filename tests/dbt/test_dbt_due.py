"""What a build runs, given what changed: the descendants of that, and nothing that only unchanged tables reach."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from dbt_warehouse import Built, dbt, registry_rows, registry_tables

from cchc.load import open_warehouse
from cchc.load.registry import READING_ONLY
from cchc.load.schema import TABLES
from cchc.model import DbtResult
from cchc.model.due import ALWAYS, UNREAD, build_arguments
from cchc.model.failure import TOGETHER
from cchc.model.nodes import Node
from cchc.model.report import log_left
from cchc.pipeline.build import finish_build, prepare_build
from cchc.registry.tables import SCHEMAS
from cchc.settings import Settings

REGISTRY = sorted(set(SCHEMAS) - READING_ONLY)


@pytest.fixture(scope="module")
def manifest(built: Built) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(built.env["DBT_TARGET_PATH"]) / "manifest.json").read_bytes())
    return found


def due(built: Built, *changed: str) -> set[str]:
    """Names of models and tests that a day's build runs."""
    words = build_arguments(False, changed)
    return {name.rpartition(".")[2] for name in dbt(built.env, "ls", *words[1:])}


def test_every_source_is_the_registrys_or_always_due(manifest: dict[str, Any]) -> None:
    """A source that stood in neither list would never be due."""
    sources = {source["name"] for source in manifest["sources"].values()}
    assert sources <= {*ALWAYS, *REGISTRY}
    assert set(ALWAYS) == sources - set(REGISTRY) == set(TABLES) - UNREAD


def test_with_all_of_the_registry_changed_everything_of_a_day_is_due(built: Built) -> None:
    daily = {name.rpartition(".")[2] for name in dbt(built.env, "ls", "--selector", "daily_build")}
    assert due(built, *REGISTRY) == daily


def test_a_changed_table_brings_its_models_and_their_tests_and_no_others(built: Built) -> None:
    usual = due(built)
    assert {"fct_dossier", "dim_period", "fct_ranking", "holds_scoring"} <= usual
    assert not {"dim_method", "dim_band", "dim_unit"} & usual
    more = due(built, "reg_bands") - usual
    assert "dim_band" in more
    assert not {"dim_unit", "dim_method", "dim_target"} & more


def test_what_holds_of_a_folder_is_asked_of_the_tables_that_are_built(built: Built, tmp_path: Path) -> None:
    env = built.env | {"DBT_TARGET_PATH": str(tmp_path)}

    def asked(command: str, *chosen: str) -> set[str]:
        dbt(env, command, "--select", *chosen, "--exclude", "test_name:holds")
        text = (tmp_path / "compiled/cchc/tests/holds/holds_dimensions.sql").read_text()
        return {name.split("'")[1] for name in text.split(" as check_kind, ")[1:]}

    band = "unique_key_dim_band_method__band__valid_from"
    assert asked("compile", "holds_dimensions", "dim_band") == {band}
    assert asked("compile", "holds_dimensions") == {""}
    every = asked("test", "holds_dimensions")
    assert band in every and len(every) > 30


def test_a_folders_test_asks_every_model_that_says_what_holds(manifest: dict[str, Any]) -> None:
    """A model in no list would never be checked in a build; what a check looks up must be built before it."""
    nodes = manifest["nodes"].values()
    together = {n["fqn"][-1].removeprefix("holds_"): n for n in nodes if n["original_file_path"].startswith(TOGETHER)}
    for test in (n for n in nodes if (n.get("test_metadata") or {}).get("name") == "holds"):
        folder = manifest["nodes"][test["attached_node"]]["fqn"][1]
        if "whole_history" not in test["config"]["tags"]:
            assert set(test["depends_on"]["nodes"]) <= set(together[folder]["depends_on"]["nodes"]), test["name"]
            assert f"'{test['attached_node'].rpartition('.')[2]}'" in together[folder]["raw_code"].partition("after")[0]


def test_what_looks_at_the_clock_is_always_due(built: Built, manifest: dict[str, Any]) -> None:
    nodes = manifest["nodes"].values()
    clocked = {n["name"] for n in nodes if n["resource_type"] == "model" and "local_now()" in n["raw_code"]}
    assert clocked
    assert clocked <= due(built)


def test_what_a_killed_build_had_to_do_is_due_with_what_came_since(tmp_path: Path) -> None:
    with open_warehouse(Settings(workdir=tmp_path, exports="")) as warehouse:
        warehouse.sync_registry(registry_tables(), "first")
        warehouse.begin_build()
        warehouse.finish_build()
        assert warehouse.begin_build()["changed"] == []
        rows = registry_rows()
        rows["reg_bands"][0]["name_en"] = "another"
        warehouse.sync_registry(registry_tables(rows), "second")
        assert warehouse.begin_build()["changed"] == ["reg_bands"]  # and then it was killed
        rows["reg_targets"].pop()
        warehouse.sync_registry(registry_tables(rows), "third")
        assert warehouse.begin_build()["changed"] == ["reg_bands", "reg_targets"]
        warehouse.finish_build()
        assert warehouse.begin_build()["changed"] == []


def test_a_full_build_that_was_asked_for_and_killed_is_repeated_in_full(tmp_path: Path) -> None:
    settings = Settings(workdir=tmp_path, exports="")
    assert prepare_build(settings)["full_refresh"]
    finish_build(settings)
    assert not prepare_build(settings)["full_refresh"]
    assert prepare_build(settings, full_refresh=True)["full_refresh"]  # and then it was killed
    assert prepare_build(settings)["full_refresh"]


def test_a_build_says_what_it_left_as_it_was(
    built: Built, manifest: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    nodes = manifest["nodes"].values()
    models = [n["name"] for n in nodes if n["resource_type"] == "model" and n["config"]["materialized"] != "view"]
    done = [Node(name, "model", "success", None, 0.1) for name in models if name not in ("dim_unit", "dim_band")]
    caplog.set_level("INFO", "cchc.model")
    target = Path(built.env["DBT_TARGET_PATH"])
    log_left(target, DbtResult(done=done))
    assert caplog.messages == [
        "not built again, for no registry table that they read changed: 2 models: dim_band, dim_unit"
    ]
    log_left(target, DbtResult(done=[*done, Node("dim_unit", "model", "skipped", None, 0.0)]))  # another one failed
    assert caplog.messages[1].endswith("1 models: dim_band")
