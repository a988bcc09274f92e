"""The shared warehouse: PostgreSQL, filled by COPY."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from cchc.errors import TransientError
from cchc.load.transactional import TransactionalWarehouse
from cchc.server import LOADER, Server
from cchc.settings import Settings


class PostgresWarehouse(TransactionalWarehouse):
    """See ``Warehouse``."""

    def __init__(self, server: Server) -> None:
        try:
            parts: dict[str, Any] = {**server.parts}
            self.connection = psycopg.connect(**parts, autocommit=True)
        except psycopg.OperationalError as error:
            raise TransientError(f"warehouse not reached: {error}") from error
        self.create()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; returns its rows."""
        statement: Any = sql.replace("?", "%s") if parameters else sql
        cursor = self.connection.execute(statement, list(parameters) if parameters else None)
        return cursor.fetchall() if cursor.description else []

    def select(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run one query; returns its columns' names, and its rows."""
        statement: Any = sql
        cursor = self.connection.execute(statement)
        return [column.name for column in cursor.description or []], cursor.fetchall()

    def append_parquet(self, table: str, schema: pa.Schema, paths: Sequence[Path]) -> None:
        """COPY the rows of Parquet files, row group by row group."""
        for path in paths:
            for batch in pq.ParquetFile(path).iter_batches(65_536, columns=schema.names):
                self._copy(f"raw.{table}", pa.Table.from_batches([batch]))

    def append_table(self, table: str, rows: pa.Table) -> None:
        """COPY an Arrow table."""
        self._copy(f"raw.{table}", rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        with self.connection.transaction():
            yield

    def _fill_touched(self, ids: pa.Table) -> None:
        self._copy("touched", ids)

    def _copy(self, target: str, rows: pa.Table) -> None:
        columns: Any = f"copy {target} ({', '.join(rows.schema.names)}) from stdin (format csv)"
        # every text in quotes and every null without: no text can be taken for a null, an end or a separator
        options = pa.csv.WriteOptions(include_header=False, quoting_style="needed")
        buffer = pa.BufferOutputStream()
        pa.csv.write_csv(rows, buffer, options)
        with self.connection.cursor().copy(columns) as copy:
            copy.write(memoryview(buffer.getvalue()))


def open_warehouse(settings: Settings) -> PostgresWarehouse:
    """The database of the settings, as the role that loads."""
    return PostgresWarehouse(settings.warehouse_as(LOADER))
