"""What a warehouse on Spark is made of: the lake's tables through a session, and the books in PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from cchc.engines.literals import with_values
from cchc.engines.postgres import advisory_lock
from cchc.engines.spark import Session, Spark
from cchc.load import iceberg
from cchc.load.base import Touched
from cchc.load.iceberg import file
from cchc.load.postgres import PostgresWarehouse
from cchc.load.schema import TABLES
from cchc.load.transactional import JUDGED_ON

#: Tables of the state; those that models read are copied into the lake.
STATE = ("objection_answers", "pending", "building", "registry_changed", "build_state")
#: Whoever writes the warehouse holds this lock of the database; it goes with its connection.
_LOCK = 0x6C616B65
LOCK_SECONDS = 60


class Lake:
    """The Iceberg tables, through one session that begins when it is first needed."""

    def __init__(self, engine: Spark, folder: Path) -> None:
        self.engine, self.folder = engine, folder

    @cached_property
    def session(self) -> Session:
        """The session."""
        return Session(self.engine.server)

    def close(self) -> None:
        """End the session, where one began."""
        if "session" in self.__dict__:
            self.session.close()

    @contextmanager
    def handed(self, rows: pa.Table) -> Iterator[Path]:
        """An Arrow table as a file that the executors read, until the block ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{time.time_ns()}.parquet"
        try:
            with path.open("wb") as stream:
                pq.write_table(rows, stream)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def put(self, table: str, rows: pa.Table) -> None:
        """Rows in the place of a whole table of ``raw``."""
        with self.handed(rows) as path:
            self.session.run(iceberg.put_statement(f"raw.{table}", rows.schema, path))

    def snapshots(self, tables: Sequence[str]) -> list[tuple[str, int]]:
        """Which snapshot each of these tables shows now."""
        catalogue = self.engine.server.catalogue
        asked = [
            f"select '{each}', snapshot_id from {catalogue}.raw.{each}.refs where name = 'main'" for each in tables
        ]
        return [(str(name), int(number)) for name, number in self.session.rows(" union all ".join(asked))]


class Books(PostgresWarehouse):
    """The state: small tables that PostgreSQL keeps whole, with a copy of the registry's to tell what changed."""

    tables: ClassVar[Mapping[str, pa.Schema]] = {
        **{name: TABLES[name] for name in STATE},
        # what the lake was made with, and the snapshot that the last load left
        "lake_tables": pa.schema([("table_name", pa.string()), ("columns", pa.string()), ("snapshot_id", pa.int64())]),
        # tables of the lake that do not show yet what is held here
        "behind": pa.schema([("table_name", pa.string())]),
    }

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        super().__init__(lake.engine.books.server.saying(lock_timeout=f"{LOCK_SECONDS}s"))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One writer at a time. Raises ``TransientError`` where another one does not end in time."""
        with advisory_lock(self.connection, _LOCK, f"{self.lake.engine.said} is being written by another process"):
            yield

    def replace_table(self, name: str, rows: pa.Table, same_shape: bool = True) -> None:
        """See ``TransactionalWarehouse.replace_table``; the lake follows."""
        super().replace_table(name, rows, same_shape)
        self.execute("insert into raw.behind values (?)", [name])

    def note_dossiers(self, touched: Touched, stamp: int) -> None:
        """See ``TransactionalWarehouse.note_dossiers``: the dossiers are the lake's."""
        with self.lake.handed(pa.table({"value": pa.array(list(touched.values), pa.string())})) as values:
            if touched.column:
                condition = f"{touched.column} in (select value from {file(values)})"
            elif touched.days is None:
                condition = "true"
            else:
                spans = (f"{JUDGED_ON} between ? and ?" for _ in touched.days)
                condition = with_values(" or ".join(spans) or "false", [day for span in touched.days for day in span])
            found = self.lake.session.rows(f"select distinct dossier_code from raw.dossiers where {condition}")
        self.note_keys({"dossiers": {key for (key,) in found}}, stamp)

    def note_keys(self, keys: Mapping[str, set[str]], stamp: int) -> None:
        """These keys, by dataset, are to be recomputed."""
        rows = [(dataset, key, stamp) for dataset, found in keys.items() for key in sorted(found, key=str)]
        columns = zip(*rows, strict=True) if rows else [[], [], []]
        self.append_table("pending", pa.table([*map(list, columns)], schema=TABLES["pending"]))

    def rows_of(self, table: str) -> pa.Table:
        """A table of the state as Arrow."""
        schema = TABLES[table]
        found = self.execute(f"select {', '.join(schema.names)} from raw.{table}")
        return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in found], schema=schema)
