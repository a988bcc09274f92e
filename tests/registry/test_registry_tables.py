"""The tables ``reg_*`` have exactly the columns that docs/architecture.md lists, and the calendar's known days."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from cchc.registry.load import Registry, load
from cchc.registry.tables import SCHEMAS, build_tables

DOC = Path(__file__).parents[2] / "docs" / "architecture.md"
TYPES = {"boolean": pa.bool_(), "integer": pa.int32(), "bigint": pa.int64(), "DATE": pa.date32()}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


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
