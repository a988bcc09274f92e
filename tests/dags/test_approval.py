"""Approving a ranking in a real Airflow: scheduler, API server, and a person who answers."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cchc.editions import editions_of
from cchc.registry.open import open_registry
from cchc.verify import verify
from conftest import clean_environment
from support.office import UNITS, deliver, run
from support.world import world

PROJECT = Path(__file__).resolve().parents[2]
DAG = "approve_rankings"


@dataclass
class Airflow:
    """A running Airflow over one working folder."""

    url: str
    workdir: Path
    token: str = ""

    def ask(self, path: str, body: Any = None, method: str = "GET") -> Any:
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, None if body is None else json.dumps(body).encode(), timeout=30) as reply:
            return json.loads(reply.read())

    def states(self, run_id: str) -> dict[str, str]:
        found = self.ask(f"/api/v2/dags/{DAG}/dagRuns/{run_id}/taskInstances")["task_instances"]
        return {task["task_id"]: task["state"] for task in found}

    def until(self, run_id: str, task: str, *states: str) -> dict[str, str]:
        end = time.monotonic() + 300
        while (found := self.states(run_id)).get(task) not in states:
            assert time.monotonic() < end, found
            assert "failed" not in found.values() or "failed" in states, found
            time.sleep(1)
        return found

    def answered(self, run_id: str, period: str, option: str, name: str) -> tuple[dict[str, Any], dict[str, str]]:
        """Ask for an approval, answer it, wait for its record; the question and the states of all tasks."""
        body = {"logical_date": None, "dag_run_id": run_id, "conf": {"period": period}}
        self.ask(f"/api/v2/dags/{DAG}/dagRuns", body, "POST")
        self.until(run_id, "one.ask", "awaiting_input")
        task = f"/api/v2/dags/{DAG}/dagRuns/{run_id}/taskInstances/one.ask/0/hitlDetails"
        asked: dict[str, Any] = self.ask(task)
        answer = {"chosen_options": [option], "params_input": {"name": name, "note": "đã xem"}}
        self.ask(task, answer, "PATCH")
        return asked, self.until(run_id, "one.record", "success", "failed", "upstream_failed", "skipped")


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    here = world(tmp_path_factory.mktemp("office"), open_registry())
    for day in (date(2026, 9, 15), date(2026, 10, 20)):
        for unit, late in zip(UNITS, (0, 1, 2), strict=True):
            deliver(here, unit, day, 10, late)
    run(here)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    workdir = here.settings.workdir
    env = clean_environment() | {"CCHC_WORKDIR": str(workdir), "AIRFLOW_PORT": port}
    env |= {"AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True", "PYTHONPATH": os.pathsep.join(sys.path)}
    script = [sys.executable, str(PROJECT / "scripts" / "airflow_env.py"), "serve"]
    with (workdir / "airflow.log").open("wb") as log:
        serving = subprocess.Popen(script, env=env, stdout=log, stderr=log, start_new_session=True)
    try:
        found = Airflow(f"http://127.0.0.1:{port}", workdir)
        found.token = _signed_in(found, serving)
        _unpause(found)
        yield found
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.wait(60)


def _signed_in(found: Airflow, serving: subprocess.Popen[bytes]) -> str:
    passwords = found.workdir / "airflow" / "simple_auth_manager_passwords.json.generated"
    end = time.monotonic() + 240
    while True:
        assert serving.poll() is None and time.monotonic() < end, (found.workdir / "airflow.log").read_text()[-3000:]
        try:
            user = {"username": "admin", "password": json.loads(passwords.read_text("utf-8"))["admin"]}
            return str(found.ask("/auth/token", user, "POST")["access_token"])
        except (OSError, ValueError, KeyError):
            time.sleep(1)


def _unpause(found: Airflow) -> None:
    end = time.monotonic() + 240
    while True:
        try:
            found.ask(f"/api/v2/dags/{DAG}", {"is_paused": False}, "PATCH")
            return
        except urllib.error.HTTPError:  # not parsed yet
            assert time.monotonic() < end
            time.sleep(1)


def test_what_a_person_approves_is_final_in_his_name(airflow: Airflow) -> None:
    asked, states = airflow.answered("yes", "2026-09", "Approve", "Trần Thị Duyệt")
    assert set(states.values()) == {"success"}
    (edition,) = editions_of(airflow.workdir / "releases" / "qd766-portal-2026" / "H50" / "2026-09")
    assert edition.manifest_sha256 in asked["body"]
    assert "full_marks_on_zero" in asked["body"] and UNITS[0] in asked["body"]
    assert edition.approval is not None and edition.state == "final"
    assert (edition.approval["approved_by"], edition.approval["note"]) == ("Trần Thị Duyệt", "đã xem")
    assert verify(edition.folder) == []


def test_what_a_person_rejects_stays_a_draft(airflow: Airflow) -> None:
    _, states = airflow.answered("no", "2026-Q3", "Reject", "")
    assert states["one.ask"] == "failed" and states["one.record"] == "upstream_failed"
    (edition,) = editions_of(airflow.workdir / "releases" / "qd766-portal-2026" / "H50" / "2026-Q3")
    assert edition.approval is None and edition.state == "closed"
