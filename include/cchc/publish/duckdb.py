"""Reading what the embedded warehouse serves: a file of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from cchc.engines import engine_of
from cchc.errors import BuildError
from cchc.publish.read import Reader, chunks, refuse_earlier
from cchc.publish.values import number
from cchc.settings import Settings
from cchc.surroundings import of_text


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
        return [column[0] for column in cursor.description or []], chunks(cursor)

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


def open_reader(settings: Settings, at: Mapping[str, int] | None = None) -> DuckDBReader:
    """The served file of the settings."""
    refuse_earlier(at, engine_of(settings).served_said)
    return DuckDBReader(settings.served_path)


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
