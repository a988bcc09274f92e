"""Every relation that a build made, on Spark and in DuckDB: the same columns, and the same rows as often.

Both engines give a relation as Parquet files, and DuckDB compares them: numbers as decimals and timestamps without a
time zone, since engines choose other types for the same whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from spark.client import Client

#: What an incremental build works with; it says nothing after the build.
WORK = {
    *("int_pending_dossier_codes", "int_pending_transactions", "int_pending_feedback", "int_pending_letters"),
    *("int_cells_before", "int_cells_to_recompute", "int_unserved_keys"),
}
#: Tables of ``raw`` that tell how builds stand.
STATE = {"pending", "building", "build_state", "registry_changed"}
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT")


@dataclass(frozen=True)
class Compared:
    """``only_duckdb``, ``only_spark``: rows that the other has not, or not as often; ``columns``: where."""

    relation: str
    rows: int
    only_duckdb: int
    only_spark: int
    columns: Sequence[str]

    @property
    def equal(self) -> bool:
        return not (self.only_duckdb or self.only_spark or self.columns)


def relations(warehouse: duckdb.DuckDBPyConnection, raw: bool = False) -> list[str]:
    """Tables, and the views that are published, as ``schema.name``; without those that only a build works with.

    ``raw``: also what was loaded.
    """
    found = warehouse.execute(
        "select schema_name, table_name from duckdb_tables() where not temporary "
        "union all select schema_name, view_name from duckdb_views() where schema_name in ('indicators', 'publish') "
        "order by 1, 2"
    ).fetchall()
    left_out = WORK | STATE
    return [f"{schema}.{name}" for schema, name in found if name not in left_out and (raw or schema != "raw")]


def compare(warehouse: duckdb.DuckDBPyConnection, client: Client, raw: bool = False) -> Iterator[Compared]:
    """One after the other, in the order of their names; see ``relations``."""
    for relation in relations(warehouse, raw):
        yield compare_one(warehouse, client, relation)


def compare_one(warehouse: duckdb.DuckDBPyConnection, client: Client, relation: str) -> Compared:
    """One relation, row by row and column by column."""
    files = client.copy_out(f"select * from {relation}", "compared")
    theirs = f"read_parquet('{files}')"
    kinds = [_kinds(warehouse, source) for source in (relation, theirs)]
    unlike = sorted(kinds[0].keys() ^ kinds[1].keys())
    shared = [name for name in kinds[0] if name not in unlike]
    asked = [
        f"select {', '.join(_plain(name, kind[name]) for name in shared)} from {source}"
        for kind, source in zip(kinds, (relation, theirs), strict=True)
    ]
    rows, mine, others = (
        int(str(warehouse.sql(query).fetchall()[0][0]))
        for query in (
            f"select count(*) from {relation}",
            *(f"select count(*) from ({a} except all {b})" for a, b in (asked, reversed(asked))),
        )
    )
    if mine or others:
        for name in shared:
            a, b = (
                f"select {_plain(name, kind[name])} from {s}" for kind, s in zip(kinds, (relation, theirs), strict=True)
            )
            if warehouse.sql(f"({a} except all {b}) union all ({b} except all {a}) limit 1").fetchall():
                unlike.append(name)
    return Compared(relation, rows, mine, others, unlike)


def _kinds(warehouse: duckdb.DuckDBPyConnection, source: str) -> dict[str, str]:
    return {row[0]: row[1] for row in warehouse.execute(f"describe select * from {source}").fetchall()}


def _plain(name: str, kind: str) -> str:
    if kind in _WHOLE:
        return f'cast("{name}" as decimal(38, 0)) as "{name}"'
    if kind.startswith("DECIMAL"):
        return f'cast("{name}" as decimal(38, 12)) as "{name}"'
    if kind.startswith("TIMESTAMP"):
        return f'cast("{name}" as timestamp) as "{name}"'
    return f'"{name}"'
