"""The statements for Iceberg: months that are opened alone, types it has."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from cchc.load import iceberg
from cchc.load.schema import TABLES

DAYS = (date(2026, 11, 5), date(2026, 11, 6))
SCHEMA = pa.schema([("revision_id", pa.string()), ("export_date", pa.date32()), ("status", pa.int16())])


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
