"""The embedded engine: a file of its own for readers, written beside the old one and put in its place by one rename.

The file's relations stand in its default schema, and the file is called ``pub``: ``select * from pub.ranking_v1`` reads
the same there and on PostgreSQL. A reader that has the old file open goes on reading it and blocks nothing.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from cchc.errors import TransientError
from cchc.serve.base import (
    ABOUT,
    BUILD,
    BUILD_FACTS,
    SHAPE,
    UNSERVED,
    Served,
    broken_references,
    build_row,
    over_served,
    refuse_broken,
    shape_rows,
)
from cchc.serve.shape import Relation
from cchc.settings import Settings
from cchc.surroundings import of_text, translated

LOCK_SECONDS = 60


def write(settings: Settings, relations: list[Relation], build_no: int, anew: bool) -> Served:
    """Write ``<workdir>/serve/pub.duckdb``; what did not change since the last one is taken over from it."""
    target = settings.served_path
    fresh = target.with_name("pub.new.duckdb")
    with translated(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        for left in (fresh, fresh.with_name(fresh.name + ".wal")):  # of a process that was killed
            left.unlink(missing_ok=True)
        if not anew and target.is_file():
            shutil.copyfile(target, fresh)
    with _connect(settings.duckdb_path) as connection:
        connection.execute(f"attach {_quoted(fresh)} as served")
        connection.execute("begin")  # one commit, not one a statement: there are hundreds
        served = _fill(connection, relations, build_no)
        if anew:
            _audit(connection, relations)
        connection.execute("commit")
    with translated(target.parent):
        if target.is_file():
            shutil.copymode(target, fresh)  # whom the office lets read it stays
        _settle(fresh)
        fresh.replace(target)
        _settle(target.parent)
    return served


def is_there(settings: Settings) -> bool:
    """Whether there is a served file."""
    return settings.served_path.is_file()


def _fill(connection: duckdb.DuckDBPyConnection, relations: list[Relation], build_no: int) -> Served:
    served = Served(build_no)
    connection.execute("use working")
    held = dict(
        connection.execute(
            "select table_name, string_agg(column_name, ',' order by column_index) from duckdb_columns() "
            "where database_name = 'served' group by table_name"
        ).fetchall()
    )
    for relation in (each for each in relations if not each.is_view):
        same = held.get(relation.name) == ",".join(column.name for column in relation.columns)
        if not (same and relation.changes and _changed_only(connection, relation, served)):
            _whole(connection, relation, served)
    last_day, registry_hash = connection.execute(BUILD_FACTS).fetchall()[0]
    _about(connection, BUILD, [build_row(build_no, last_day, registry_hash)])
    _about(connection, SHAPE, shape_rows(relations))
    connection.execute("use served")
    _drop_others(connection, {relation.name for relation in relations} | {*ABOUT})
    for relation in (each for each in relations if each.is_view):
        text = connection.execute(
            "select sql from duckdb_views() "
            "where database_name = 'working' and schema_name = 'publish' and view_name = ?",
            [relation.source],
        ).fetchone()
        assert text is not None, f"{relation.source} is served as a view and is none"
        select = text[0].split(" AS ", 1)[1].rstrip(";")
        connection.execute(f"create or replace view {relation.name} as {over_served(select, '')}")
        _comment(connection, "view", relation)
    return served


def _whole(connection: duckdb.DuckDBPyConnection, relation: Relation, served: Served) -> None:
    columns = ", ".join(column.name for column in relation.columns)
    name = f"served.main.{relation.name}"
    connection.execute(f"create or replace table {name} as select {columns} from publish.{relation.source}")
    served.rows[relation.name] = served.changed[relation.name] = _count(connection, name)
    _comment(connection, "table", relation)


def _changed_only(connection: duckdb.DuckDBPyConnection, relation: Relation, served: Served) -> bool:
    """Replace the rows of the keys that the build changed; False where the result can't be the whole."""
    assert relation.changes is not None
    name, column = f"served.main.{relation.name}", relation.changes.column
    columns = ", ".join(each.name for each in relation.columns)
    connection.execute(f"create or replace temp table changed as {relation.changes.keys(name, UNSERVED, 'publish')}")
    among = f"where {column} in (select {column} from changed)"
    connection.execute(f"delete from {name} {among}")
    source = f"publish.{relation.source}"
    rows = connection.execute(f"insert into {name} ({columns}) select {columns} from {source} {among}").fetchall()[0][0]
    served.rows[relation.name], served.changed[relation.name] = _count(connection, name), rows
    return served.rows[relation.name] == _count(connection, source)


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    return int(connection.execute(f"select count(*) from {name}").fetchall()[0][0])


def _about(connection: duckdb.DuckDBPyConnection, name: str, rows: list[tuple[object, ...]]) -> None:
    """Write a relation that says something of the state as a whole."""
    kinds = ", ".join(f"{column} {kind}" for column, (kind, _) in ABOUT[name].items())
    connection.execute(f"create or replace table served.main.{name} ({kinds})")
    values = ", ".join(f"unnest(cast(? as {kind}[]))" for kind, _ in ABOUT[name].values())
    columns = [list(column) for column in zip(*rows, strict=True)]
    connection.execute(f"insert into served.main.{name} select {values}", columns)
    for column, (_, text) in ABOUT[name].items():
        connection.execute(f"comment on column served.main.{name}.{column} is {_text(text)}")


def _audit(connection: duckdb.DuckDBPyConnection, relations: list[Relation]) -> None:
    """Refuse a state in which something is named that is not there."""
    for query in broken_references(relations, "served.main"):
        refuse_broken(connection.execute(query).fetchall())


def _drop_others(connection: duckdb.DuckDBPyConnection, wanted: set[str]) -> None:
    for kind in ("view", "table"):
        found = connection.execute(
            f"select {kind}_name from duckdb_{kind}s() "
            "where database_name = 'served' and not internal and not temporary"
        ).fetchall()
        for (name,) in found:
            if name not in wanted:
                connection.execute(f"drop {kind} {name}")


def _comment(connection: duckdb.DuckDBPyConnection, kind: str, relation: Relation) -> None:
    name = f"served.main.{relation.name}"
    lines = [f"comment on {kind} {name} is {_text(relation.description)}"]
    lines += [f"comment on column {name}.{column.name} is {_text(column.description)}" for column in relation.columns]
    connection.execute("; ".join(lines))


@retry(
    retry=retry_if_exception_type(TransientError), stop=stop_after_delay(LOCK_SECONDS), wait=wait_fixed(1), reraise=True
)
def _connect(working: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"preserve_insertion_order": False, "memory_limit": "1GB", "threads": 2})
    try:
        connection.execute(f"attach {_quoted(working)} as working (read_only)")
    except duckdb.IOException as error:
        connection.close()
        raise of_text(str(error), str(working)) or error from error
    return connection


def _settle(path: Path) -> None:
    """On disk before the next step: a rename must not come there before what it names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _quoted(path: Path) -> str:
    return _text(str(path))


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def url_for_tools(settings: Settings, login: str) -> str:
    """SQLAlchemy's URL of what is served, for a BI tool; the file knows no logins."""
    return f"duckdb:///{settings.served_path}"
