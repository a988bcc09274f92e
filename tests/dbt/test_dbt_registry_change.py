"""A changed registry: the build of what it touches ends in the same tables as a full build."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt_warehouse import (
    Built,
    Rows,
    dbt,
    duckdb_environment,
    pa_decimal,
    registry_rows,
    registry_tables,
    served_by,
)
from test_dbt_build import assert_equal, rebuilt, tables

from cchc.load import open_warehouse
from cchc.load.registry import READING_ONLY, TOUCHES
from cchc.model.due import build_arguments
from cchc.registry.tables import SCHEMAS
from cchc.settings import Settings

Change = Callable[[dict[str, Rows]], str]


def another_fee(rows: dict[str, Rows]) -> str:
    rows["reg_procedures"][1]["fee_vnd"] = 0
    return "marts.fct_dossier"


def a_fee_from_a_day_on(rows: dict[str, Rows]) -> str:
    old = rows["reg_procedures"][0]
    old["valid_to"] = date(2026, 10, 14)
    rows["reg_procedures"].append({**old, "fee_vnd": 25_000, "valid_from": date(2026, 10, 15), "valid_to": None})
    return "marts.fct_dossier"


def a_procedure_gone(rows: dict[str, Rows]) -> str:
    del rows["reg_procedures"][1]
    return "marts.fct_dossier"


def a_commune_more(rows: dict[str, Rows]) -> str:
    commune = next(row for row in rows["reg_units"] if row["agency_code"] == "X1.101")
    rows["reg_units"].append({**commune, "agency_code": "X1.104", "admin_code": "19705", "name": "Unit X1.104"})
    delivers = next(row for row in rows["reg_system_units"] if row["unit"] == "X1.101")
    rows["reg_system_units"].append({**delivers, "unit": "X1.104"})
    return "scoring.fct_ranking"


def a_commune_under_another_parent(rows: dict[str, Rows]) -> str:
    next(row for row in rows["reg_units"] if row["agency_code"] == "X1.101")["parent"] = "X1.02"
    return "intermediate.int_unit_period_dossiers"


def a_method_more(rows: dict[str, Rows]) -> str:
    rows["reg_methods"].append(
        {"method": "own", "name_vi": "riêng", "name_en": "own", "valid_from": date(2026, 1, 1), "is_default": False}
    )
    for name in ("reg_criteria", "reg_groups", "reg_bands"):
        rows[name] += [{**row, "method": "own"} for row in rows[name] if row["method"] == "new"]
    return "scoring.fct_unit_score"


def a_known_error(rows: dict[str, Rows]) -> str:
    """Forty dossiers said to have come directly that came online; those delivered otherwise stay as they are."""
    rows["reg_corrections"] = [
        {"number": n + 1, "dataset": "dossiers", "system": "onestop-a", "key": f"D{n}", "column_name": "channel",
         "expected_old": "direct", "new_value": "online", "reason": "test", "status": "open", "decided_by": "A",
         "decided_on": date(2026, 11, 1)}
        for n in range(40)
    ]  # fmt: skip
    return "marts.fct_dossier"


def a_target_more(rows: dict[str, Rows]) -> str:
    more = {"indicator": "PROCESSING_ON_TIME", "target_percent": pa_decimal(90, 4)}
    rows["reg_targets"].append({**rows["reg_targets"][0], **more})
    return "indicators.fct_indicator_target"


#: What no dossier depends on is changed at once; two builds are dear.
CHANGES: tuple[tuple[Change, ...], ...] = (
    (a_commune_more, a_method_more, a_target_more),
    (a_commune_under_another_parent,),
    (another_fee, a_known_error),
    (a_fee_from_a_day_on,),
    (a_procedure_gone,),
)


@pytest.mark.slow
@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: "-".join(change.__name__ for change in changes))
def test_a_build_of_what_changed_equals_a_full_one(built: Built, tmp_path: Path, changes: tuple[Change, ...]) -> None:
    settings = Settings(workdir=tmp_path, exports="")
    shutil.copy(built.path, settings.duckdb_path)
    env = duckdb_environment(tmp_path, settings.duckdb_path)
    with open_warehouse(settings) as warehouse:  # as the build of the fixture would have left it
        warehouse.begin_build()
        warehouse.finish_build()
    before = tables(settings.duckdb_path)
    served_by(settings, built.env, anew=True)
    rows = registry_rows()
    differ = [change(rows) for change in changes]
    with open_warehouse(settings) as warehouse:
        assert warehouse.sync_registry(registry_tables(rows), "changed")
        state = warehouse.begin_build()
        dossiers = warehouse.execute("select count(distinct dossier_code) from raw.dossiers")[0][0]
    assert not state["full_refresh"]
    assert 0 < state["keys"] < dossiers if "marts.fct_dossier" in differ else state["keys"] == 0
    dbt(env, *build_arguments(False, state["changed"]), "--exclude-resource-type", "unit_test", "test")
    found = tables(settings.duckdb_path)
    assert [name for name in differ if found[name] == before[name]] == []
    assert_equal(found, rebuilt(settings, env))
    assert served_by(settings, env, anew=False) == served_by(settings, env, anew=True)


def ancestors(manifest: dict[str, Any], node: str) -> set[str]:
    found: set[str] = set()
    waiting = [node]
    while waiting:
        for parent in manifest["parent_map"].get(waiting.pop(), []):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def test_every_registry_table_that_an_incremental_model_reads_is_said_to_touch_rows(built: Built) -> None:
    """``parent_map`` also knows what a model reads through macros: dbt resolves them while it parses."""
    manifest = json.loads((Path(built.env["DBT_TARGET_PATH"]) / "manifest.json").read_text(encoding="utf-8"))
    keeping = [name for name, node in manifest["nodes"].items() if node["config"].get("materialized") == "incremental"]
    assert len(keeping) >= 6
    read = {name.split(".")[-1] for node in keeping for name in ancestors(manifest, node) if name.startswith("source.")}
    assert {name for name in read if name.startswith("reg_")} == set(TOUCHES) & set(SCHEMAS)


def test_tables_for_reading_only_are_read_by_no_model(built: Built) -> None:
    manifest = json.loads((Path(built.env["DBT_TARGET_PATH"]) / "manifest.json").read_text(encoding="utf-8"))
    sources = {source["name"] for source in manifest["sources"].values() if source["name"].startswith("reg_")}
    assert sources == set(SCHEMAS) - READING_ONLY


def test_names_of_a_methods_own_group_reach_the_publish_models(built: Built) -> None:
    with duckdb.connect(str(built.path), read_only=True) as connection:
        found = connection.execute(
            "select distinct group_name, group_vi, group_en from publish.pub_method_criterion"
        ).fetchall()
    assert len(found) >= 5
    assert {(vi, en) for _, vi, en in found} == {(f"Nhóm {name}", f"Group {name}") for name, _, _ in found}
