"""The project's shape: layers, the law's indicators, documentation that matches the SQL."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from dbt_warehouse import PROJECT, Built

from cchc.datasets.objections import REASONS
from cchc.registry.correctable import CORRECTABLE

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
    "OVERDUE_WITH_APOLOGY",
    "ONLINE_SERVICE_PROVIDED",
    "ONLINE_SERVICE_USED",
    "PAYMENT_TRANSACTED_PROCEDURE",
]

#: Folders in the order in which data flows. A model reads its own folder and earlier ones.
ORDER = ["staging", "dimensions", "increment", "facts", "rollups", "indicators", "scoring", "publish"]
#: Pages and files are made of these alone.
PUBLISHED_FROM = {"dimensions", "facts", "rollups", "indicators", "scoring"}
SCHEMAS = {"raw", "staging", "intermediate", "marts", "indicators", "scoring", "publish"}


@pytest.fixture(scope="session")
def manifest(built: Built) -> dict[str, Any]:
    return json.loads((Path(built.env["DBT_TARGET_PATH"]) / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    found = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    assert len(found) > 80
    return found


def served_as_view(model: dict[str, Any]) -> bool:
    return bool((model["config"].get("meta") or {}).get("serve") == "view")


def wrong_edges(manifest: dict[str, Any]) -> list[str]:
    """Edges against the order of the folders, and readers of raw tables that should read what stands before them."""
    nodes = manifest["nodes"] | manifest["sources"]
    wrong = []
    for model in (node for node in manifest["nodes"].values() if node["resource_type"] == "model"):
        folder = model["fqn"][1]
        for parent in (nodes[parent] for parent in model["depends_on"]["nodes"]):
            if parent["resource_type"] == "source":
                allowed = {"staging", "dimensions"} if parent["name"].startswith("reg_") else {"staging"}
                good = folder in allowed
            else:
                read = parent["fqn"][1]
                # what is served as a view reads what is served, and nothing behind it
                published = {"publish"} if served_as_view(model) else PUBLISHED_FROM
                good = ORDER.index(read) <= ORDER.index(folder) and (folder != "publish" or read in published)
            if not good:
                wrong.append(f"{folder}/{model['name']} reads {parent['name']}")
    return wrong


def test_data_flows_one_way(manifest: dict[str, Any], models: list[dict[str, Any]]) -> None:
    assert wrong_edges(manifest) == []
    assert {model["fqn"][1] for model in models} == set(ORDER)
    assert {model["schema"] for model in models} <= SCHEMAS


@pytest.mark.parametrize(
    ("reader", "read"),
    [
        ("model.cchc.fct_dossier", "model.cchc.fct_dossier_daily"),
        ("model.cchc.int_cells_before", "model.cchc.fct_dossier"),
        ("model.cchc.dim_period", "model.cchc.int_unit_period"),
        ("model.cchc.pub_ranking", "model.cchc.stg_units"),
        ("model.cchc.fct_unit_score", "source.cchc.raw.reg_criteria"),
        ("model.cchc.dim_period", "source.cchc.raw.deliveries"),
    ],
)
def test_an_edge_that_runs_back_is_found(manifest: dict[str, Any], reader: str, read: str) -> None:
    node = manifest["nodes"][reader]
    changed = node | {"depends_on": {"nodes": [*node["depends_on"]["nodes"], read]}}
    (found,) = wrong_edges(manifest | {"nodes": manifest["nodes"] | {reader: changed}})
    assert found.endswith(f"{reader.split('.')[-1]} reads {read.split('.')[-1]}")


def test_only_the_increment_reads_what_the_last_build_left(models: list[dict[str, Any]]) -> None:
    reads = {m["name"]: re.findall(r"as_last_built\('marts', '(\w+)'\)", m["raw_code"]) for m in models}
    assert {name: found for name, found in reads.items() if found} == {
        "int_cells_before": ["fct_dossier"],
        "int_pending_dossier_codes": ["fct_online_payment", "fct_feedback"],
    }


def test_no_mart_is_a_copy(models: list[dict[str, Any]]) -> None:
    """One model a registry table: a select of a staging model's columns and nothing else says nothing new."""
    staged = {m["name"]: list(m["columns"]) for m in models if m["fqn"][1] == "staging"}
    plain = re.compile(r"select\s+(?:\w+,\s+)*\w+\s+from \{\{ ref\('(stg_\w+)'\) \}\}\s*")
    copies = []
    for model in models:
        found = plain.fullmatch(model["raw_code"].strip())
        if found and model["fqn"][1] != "publish" and list(model["columns"]) == staged[found[1]]:
            copies.append(model["name"])
    assert copies == []


def test_the_indicators_of_a_source_are_one_model(models: list[dict[str, Any]]) -> None:
    """A node of dbt costs more than what an indicator's select does."""
    names = {model["name"] for model in models if model["fqn"][1] == "indicators"}
    assert {name for name in names if name.startswith("ind_")} == {"ind_exports", "ind_portal", "ind_declared"}


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
        "int_unit_period_dossiers", "int_procedure_daily", "int_unit_period_procedures", "fct_declared_figure",
        "int_unit_period_vneid", "dim_unit_ancestry", "fct_unit_indicator", "ind_portal",
        "fct_unit_score", "fct_unit_group_score", "fct_ranking", "fct_period_method", "fct_published_check",
    } <= tested  # fmt: skip


def documented_columns() -> list[tuple[str, str]]:
    """Every column of the project's yml files as (model.column, description as written)."""
    found = []
    for path in sorted((PROJECT / "models").rglob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            found += [(f"{model['name']}.{c['name']}", c.get("description", "")) for c in model["columns"]]
    assert len(found) > 1000
    return found


def doc_blocks() -> list[tuple[str, str]]:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((PROJECT / "docs").glob("*.md")))
    return re.findall(r"\{% docs (\w+) %\}(.*?)\{% enddocs %\}", text, re.DOTALL)


def test_each_meaning_is_written_once() -> None:
    blocks = doc_blocks()
    texts = Counter(" ".join(text.split()).casefold().rstrip(".") for _, text in blocks)
    assert [text for text, times in texts.items() if times > 1 or not text] == []
    named = {where: re.fullmatch(r"\{\{ doc\('(\w+)'\) \}\}", written) for where, written in documented_columns()}
    assert [where for where, name in named.items() if name is None] == []
    assert {name[1] for name in named.values() if name} == {name for name, _ in blocks}


def not_bilingual(text: str) -> bool:
    """Whether a comment is not English, `` · `` and Vietnamese; no Vietnamese text of ours is without a diacritic."""
    english, *rest = " ".join(text.split()).split(" · ")
    if len(rest) != 1 or not english.strip() or not rest[0].strip():
        return True
    decomposed = unicodedata.normalize("NFD", rest[0])
    return not ("đ" in decomposed.lower() or any(unicodedata.combining(letter) for letter in decomposed))


def test_every_comment_of_a_served_relation_is_bilingual(models: list[dict[str, Any]]) -> None:
    served = [model for model in models if model["fqn"][1] == "publish"]
    assert len(served) > 30
    said = {model["name"]: model["description"] for model in served}
    for model in served:
        said |= {f"{model['name']}.{name}": column["description"] for name, column in model["columns"].items()}
    assert [where for where, text in said.items() if not_bilingual(text)] == []


@pytest.mark.parametrize("text", ["", "Score.", "Score. · ", " · Điểm.", "Score. · Diem.", "Score. · Điểm. · Hạng."])
def test_a_comment_in_one_language_is_found(text: str) -> None:
    assert not_bilingual(text)
    assert not not_bilingual("Score. · Điểm.")


def test_one_name_has_one_meaning(models: list[dict[str, Any]]) -> None:
    """``kind`` and ``null_reason`` are names of exported columns; inside, each meaning has its own."""
    homonyms = [(m["name"], c) for m in models for c in ("kind", "null_reason") if c in m["columns"]]
    assert [name for name, _ in homonyms if not name.startswith("pub_")] == []


def test_no_wall_of_yml() -> None:
    paths = list((PROJECT / "models").rglob("*.yml"))
    assert [path.name for path in paths if path.read_text(encoding="utf-8").count("\n") > 300] == []
    assert len(paths) > 50


def test_what_may_be_corrected_and_objected_stands_once_in_code_and_models() -> None:
    """The macro's columns are the registry's; the reasons of ``objections`` are those of the model."""
    macro = (PROJECT / "macros" / "rules" / "correctable.sql").read_text(encoding="utf-8")
    assert tuple(sorted(re.findall(r"'(\w+)': '", macro))) == tuple(sorted(CORRECTABLE["dossiers"]))
    model = (PROJECT / "models" / "facts" / "fct_objection.yml").read_text(encoding="utf-8")
    assert f"objection_reason: [{', '.join(REASONS)}]" in model
