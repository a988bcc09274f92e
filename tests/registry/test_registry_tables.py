"""The tables ``reg_*`` have exactly the columns that docs/architecture.md lists, and the calendar's known days."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from pydantic import BaseModel

from cchc.registry import declarable, indices, model
from cchc.registry.open import Registry, open_registry
from cchc.registry.tables import SCHEMAS, build_tables

DOC = Path(__file__).parents[2] / "docs" / "architecture.md"
TYPES = {"boolean": pa.bool_(), "integer": pa.int32(), "bigint": pa.int64(), "DATE": pa.date32()}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return open_registry()


def documented() -> dict[str, list[tuple[str, str | None]]]:
    """Columns and stated types of each table, as the document lists them."""
    tables = {}
    for name, text in re.findall(r"^- `(reg_\w+)`: (.+)$", DOC.read_text(encoding="utf-8"), re.MULTILINE):
        types = re.sub(r"(decimal\(\d+),(\d+\))", r"\1;\2", text.split(": periods")[0].split(" Key:")[0])
        plain = re.sub(r"\([^()]*(?:`[^()]*)*\)", lambda m: m[0] if ";" in m[0] else "", types).rstrip(".")
        columns = [part.split() for part in plain.split(",")]
        tables[name] = [(words[0], words[1].replace(";", ",") if len(words) > 1 else None) for words in columns]
    return tables


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_columns_and_types_are_the_documented_ones(name: str, registry: Registry) -> None:
    columns = documented()[name]
    table = build_tables(registry)[name]
    assert table.schema == SCHEMAS[name]
    assert table.column_names == [column for column, _ in columns]
    for column, stated in columns:
        found = table.schema.field(column).type
        if stated and stated.startswith("decimal"):
            assert str(found).replace("decimal128", "decimal").replace(" ", "") == stated
        elif stated:
            assert found == TYPES[stated], column
        else:
            assert found in (pa.string(), pa.date32()), column


def test_every_documented_table_is_built() -> None:
    assert set(documented()) == set(SCHEMAS)


def test_working_days(registry: Registry) -> None:
    rows = {row["day"]: row for row in build_tables(registry)["reg_calendar"].to_pylist()}
    assert min(rows) == date(2020, 1, 1)
    assert max(rows) == date(2030, 12, 31)
    works = {day: row["is_working_day"] for day, row in rows.items()}
    assert [sum(works[day] for day in works if day.year == year) for year in (2023, 2025, 2026)] == [249, 250, 249]
    assert not works[date(2026, 11, 24)]
    assert rows[date(2026, 11, 24)]["holiday_vi"] == "Ngày Văn hóa Việt Nam"
    assert works[date(2026, 8, 22)]  # a Saturday worked for Monday 31 August
    assert not works[date(2026, 8, 31)]


def test_unverified_swap_is_marked(registry: Registry) -> None:
    rows = {row["day"]: row for row in build_tables(registry)["reg_calendar"].to_pylist()}
    off, worked = rows[date(2026, 1, 2)], rows[date(2026, 1, 10)]
    assert (off["is_working_day"], worked["is_working_day"]) == (False, True)
    assert "chưa kiểm chứng" in off["holiday_vi"]
    assert off["known_from"] is not None


def test_nothing_is_due_of_a_system_without_daily_delivery(registry: Registry) -> None:
    rows = build_tables(registry)["reg_system_units"].to_pylist()
    assert {row["due_days"] for row in rows if row["system"] == "portal-dvcqg"} == {None}
    assert {row["due_time"] for row in rows if row["system"] == "pay-local"} == {"01:00"}
    keys = [(row["system"], row["dataset"], row["unit"], row["valid_from"]) for row in rows]
    assert len(keys) == len(set(keys))


def test_unverified_targets_say_so(registry: Registry) -> None:
    sources = {row["source"] for row in build_tables(registry)["reg_targets"].to_pylist()}
    assert any(source.startswith("NQ 76/NQ-CP") and "chưa kiểm chứng" in source for source in sources)


#: Where the columns of each class of registry rows and nodes go, and those that have another name there.
TABLES: dict[type[BaseModel], tuple[str, dict[str, str]]] = {
    model.Unit: ("reg_units", {}),
    model.TimelinessRule: ("reg_timeliness_rules", {}),
    model.EndingRule: ("reg_ending_rules", {}),
    model.RuleInForce: ("reg_rules_in_force", {}),
    model.IntegritySignal: ("reg_integrity_signals", {}),
    model.Procedure: ("reg_procedures", {}),
    model.Heading: ("reg_headings", {}),
    model.Label: ("reg_labels", {}),
    model.Code: ("reg_codes", {}),
    model.Merger: ("reg_mergers", {}),
    model.Band: ("reg_bands", {}),
    model.Condition: ("reg_band_conditions", {}),
    model.Adjustment: ("reg_adjustments", {}),
    model.Indicator: ("reg_indicators", {}),
    model.Target: ("reg_targets", {}),
    model.Period: ("reg_periods", {}),
    model.PublishedFigure: ("reg_published", {}),
    model.Override: ("reg_calendar", {}),
    model.PortalAnswer: ("reg_portal_answers", {}),
    model.System: ("reg_systems", {"code": "system"}),
    model.DatasetSpec: ("reg_system_datasets", {}),
    model.Method: ("reg_methods", {}),
    model.Completeness: (
        "reg_methods",
        {"deliveries_percent": "least_deliveries_percent", "coverage_percent": "least_coverage_percent"},
    ),
    model.Correction: ("reg_corrections", {"column": "column_name"}),
    model.Group: ("reg_groups", {"group": "group_name"}),
    model.Criterion: ("reg_criteria", {}),
    declarable.Template: ("reg_templates", {}),
    declarable.Declarable: ("reg_declarables", {}),
    indices.IndexScheme: ("reg_index_schemes", {}),
    indices.IndexNode: ("reg_index_nodes", {}),
    indices.IndexFigure: ("reg_index_figures", {}),
    indices.IndexEdition: ("reg_index_editions", {}),
    indices.IndexValue: ("reg_index_values", {}),
}

#: Columns that no table has, and why.
NOWHERE = {
    (model.System, "root"): "where its files lie; may name a user of another machine",
    (model.System, "transport"): "how its files are fetched",
    (model.System, "datasets"): "a table of its own",
    (model.Method, "groups"): "a table of its own",
    (model.Method, "anomalies"): "shown to who approves; no model reads them",
    (model.Method, "least_published"): "what the copy of the site for the public shows; no model reads it",
    (model.Method, "completeness"): "two columns of the method's row",
    (model.Method, "volume_classes"): "a table of its own",
    (model.Band, "conditions"): "a table of its own",
    (model.Group, "criteria"): "a table of its own",
}


def shapes() -> list[type[BaseModel]]:
    """Every class of a row or a node; a selector of units stands as text in its dataset's row."""
    rooms = (model, declarable, indices)
    found = [each for room in rooms for each in vars(room).values() if isinstance(each, type)]
    own = [each for each in found if issubclass(each, BaseModel) and each.__name__[0] != "_"]
    return list(dict.fromkeys(each for each in own if each.__module__ in {room.__name__ for room in rooms}))


@pytest.mark.parametrize("shape", [each for each in shapes() if each not in (model.Selector, model.AnomalyLimits)])
def test_every_column_of_the_registry_reaches_a_table(shape: type[BaseModel]) -> None:
    table, renamed = TABLES[shape]
    columns = set(SCHEMAS[table].names)
    lost = [
        name for name in shape.model_fields if renamed.get(name, name) not in columns and (shape, name) not in NOWHERE
    ]
    assert lost == []


def test_tables_hold_what_the_files_say(registry: Registry) -> None:
    tables = {name: table.to_pylist() for name, table in build_tables(registry).items()}
    groups = {(row["method"], row["group_name"]): row for row in tables["reg_groups"]}
    assert groups["qd766-portal-2026", "TRANSPARENCY"]["name_vi"] == "Công khai, minh bạch"
    assert groups["qd766-portal-2026", "TRANSPARENCY"]["max_score"] == 18
    assert {(row["method"], row["group_name"]) for row in tables["reg_criteria"]} == set(groups)
    assert all(row["numerator_rule_en"] and row["denominator_rule_en"] for row in tables["reg_indicators"])
    assert {row["canonical"] for row in tables["reg_headings"] if row["heading"] == "Mã hồ sơ"} == {"dossier_code"}
    assert len(tables["reg_codes"]) > 50 < len(tables["reg_headings"])
    specs = {(row["system"], row["dataset"]): row for row in tables["reg_system_datasets"]}
    assert {system for system, _ in specs} == {row["system"] for row in tables["reg_systems"]}
    swapped = next(row for row in tables["reg_calendar"] if row["day"] == date(2026, 1, 2))
    assert (swapped["verified"], swapped["source"] is None) == (False, False)


def test_no_table_says_where_files_lie_or_who_fetches_them(registry: Registry) -> None:
    assert not {"root", "transport"} & {column for schema in SCHEMAS.values() for column in schema.names}
