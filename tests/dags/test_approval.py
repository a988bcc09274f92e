"""Approving a ranking in a real Airflow with a Celery worker: who may ask, who may answer, and what is recorded."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cchc.editions import editions_of
from cchc.registry.open import open_registry
from cchc.verify import verify
from support.office import UNITS, deliver, run
from support.serving import Airflow, metadata, redis, serving
from support.world import world

DAG = "approve_rankings"


@dataclass
class Office:
    """An Airflow that asks about one office's rankings; tokens of people of each role."""

    airflow: Airflow
    viewer: str
    engineer: str
    approver: str

    @property
    def workdir(self) -> Path:
        return self.airflow.workdir

    def until(self, run_id: str, task: str, *states: str, asked: str = "") -> dict[str, str]:
        """The states of all tasks when a task has come to one of ``states``, or ``asked`` waits for an answer."""
        end = time.monotonic() + 300
        while (found := self.airflow.states(DAG, run_id)).get(task) not in states:
            if found.get(asked) == "awaiting_input":
                break
            assert time.monotonic() < end, (found, self.airflow.log()[-6000:])
            assert "failed" not in found.values() or "failed" in states, (found, self.airflow.log()[-6000:])
            time.sleep(1)
        return found

    def asked(self, run_id: str, period: str) -> str:
        """The engineer asks for an approval; the path of the question."""
        body = {"logical_date": None, "conf": {"period": period}, "dag_run_id": run_id}
        self.airflow.ask(f"/api/v2/dags/{DAG}/dagRuns", body, "POST", self.engineer)
        self.until(run_id, "one.ask", "awaiting_input")
        return f"/api/v2/dags/{DAG}/dagRuns/{run_id}/taskInstances/one.ask/0/hitlDetails"

    def answered(self, run_id: str, question: str, answer: dict[str, Any]) -> dict[str, str]:
        """The approver answers, and again where he is asked again; the states of all tasks at the end."""
        ended = ("success", "failed", "upstream_failed", "skipped")
        while True:
            self.airflow.ask(question, answer, "PATCH", self.approver)
            found = self.until(run_id, "one.record", *ended, asked="one.ask")
            if found["one.record"] in ended:
                return found


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[Office]:
    here = world(tmp_path_factory.mktemp("office"), open_registry())
    for day in (date(2026, 9, 15), date(2026, 10, 20)):
        for unit, late in zip(UNITS, (0, 1, 2), strict=True):
            deliver(here, unit, day, 10, late)
    run(here)
    with redis() as broker:
        celery = {"CCHC_AIRFLOW_DB": metadata(postgres_server, "by_celery"), "CCHC_AIRFLOW_BROKER": broker}
        paused = {"AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True"}
        with serving(here.settings.workdir, **celery, **paused) as airflow:
            airflow.ask(f"/api/v2/dags/{DAG}", {"is_paused": False}, "PATCH")
            roles = ("cchc_viewer", "cchc_data_engineer", "cchc_approver")
            yield Office(airflow, *(airflow.person(role.removeprefix("cchc_"), role) for role in roles))


def test_what_the_approver_approves_is_final_in_his_name(office: Office) -> None:
    ask, status = office.airflow.ask, office.airflow.status
    runs = f"/api/v2/dags/{DAG}/dagRuns"
    for reader in (office.viewer, office.approver):
        assert status(runs, {"logical_date": None, "conf": {"period": "2026-09"}}, "POST", reader) == 403
    question = office.asked("yes", "2026-09")
    asked: dict[str, Any] = ask(question, token=office.viewer)
    answer = {"chosen_options": ["Approve"], "params_input": {"name": "Trần Thị Duyệt", "note": "đã xem"}}
    for nobody in (office.viewer, office.engineer):
        assert status(question, answer, "PATCH", nobody) == 403
    assert set(office.answered("yes", question, answer).values()) == {"success"}
    (edition,) = editions_of(office.workdir / "releases" / "qd766-portal-2026" / "H50" / "2026-09")
    assert edition.manifest_sha256 in asked["body"]
    assert "full_marks_on_zero" in asked["body"] and UNITS[0] in asked["body"]
    assert edition.approval is not None and edition.state == "final"
    assert (edition.approval["approved_by"], edition.approval["note"]) == ("Trần Thị Duyệt", "đã xem")
    assert verify(edition.folder) == []
    log = ask(f"{runs}/yes/taskInstances/one.record/logs/1?map_index=0&full_content=true", token=office.viewer)
    assert "approved by Trần Thị Duyệt, signed in as approver, at 20" in json.dumps(log, ensure_ascii=False)


def test_what_the_approver_rejects_stays_a_draft(office: Office) -> None:
    answer = {"chosen_options": ["Reject"], "params_input": {"name": "", "note": ""}}
    states = office.answered("no", office.asked("no", "2026-Q3"), answer)
    assert states["one.ask"] == "failed" and states["one.record"] == "upstream_failed"
    (edition,) = editions_of(office.workdir / "releases" / "qd766-portal-2026" / "H50" / "2026-Q3")
    assert edition.approval is None and edition.state == "closed"


def test_what_a_role_may_besides(office: Office) -> None:
    status = office.airflow.status
    paused = {"is_paused": False}
    assert status(f"/api/v2/dags/{DAG}", paused, "PATCH", office.engineer) == 200
    assert status("/api/v2/dags/ingest_exports", {"is_paused": True}, "PATCH", office.approver) == 403
    assert status(f"/api/v2/dags/{DAG}", paused, "PATCH", office.viewer) == 403
    for token in (office.viewer, office.engineer, office.approver):
        assert status("/api/v2/dags", token=token) == 200
        assert status("/api/v2/connections", token=token) == status("/api/v2/variables", token=token) == 403
        assert status("/auth/fab/v1/users", token=token) == 403
    backfill = {"dag_id": "ingest_exports", "from_date": "2026-09-01", "to_date": "2026-09-02", "max_active_runs": 1}
    path = "/api/v2/backfills/dry_run"
    assert [status(path, backfill, "POST", token) for token in (office.viewer, office.approver)] == [403, 403]
    assert status(path, backfill, "POST", office.engineer) == 200


def test_no_default_password_signs_anybody_in(office: Office) -> None:
    for password in ("admin", "airflow", "password"):
        assert office.airflow.status("/auth/token", {"username": "admin", "password": password}, "POST") in (401, 429)


def test_the_command_line_sees_the_same_airflow(office: Office) -> None:
    runs = json.loads(office.airflow.command("dags", "list-runs", DAG, "--output", "json").splitlines()[-1])
    assert {"yes": "success", "no": "failed"}.items() <= {run["run_id"]: run["state"] for run in runs}.items()
