"""A read-only look at what the last good build serves, the same on every engine.

In: SQL over ``pub.*`` with ``?`` for parameters. Out: plain Python rows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import pyarrow as pa

from cchc.engines import of_engine
from cchc.publish.values import number
from cchc.settings import Settings

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


def open_reader(settings: Settings) -> Reader:
    """What the warehouse of the settings serves, read-only."""
    reader: Reader = of_engine("publish", settings).open_reader(settings)
    return reader


def chunks(cursor: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of a cursor as they come; closes it."""
    try:
        while chunk := cursor.fetchmany(CHUNK):
            yield from chunk
    finally:
        cursor.close()
