"""Which snapshot of each served table readers see, where the warehouse is on Spark: a few rows of its state's database.

Iceberg commits one table at a time, readers want all of one build. So this map is the truth: written in one transaction
after a build whose every test passed, read once by whoever reads, and held by editions under their own names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlglot
from sqlglot import exp

from cchc.engines.postgres import advisory_lock
from cchc.engines.spark import Spark
from cchc.errors import BuildError, TransientError

#: Where the served tables stand in the catalogue, and where their views for tools do.
TABLES, VIEWS = "served", "pub"
#: Of each served table: the snapshot that the views read, see ``cchc.serve.spark``.
TAG = "served"
#: One serving, keeping or upkeep at a time; it goes with its connection.
_LOCK = 0x73657276
LOCK_SECONDS = 60

_CREATE = """
create schema if not exists serving;
create table if not exists serving.snapshot (
    relation text primary key, snapshot_id bigint, columns text not null, definition text not null
);
create table if not exists serving.kept (
    edition text, relation text, snapshot_id bigint, primary key (edition, relation)
)
"""


@dataclass(frozen=True)
class Pinned:
    """One served relation. ``snapshot_id``: of its table; None: a view over others, whose text is ``definition``.

    ``columns``: their names, with commas between.
    """

    snapshot_id: int | None
    columns: str
    definition: str = ""


@dataclass
class State:
    """One consistent state of all served relations, by name."""

    relations: Mapping[str, Pinned] = field(default_factory=dict)

    @property
    def snapshots(self) -> dict[str, int]:
        """Table -> snapshot, of those that hold rows."""
        return {name: each.snapshot_id for name, each in self.relations.items() if each.snapshot_id is not None}

    def pinned(self, sql: str, dialect: str = "duckdb") -> str:
        """A query over ``pub.*`` as Spark's own, in which every relation is that of this state.

        Nulls are ordered as the other engines do. Raises ``BuildError`` for a relation that is not served.
        """

        def of_this_state(node: exp.Expression) -> exp.Expression:
            if isinstance(node, exp.CTE):
                node.set("materialized", None)  # Spark has no such word
            if isinstance(node, exp.Anonymous) and node.name.lower() == "row":
                return exp.Anonymous(this="struct", expressions=node.expressions)
            if not isinstance(node, exp.Table) or node.db != VIEWS:
                return node
            found = self.relations.get(node.name)
            if found is None:
                raise BuildError(f"the warehouse does not publish this yet: pub.{node.name}")
            alias = node.alias or node.name
            if found.snapshot_id is None:
                inner = sqlglot.parse_one(self.pinned(found.definition, "spark"), dialect="spark")
                return exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier(alias)))
            asked = f"select * from {TABLES}.{node.name} version as of {found.snapshot_id} as {alias}"
            made = sqlglot.parse_one(asked, dialect="spark").find(exp.Table)
            assert made is not None
            made.set("joins", node.args.get("joins"))
            return made

        return sqlglot.parse_one(sql, dialect=dialect).transform(of_this_state).sql(dialect="spark")


class Snapshots:
    """The map, over one connection."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One writer at a time. Raises ``TransientError`` where another one does not end in time."""
        self.connection.execute(_CREATE)
        taken = "what readers see is being changed by another process; again in a minute"
        with advisory_lock(self.connection, _LOCK, taken):
            yield

    def state(self) -> State:
        """What readers see; empty where nothing was ever served."""
        if not self._is_there():
            return State()
        found = self.connection.execute("select relation, snapshot_id, columns, definition from serving.snapshot")
        return State({name: Pinned(*rest) for name, *rest in found.fetchall()})

    def publish(self, state: State) -> None:
        """The moment in which readers see another build: one transaction."""
        rows = [(name, each.snapshot_id, each.columns, each.definition) for name, each in state.relations.items()]
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute("delete from serving.snapshot")
            cursor.executemany("insert into serving.snapshot values (%s, %s, %s, %s)", rows)

    def moved(self, relation: str, before: int, after: int) -> None:
        """The same rows in another snapshot: files were put together. Nothing where readers saw another one."""
        self.connection.execute(
            "update serving.snapshot set snapshot_id = %s where relation = %s and snapshot_id = %s",
            [after, relation, before],
        )

    def keep(self, edition: str, snapshots: Mapping[str, int], instead_of: str) -> None:
        """Hold the snapshots of an edition for good; those of a draft that it takes the place of are let go."""
        rows = [(edition, *each) for each in snapshots.items()]
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute("delete from serving.kept where edition in (%s, %s)", [edition, instead_of])
            cursor.executemany("insert into serving.kept values (%s, %s, %s)", rows)

    def kept(self) -> dict[str, set[int]]:
        """Table -> the snapshots that editions name."""
        found: dict[str, set[int]] = {}
        if self._is_there():
            for name, number in self.connection.execute("select relation, snapshot_id from serving.kept").fetchall():
                found.setdefault(name, set()).add(number)
        return found

    def _is_there(self) -> bool:
        return self.connection.execute("select to_regclass('serving.kept')").fetchone() != (None,)


@contextmanager
def snapshots(engine: Spark) -> Iterator[Snapshots]:
    """The map of an installation. Raises ``TransientError`` where its database does not answer."""
    parts: dict[str, Any] = {**engine.books.server.saying(lock_timeout=f"{LOCK_SECONDS}s").parts}
    try:
        connection = psycopg.connect(**parts, autocommit=True)
    except psycopg.OperationalError as error:
        raise TransientError(f"{engine.books.said} does not answer: {' '.join(str(error).split())}") from error
    with connection:
        yield Snapshots(connection)


def current(run: Callable[[str], list[tuple[Any, ...]]], table: str) -> int | None:
    """The snapshot that a table shows now; None where it has none. ``run``: a session's ``rows``."""
    ((_, found),) = run(f"show tblproperties {table} ('current-snapshot-id')")
    return int(found) if str(found).lstrip("-").isdigit() else None
