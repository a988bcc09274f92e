"""The raw tables as data: names, columns and SQL types, the same on every engine."""

from __future__ import annotations

import pyarrow as pa

from cchc.datasets import DATASETS, LINEAGE

QUARANTINE = pa.schema(
    [
        *[field for field in LINEAGE if field.name in ("revision_id", "row_number")],
        ("dataset", pa.string()),
        *[field for field in LINEAGE if field.name not in ("revision_id", "row_number")],
        ("rule", pa.string()),
        ("rules", pa.string()),
        ("payload", pa.string()),
    ]
)

DELIVERIES = pa.schema(
    [
        ("revision_id", pa.string()),
        ("system", pa.string()),
        ("unit", pa.string()),
        ("export_date", pa.date32()),
        ("dataset", pa.string()),
        ("path", pa.string()),
        ("revision", pa.int32()),
        ("sha256", pa.string()),
        ("size_bytes", pa.int64()),
        ("outcome", pa.string()),
        ("reason", pa.string()),
        ("rows_read", pa.int32()),
        ("rows_accepted", pa.int32()),
        ("rows_quarantined", pa.int32()),
        ("rows_duplicate", pa.int32()),
        ("warnings", pa.string()),
        ("repeats", pa.int32()),
        ("arrived_at", pa.timestamp("us")),
        ("in_force", pa.bool_()),
        ("destroyed_on", pa.date32()),
        ("destroyed_basis", pa.string()),
    ]
)

ANSWERS = pa.schema(
    [
        ("unit", pa.string()),
        ("objection_number", pa.string()),
        ("answer_no", pa.int32()),
        ("decision", pa.string()),
        ("decided_by", pa.string()),
        ("decided_on", pa.date32()),
        ("note", pa.string()),
    ]
)

_PENDING = pa.schema([("dataset", pa.string()), ("business_key", pa.string()), ("change_no", pa.int64())])

TABLES: dict[str, pa.Schema] = {
    **{name: dataset.raw_schema for name, dataset in DATASETS.items()},
    "replaced_dossiers": DATASETS["dossiers"].raw_schema,
    "quarantine": QUARANTINE,
    "deliveries": DELIVERIES,
    "objection_answers": ANSWERS,
    "pending": _PENDING,
    "building": pa.schema([("dataset", pa.string()), ("business_key", pa.string())]),
    "registry_changed": pa.schema([("table_name", pa.string())]),
    "build_state": pa.schema(
        [
            ("full_refresh", pa.bool_()),
            ("registry_hash", pa.string()),
            ("change_no", pa.int64()),
            ("synced_no", pa.int64()),
            ("stale", pa.bool_()),
            ("build_no", pa.int64()),
        ]
    ),
}

_TYPES = {
    pa.string(): "varchar",
    pa.int16(): "smallint",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us"): "timestamp",
}


def sql_type(kind: pa.DataType) -> str:
    """The SQL type of an Arrow type; one spelling that DuckDB and PostgreSQL share."""
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision}, {kind.scale})"
    return _TYPES[kind]


def add_column_statement(name: str, field: pa.Field) -> str:
    """``alter table raw.<name> add column``, for a warehouse that an earlier version created."""
    return f"alter table raw.{name} add column {field.name} {sql_type(field.type)}"


def create_statement(name: str, schema: pa.Schema) -> str:
    """``create table if not exists raw.<name>``."""
    columns = ", ".join(f"{field.name} {sql_type(field.type)}" for field in schema)
    return f"create table if not exists raw.{name} ({columns})"
