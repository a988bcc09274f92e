"""The project's shape: layers, the law's indicators, documentation that matches the SQL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt_warehouse import Built

LAW = [
    "PROCESSING_ON_TIME",
    "ONLINE_DOSSIER",
    "PAYMENT_ONLINE_DOSSIER",
    "ORIGINAL_RESULT_AVAILABLE",
    "SO_HOA_GIAY_TO_GIAI_QUYET",
    "REUSED_DIGITIZED_DATA",
    "SYNCED_WITH_DVCQG_PERSONAL_STORAGE",
    "CITIZEN_DATA_CONNECTED_DOSSIER",
    "DOSSIER_RECEIVING_SATISFACTION",
    "PETITION_PROCESSING_ON_TIME",
    "PETITION_HANDLING_SATISFACTION",
    "VNEID_ACTIVATED",
    "PAYMENT_TRANSACTION_ONLINE",
]

MAY_READ = {
    "staging": {"raw"},
    "intermediate": {"staging", "intermediate", "marts"},
    "marts": {"staging", "intermediate", "marts"},
    "indicators": {"intermediate", "marts", "indicators"},
    "scoring": {"marts", "indicators", "scoring"},
    "publish": {"marts", "indicators", "scoring"},
}


@pytest.fixture(scope="session")
def manifest(built: Built) -> dict[str, Any]:
    return json.loads((Path(built.env["CCHC_DBT_TARGET_PATH"]) / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    found = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    assert len(found) > 80
    return found


def test_no_layer_reads_what_it_should_not(manifest: dict[str, Any], models: list[dict[str, Any]]) -> None:
    nodes = manifest["nodes"] | manifest["sources"]
    wrong = [
        f"{model['name']} reads {nodes[parent]['name']}"
        for model in models
        for parent in model["depends_on"]["nodes"]
        if nodes[parent]["schema"] not in MAY_READ[model["schema"]]
    ]
    assert wrong == []


def test_every_indicator_of_the_law_has_a_model(models: list[dict[str, Any]]) -> None:
    names = {model["name"] for model in models if model["schema"] == "indicators"}
    assert {f"ind_{code.lower()}" for code in LAW} | {"ind_portal"} == {n for n in names if n.startswith("ind_")}


def test_every_indicator_is_computed_for_every_unit_and_period(built: Built) -> None:
    with duckdb.connect(str(built.path), read_only=True) as connection:
        rows = connection.execute(
            "select unit_code, period_id, list(indicator order by indicator) "
            "from indicators.fct_unit_indicator where source = 'exports' group by all"
        ).fetchall()
    assert rows
    assert {tuple(row[2]) for row in rows} == {tuple(sorted(LAW))}


def test_descriptions_and_columns_match_the_sql(built: Built, models: list[dict[str, Any]]) -> None:
    with duckdb.connect(str(built.path), read_only=True) as connection:
        rows = connection.execute(
            "select schema_name, table_name, list(column_name order by column_index) "
            "from duckdb_columns() where not internal group by all"
        ).fetchall()
    columns = {(schema, table): names for schema, table, names in rows}
    wrong = []
    for model in models:
        described = model["columns"]
        if list(described) != columns[(model["schema"], model["name"])]:
            wrong.append(f"{model['name']}: columns differ from its SQL")
        if not model["description"] or not all(column["description"] for column in described.values()):
            wrong.append(f"{model['name']}: not described")
    assert wrong == []


def test_contracts_are_enforced_where_others_read(models: list[dict[str, Any]]) -> None:
    layers = ("marts", "scoring", "publish")
    assert [m["name"] for m in models if m["schema"] in layers and not m["config"]["contract"]["enforced"]] == []


def test_every_rule_that_decides_a_score_has_a_unit_test(manifest: dict[str, Any]) -> None:
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    assert {
        "fct_dossier", "fct_dossier_version", "fct_online_payment", "fct_feedback", "dim_period",
        "int_unit_period_dossiers", "int_unit_period_vneid", "int_unit_ancestry", "fct_unit_indicator", "ind_portal",
        "fct_unit_score", "fct_unit_group_score", "fct_ranking", "fct_period_method", "fct_published_check",
    } <= tested  # fmt: skip
