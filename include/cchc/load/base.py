"""What a warehouse does for the pipeline, said by what is meant. How it keeps that whole is its engine's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from cchc.shelf import Place


@dataclass
class Load:
    """One load: Parquet files by raw table (datasets and ``quarantine``), and the revisions whose rows must go.

    The files lie in a folder or in a store: an engine that reads local files alone takes ``shelf.at_hand`` of them.

    ``revisions`` are those loaded, ``replaced`` those they take the place of; rows of both leave the tables first.
    ``discarded`` are in the files but not in force (an older revision judged in the same run): their rows leave again.
    """

    files: dict[str, list[Place]] = field(default_factory=dict)
    revisions: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    discarded: set[str] = field(default_factory=set)


class Warehouse(ABC):
    """One open warehouse; use it as a context manager. What is begun and killed is as if it never was, or repeated."""

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Let go of the warehouse."""

    @abstractmethod
    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; returns its rows. Parameters are written ``?``."""

    @abstractmethod
    def select(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run one query; returns its columns' names, and its rows."""

    @abstractmethod
    def load(self, load: Load) -> None:
        """Replace the rows of the revisions named, and note which keys the next build must recompute."""

    @abstractmethod
    def replace_revisions(self, table: str, files: Sequence[Path], revisions: set[str], stamp: int | None) -> None:
        """Of ``raw.<table>`` the rows of some revisions go, those of the Parquet files come.

        ``stamp``: the change number under which keys that lost or gained rows become pending; None: nothing is noted.
        """

    @abstractmethod
    def note_pending(self, dataset: str, revisions: set[str], stamp: int) -> None:
        """The next build recomputes the keys of which these revisions hold rows now."""

    @abstractmethod
    def sync_registry(self, tables: Mapping[str, pa.Table], registry_hash: str) -> list[str]:
        """Replace the registry tables whose content differs, and note the keys they decide; returns their names."""

    @abstractmethod
    def sync_deliveries(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Copy changed file revisions from the ledger; returns how many. Remembers the ``change_no`` of the last."""

    @abstractmethod
    def sync_answers(self, rows: Iterable[Mapping[str, Any]]) -> bool:
        """Replace the answers to objections where the ledger has others; returns whether it had."""

    @abstractmethod
    def want_full_build(self) -> None:
        """The next build models everything anew."""

    @abstractmethod
    def begin_build(self) -> dict[str, Any]:
        """Take the snapshot of keys to recompute (``raw.building``).

        Returns the build state with ``keys``, their number, and ``changed``, the registry tables that models read and
        that changed since a build was last finished: also those that a build which failed or was killed had to do with.
        """

    @abstractmethod
    def finish_build(self) -> None:
        """After a build that readers see: what it modelled is no longer pending, nor to be served."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """The one row of ``raw.build_state``."""
