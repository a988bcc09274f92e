"""The semantic layer: valid, in both languages; every metric says what the ranking says; no chart mixes by accident."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt_semantic_interfaces.implementations.semantic_manifest import PydanticSemanticManifest
from dbt_semantic_interfaces.validations.semantic_manifest_validator import SemanticManifestValidator
from dbt_warehouse import PROJECT, Built, dbt
from metric_queries import Questions, documented_queries

from cchc.bi.aggregates import Aggregates
from cchc.bi.semantic import served_semantics
from cchc.errors import BuildError
from cchc.serve import relations

Served = duckdb.DuckDBPyConnection

#: How a figure of a served relation is asked for: dimensions of the question, columns and condition of the relation.
ASKED = {
    "current_ranking_v1": (["unit"], ["unit_code"], "true"),
    "current_indicator_v1": (["unit", "indicator"], ["unit_code", "indicator"], "true"),
    "ranking_v1": (["unit", "period"], ["unit_code", "period_id"], "is_default_method"),
    "unit_volume_v1": (["unit", "period"], ["unit_code", "period_id"], "scope = 'subtree'"),
    "delivery_board_v1": (["unit"], ["unit_code"], "true"),
    "vneid_trail_v1": (
        ["commune"],
        ["commune_code"],
        "export_date = (select max(o.export_date) from pub.vneid_trail_v1 as o where o.commune_code = t.commune_code)",
    ),
}


@pytest.fixture(scope="module")
def manifest(built: Built) -> dict[str, Any]:
    return served_semantics(Path(built.env["DBT_TARGET_PATH"]) / "semantic_manifest.json")


@pytest.fixture(scope="module")
def questions(manifest: dict[str, Any]) -> Questions:
    return Questions(manifest)


@pytest.fixture(scope="module")
def served(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """What readers see, with a second province of the same units and figures but one point less."""
    path = tmp_path_factory.mktemp("two") / "pub.duckdb"
    shutil.copy(built.settings.served_path, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("update pub.ranking_v1 set rank_change = -2 where unit_code = 'X1.102'")
        for name in ("ranking_v1", "unit_indicator_v1", "unit_latest_v1"):
            connection.execute(f"create temp table other as from pub.{name}")
            for column in ("unit_code", "province_code", "parent_code"):
                if connection.execute(
                    "select 1 from duckdb_columns() where table_name = 'other' and column_name = ?", [column]
                ).fetchall():
                    connection.execute(f"update other set {column} = 'X2' || substr({column}, 3)")
            if name == "ranking_v1":
                connection.execute("update other set total = total - 1")
            connection.execute(f"insert into pub.{name} from other; drop table other")
        yield connection


def ask(served: Served, sql: str) -> list[dict[str, Any]]:
    found = served.execute(sql)
    names = [each[0] for each in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_the_manifest_is_valid_and_names_what_is_served(manifest: dict[str, Any], built: Built) -> None:
    found = SemanticManifestValidator().validate_semantic_manifest(  # type: ignore[type-var]
        PydanticSemanticManifest.parse_raw(json.dumps(manifest))
    )
    assert [each.as_readable_str() for each in found.all_issues] == []
    names = {f"pub.{each.name}" for each in relations(Path(built.env["DBT_TARGET_PATH"]) / "manifest.json")}
    used = {each["node_relation"]["relation_name"] for each in manifest["semantic_models"]}
    used |= {each["node_relation"]["relation_name"] for each in manifest["project_configuration"]["time_spines"]}
    assert used <= names and "pub.date_v1" in used
    assert "publish" not in json.dumps([each["node_relation"] for each in manifest["semantic_models"]])


def test_a_broken_manifest_is_not_valid(manifest: dict[str, Any]) -> None:
    broken = json.loads(json.dumps(manifest))
    broken["metrics"][1]["name"] = broken["metrics"][0]["name"]
    found = SemanticManifestValidator().validate_semantic_manifest(  # type: ignore[type-var]
        PydanticSemanticManifest.parse_raw(json.dumps(broken))
    )
    assert found.errors


def test_without_a_build_there_is_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="cchc build"):
        served_semantics(tmp_path / "semantic_manifest.json")


def test_everything_is_named_in_both_languages_with_its_unit(manifest: dict[str, Any]) -> None:
    wrong = []
    for model in manifest["semantic_models"]:
        named = [model, *model["entities"], *model["dimensions"]]
        wrong += [each["name"] for each in named if not (each["label"] and each["config"]["meta"].get("label_en"))]
        wrong += [each["name"] for each in model["measures"] if not (each["label"] and each["config"]["meta"]["unit"])]
        wrong += [each["name"] for each in (model, *model["measures"]) if " · " not in (each["description"] or "")]
    for metric in manifest["metrics"]:
        meta = metric["config"]["meta"]
        if not (metric["label"] and meta["label_en"] and meta["unit"]) or " · " not in metric["description"]:
            wrong.append(metric["name"])
    assert wrong == []
    assert len(manifest["metrics"]) > 40


def test_every_metric_can_be_asked(manifest: dict[str, Any], questions: Questions, served: Served) -> None:
    for metric in manifest["metrics"]:
        (row,) = ask(served, questions.sql([metric["name"]], []))
        assert list(row) == [metric["name"]]


def test_metrics_say_what_is_served(manifest: dict[str, Any], questions: Questions, served: Served) -> None:
    compared = {}
    for metric in manifest["metrics"]:
        if "served" not in metric["config"]["meta"]:
            continue
        relation, column = metric["config"]["meta"]["served"].split(".")
        by, keys, where = ASKED[relation]
        direct = f"select {', '.join(keys)}, sum({column}) from pub.{relation} as t where {where} group by all"
        wanted = {tuple(row[:-1]): row[-1] for row in served.execute(direct).fetchall()}
        found = {
            tuple(row[each] for each in by): row[metric["name"]]
            for row in ask(served, questions.sql([metric["name"]], by))
        }
        assert found == wanted, metric["name"]
        compared[metric["name"]] = sum(value is not None for value in found.values())
    assert len(compared) > 15
    assert min(compared.values()) > 0, compared


def test_an_aggregate_says_what_its_metric_says(manifest: dict[str, Any], questions: Questions, served: Served) -> None:
    """Tools that know no MetricFlow are given aggregates; both of them by unit, by what goes together, and over all."""
    aggregates, compared = Aggregates(manifest), 0
    for model in manifest["semantic_models"]:
        relation = model["node_relation"]["alias"]
        for metric in aggregates.of(model["name"]):
            for by, keys in (ASKED[relation][:2], (["unit"], ["unit_code"]), ([], [])):
                direct = f"select {', '.join([*keys, metric.sql])} from pub.{relation} group by all"
                found = {tuple(row[:-1]): row[-1] for row in served.execute(direct).fetchall()}
                asked = ask(served, questions.sql([metric.name], by))
                wanted = {tuple(row[each] for each in by): row[metric.name] for row in asked}
                told = {key: float(value) for key, value in found.items() if value is not None}
                assert told == pytest.approx(
                    {key: float(value) for key, value in wanted.items() if value is not None}
                ), metric.name
                compared += len(told)
    assert compared > 300


def test_a_metric_of_last_days_is_no_aggregate(manifest: dict[str, Any]) -> None:
    assert Aggregates(manifest).of("population") == []


def test_a_rate_is_the_published_ratio(questions: Questions, served: Served) -> None:
    asked = ask(served, questions.sql(["indicator_rate"], ["unit", "indicator"]))
    found = {(row["unit"], row["indicator"]): row["indicator_rate"] for row in asked}
    wanted = served.execute("select unit_code, indicator, ratio from pub.current_indicator_v1").fetchall()
    assert len(wanted) > 20
    for unit, indicator, ratio in wanted:
        value = found[unit, indicator]
        assert (value is None) == (ratio is None)
        assert ratio is None or abs(Decimal(value) - ratio) <= Decimal("0.0000005")


def test_rates_of_deliveries_are_those_of_the_board(questions: Questions, served: Served) -> None:
    metrics = ["deliveries_due", "deliveries_on_time", "deliveries_on_time_rate"]
    (row,) = ask(served, questions.sql(metrics, []))
    expected, on_time, waiting = served.execute(
        "select count(*) filter (where is_expected), count(*) filter (where is_expected and status = 'on_time'), "
        "count(*) filter (where status = 'waiting') from pub.delivery_board_v1"
    ).fetchall()[0]
    assert (row["deliveries_due"], row["deliveries_on_time"]) == (expected - waiting, on_time)
    assert 0 < row["deliveries_on_time_rate"] == on_time / (expected - waiting) < 1


def test_a_mean_is_of_the_ranked_units(questions: Questions, served: Served) -> None:
    for row in ask(served, questions.sql(["mean_score"], ["province"])):
        totals = served.execute(
            "select total from pub.current_ranking_v1 where province_code = ? and rank is not null", [row["province"]]
        ).fetchall()
        assert row["mean_score"] == pytest.approx(float(sum(total for (total,) in totals)) / len(totals))


@pytest.mark.parametrize(
    ("metric", "by"),
    [
        ("rank", []),
        ("rank", ["province"]),
        ("score", ["period"]),
        ("period_score", ["province", "period"]),
        ("period_score", ["unit"]),
        ("indicator_rate", ["unit"]),
        ("indicator_numerator", ["indicator"]),  # of two provinces
        ("dossiers_received", ["period"]),  # a province and its communes
        ("dossiers_received", ["unit"]),  # a month and its quarter
    ],
)
def test_what_does_not_go_together_is_empty(metric: str, by: list[str], questions: Questions, served: Served) -> None:
    found = [row[metric] for row in ask(served, questions.sql([metric], by))]
    assert found and set(found) == {None}


def test_a_trend_has_one_figure_a_month(questions: Questions, served: Served) -> None:
    months = ["{{ Dimension('period__period_kind') }} = 'month'"]
    found = ask(served, questions.sql(["period_score"], ["unit", "metric_time__month"], months))
    wanted = served.execute(
        "select unit_code, date_trunc('month', period_start), total from pub.ranking_v1 "
        "where period_kind = 'month' and is_default_method"
    ).fetchall()
    assert sorted((row["unit"], str(row["metric_time__month"])[:10], row["period_score"]) for row in found) == sorted(
        (unit, str(month)[:10], total) for unit, month, total in wanted
    )
    assert len({month for _, month, _ in wanted}) > 1


def test_distinct_counts_are_not_added_up(questions: Questions, served: Served) -> None:
    of_one = ask(served, questions.sql(["indicator_numerator"], ["indicator", "province"]))
    kinds = dict(served.execute("select distinct indicator, additivity from pub.current_indicator_v1").fetchall())
    assert of_one
    for row in of_one:
        may_add = kinds[row["indicator"]] in ("flow", "stock")
        (total,) = served.execute(
            "select sum(numerator) from pub.current_indicator_v1 where indicator = ? and province_code = ?",
            [row["indicator"], row["province"]],
        ).fetchall()[0]
        assert row["indicator_numerator"] == (total if may_add else None)


def test_a_naive_chart_shows_no_place_twice_but_for_ties(served: Served) -> None:
    """``select unit_name, rank ... order by rank``: one period, one method, one level; the raw ranking fails it."""

    def twice(relation: str) -> list[tuple[Any, ...]]:
        return served.execute(
            f"select province_code, rank from pub.{relation} where rank is not null "
            "group by all having count(distinct total) > 1"
        ).fetchall()

    assert twice("ranking_v1") != [], "the world has several periods: the test could not fail"
    assert twice("current_ranking_v1") == []
    provinces = served.execute(
        "select province_code, min(rank), count(*), count(distinct period_id), count(distinct method), "
        "count(distinct ranked_level) from pub.current_ranking_v1 group by all order by all"
    ).fetchall()
    assert [row[0] for row in provinces] == ["X1", "X2"]
    assert {(first, *ones) for _, first, _, *ones in provinces} == {(1, 1, 1, 1)}
    periods = served.execute(
        "select count(distinct period_id), count(distinct ranked_level) from pub.ranking_v1"
    ).fetchall()
    assert periods[0][0] > 2 and periods[0][1] > 1
    names = served.execute("select distinct period_kind, is_complete from pub.period_v1 where is_default_period")
    assert names.fetchall() == [("month", True)]


def test_figures_of_now_are_of_the_units_and_scores_of_the_current_ranking(served: Served) -> None:
    differing = served.execute(
        "select r.unit_code, r.total, sum(i.score) from pub.current_ranking_v1 r join pub.current_indicator_v1 i "
        "using (unit_code) where r.province_code = 'X1' group by all having sum(i.score) <> r.total - 0"
    ).fetchall()
    adjusted = {unit for (unit,) in served.execute("select unit_code from pub.adjustment_v1").fetchall()}
    assert [row for row in differing if row[0] not in adjusted] == []


@pytest.mark.parametrize("number", range(len(documented_queries())))
def test_documented_queries_find_something(number: int, served: Served) -> None:
    assert served.execute(documented_queries()[number]).fetchall() != []


def test_the_document_has_queries() -> None:
    assert len(documented_queries()) == 8


def test_the_document_names_every_metric_that_is_an_answer(manifest: dict[str, Any]) -> None:
    text = (PROJECT.parent / "docs" / "bi.md").read_text(encoding="utf-8")
    parts = {
        each["name"]
        for metric in manifest["metrics"]
        if metric["type"] == "derived"
        for each in metric["type_params"]["metrics"]
    }
    progress = {each["name"] for each in manifest["metrics"] if each["name"].startswith("dossiers_")}
    others = {"units_shown", "total_of_ranked", "ranking_dossiers"}
    told = {each["name"] for each in manifest["metrics"]} - parts - progress - others
    assert [name for name in sorted(told) if f"`{name}`" not in text] == []


def test_exposures_name_what_their_code_reads(built: Built) -> None:
    whole = json.loads((Path(built.env["DBT_TARGET_PATH"]) / "manifest.json").read_text(encoding="utf-8"))
    sources = PROJECT.parent / "include" / "cchc"
    checked = 0
    for exposure in whole["exposures"].values():
        assert exposure["owner"]["name"] and exposure["maturity"] and exposure["label"] and exposure["description"]
        read = {whole["nodes"][each]["name"] for each in exposure["depends_on"]["nodes"]}
        assert read and all(name.startswith("pub_") for name in read)
        for place in exposure["config"]["meta"].get("reads", []):
            assert (sources / place).exists(), place
        files = [
            file
            for place in exposure["config"]["meta"].get("reads", [])
            for file in ([sources / place] if place.endswith(".py") else (sources / place).rglob("*.py"))
        ]
        if files:
            checked += 1
            code = "".join(file.read_text(encoding="utf-8") for file in files)
            named = {f"pub_{name}" for name in re.findall(r"pub\.(\w+)_v1", code)} - {"pub_build"}
            assert named == read, exposure["name"]
    assert checked == 3


def test_what_is_served_is_read_by_somebody_or_says_why(built: Built) -> None:
    whole = json.loads((Path(built.env["DBT_TARGET_PATH"]) / "manifest.json").read_text(encoding="utf-8"))
    read = {each for exposure in whole["exposures"].values() for each in exposure["depends_on"]["nodes"]}
    published = {
        name: node
        for name, node in whole["nodes"].items()
        if node["resource_type"] == "model" and node["fqn"][1] == "publish"
    }
    unread = {name for name in published if name not in read}
    explained = {name for name, node in published.items() if node["config"]["meta"].get("unexposed")}
    assert unread == explained
    (package,) = (each for each in whole["exposures"].values() if each["name"] == "open_data")
    is_open = {name for name, node in published.items() if node["config"]["meta"].get("open") is True}
    assert set(package["depends_on"]["nodes"]) == is_open


def test_nothing_of_it_is_run(built: Built) -> None:
    """Semantic models, metrics and exposures cost a build nothing."""
    listed = {selector: dbt(built.env, "ls", "--selector", selector) for selector in ("full_build", "daily_build")}
    for names in listed.values():
        assert len(names) > 100
        assert [name for name in names if name.startswith(("exposure:", "metric:", "semantic_model:"))] == []
