"""A read-only look at what the last good build serves, the same on every engine.

In: SQL over ``pub.*`` with ``?`` for parameters. Out: plain Python rows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import pyarrow as pa

from cchc.engines import of_engine
from cchc.errors import PermanentError
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

    @property
    def snapshots(self) -> dict[str, int]:
        """Table -> number of the snapshot that is read, on an engine that keeps earlier ones; else nothing."""
        return {}

    def keep(self, edition: str, instead_of: str = "") -> None:  # noqa: B027
        """Hold the snapshots that are read for good, under the edition's name; nothing where there are none.

        ``instead_of``: the name of the draft that it takes the place of, whose snapshots are let go.
        """


def open_reader(settings: Settings, at: Mapping[str, int] | None = None) -> Reader:
    """What the warehouse of the settings serves, read-only.

    ``at``: an earlier state, by its ``snapshots``. Raises ``PermanentError`` where the engine keeps none.
    """
    reader: Reader = of_engine("publish", settings).open_reader(settings, at)
    return reader


def refuse_earlier(at: Mapping[str, int] | None, said: str) -> None:
    """Raise ``PermanentError`` where an earlier state is asked for of a warehouse that keeps the last one only."""
    if at is not None:
        raise PermanentError(f"{said} keeps no earlier states; the edition's own tables say what was published")


def chunks(cursor: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of a cursor as they come; closes it."""
    try:
        while chunk := cursor.fetchmany(CHUNK):
            yield from chunk
    finally:
        cursor.close()
