"""A province's server by itself: PostgreSQL for the metadata, nobody at hand, and a clock that the test moves."""

from __future__ import annotations

import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from clock import Clock

from cchc.registry.open import open_registry
from support.office import UNITS, deliver
from support.serving import SECRET, WRITTEN, Airflow, metadata, serving
from support.world import World, world

DAGS = ("approve_rankings", "build_warehouse", "ingest_exports", "publish_rankings")


@dataclass
class Server:
    """What ``make airflow`` runs, over one empty installation."""

    airflow: Airflow
    clock: Clock
    here: World


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("province")
    clock = Clock(folder / "clock")
    clock.move(datetime(2026, 9, 30, 12))
    here = world(folder, open_registry())
    settings = {
        "CCHC_AIRFLOW_DB": metadata(postgres_server, "airflow"),
        "CCHC_EXPORTS": here.settings.exports,
    }
    clock.govern(f"{postgres_server}/airflow", "airflow")
    with serving(here.settings.workdir, **settings, **clock.environment) as airflow:
        yield Server(airflow, clock, here)


def states(airflow: Airflow, dag: str, run: dict[str, Any]) -> dict[str, str]:
    return airflow.states(dag, run["dag_run_id"])


def test_a_first_start_on_nothing_is_green(server: Server) -> None:
    """Every schedule has a last moment that is over: all DAGs run once, though there is nothing to do."""
    for dag in DAGS:
        runs = server.airflow.ended(dag)
        seen = {state for run in runs for state in states(server.airflow, dag, run).values()}
        assert {run["state"] for run in runs} == {"success"} and seen <= {"success", "skipped"}, (dag, runs, seen)


def test_the_ranking_appears_without_a_hand_on_it(server: Server) -> None:
    airflow = server.airflow
    before = {dag: len(airflow.runs(dag)) for dag in DAGS}
    for unit, late in zip(UNITS, (0, 1, 2), strict=True):
        deliver(server.here, unit, date(2026, 9, 30), 10, late)
    begun = time.monotonic()
    server.clock.move(datetime(2026, 10, 1, 1, 29, 58))
    ingested = airflow.ended("ingest_exports", before["ingest_exports"] + 1)[-1]
    assert (ingested["run_type"], ingested["state"]) == ("scheduled", "success")
    built = airflow.ended("build_warehouse", before["build_warehouse"] + 1)[-1]
    assert (built["run_type"], built["state"]) == ("asset_triggered", "success")
    print(
        f"from 01:30 to the end of the first build: {time.monotonic() - begun:.0f} s, the build {seconds(built):.0f} s"
    )
    server.clock.move(datetime(2026, 10, 1, 5, 59, 58))
    published = airflow.ended("publish_rankings", before["publish_rankings"] + 1)[-1]
    assert (published["run_type"], published["state"]) == ("scheduled", "success")
    counted = len(airflow.tasks("ingest_exports", ingested["dag_run_id"]))
    assert counted == 8  # two tasks plan, two collect, one judges, one loads, one announces, one checks
    pages = [path.read_text("utf-8") for path in server.here.settings.reports.rglob("*2026-09*.html")]
    assert any(UNITS[0] in page for page in pages)
    assert {row["outcome"] for row in server.here.ledger.find()} == {"accepted"}


def test_a_past_day_is_back_filled_from_the_command_line(server: Server) -> None:
    """The run of a date takes in the days before it, here what was delivered for a day that no window reaches now."""
    old, before = date(2026, 9, 20), len(server.airflow.runs("build_warehouse"))
    deliver(server.here, UNITS[0], old, 10, 0)
    dates = ("--from-date", "2026-09-22", "--to-date", "2026-09-23")
    server.airflow.command("backfill", "create", "--dag-id", "ingest_exports", *dates, "--max-active-runs", "1")
    end = time.monotonic() + 240
    while True:
        runs = [run for run in server.airflow.runs("ingest_exports") if run["run_type"] == "backfill"]
        if runs and runs[0]["state"] in ("success", "failed"):
            break
        assert time.monotonic() < end, runs
        time.sleep(0.5)
    assert [(run["state"], run["logical_date"][:16]) for run in runs] == [("success", "2026-09-21T18:30")]
    assert [row["outcome"] for row in server.here.ledger.find(export_date=old)] == ["accepted"]
    built = server.airflow.ended("build_warehouse", before + 1)[-1]
    assert built["state"] == "success"
    print(f"a build of a day's changes: {seconds(built):.0f} s")


def test_keys_and_the_first_password_are_the_owners_alone(server: Server) -> None:
    home = server.airflow.home
    for name in ("keys.env", "admin_password"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
    password = (home / "admin_password").read_text("utf-8")
    assert len(password) >= 24
    said = server.airflow.log() + "".join(path.read_text("utf-8", "replace") for path in logs(home))
    keys = [line.split("=", 1)[1] for line in (home / "keys.env").read_text("utf-8").splitlines()]
    for secret in (password, SECRET, WRITTEN, *keys):
        assert secret not in said


def seconds(run: dict[str, Any]) -> float:
    """How long a run took, from when it started."""
    start, end = (datetime.fromisoformat(run[name]) for name in ("start_date", "end_date"))
    return (end - start).total_seconds()


def logs(home: Path) -> list[Path]:
    return [path for path in (home / "logs").rglob("*.log") if path.is_file()]
