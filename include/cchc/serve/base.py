"""What both engines share: the account of a build that is served, and how a view's text names served relations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from cchc import __version__
from cchc.contracts import TIMEZONE
from cchc.errors import BuildError
from cchc.serve.shape import Relation, served_name

#: The one row about the state that readers see: which build, of which program, up to which day.
BUILD = "build_v1"
BUILD_COLUMNS = {
    "build_no": ("bigint", "Number of the build that readers see; it only grows"),
    "served_at": ("timestamp", "When it was put in place, Asia/Ho_Chi_Minh"),
    "last_business_day": ("date", "Last day of the exports in it"),
    "registry_hash": ("varchar", "Registry and models it was built by"),
    "program_version": ("varchar", "Version of the program that built it"),
}

#: What is served, as a relation of its own: for tools that cannot ask the engine for keys and references.
SHAPE = "served_column_v1"
SHAPE_COLUMNS = {
    "relation": ("varchar", "Served relation"),
    "column_name": ("varchar", "Column"),
    "position": ("integer", "Position of the column in its relation, from 1"),
    "data_type": ("varchar", "SQL type that both engines share"),
    "meaning": ("varchar", "What it means"),
    "key_position": ("integer", "Position in the key of the relation, from 1; null where it is none of the key"),
    "refers_to": ("varchar", "Relation of which it holds a key, or null"),
    "refers_to_column": ("varchar", "Column there"),
}
#: Relations that every installation serves besides the models.
ABOUT = {BUILD: BUILD_COLUMNS, SHAPE: SHAPE_COLUMNS}


def shape_rows(relations: list[Relation]) -> list[tuple[object, ...]]:
    """The rows of ``served_column_v1``."""
    return [
        (
            relation.name,
            column.name,
            position,
            column.data_type,
            column.description,
            relation.key.index(column.name) + 1 if column.name in relation.key else None,
            *next(
                ((each.to, each.to_column) for each in relation.references if each.column == column.name), (None,) * 2
            ),
        )
        for relation in relations
        for position, column in enumerate(relation.columns, 1)
    ]


def broken_references(relations: list[Relation], schema: str) -> Iterator[str]:
    """What must hold before readers see a state: queries whose rows, a sentence and a value, say what breaks it.

    One query a relation: a view over others would be worked out anew by each.
    """
    for relation in (each for each in relations if each.references):
        columns = ", ".join(dict.fromkeys(each.column for each in relation.references))
        parts = [
            f"(select '{relation.name}.{each.column} names what {each.to} has not' as said, "
            f"cast({each.column} as varchar) as value from named where {each.column} is not null "
            f"and {each.column} not in (select {each.to_column} from {schema}.{each.to}) limit 3)"
            for each in relation.references
        ]
        named = f"with named as materialized (select distinct {columns} from {schema}.{relation.name}) "
        yield named + " union ".join(parts) + " order by said, value"


def refuse_broken(found: Iterable[tuple[object, object]]) -> None:
    """Raise ``BuildError`` for the rows of ``broken_references``; readers then keep the last state."""
    broken: dict[str, list[str]] = {}
    for said, value in found:
        broken.setdefault(str(said), []).append(str(value))
    for said, values in broken.items():
        raise BuildError(f"{said}: {', '.join(values)}; readers keep the last state")


@dataclass
class Served:
    """One state put in place. ``rows``: by relation, of those that hold rows; ``changed``: how many were written."""

    build_no: int
    rows: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)

    def said(self, seconds: float) -> str:
        """A table for the log: relation, rows, rows written."""
        lines = [f"{'served':<28} {'rows':>12} {'written':>12}"]
        lines += [f"{name:<28} {rows:>12,} {self.changed.get(name, 0):>12,}" for name, rows in self.rows.items()]
        return "\n".join([*lines, f"build {self.build_no} is what readers see now, {seconds:.1f} s"])


#: Keys that a build recomputed and readers do not see yet.
UNSERVED = "intermediate.int_unserved_keys"
#: What the row of ``build_v1`` takes from the working warehouse.
BUILD_FACTS = "select (select max(as_of_date) from publish.pub_period), (select registry_hash from raw.build_state)"


def build_row(build_no: int, last_day: object, registry_hash: object) -> tuple[object, ...]:
    """The row of ``build_v1``."""
    moment = datetime.now(ZoneInfo(TIMEZONE)).replace(tzinfo=None, microsecond=0)
    return (build_no, moment, last_day, registry_hash, __version__)


def over_served(view: str, prefix: str) -> str:
    """A view's text with the served names of what it reads: nothing in it reaches behind what is served."""
    name = re.compile(r'(?:"?\w+"?\.)?"?publish"?\."?(pub_\w+)"?')
    return name.sub(lambda found: prefix + served_name(found[1]), view)
