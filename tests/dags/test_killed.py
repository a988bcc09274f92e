"""A server that is killed in the middle, or whose disk is full: every run completes without a hand, as if undisturbed.

PostgreSQL for warehouse, ledger and metadata, a Celery worker with Redis, and a clock that the test moves, so that no
retry is waited for. A step is held in its middle by a lock of the database, and killed there.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import psutil
import psycopg
import pytest
from clock import HERE, Clock

from cchc.pipeline.build import build
from cchc.registry.open import open_registry
from support.cluster import Cluster, cluster
from support.office import FIRST, LAST, UNITS, deliver
from support.postgres_tables import postgres_tables
from support.serving import Airflow, metadata, redis, serving
from support.world import World, world

#: Five minutes of restarts: `make chaos`, not `make test` (2026-11-28), which kills `cchc run` and builds instead.
pytestmark = pytest.mark.chaos
SCHEMAS = ("raw", "staging", "intermediate", "marts", "indicators", "scoring", "publish", "pub")
#: What says when and how often something was built, and what only one build works with.
OF_ONE_BUILD = ("raw.build_state", "raw.pending", "raw.building", "pub.build_v1", "intermediate.")
DAGS = ("ingest_exports", "build_warehouse")
KILLED, FULL = (date(2026, 9, 29), date(2026, 9, 30)), date(2026, 10, 1)


@dataclass
class Server:
    """One installation, whose Airflow is started anew after each blow."""

    here: World
    clock: Clock
    database: Cluster
    settings: dict[str, str]

    def deliver(self, day: date, to: World | None = None) -> None:
        """Into the export folder, with the same moment of arrival everywhere: that is compared too."""
        there = to or self.here
        arrival = datetime(day.year, day.month, day.day, 17, tzinfo=HERE).timestamp()
        for unit, late in zip(UNITS, (0, 1, 2), strict=True):
            deliver(there, unit, day, 10 + day.toordinal() % 50, late)
        for file in Path(there.settings.exports).glob(f"*/*/{day}/*"):
            os.utime(file, (arrival, arrival))

    def rest(self) -> None:
        """Long enough for the heartbeats of what was killed to be missed."""
        self.clock.move(self.clock.now() + timedelta(minutes=6))

    def started(self) -> AbstractContextManager[Airflow]:
        return serving(self.here.settings.workdir, **self.settings, **self.clock.environment)

    @contextmanager
    def held(self, lock: str) -> Iterator[Callable[[Airflow], None]]:
        """A lock in the warehouse; what it yields waits until a task of a running Airflow waits for it."""
        holding = psycopg.connect(self.here.settings.warehouse)
        holding.execute(lock)

        def until_met(airflow: Airflow) -> None:
            end = time.monotonic() + 240
            with psycopg.connect(self.here.settings.warehouse, autocommit=True) as asking:
                waiting = "select count(*) from pg_locks where not granted and database = "
                own = "(select oid from pg_database where datname = current_database())"
                while asking.execute(waiting + own).fetchone() == (0,):
                    assert time.monotonic() < end, ("nobody came to the lock", airflow.log()[-6000:])
                    retry_at_once(airflow, self.clock, DAGS)
                    time.sleep(0.2)

        yield until_met
        with suppress(psycopg.OperationalError):  # its server may have been killed
            holding.rollback()
        holding.close()


def part(airflow: Airflow, word: str) -> psutil.Process:
    """The part of a running Airflow that was started as ``airflow <word>``."""
    assert airflow.process is not None
    (found,) = (each for each in psutil.Process(airflow.process.pid).children() if word in each.cmdline())
    return found


def kill(*processes: psutil.Process) -> None:
    """SIGKILL, them and whatever they started."""
    everybody = [each for process in processes for each in (*process.children(recursive=True), process)]
    for each in everybody:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    psutil.wait_procs(everybody, 20)


def until_running(airflow: Airflow, dag: str, task: str) -> None:
    end = time.monotonic() + 240
    while True:
        runs = airflow.runs(dag)
        if runs and airflow.states(dag, runs[-1]["dag_run_id"]).get(task) == "running":
            return
        assert time.monotonic() < end, (dag, task, airflow.log()[-4000:])
        time.sleep(0.1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("killed")
    clock = Clock(folder / "clock")
    clock.move(datetime(2026, 9, 30, 12))
    with cluster("max_connections=80") as database, redis() as broker:
        with psycopg.connect(f"{database.url}/postgres", autocommit=True) as connection:
            for name in ("warehouse", "ledger", "calm", "calm_ledger"):
                connection.execute(f"create database {name}")
        stores = {"warehouse": f"{database.url}/warehouse", "ledger_url": f"{database.url}/ledger"}
        here = world(folder, open_registry(), **stores)
        settings = {
            "CCHC_AIRFLOW_DB": metadata(database.url, "airflow"),
            "CCHC_AIRFLOW_BROKER": broker,
            "CCHC_EXPORTS": here.settings.exports,
            "CCHC_WAREHOUSE": stores["warehouse"],
            "CCHC_LEDGER": stores["ledger_url"],
        }
        clock.govern(f"{database.url}/airflow", "airflow")
        yield Server(here, clock, database, settings)


@pytest.fixture(scope="module")
def calm(server: Server, tmp_path_factory: pytest.TempPathFactory) -> World:
    """An installation of its own on the same server."""
    stores = {"warehouse": f"{server.database.url}/calm", "ledger_url": f"{server.database.url}/calm_ledger"}
    return world(tmp_path_factory.mktemp("calm"), open_registry(), **stores)


@dataclass
class Landing:
    """The folder of landed bytes as a small disk of its own."""

    folder: Path

    def fill(self) -> None:
        with suppress(OSError), (self.folder / "ballast").open("wb", buffering=0) as ballast:
            while True:
                ballast.write(bytes(4096))

    def clear(self) -> None:
        (self.folder / "ballast").unlink()


@pytest.fixture
def landing(server: Server) -> Iterator[Landing]:
    folder = server.here.settings.workdir / "landing"
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k,mode=0700", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("2026-11-28: a small disk can be mounted by root only")
    yield Landing(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def retry_at_once(airflow: Airflow, clock: Clock, dags: Iterable[str]) -> None:
    """Move the clock to where a retry is due, if there is one that everything waits for."""
    running = [(dag, run["dag_run_id"]) for dag in dags for run in airflow.runs(dag) if run["state"] == "running"]
    tasks = {state for dag, run in running for state in airflow.states(dag, run).values()}
    if "up_for_retry" in tasks and not tasks & {"running", "queued"}:
        clock.move(clock.now() + timedelta(minutes=16))


def completed(airflow: Airflow, clock: Clock, counts: dict[str, int]) -> None:
    """Until each DAG has so many runs and all of them succeeded; a retry that is put off is not waited for."""
    end = time.monotonic() + 400
    while True:
        runs = {dag: airflow.runs(dag) for dag in counts}
        seen = {dag: [run["state"] for run in found] for dag, found in runs.items()}
        if all(len(seen[dag]) >= count and set(seen[dag]) == {"success"} for dag, count in counts.items()):
            return
        assert "failed" not in {state for states in seen.values() for state in states}, (seen, airflow.log()[-6000:])
        assert time.monotonic() < end, (seen, airflow.log()[-6000:])
        retry_at_once(airflow, clock, counts)
        time.sleep(1)


def test_killed_in_every_stage_it_ends_as_if_undisturbed(server: Server, calm: World) -> None:
    """Worker in ``judge``; scheduler in ``load``; dbt alone; PostgreSQL and all of Airflow in ``publish``."""
    with server.started() as airflow:
        for dag in DAGS:
            airflow.ended(dag)
        server.deliver(KILLED[0])
        server.clock.move(datetime(2026, 10, 1, 1, 29, 58))
        until_running(airflow, "ingest_exports", "judge")
        kill(part(airflow, "worker"))
    server.rest()
    with server.started() as airflow, server.held("lock table raw.dossiers in access exclusive mode") as until_met:
        until_met(airflow)
        kill(part(airflow, "scheduler"))
    server.rest()
    with server.started() as airflow:
        completed(airflow, server.clock, {"ingest_exports": 2, "build_warehouse": 2})
        server.deliver(KILLED[1])
        with server.held("lock table marts.fct_dossier in access exclusive mode") as until_met:
            server.clock.move(datetime(2026, 10, 2, 1, 29, 58))
            until_met(airflow)
            (dbt,) = (each for each in psutil.process_iter(["cmdline"]) if is_dbt_of(each, server.here))
            kill(dbt)
        with server.held("select pg_advisory_xact_lock(hashtext('cchc.serve'))") as until_met:
            until_met(airflow)
            assert airflow.process is not None
            server.database.kill()
            kill(psutil.Process(airflow.process.pid))
    server.database.start()
    server.rest()
    with server.started() as airflow:
        completed(airflow, server.clock, {"ingest_exports": 3, "build_warehouse": 3})
    as_if_undisturbed(server, calm, *KILLED)


def test_a_full_disk_is_waited_out(server: Server, calm: World, landing: Landing) -> None:
    """Nothing can be landed; the task says so and tries again, and once there is room the night ends as any other."""
    server.rest()
    with server.started() as airflow:
        ended = {dag: len(airflow.runs(dag)) for dag in DAGS}
        server.deliver(FULL)
        landing.fill()
        server.clock.move(datetime(2026, 10, 3, 1, 29, 58))
        until(lambda: "up_for_retry" in last_states(airflow, "ingest_exports").values(), airflow)
        assert "no space left on the disk of" in said_by(airflow, "ingest_exports")
        landing.clear()
        completed(airflow, server.clock, {dag: count + 1 for dag, count in ended.items()})
    as_if_undisturbed(server, calm, FULL)


def until(met: Callable[[], bool], airflow: Airflow) -> None:
    end = time.monotonic() + 240
    while not met():
        assert time.monotonic() < end, airflow.log()[-6000:]
        time.sleep(0.2)


def last_states(airflow: Airflow, dag: str) -> dict[str, str]:
    return airflow.states(dag, airflow.runs(dag)[-1]["dag_run_id"])


def said_by(airflow: Airflow, dag: str) -> str:
    """What the tasks of a DAG wrote to their logs."""
    logs = (airflow.home / "logs" / f"dag_id={dag}").rglob("*.log")
    return "".join(path.read_text("utf-8", "replace") for path in logs)


def is_dbt_of(process: psutil.Process, here: World) -> bool:
    return "cchc.model.runner" in (process.info["cmdline"] or ()) and process.cwd() == str(here.settings.workdir)


def as_if_undisturbed(server: Server, calm: World, *days: date) -> None:
    """Every table equals those of an installation that took in and built the same days, and that nobody disturbed."""
    for day in days:
        server.deliver(day, calm)
        calm.ingest(FIRST, LAST)
        build(calm.settings)
    there, here = tables(calm.settings.warehouse), tables(server.here.settings.warehouse)
    assert sorted(there) == sorted(here)
    assert {name: (there[name], here[name]) for name in there if there[name] != here[name]} == {}
    assert len(there["pub.ranking_v1"]) > 3


def tables(url: str) -> dict[str, list[str]]:
    found = postgres_tables(url, SCHEMAS)
    return {name: rows for name, rows in found.items() if not name.startswith(OF_ONE_BUILD)}
