"""PostgreSQL: real tables in the schema ``pub``, brought up to date in one transaction.

Readers never meet a lock: where the shape stays, only rows of changed periods or keys are deleted and inserted, and
they see the state before until the commit. A table that is new or gains a column asks for a lock for at most
``LOCK_SECONDS``.
"""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote, urlencode

import psycopg

from cchc.errors import TransientError
from cchc.serve import roles
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
from cchc.server import MODELLER, Server, read_server
from cchc.settings import Settings

LOCK_SECONDS = 30
#: From this version on a reference can be declared without being checked with every row.
NOT_ENFORCED_SINCE = 18_00_00
#: What was served last, in parts: a part whose rows say the same as then is left alone.
_PARTS = "serving.part"


def write(settings: Settings, relations: list[Relation], build_no: int, anew: bool) -> Served:
    """Bring the schema ``pub`` to the state of the build; ``anew`` writes every part and every key."""
    try:
        with _connect(settings.warehouse_as(MODELLER)) as connection:
            return _Writer(connection, build_no, anew).write(relations)
    except psycopg.errors.LockNotAvailable as error:
        raise TransientError(
            f"another session holds a table of the schema pub for more than {LOCK_SECONDS} s; readers keep the last "
            "state. Who holds it: select pid, usename, state, query from pg_stat_activity; then run the build again"
        ) from error
    except psycopg.OperationalError as error:
        raise TransientError(f"warehouse not reached: {error}") from error


def _connect(server: Server) -> psycopg.Connection[Any]:
    parts: dict[str, Any] = {**server.parts}
    return psycopg.connect(**parts)


def is_there(settings: Settings) -> bool:
    """Whether the server has a served state."""
    with _connect(read_server(settings.warehouse, "CCHC_WAREHOUSE")) as connection:
        found = connection.execute("select to_regclass(%s)", [f"pub.{BUILD}"]).fetchone()
    return bool(found and found[0])


class _Writer:
    def __init__(self, connection: psycopg.Connection[Any], build_no: int, anew: bool) -> None:
        self.connection, self.anew, self.served = connection, anew, Served(build_no)
        self.with_roles = False

    def write(self, relations: list[Relation]) -> Served:
        self.run(f"set local lock_timeout = '{LOCK_SECONDS}s'")
        self.with_roles = roles.are_there(self.connection)
        self.run("create schema if not exists serving")
        self.run(
            f"create table if not exists {_PARTS} "
            "(relation text, part text, rows bigint, fingerprint text, primary key (relation, part))"
        )
        self.run("create schema if not exists pub")
        self.run("select pg_advisory_xact_lock(hashtext('cchc.serve'))")
        for relation in relations:
            if relation.is_view:
                self.view(relation)
            else:
                made = self.table(relation)
                if made or self.anew or not relation.changes or not self.changed_keys(relation):
                    self.changed_parts(relation)
        self.drop_others({relation.name for relation in relations} | {*ABOUT})
        last_day, registry_hash = self.run(BUILD_FACTS)[0]
        self.about(BUILD, [build_row(self.served.build_no, last_day, registry_hash)])
        self.about(SHAPE, shape_rows(relations))
        if self.connection.info.server_version >= NOT_ENFORCED_SINCE:
            for relation in (each for each in relations if not each.is_view):
                self.refer(relation)
        if self.anew:
            self.audit(relations)
        return self.served

    def run(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        statement: Any = sql
        cursor = self.connection.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []

    def shape(self, schema: str, name: str) -> list[tuple[str, str]]:
        return [
            (column, kind)
            for column, kind in self.run(
                "select attname, format_type(atttypid, atttypmod) from pg_attribute "
                "where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
                [f"{schema}.{name}"],
            )
        ]

    def table(self, relation: Relation) -> bool:
        """Make the table, or give it what it lacks; returns whether its rows must all be written."""
        wanted = dict(self.shape("publish", relation.source))
        wanted = {column.name: wanted[column.name] for column in relation.columns}
        held = dict(self.shape("pub", relation.name))
        if all(wanted.get(name) == kind for name, kind in held.items()) and held:
            missing = [name for name in wanted if name not in held]
            for name in missing:
                self.run(f"alter table pub.{relation.name} add column {name} {wanted[name]}")
            if missing:
                self.comment("table", relation)
            return bool(missing)
        self.run(f"drop table if exists pub.{relation.name} cascade")
        self.run(f"delete from {_PARTS} where relation = %s", [relation.name])
        columns = ", ".join(f"{name} {kind}" for name, kind in wanted.items())
        self.run(f"create table pub.{relation.name} ({columns})")
        if relation.key:
            self.run(f"alter table pub.{relation.name} add primary key ({', '.join(relation.key)})")
        if relation.changes:
            self.run(f"create index on pub.{relation.name} ({relation.changes.column})")
        self.comment("table", relation)
        self.rule(roles.rules(relation))
        return True

    def changed_keys(self, relation: Relation) -> bool:
        """Replace the rows of the keys that the build changed; False where the result can't be the whole."""
        assert relation.changes is not None
        column, name, source = relation.changes.column, f"pub.{relation.name}", f"publish.{relation.source}"
        columns = ", ".join(each.name for each in relation.columns)
        self.run("drop table if exists changed")
        self.run(f"create temp table changed on commit drop as {relation.changes.keys(name, UNSERVED, 'publish')}")
        self.run("analyze changed")
        among = f"where {column} in (select {column} from changed)"
        self.run(f"delete from {name} {among}")
        written = self.connection.execute(f"insert into {name} ({columns}) select {columns} from {source} {among}")
        self.served.rows[relation.name] = self.count(name)
        self.served.changed[relation.name] = written.rowcount
        return self.served.rows[relation.name] == self.count(source)

    def changed_parts(self, relation: Relation) -> None:
        """Replace the parts whose rows say something else than those served; a relation without periods is one part."""
        name, source = f"pub.{relation.name}", f"publish.{relation.source}"
        columns = ", ".join(each.name for each in relation.columns)
        if relation.changes:  # too many rows to compare
            self.run(f"delete from {name}")
            written = self.connection.execute(f"insert into {name} ({columns}) select {columns} from {source}")
            self.served.rows[relation.name] = self.served.changed[relation.name] = written.rowcount
            return
        part = f"coalesce({relation.part}, '')" if relation.part else "''"
        self.run("drop table if exists incoming, found, differing")
        self.run(f"create temp table incoming on commit drop as select {columns} from {source}")
        self.run(
            f"create temp table found on commit drop as select {part} as part, count(*) as rows, "
            "cast(sum(hashtextextended(x::text, 0)) as text) as fingerprint from incoming as x group by 1"
        )
        self.run(
            f"create temp table differing on commit drop as select coalesce(f.part, s.part) as part from found as f "
            f"full join (select * from {_PARTS} where relation = %s) as s on f.part = s.part "
            "where %s or f.rows is distinct from s.rows or f.fingerprint is distinct from s.fingerprint",
            [relation.name, self.anew],
        )
        among = f"where {part} in (select part from differing)"
        self.run(f"delete from {name} {among}")
        written = self.connection.execute(f"insert into {name} ({columns}) select {columns} from incoming {among}")
        self.run(f"delete from {_PARTS} where relation = %s", [relation.name])
        self.run(f"insert into {_PARTS} select %s, part, rows, fingerprint from found", [relation.name])
        self.served.rows[relation.name] = self.run("select coalesce(sum(rows), 0)::bigint from found")[0][0]
        self.served.changed[relation.name] = written.rowcount

    def view(self, relation: Relation) -> None:
        """A view over served tables; left alone while its text stays, for replacing one asks for a lock."""
        text = self.run("select pg_get_viewdef(to_regclass(%s))", [f"publish.{relation.source}"])[0][0]
        select = over_served(text.rstrip().rstrip(";"), "pub.")
        mark = hashlib.sha256(select.encode()).hexdigest()
        known = self.run(f"select 1 from {_PARTS} where relation = %s and fingerprint = %s", [relation.name, mark])
        if known and self.shape("pub", relation.name):
            return
        self.run(f"drop view if exists pub.{relation.name}")
        self.run(f"create view pub.{relation.name} as {select}")
        self.run(f"delete from {_PARTS} where relation = %s", [relation.name])
        self.run(f"insert into {_PARTS} values (%s, '', 0, %s)", [relation.name, mark])
        self.comment("view", relation)
        self.rule(roles.rules(relation))

    def about(self, name: str, rows: list[tuple[Any, ...]]) -> None:
        """Write a relation that says something of the state as a whole."""
        wanted = ABOUT[name]
        if [column for column, _ in self.shape("pub", name)] != list(wanted):
            self.run(f"drop table if exists pub.{name}")
            self.run(
                f"create table pub.{name} ({', '.join(f'{column} {kind}' for column, (kind, _) in wanted.items())})"
            )
            for column, (_, text) in wanted.items():
                self.run(f"comment on column pub.{name}.{column} is '{text}'")
            self.rule(roles.read_by_all(name))
        held = sorted(self.run(f"select * from pub.{name}"), key=repr)
        if held != sorted(rows, key=repr):
            self.run(f"delete from pub.{name}")
            marks: Any = f"insert into pub.{name} values ({', '.join(['%s'] * len(wanted))})"
            self.connection.cursor().executemany(marks, rows)

    def rule(self, statements: list[str]) -> None:
        """Who may read what was just made; nothing where the roles are not made: ``cchc roles``."""
        if self.with_roles:
            for statement in statements:
                self.run(statement)

    def refer(self, relation: Relation) -> None:
        """Declare what the columns refer to: for tools that draw joins from it, not checked with every row."""
        held = {
            name
            for (name,) in self.run(
                "select conname from pg_constraint where contype = 'f' and conrelid = to_regclass(%s)",
                [f"pub.{relation.name}"],
            )
        }
        for each in relation.references:
            name = f"{relation.name}_{each.column}"
            if name not in held:
                self.run(
                    f"alter table pub.{relation.name} add constraint {name} foreign key ({each.column}) "
                    f"references pub.{each.to} ({each.to_column}) not enforced"
                )

    def audit(self, relations: list[Relation]) -> None:
        """Refuse a state in which something is named that is not there."""
        for query in broken_references(relations, "pub"):
            refuse_broken(self.run(query))

    def drop_others(self, wanted: set[str]) -> None:
        found = self.run(
            "select relname, relkind from pg_class where relnamespace = 'pub'::regnamespace and relkind in ('r', 'v')"
        )
        for name, kind in found:
            if name not in wanted:
                self.run(f"drop {'view' if kind == 'v' else 'table'} pub.{name} cascade")
                self.run(f"delete from {_PARTS} where relation = %s", [name])

    def comment(self, kind: str, relation: Relation) -> None:
        from psycopg import sql

        said = [(sql.SQL(f"comment on {kind} pub.{relation.name} is {{}}"), relation.description)]
        said += [
            (sql.SQL(f"comment on column pub.{relation.name}.{column.name} is {{}}"), column.description)
            for column in relation.columns
        ]
        for statement, text in said:
            self.connection.execute(statement.format(sql.Literal(text)))

    def count(self, name: str) -> int:
        return int(self.run(f"select count(*) from {name}")[0][0])


def url_for_tools(settings: Settings, login: str) -> str:
    """SQLAlchemy's URL of what is served, for a BI tool that reads as ``login``, made or given a new password here."""
    parts = dict(read_server(settings.warehouse, "CCHC_WAREHOUSE").parts)
    password = roles.add_reader(settings, login, [])
    port, name, host = parts.pop("port"), parts.pop("dbname"), parts["host"]
    if not host.startswith("/"):
        del parts["host"]
    rest = urlencode({key: value for key, value in parts.items() if key not in ("user", "password")})
    place = "" if host.startswith("/") else host
    return f"postgresql+psycopg2://{login}:{password}@{place}:{port}/{quote(name)}?{rest}"
