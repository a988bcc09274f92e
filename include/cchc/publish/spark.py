"""Reading what a warehouse on Spark serves: every query at the snapshots of one state, which is read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cchc.engines.literals import with_values
from cchc.engines.snapshots import Pinned, State, snapshots
from cchc.engines.spark import Session, Spark
from cchc.errors import BuildError
from cchc.publish.read import Reader
from cchc.settings import Settings


class SparkReader(Reader):
    """See ``Reader``. All statements of one reader see the same state of the warehouse, whatever is built meanwhile."""

    def __init__(self, engine: Spark, at: Mapping[str, int] | None) -> None:
        self.engine = engine
        with snapshots(engine) as kept:
            self.state = kept.state()
        if at is not None:
            self.state = _as_of(self.state, at)
        if not self.state.relations:
            raise BuildError(f"nothing is served at {engine.said}: run the pipeline first")
        self.session = Session(engine.server)

    def close(self) -> None:
        """End the session."""
        self.session.close()

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        """Column names, and the rows as they come."""
        return self.session.stream(with_values(self.state.pinned(sql), parameters))

    def served(self) -> set[str]:
        """Names of the served relations of this state."""
        return set(self.state.relations)

    @property
    def snapshots(self) -> dict[str, int]:
        """See ``Reader.snapshots``."""
        return self.state.snapshots

    def keep(self, edition: str, instead_of: str = "") -> None:
        """See ``Reader.keep``."""
        with snapshots(self.engine) as kept, kept.alone():
            kept.keep(edition, self.state.snapshots, instead_of)


def open_reader(settings: Settings, at: Mapping[str, int] | None = None) -> SparkReader:
    """The thrift server of the settings."""
    return SparkReader(Spark(settings), at)


def _as_of(now: State, at: Mapping[str, int]) -> State:
    """An earlier state: its tables by their snapshots, and the views of today over them."""
    views = {name: each for name, each in now.relations.items() if each.snapshot_id is None}
    tables = {name: Pinned(number, "") for name, number in at.items()}
    return State(tables | views)
