"""Spark: Iceberg tables of the namespace ``served``, seen by readers at the snapshots that a map of PostgreSQL names.

In order: rows are written into ``served.*``, which moves no reader; then the map is changed in one transaction, and
that is the moment of publication; then a tag is moved on each table, which is what the views ``pub.*`` of plain SQL
read. Killed before the map, readers keep the last state; killed after it, the next serving or upkeep moves the tags.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from cchc.engines.literals import literal
from cchc.engines.snapshots import TABLES, TAG, VIEWS, Pinned, Snapshots, State, current, snapshots
from cchc.engines.spark import Session, Spark
from cchc.errors import PermanentError
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

#: Statements at a time: most of the time of one is planning.
WRITERS = 4
_SOURCE = "publish"
#: Rows of changed keys are marked as gone beside the files that hold them; upkeep puts files together.
_PROPERTIES = "tblproperties ('format-version'='2', 'write.delete.mode'='merge-on-read')"
_T = TypeVar("_T")


def write(settings: Settings, relations: list[Relation], build_no: int, anew: bool) -> Served:
    """Bring what readers see to the state of the build; ``anew`` writes every row."""
    engine = Spark(settings)
    with snapshots(engine) as kept, kept.alone():
        return _Writer(engine, kept, build_no, anew).write(relations)


def is_there(settings: Settings) -> bool:
    """Whether the map names a served state."""
    with snapshots(Spark(settings)) as kept:
        return BUILD in kept.state().relations


def follow(engine: Spark, state: State, only: str = "") -> None:
    """Move the tag of every served table, or of one, to what the map names; safe to repeat."""

    def move(name: str, number: int) -> None:
        with engine.connect() as session:
            session.run(f"alter table {TABLES}.{name} create or replace tag {TAG} as of version {number}")

    _side_by_side(move, (each for each in state.snapshots.items() if not only or each[0] == only))


def url_for_tools(settings: Settings, login: str) -> str:
    """SQLAlchemy's URL of what is served, for a BI tool; who may connect is the thrift server's to say."""
    server = Spark(settings).server
    return f"hive://{login}@{server.host}:{server.port}/{VIEWS}"


class _Writer:
    def __init__(self, engine: Spark, kept: Snapshots, build_no: int, anew: bool) -> None:
        self.engine, self.kept, self.anew, self.served = engine, kept, anew, Served(build_no)
        self.before = kept.state()

    def write(self, relations: list[Relation]) -> Served:
        with self.engine.connect() as session:
            for namespace in (TABLES, VIEWS):
                session.run(f"create namespace if not exists {namespace}")
        found = dict(_side_by_side(self.relation, ((each,) for each in relations)))
        found |= dict(_side_by_side(self.about, self.facts(relations)))
        state = State(found)
        if self.anew:
            queries = ((state.pinned(query),) for query in broken_references(relations, VIEWS))
            for rows in _side_by_side(self.asked, queries):
                refuse_broken((said, value) for said, value in rows)
        self.kept.publish(state)
        follow(self.engine, state)
        self.views(relations, state)
        self.served.rows = dict(sorted(self.served.rows.items()))
        return self.served

    def asked(self, sql: str) -> list[tuple[Any, ...]]:
        with self.engine.connect() as session:
            return session.rows(sql)

    def relation(self, relation: Relation) -> tuple[str, Pinned]:
        columns = ", ".join(column.name for column in relation.columns)
        with self.engine.connect() as session:
            if relation.is_view:
                return relation.name, Pinned(None, columns, _definition(session, relation))
            name, source = f"{TABLES}.{relation.name}", f"{_SOURCE}.{relation.source}"
            held = self.before.relations.get(relation.name)
            # a table that shows something else than readers see was left by a serving that ended in the middle
            same = bool(held and held.columns == columns and current(session.rows, name) == held.snapshot_id)
            if self.anew or not same or not relation.changes or not self.changed_only(session, relation, columns):
                session.run(
                    f"create or replace table {name} using iceberg {_PROPERTIES} as select {columns} from {source}"
                )
                self.served.rows[relation.name] = self.served.changed[relation.name] = _count(session, name)
            return relation.name, Pinned(current(session.rows, name), columns)

    def changed_only(self, session: Session, relation: Relation, columns: str) -> bool:
        """Replace the rows of the keys that the build changed; False where the result can't be the whole."""
        assert relation.changes is not None
        name, column, source = f"{TABLES}.{relation.name}", relation.changes.column, f"{_SOURCE}.{relation.source}"
        as_before = f"{name} version as of {self.before.snapshots[relation.name]}"
        among = f"{column} in (select {column} from ({relation.changes.keys(as_before, UNSERVED, _SOURCE)}))"
        ((rows,),) = session.rows(f"select count(*) from {source} where {among}")
        session.run(f"delete from {name} where {among}")
        session.run(f"insert into {name} ({columns}) select {columns} from {source} where {among}")
        self.served.rows[relation.name], self.served.changed[relation.name] = _count(session, name), int(rows)
        return self.served.rows[relation.name] == _count(session, source)

    def facts(self, relations: list[Relation]) -> list[tuple[str, list[tuple[object, ...]]]]:
        with self.engine.connect() as session:
            ((last_day, registry_hash),) = session.rows(BUILD_FACTS)
        return [(BUILD, [build_row(self.served.build_no, last_day, registry_hash)]), (SHAPE, shape_rows(relations))]

    def about(self, name: str, rows: list[tuple[object, ...]]) -> tuple[str, Pinned]:
        """Write a relation that says something of the state as a whole."""
        kinds = {column: kind.replace("varchar", "string") for column, (kind, _) in ABOUT[name].items()}
        values = ", ".join(f"({', '.join(map(literal, row))})" for row in rows)
        asked = ", ".join(f"cast({column} as {kind}) as {column}" for column, kind in kinds.items())
        with self.engine.connect() as session:
            session.run(
                f"create or replace table {TABLES}.{name} using iceberg {_PROPERTIES} "
                f"as select {asked} from values {values} as t ({', '.join(kinds)})"
            )
            return name, Pinned(current(session.rows, f"{TABLES}.{name}"), ", ".join(kinds))

    def views(self, relations: list[Relation], state: State) -> None:
        """What plain SQL reads: made where a name, text or column is new; nothing else is seen in ``pub``."""
        told = {
            each.name: (each.description, [(one.name, one.description) for one in each.columns]) for each in relations
        }
        told |= {name: ("", [(each, text) for each, (_, text) in columns.items()]) for name, columns in ABOUT.items()}
        with self.engine.connect() as session:
            held = {str(name) for _, name, *_ in session.rows(f"show views in {VIEWS}")}
            for name, each in state.relations.items():
                if name in held and _text(self.before.relations.get(name)) == _text(each):
                    continue
                text, columns = told[name]
                listed = ", ".join(f"{column} comment {literal(said)}" for column, said in columns)
                source = each.definition or f"select {each.columns} from {TABLES}.{name} version as of '{TAG}'"
                session.run(f"create or replace view {VIEWS}.{name} ({listed}) comment {literal(text)} as {source}")
            for name in sorted(held - state.relations.keys()):
                session.run(f"drop view {VIEWS}.{name}")


def _text(each: Pinned | None) -> tuple[str, str] | None:
    return (each.columns, each.definition) if each else None


def _definition(session: Session, relation: Relation) -> str:
    """The text of a model's view over other models, by the served names of what it reads."""
    ((made,),) = session.rows(f"show create table {_SOURCE}.{relation.source}")
    _, found, text = str(made).partition("\nAS\n")
    if not found:
        raise PermanentError(
            f"{_SOURCE}.{relation.source} is served as a view and is none; build once more: cchc build"
        )
    return over_served(text.strip().rstrip(";"), f"{VIEWS}.")


def _count(session: Session, name: str) -> int:
    return int(session.rows(f"select count(*) from {name}")[0][0])


def _side_by_side(do: Callable[..., _T], parts: Iterable[tuple[Any, ...]]) -> list[_T]:
    """The results of several calls that mostly wait, in order; the first error ends it after those that run."""
    with ThreadPoolExecutor(WRITERS) as pool:
        waiting = [pool.submit(do, *part) for part in parts]
        try:
            return [each.result() for each in waiting]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
