"""The embedded warehouse: one DuckDB file, written by one process at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from cchc.errors import PermanentError, TransientError
from cchc.load.transactional import TransactionalWarehouse
from cchc.settings import Settings
from cchc.surroundings import of_text, translated

#: How long to wait for another process that holds the file.
LOCK_SECONDS = 60


@retry(
    retry=retry_if_exception_type(TransientError), stop=stop_after_delay(LOCK_SECONDS), wait=wait_fixed(1), reraise=True
)
def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path))
    except duckdb.IOException as error:
        raise of_text(str(error), str(path)) or error from error


class DuckDBWarehouse(TransactionalWarehouse):
    """See ``Warehouse``."""

    def __init__(self, path: Path) -> None:
        if "?" in str(path.absolute()):
            raise PermanentError(f"{path}: DuckDB can't work in a folder with ? in its name; rename it")
        with translated(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
        self.connection = _connect(path)
        self.connection.execute("set preserve_insertion_order = false; set memory_limit = '1GB'")
        self.create()

    def close(self) -> None:
        """Let go of the file, so that another process may write."""
        self.connection.close()

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; returns its rows."""
        return self.connection.execute(sql, list(parameters)).fetchall()

    def select(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run one query; returns its columns' names, and its rows."""
        cursor = self.connection.execute(sql)
        return [column[0] for column in cursor.description or []], cursor.fetchall()

    def append_parquet(self, table: str, schema: pa.Schema, paths: Sequence[Path]) -> None:
        """Append the rows of Parquet files, by column name."""
        columns = ", ".join(schema.names)
        self.execute(f"insert into raw.{table} ({columns}) select {columns} from read_parquet(?)", [[*map(str, paths)]])

    def append_table(self, table: str, rows: pa.Table) -> None:
        """Append an Arrow table, by column name."""
        self.connection.register("incoming", rows)
        columns = ", ".join(rows.schema.names)
        self.execute(f"insert into raw.{table} ({columns}) select {columns} from incoming")
        self.connection.unregister("incoming")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self.connection.execute("begin")
        try:
            yield
            self.connection.execute("commit")
        except BaseException:
            with suppress(duckdb.Error):  # a commit that failed, or a disk that is full, has undone it already
                self.connection.execute("rollback")
            raise

    def _fill_touched(self, ids: pa.Table) -> None:
        self.connection.register("incoming", ids)
        self.execute("insert into touched select revision_id from incoming")
        self.connection.unregister("incoming")


def open_warehouse(settings: Settings) -> DuckDBWarehouse:
    """The file of the settings."""
    return DuckDBWarehouse(settings.duckdb_path)
