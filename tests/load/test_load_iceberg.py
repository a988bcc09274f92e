"""The statements for Iceberg: values that can't be mistaken for SQL, months that are opened alone, types it has."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from cchc.load import iceberg
from cchc.load.schema import TABLES

DAYS = (date(2026, 11, 5), date(2026, 11, 6))
SCHEMA = pa.schema([("revision_id", pa.string()), ("export_date", pa.date32()), ("status", pa.int16())])


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (2**63 + 1, "9223372036854775809"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (date(1, 1, 1), "date'0001-01-01'"),
        (datetime(2026, 11, 5, 8, 0, 0, 250_000), "timestamp_ntz'2026-11-05 08:00:00.250000'"),
        ("Đã trả", "'Đã trả'"),
        ("it's \\N", "'it\\'s \\\\N'"),
    ],
)
def test_values_are_written_as_what_they_are(value: object, written: str) -> None:
    assert iceberg.literal(value) == written


def test_a_binary_float_is_no_value() -> None:
    with pytest.raises(TypeError, match="float"):
        iceberg.literal(0.1)


def test_parameters_take_their_places() -> None:
    assert iceberg.with_values("a = ? and b between ? and ?", ["?", 1, 2]) == "a = '?' and b between 1 and 2"
    assert iceberg.with_values("a like '?'", []) == "a like '?'"


def test_a_path_is_no_pattern_and_ends_where_it_ends() -> None:
    assert iceberg.file(Path("/a b/{x}*[1]`.parquet")) == "parquet.`file:///a b/\\{x\\}\\*\\[1\\]``.parquet`"


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_raw_table_has_types_that_iceberg_has(table: str) -> None:
    made = iceberg.create_statement(f"raw.{table}", TABLES[table])
    assert not {"varchar", "smallint", "timestamp"} & set(re.findall(r"\w+", made))
    assert ("partitioned by (months(export_date))" in made) == ("export_date" in TABLES[table].names)


def test_a_merge_opens_the_months_of_its_days_alone() -> None:
    said = iceberg.merge_statement("raw.x", SCHEMA, "select 'r' as revision_id", ["select 1"], DAYS)
    assert "on t.export_date between date'2026-11-05' and date'2026-11-06' and t.revision_id = s.gone" in said
    assert "on true and" in iceberg.merge_statement("raw.x", SCHEMA, "select 1", [], None)
