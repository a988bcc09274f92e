"""One installation loaded and built twice: in DuckDB, and on Spark with Iceberg, of the same judged files."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb

from cchc.contracts import Judged
from cchc.engines import engine_of
from cchc.errors import CchcError
from cchc.ledger import open_ledger
from cchc.load import open_warehouse
from cchc.model.dbt import warehouse_environment
from cchc.pipeline import collect, load_judged, plan_batches
from cchc.pipeline.build import State, build_models, finish_build, prepare_build
from cchc.pipeline.judging import judge_batches
from cchc.pipeline.run import use_reference
from cchc.settings import Settings
from spark.client import Client
from spark.cluster import Cluster
from spark.compare import Compared, compare
from spark.cost import processor_seconds


@dataclass
class Beside:
    """``settings``: of the embedded warehouse; ``lake``: of that on Spark.

    ``seconds`` of the last steps, by what; ``processor``: seconds of all processors that they took.
    """

    settings: Settings
    lake: Settings
    reference: Path
    cluster: Cluster
    seconds: dict[str, float] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)

    def judge(self, first: date, last: date) -> dict[str, list[Judged]]:
        """Collect and judge files of these days once, for both: each has a ledger and staged files of its own."""
        registry = use_reference(self.settings, self.reference)
        ledger = open_ledger(self.settings.ledger)
        collect(self.settings, registry, ledger, first, last)
        folder = self.settings.staged / "beside"
        judged, _ = judge_batches(
            self.settings, registry, plan_batches(self.settings, registry, ledger.undecided()), folder, ledger.waivers()
        )
        shutil.rmtree(self.lake.staged, ignore_errors=True)
        shutil.copytree(folder, self.lake.staged / "beside")
        use_reference(self.lake, self.reference)
        with (
            closing(sqlite3.connect(self.settings.ledger)) as mine,
            closing(sqlite3.connect(self.lake.ledger)) as theirs,
        ):
            mine.backup(theirs)
        there = self.lake.staged / "beside"
        copied = [
            replace(batch, files={name: [there / path.name for path in paths] for name, paths in batch.files.items()})
            for batch in judged
        ]
        return {"duckdb": judged, "spark": copied}

    def load(self, first: date, last: date) -> None:
        """Files of these days into both warehouses."""
        judged = self.judge(first, last)
        self.seconds.clear()
        for side in self.sides:
            with self._timed("load", side):
                load_into(side, judged[engine_of(side).name])

    def build(self) -> dict[str, State]:
        """Both, one after the other; returns what was built. Raises what a failed build of either says."""
        states: dict[str, State] = {}
        for side in self.sides:
            with self._timed("build", side):
                states[engine_of(side).name] = built(side)
        return states

    def survive(self, first: date, last: date) -> Iterator[str]:
        """The same for a day on which an executor is killed while Spark loads, and the driver while it builds.

        What failed by it is done again, as an operator or Airflow would. Says what happened.
        """
        judged = self.judge(first, last)
        self.seconds.clear()
        load_into(self.settings, judged["duckdb"])
        built(self.settings)
        yield self._disturbed("worker-1", 1, lambda: load_into(self.lake, judged["spark"]))
        yield self._disturbed("thrift", 20, lambda: built(self.lake))

    def _disturbed(self, name: str, after: float, do: Callable[[], object]) -> str:
        killing = threading.Timer(after, self.cluster.kill, [name])
        killing.start()
        try:
            do()
            said = "nobody noticed"
        except CchcError as error:
            killing.join()
            self.cluster.start_again(name)
            do()
            said = f"{type(error).__name__}, then done again"
        else:
            killing.join()
            self.cluster.start_again(name)
        return f"{name} killed after {after} s: {said}"

    def unit_tests(self) -> None:
        """Those of the models, on Spark: one at a time, for each lists the temporary views of the one session."""
        dbt_on(self.cluster, self.cluster.work / "dbt", ["test", "--select", "test_type:unit", "--threads", "1"])

    def compared(self) -> list[Compared]:
        """Every relation; then the builds are finished, and the next day may come."""
        with (
            duckdb.connect(str(self.settings.duckdb_path), read_only=True) as warehouse,
            Client(self.cluster) as client,
        ):
            found = list(compare(warehouse, client, raw=True))
        for side in self.sides:
            finish_build(side)
        return found

    @property
    def sides(self) -> tuple[Settings, Settings]:
        """DuckDB's first."""
        return self.settings, self.lake

    @contextmanager
    def _timed(self, what: str, side: Settings) -> Iterator[None]:
        name = f"{engine_of(side).name} {what}"
        started, used = time.perf_counter(), processor_seconds(self.cluster)
        yield
        self.seconds[name] = time.perf_counter() - started
        self.processor[name] = processor_seconds(self.cluster) - used


def load_into(settings: Settings, judged: Sequence[Judged]) -> None:
    """What was judged, as ``cchc`` loads it."""
    with open_warehouse(settings) as warehouse:
        load_judged(warehouse, open_ledger(settings.ledger), judged)


def built(settings: Settings) -> State:
    """A build that is not finished yet, as ``cchc`` makes one."""
    state = prepare_build(settings)
    build_models(settings, state)
    return state


class DbtFailed(Exception):
    """What dbt said last."""


def dbt_on(cluster: Cluster, folder: Path, arguments: Sequence[str]) -> None:
    """One dbt command on a cluster, in a process of its own; its log and artefacts go into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(folder, "", warehouse=cluster.url)
    env = {**os.environ, **warehouse_environment(settings), "DBT_TARGET_PATH": str(folder / "target")}
    said = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "--no-use-colors", *arguments]
    done = subprocess.run(said, env=env, cwd=folder, capture_output=True, text=True)
    (folder / "dbt.log").write_text(done.stdout + done.stderr, "utf-8")
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if not line.lstrip().startswith(("at ", "..."))]
        raise DbtFailed("\n".join(lines[-60:]) or done.stderr[-2000:])
