"""A read-only look at what the last good build serves, the same for DuckDB and PostgreSQL.

In: SQL over ``pub.*`` with ``?`` for parameters. Out: plain Python rows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow as pa

from cchc.errors import BuildError, TransientError
from cchc.publish.values import number
from cchc.settings import Settings
from cchc.surroundings import of_text

CHUNK = 10_000


class Reader(ABC):
    """One read-only connection. Use it as a context manager."""

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Let go of the warehouse."""

    @abstractmethod
    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        """Column names, and the rows as they come; for results that do not fit into memory."""

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """All rows of a result."""
        names, found = self.stream(sql, parameters)
        return [dict(zip(names, row, strict=True)) for row in found]

    def values(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """All rows of a result as JSON has them, decimals as numbers (``number``); for those that a page shows."""
        _, found = self.stream(sql, parameters)
        return (tuple(map(number, row)) for row in found)

    def tables(self, sql: str, schema: pa.Schema, group: int) -> Iterator[pa.Table]:
        """The rows as tables of at most ``group`` rows, typed as the schema says; for whole relations."""
        names, rows = self.stream(sql)
        while chunk := list(islice(rows, group)):
            columns = zip(zip(*chunk, strict=True), schema, strict=True)
            yield pa.table([pa.array(values, field.type) for values, field in columns], names=names).cast(schema)

    def served(self) -> set[str]:
        """Names of the served relations: ``ranking_v1`` and so on."""
        place = "(table_catalog = 'pub' and table_schema = 'main') or table_schema = 'pub'"
        return {
            row["name"] for row in self.rows(f"select table_name as name from information_schema.tables where {place}")
        }


class DuckDBReader(Reader):
    """See ``Reader``."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise BuildError(f"nothing is served at {path}: run the pipeline first")
        try:
            self.connection = duckdb.connect(str(path), read_only=True)
        except duckdb.IOException as error:
            raise of_text(str(error), str(path)) or error from error

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        """Column names, and the rows as they come."""
        with _published():
            cursor = self.connection.cursor().execute(sql, list(parameters))
        return [column[0] for column in cursor.description or []], _chunks(cursor)

    def values(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """All rows as JSON has them: what a column says again and again becomes a Python object once."""
        with _published(), self.connection.cursor() as cursor:
            table = cursor.sql(sql, params=list(parameters)).to_arrow_table()
        return zip(*(_column(table.column(at)) for at in range(table.num_columns)), strict=True)

    def tables(self, sql: str, schema: pa.Schema, group: int) -> Iterator[pa.Table]:
        """The rows as tables, without a Python object a value."""
        found = self.connection.sql(sql).to_arrow_reader(group)
        held: list[pa.RecordBatch] = []
        for batch in found:
            held.append(batch)
            if sum(each.num_rows for each in held) >= group:
                whole = pa.Table.from_batches(held)
                yield whole.slice(0, group).cast(schema)
                held = whole.slice(group).to_batches()
        if held:
            yield pa.Table.from_batches(held).cast(schema)


class PostgresReader(Reader):
    """See ``Reader``. All statements of one reader see the same state of the warehouse."""

    def __init__(self, url: str) -> None:
        try:
            self.connection = psycopg.connect(url)
        except psycopg.OperationalError as error:
            raise TransientError(f"warehouse not reached: {error}") from error
        self.connection.read_only = True
        self.connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self.opened = 0

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        """Column names, and the rows as they come (a cursor on the server)."""
        self.opened += 1
        cursor = self.connection.cursor(name=f"reading_{self.opened}", scrollable=False)
        cursor.itersize = CHUNK
        return _asked(cursor, sql, parameters), _chunks(cursor)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """All rows of a result, in one answer: for a cursor the server plans none of its parallel work."""
        with self.connection.cursor() as cursor:
            names = _asked(cursor, sql, parameters)
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def open_reader(settings: Settings) -> Reader:
    """What the warehouse of the settings serves, read-only."""
    return PostgresReader(settings.warehouse) if settings.on_postgres else DuckDBReader(settings.served_path)


def _asked(cursor: Any, sql: str, parameters: Sequence[Any]) -> list[str]:
    """Ask a cursor of PostgreSQL; the names of the columns."""
    statement = sql.replace("%", "%%").replace("?", "%s") if parameters else sql
    try:
        cursor.execute(statement, list(parameters) if parameters else None)
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise BuildError(f"the warehouse does not publish this yet: {error}") from error
    return [column.name for column in cursor.description or []]


@contextmanager
def _published() -> Iterator[None]:
    """What the warehouse does not have is a relation that no build published yet."""
    try:
        yield
    except duckdb.CatalogException as error:
        raise BuildError(f"the warehouse does not publish this yet: {error}") from error


def _column(column: pa.ChunkedArray) -> Iterator[Any]:
    """A column's values as JSON has them, each distinct one made once."""
    encoded = column.combine_chunks().dictionary_encode()
    distinct = [*map(number, encoded.dictionary.to_pylist()), None]
    places = encoded.indices.fill_null(len(distinct) - 1).to_numpy(zero_copy_only=False).tolist()
    return map(distinct.__getitem__, places)


def _chunks(cursor: Any) -> Iterator[tuple[Any, ...]]:
    try:
        while chunk := cursor.fetchmany(CHUNK):
            yield from chunk
    finally:
        cursor.close()
