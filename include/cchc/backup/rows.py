"""Rows of a ledger, from one database into another, and of PostgreSQL's raw tables, to files and back."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from cchc.ledger import tables as t
from cchc.load.schema import TABLES

CHUNK = 5_000


def copy_ledger(source: sa.Connection, target: sa.Engine) -> int:
    """Every row of every table of the ledger; ``target`` has them empty. Returns how many."""
    copied = 0
    with target.begin() as into:
        for table in t.metadata.sorted_tables:
            into.execute(sa.delete(table))  # the counter's one row, which a new ledger has
            for some in source.execute(sa.select(table)).mappings().partitions(CHUNK):
                into.execute(sa.insert(table), [dict(row) for row in some])
                copied += len(some)
        if target.dialect.name == "postgresql":
            newest = into.execute(sa.select(sa.func.max(t.run.c.id))).scalar()
            if newest:
                into.execute(sa.text("select setval(pg_get_serial_sequence('run', 'id'), :n)"), {"n": newest})
    return copied


@contextmanager
def snapshot(parts: dict[str, Any]) -> Iterator[psycopg.Connection[Any]]:
    """A connection all of whose statements see the warehouse as it was when this was entered."""
    with psycopg.connect(**parts) as connection:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("select 1")  # from here on nothing that others commit is seen
        yield connection


def dump_raw(connection: psycopg.Connection[Any], folder: Path) -> None:
    """``raw.*`` as ``<table>.csv.gz`` with the names of the columns in the first line."""
    folder.mkdir(parents=True)
    for table, schema in TABLES.items():
        there = connection.execute("select to_regclass(%s)", [f"raw.{table}"]).fetchone()
        if not there or there[0] is None:
            continue
        columns: Any = ", ".join(schema.names)
        with gzip.open(folder / f"{table}.csv.gz", "wb", compresslevel=1) as file:
            file.write(json.dumps(schema.names).encode() + b"\n")
            statement: Any = f"copy raw.{table} ({columns}) to stdout (format csv)"
            with connection.cursor().copy(statement) as copy:
                for some in copy:
                    file.write(some)


def load_raw(connection: psycopg.Connection[Any], folder: Path) -> None:
    """The files of ``dump_raw`` into empty tables; the next build is a full one, for only ``raw`` was copied."""
    with connection.transaction():
        connection.execute("delete from raw.build_state")
        for path in sorted(folder.glob("*.csv.gz")):
            with gzip.open(path, "rb") as file:
                columns = ", ".join(json.loads(file.readline()))
                statement: Any = f"copy raw.{path.name.removesuffix('.csv.gz')} ({columns}) from stdin (format csv)"
                with connection.cursor().copy(statement) as copy:
                    while some := file.read(1024 * 1024):
                        copy.write(some)
        connection.execute("update raw.build_state set full_refresh = true, stale = true")
