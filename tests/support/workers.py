"""Several machines of one installation under test: Airflow on the first, a Celery worker in the working folder of each.

What they share is the servers (PostgreSQL for warehouse, ledger and metadata, Redis), the exports, and one store for
landed and staged files; registry, quality reports and logs are each machine's own.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg

from support.serving import SCRIPT, Airflow, metadata, serving

#: What stands in the shared store.
STORED = ("landing", "staged")


@dataclass
class Office:
    """``store``: the URL of an object store, or empty for a plain folder that every machine mounts."""

    root: Path
    variables: dict[str, str]
    store: str = ""
    workers: list[Worker] = field(default_factory=list)

    def machine(self, name: str) -> Path:
        """The working folder of a machine, made at first use."""
        folder = self.root / name
        for each in STORED if not self.store else ():
            (self.root / "shared" / each).mkdir(parents=True, exist_ok=True)
            folder.mkdir(exist_ok=True)
            if not (folder / each).is_symlink():
                (folder / each).symlink_to(self.root / "shared" / each)
        return folder

    @contextmanager
    def open(self, machines: int) -> Iterator[Airflow]:
        """Airflow and the first worker on the machine ``m1``, a worker more on ``m2`` and so on; ends them all."""
        with serving(self.machine("m1"), **self.variables) as airflow:
            keys = (airflow.home / "keys.env").read_text("utf-8").splitlines()
            shared = airflow.environment | dict(line.split("=", 1) for line in keys if line)
            try:
                for number in range(2, machines + 1):
                    self.workers.append(Worker(self.machine(f"m{number}"), shared))
                for worker in self.workers:
                    worker.until_ready()
                yield airflow
            finally:
                for worker in self.workers:
                    worker.kill()


class Worker:
    """A Celery worker as another machine runs it: the command of docs/operations.md."""

    def __init__(self, workdir: Path, environment: dict[str, str]) -> None:
        self.workdir = workdir
        self.printed = workdir / "worker.log"
        said = [*SCRIPT, "cli", "celery", "worker", "--skip-serve-logs", "--without-gossip", "--without-mingle"]
        said += ["--celery-hostname", f"{workdir.name}@%h"]
        with self.printed.open("ab") as log:
            env = environment | {"CCHC_WORKDIR": str(workdir)}
            self.process = subprocess.Popen(said, env=env, stdout=log, stderr=log, start_new_session=True)

    def until_ready(self) -> None:
        end = time.monotonic() + 240
        while " ready." not in self.printed.read_text("utf-8", "replace"):
            assert self.process.poll() is None and time.monotonic() < end, self.printed.read_text("utf-8", "replace")
            time.sleep(0.2)

    def kill(self) -> None:
        """SIGKILL, it and whatever it started, as when the machine loses its power."""
        if self.process.poll() is None:
            parent = psutil.Process(self.process.pid)
            everybody = [parent, *parent.children(recursive=True)]
            for each in everybody:
                each.kill()
            psutil.wait_procs(everybody[1:], 20)
            self.process.wait(20)


def attempts(workdir: Path, dag: str, task: str) -> list[Path]:
    """The logs of a task's attempts that a machine made."""
    return sorted((workdir / "airflow" / "logs" / f"dag_id={dag}").glob(f"run_id=*/task_id={task}/**/*.log"))


def office(root: Path, server: str, broker: str, exports: Path, **variables: str) -> Office:
    """One installation whose databases are made on a PostgreSQL server; ``variables`` of every machine."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        for name in ("warehouse", "ledger"):
            connection.execute(f"create database {name}")
    shared = {
        "CCHC_AIRFLOW_DB": metadata(server, "airflow"),
        "CCHC_AIRFLOW_BROKER": broker,
        "CCHC_EXPORTS": str(exports),
        "CCHC_WAREHOUSE": f"{server}/warehouse",
        "CCHC_LEDGER": f"{server}/ledger",
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": "1",
        "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",  # nothing begins by itself
    }
    return Office(root, shared | variables)
