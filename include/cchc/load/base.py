"""What a warehouse does for the pipeline, said by what is meant. How it keeps that whole is its engine's."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

log = logging.getLogger("cchc.load")


@dataclass
class Load:
    """One load: Parquet files by raw table (datasets and ``quarantine``), and the revisions whose rows must go.

    ``revisions`` are those loaded, ``replaced`` those they take the place of; rows of both leave the tables first.
    ``discarded`` are in the files but not in force (an older revision judged in the same run): their rows leave again.
    ``days``: the first and last export date of all of them, where it is known; no row of theirs lies elsewhere.
    """

    files: dict[str, list[Path]] = field(default_factory=dict)
    revisions: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    discarded: set[str] = field(default_factory=set)
    days: tuple[date, date] | None = None


@dataclass(frozen=True)
class Touched:
    """Which dossiers are to be recomputed: those whose ``column`` holds one of ``values``, else those received (without
    a date: exported) within one of the spans of ``days``, both ends inclusive; without either: all."""

    column: str = ""
    values: tuple[str, ...] = ()
    days: tuple[tuple[date, date], ...] | None = None


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

    def load(self, load: Load) -> None:
        """Replace the rows of the revisions named, and note which keys the next build must recompute.

        A file that can't be read raises before anything changed.
        """
        started = time.perf_counter()
        files = sorted(load.files.items())
        rows = {table: sum(pq.read_metadata(path).num_rows for path in paths) for table, paths in files}
        self._load(load)
        for table, paths in files:
            log.info("raw.%s: %s rows of %d batches", table, f"{rows[table]:,}", len(paths))
        log.info(
            "%d revisions loaded, %d replaced, %d older than what is in force, %.1f s",
            *(len(load.revisions), len(load.replaced), len(load.discarded), time.perf_counter() - started),
        )

    @abstractmethod
    def _load(self, load: Load) -> None:
        """See ``load``."""

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
