"""Celery workers with working folders of their own: one is killed while it judges; a back-fill lets nights go first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from cchc.demo import write_demo
from cchc.pipeline.run import run
from cchc.registry.open import open_registry
from cchc.settings import Settings
from support.cluster import Cluster, cluster
from support.postgres_tables import postgres_tables
from support.serving import Airflow, redis
from support.workers import Office, attempts, office

#: Two minutes, most of them Airflow's own: `make chaos`, not `make test` (2026-12-01), which kills `cchc run` instead.
pytestmark = pytest.mark.chaos
FIRST, LAST = date(2026, 9, 28), date(2026, 9, 30)
SCHEMAS = ("raw", "staging", "marts", "indicators", "scoring", "publish", "pub")
#: What says when and how often something was done.
OF_ONE_RUN = ("raw.build_state", "pub.build_v1", "public.run", "public.alembic", "public.change_", "public.stage_")
INGEST, BUILD, BACKFILL = "ingest_exports", "build_warehouse", "backfill_exports"


@pytest.fixture
def server() -> Iterator[Cluster]:
    with cluster("max_connections=120") as started:
        yield started


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    write_demo(tmp_path / "exports", open_registry(), seed=4, day_from=FIRST, day_to=LAST, scale=0.2)
    return tmp_path / "exports"


@pytest.fixture
def here(tmp_path: Path, server: Cluster, exports: Path) -> Iterator[Office]:
    """A worker has one slot; the files are judged in many small batches, a part of them for each worker."""
    with redis() as broker:
        cut = {"CCHC_JUDGE_TASKS": "2", "CCHC_JUDGE_WORKERS": "1", "CCHC_BATCH_FILES": "6"}
        missed = {  # five minutes else
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "40",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "3",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
        }
        yield office(tmp_path, server.url, broker, exports, **cut, **missed)


def test_a_worker_is_killed_while_it_judges(here: Office, server: Cluster, exports: Path, tmp_path: Path) -> None:
    with here.open(machines=2) as airflow:
        asked = {"day_from": FIRST.isoformat(), "day_to": LAST.isoformat()}
        airflow.trigger(INGEST, asked)
        (second,) = here.workers
        until(lambda: (second.workdir / "quality").exists(), airflow)  # it has judged a batch, and has others before it
        second.kill()
        done = airflow.ended(INGEST, seconds=400)
        assert [each["state"] for each in done] == ["success"], airflow.log()[-6000:]
        judged = [task for task in airflow.tasks(INGEST, done[0]["dag_run_id"]) if task["task_id"] == "judge"]
        assert sorted(task["try_number"] for task in judged) == [1, 2]  # the part of the dead worker was judged again
        assert attempts(second.workdir, INGEST, "judge") and len(attempts(here.machine("m1"), INGEST, "judge")) == 2
        airflow.trigger(BUILD, {})
        assert {each["state"] for each in airflow.ended(BUILD, seconds=400)} == {"success"}
    mine = tables(server.url, "warehouse", "ledger")
    theirs = calm(server.url, exports, tmp_path / "calm")
    assert sorted(mine) == sorted(theirs)
    assert {name: (mine[name], theirs[name]) for name in mine if mine[name] != theirs[name]} == {}
    assert len(mine["raw.dossiers"]) > 100 and len(mine["pub.ranking_v1"]) > 3
    assert list((tmp_path / "shared" / "staged").rglob("*.parquet")) == []  # loaded, and let go of


def test_a_nightly_run_goes_before_the_next_slice_of_a_back_fill(here: Office) -> None:
    here.variables["CCHC_BACKFILL_FILES"] = "1"  # a slice a day
    with here.open(machines=1) as airflow:
        asked = airflow.trigger(BACKFILL, {"day_from": FIRST.isoformat(), "day_to": LAST.isoformat()})
        until(lambda: any(each["state"] == "running" for each in airflow.runs(INGEST)), airflow)
        night = airflow.trigger(INGEST, {"day_from": LAST.isoformat(), "day_to": LAST.isoformat()})
        (done,) = airflow.ended(BACKFILL, seconds=600)
        assert (done["dag_run_id"], done["state"]) == (asked, "success"), airflow.log()[-6000:]
        runs = sorted(airflow.runs(INGEST), key=lambda each: str(each["start_date"]))
        assert [each["state"] for each in runs] == ["success"] * 4
        assert [each["dag_run_id"] == night for each in runs] == [False, True, False, False]
        ends = [str(each["end_date"]) for each in runs]
        assert all(end <= str(each["start_date"]) for end, each in zip(ends, runs[1:], strict=False))  # one at a time
        assert airflow.states(BACKFILL, asked)["announce"] == "success"
        states = [airflow.states(INGEST, str(each["dag_run_id"]))["announce"] for each in runs]
        assert [state for state, each in zip(states, runs, strict=True) if each["dag_run_id"] != night] == [
            "skipped"
        ] * 3


def calm(server: str, exports: Path, workdir: Path) -> dict[str, list[str]]:
    """Of one local run over the same files that nobody disturbed."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        for name in ("calm", "calm_ledger"):
            connection.execute(f"create database {name}")
    where = {"warehouse": f"{server}/calm", "ledger_url": f"{server}/calm_ledger"}
    run(Settings(workdir, str(exports), **where), None, FIRST, LAST, pages=False)
    return tables(server, "calm", "calm_ledger")


def tables(server: str, warehouse: str, ledger: str) -> dict[str, list[str]]:
    found = postgres_tables(f"{server}/{warehouse}", SCHEMAS) | postgres_tables(f"{server}/{ledger}", ["public"])
    return {name: rows for name, rows in found.items() if not name.startswith(OF_ONE_RUN)}


def until(met: Callable[[], bool], airflow: Airflow) -> None:
    end = time.monotonic() + 240
    while not met():
        assert time.monotonic() < end, airflow.log()[-6000:]
        time.sleep(0.02)
