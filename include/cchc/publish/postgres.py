"""Reading what a PostgreSQL server serves: the schema ``pub``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg

from cchc.engines import engine_of
from cchc.errors import BuildError, TransientError
from cchc.publish.read import CHUNK, Reader, chunks, refuse_earlier
from cchc.settings import Settings


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
        return _asked(cursor, sql, parameters), chunks(cursor)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """All rows of a result, in one answer: for a cursor the server plans none of its parallel work."""
        with self.connection.cursor() as cursor:
            names = _asked(cursor, sql, parameters)
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def open_reader(settings: Settings, at: Mapping[str, int] | None = None) -> PostgresReader:
    """The server of the settings."""
    refuse_earlier(at, engine_of(settings).served_said)
    return PostgresReader(settings.warehouse)


def _asked(cursor: Any, sql: str, parameters: Sequence[Any]) -> list[str]:
    """Ask a cursor of PostgreSQL; the names of the columns."""
    statement = sql.replace("%", "%%").replace("?", "%s") if parameters else sql
    try:
        cursor.execute(statement, list(parameters) if parameters else None)
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise BuildError(f"the warehouse does not publish this yet: {error}") from error
    return [column.name for column in cursor.description or []]
