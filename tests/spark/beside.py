"""One installation built twice: in DuckDB, and by the same dbt project on Spark over a copy of its raw tables."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from cchc.ledger import open_ledger
from cchc.model.dbt import warehouse_environment
from cchc.model.due import build_arguments
from cchc.pipeline.build import State, build_models, finish_build, prepare_build
from cchc.pipeline.run import ingest, use_reference
from cchc.settings import Settings
from spark.client import Client
from spark.cluster import Cluster
from spark.compare import Compared, compare

#: Statements at a time: most of their time is planning, and a cluster of two cores does two of them.
THREADS = "4"


@dataclass
class Beside:
    """``seconds`` of the last step, by what it did."""

    settings: Settings
    reference: Path
    cluster: Cluster
    seconds: dict[str, float] = field(default_factory=dict)

    def load(self, first: date, last: date) -> State:
        """Files of these days into the DuckDB warehouse, and its raw tables to Spark: what the next build is to do."""
        registry = use_reference(self.settings, self.reference)
        ledger = open_ledger(self.settings.ledger)
        ingest(self.settings, registry, ledger, first, last)
        state = prepare_build(self.settings, registry, ledger)
        self.seconds.clear()
        self._timed("copy", lambda: self._copy(state))
        return state

    def build(self, state: State) -> None:
        """Both engines, one after the other. Raises what a failed build of either says."""
        self._timed("duckdb", lambda: build_models(self.settings, state))
        arguments = build_arguments(state["full_refresh"], state["changed"])
        self._timed("spark", lambda: dbt_on(self.cluster, self.cluster.work / "dbt", arguments))

    def unit_tests(self) -> None:
        """Those of the models, on Spark."""
        tests = ["test", "--select", "test_type:unit"]
        self._timed("unit tests", lambda: dbt_on(self.cluster, self.cluster.work / "dbt", tests))

    def compared(self) -> list[Compared]:
        """Every relation; then the build of DuckDB is finished, and the next day may come."""
        with (
            duckdb.connect(str(self.settings.duckdb_path), read_only=True) as warehouse,
            Client(self.cluster) as client,
        ):
            found = list(compare(warehouse, client))
        finish_build(self.settings)
        return found

    def _copy(self, state: State) -> None:
        """All raw tables; in an increment those of the registry only that changed."""

        def is_due(table: str) -> bool:
            return state["full_refresh"] or not table.startswith("reg_") or table in state["changed"]

        with (
            duckdb.connect(str(self.settings.duckdb_path), read_only=True) as warehouse,
            Client(self.cluster) as client,
        ):
            client.copy_in(warehouse, "raw", is_due)

    def _timed(self, what: str, do: Callable[[], object]) -> None:
        started = time.perf_counter()
        do()
        self.seconds[what] = time.perf_counter() - started


class DbtFailed(Exception):
    """What dbt said last."""


def dbt_on(cluster: Cluster, folder: Path, arguments: Sequence[str]) -> None:
    """One dbt command on a cluster, in a process of its own; its log and artefacts go into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    project = Path(__file__).parents[2] / "dbt_project"
    env = {
        **os.environ,
        **{name: value for name, value in warehouse_environment(Settings(folder, "")).items() if "DUCKDB" not in name},
        "CCHC_DBT_TARGET": "spark",
        "CCHC_SPARK_PORT": cluster.port,
        "DBT_PROFILES_DIR": str(project),
        "DBT_PROJECT_DIR": str(project),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    said = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "--no-use-colors", *arguments]
    done = subprocess.run([*said, "--threads", THREADS], env=env, cwd=folder, capture_output=True, text=True)
    (folder / "dbt.log").write_text(done.stdout + done.stderr, "utf-8")
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if not line.lstrip().startswith(("at ", "..."))]
        raise DbtFailed("\n".join(lines[-60:]) or done.stderr[-2000:])
