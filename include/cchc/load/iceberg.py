"""The statements that make and fill Iceberg tables, as Spark's SQL. Text in, text out; nothing here runs one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pyarrow as pa

from cchc.engines.literals import literal
from cchc.load.schema import sql_type

#: What Iceberg calls otherwise, or has not: it keeps a smallint as an int.
_TYPES = {"varchar": "string", "smallint": "int", "integer": "int", "timestamp": "timestamp_ntz"}
#: Rows that go are marked beside the files that hold them: a day's replacements rewrite no month. Tasks write what they
#: have: each month of a load anew would be a step in which all rows move.
_PROPERTIES = {
    "format-version": "2",
    "write.delete.mode": "merge-on-read",
    "write.update.mode": "merge-on-read",
    "write.merge.mode": "merge-on-read",
    "write.distribution-mode": "none",
    "write.merge.distribution-mode": "none",
    "write.spark.fanout.enabled": "true",
}


#: The first and last export date of what is asked for, where it is known.
Days = tuple[date, date] | None
#: What has a meaning in a path of Spark's.
_GLOB = re.compile(r"([][{}*?\\])")


def iceberg_type(kind: pa.DataType) -> str:
    """The type of a column that holds an Arrow type's values."""
    plain = sql_type(kind)
    return _TYPES.get(plain, plain)


def create_statement(table: str, schema: pa.Schema) -> str:
    """``create table if not exists``; by months of the export date where there is one."""
    columns = ", ".join(f"{field.name} {iceberg_type(field.type)}" for field in schema)
    parted = " partitioned by (months(export_date))" if "export_date" in schema.names else ""
    properties = ", ".join(f"'{name}'='{value}'" for name, value in _PROPERTIES.items())
    return f"create table if not exists {table} ({columns}) using iceberg{parted} tblproperties ({properties})"


def add_column_statement(table: str, field: pa.Field) -> str:
    """``alter table add column``, for a table that an earlier version made."""
    return f"alter table {table} add column {field.name} {iceberg_type(field.type)}"


def put_statement(table: str, schema: pa.Schema, path: Path) -> str:
    """A Parquet file in the place of a whole table, in one commit, whatever columns that has."""
    columns = ", ".join(f"cast({field.name} as {iceberg_type(field.type)}) as {field.name}" for field in schema)
    return f"create or replace table {table} using iceberg as select {columns} from {file(path)}"


def merge_statement(table: str, schema: pa.Schema, gone: str, sources: Iterable[str], days: Days) -> str:
    """Rows of some revisions go, rows of queries come, in one commit; the same again changes nothing.

    ``gone``: a query that gives each ``revision_id`` once. ``days``: see ``within``.
    """
    nothing = ", ".join(f"cast(null as {iceberg_type(field.type)}) as {field.name}" for field in schema)
    columns = ", ".join(schema.names)
    came = [f"select cast(null as string) as gone, {columns} from ({source})" for source in sources]
    rows = " union all ".join([f"select revision_id as gone, {nothing} from ({gone})", *came])
    values = ", ".join(f"s.{name}" for name in schema.names)
    return (
        f"merge into {table} as t using ({rows}) as s on {within('t', days)} and t.revision_id = s.gone "
        f"when matched then delete when not matched and s.gone is null then insert ({columns}) values ({values})"
    )


def select_statement(schema: pa.Schema, path: Path, unless: str = "") -> str:
    """The rows of a staged file; ``unless``: a query of revisions that are left out."""
    columns = ", ".join(f"f.{name}" for name in schema.names)
    left = f" left anti join ({unless}) as u on f.revision_id = u.revision_id" if unless else ""
    return f"select {columns} from {file(path)} as f{left}"


def within(alias: str, days: Days) -> str:
    """The condition that lets Iceberg open the months of these days alone: written out, so that it is known first."""
    return f"{alias}.export_date between {literal(days[0])} and {literal(days[1])}" if days else "true"


def file(path: Path) -> str:
    """A Parquet file as a relation: a folder of this machine that the executors see too, or an address of a store."""
    address = str(path) if "://" in str(path) else f"file://{path.absolute()}"
    escaped = _GLOB.sub(r"\\\1", address).replace("`", "``")
    return f"parquet.`{escaped}`"
