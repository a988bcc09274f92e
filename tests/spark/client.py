"""One session of a cluster's thrift server, and whole tables in and out of it as Parquet files.

Rows do not go through the session: Spark and DuckDB both read and write Parquet, and the work folder is on the disk of
all processes of the cluster.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import duckdb
from pyhive import hive

from spark.cluster import NAMESPACE, Cluster

#: What Iceberg has no type for, by DuckDB's name, and the type that holds it.
_WIDER = {"SMALLINT": "int", "TINYINT": "int", "HUGEINT": "decimal(38, 0)"}


class Client:
    """SQL for a cluster; ``folder``: for files on their way."""

    def __init__(self, cluster: Cluster) -> None:
        self.folder = cluster.work / "files"
        self.folder.mkdir(exist_ok=True)
        self._connection = hive.connect("127.0.0.1", int(cluster.port), database=NAMESPACE)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def run(self, sql: str) -> None:
        """One statement that gives no rows."""
        cursor = self._connection.cursor()
        cursor.execute(sql)
        cursor.close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """One query."""
        cursor = self._connection.cursor()
        cursor.execute(sql)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.close()
        return found

    def copy_in(
        self, source: duckdb.DuckDBPyConnection, schema: str, is_due: Callable[[str], bool] = lambda table: True
    ) -> None:
        """The tables of a schema of a DuckDB warehouse, each in the place of the one that the cluster has."""
        self.run(f"create namespace if not exists {schema}")
        columns: dict[str, list[tuple[str, str]]] = {}
        for table, name, kind in source.execute(
            "select table_name, column_name, data_type from duckdb_columns() where schema_name = ? "
            "order by table_name, column_index",
            [schema],
        ).fetchall():
            columns.setdefault(table, []).append((name, kind))
        for table, described in columns.items():
            if not is_due(table):
                continue
            path = self.folder / f"{table}.parquet"
            source.execute(f"copy (select {', '.join(map(_plain, described))} from {schema}.{table}) to '{path}'")
            self.run(f"create or replace table {schema}.{table} using iceberg as select * from parquet.`{path}`")
            path.unlink()

    def copy_out(self, query: str, name: str) -> str:
        """What a query gives, as files; returns the pattern of their names."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        self.run(f"insert overwrite directory '{folder}' using parquet {query}")
        return f"{folder}/*.parquet"


def _plain(column: tuple[str, str]) -> str:
    name, kind = column
    return f'cast("{name}" as {_WIDER[kind]}) as "{name}"' if kind in _WIDER else f'"{name}"'
