"""Approving a ranking in a real Airflow: scheduler, API server, and a person who answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from serving import Airflow, serving

from cchc.editions import editions_of
from cchc.registry.open import open_registry
from cchc.verify import verify
from support.office import UNITS, deliver, run
from support.world import world

DAG = "approve_rankings"


@dataclass
class Office:
    """An Airflow that asks about one office's rankings."""

    airflow: Airflow

    @property
    def workdir(self) -> Path:
        return self.airflow.workdir

    def until(self, run_id: str, task: str, *states: str) -> dict[str, str]:
        end = time.monotonic() + 300
        while (found := self.airflow.states(DAG, run_id)).get(task) not in states:
            assert time.monotonic() < end, found
            assert "failed" not in found.values() or "failed" in states, found
            time.sleep(1)
        return found

    def answered(self, run_id: str, period: str, option: str, name: str) -> tuple[dict[str, Any], dict[str, str]]:
        """Ask for an approval, answer it, wait for its record; the question and the states of all tasks."""
        self.airflow.trigger(DAG, {"period": period}, run_id)
        self.until(run_id, "one.ask", "awaiting_input")
        task = f"/api/v2/dags/{DAG}/dagRuns/{run_id}/taskInstances/one.ask/0/hitlDetails"
        asked: dict[str, Any] = self.airflow.ask(task)
        answer = {"chosen_options": [option], "params_input": {"name": name, "note": "đã xem"}}
        self.airflow.ask(task, answer, "PATCH")
        return asked, self.until(run_id, "one.record", "success", "failed", "upstream_failed", "skipped")


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    here = world(tmp_path_factory.mktemp("office"), open_registry())
    for day in (date(2026, 9, 15), date(2026, 10, 20)):
        for unit, late in zip(UNITS, (0, 1, 2), strict=True):
            deliver(here, unit, day, 10, late)
    run(here)
    with serving(here.settings.workdir, AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION="True") as found:
        found.ask(f"/api/v2/dags/{DAG}", {"is_paused": False}, "PATCH")
        yield Office(found)


def test_what_a_person_approves_is_final_in_his_name(airflow: Office) -> None:
    asked, states = airflow.answered("yes", "2026-09", "Approve", "Trần Thị Duyệt")
    assert set(states.values()) == {"success"}
    (edition,) = editions_of(airflow.workdir / "releases" / "qd766-portal-2026" / "H50" / "2026-09")
    assert edition.manifest_sha256 in asked["body"]
    assert "full_marks_on_zero" in asked["body"] and UNITS[0] in asked["body"]
    assert edition.approval is not None and edition.state == "final"
    assert (edition.approval["approved_by"], edition.approval["note"]) == ("Trần Thị Duyệt", "đã xem")
    assert verify(edition.folder) == []


def test_what_a_person_rejects_stays_a_draft(airflow: Office) -> None:
    _, states = airflow.answered("no", "2026-Q3", "Reject", "")
    assert states["one.ask"] == "failed" and states["one.record"] == "upstream_failed"
    (edition,) = editions_of(airflow.workdir / "releases" / "qd766-portal-2026" / "H50" / "2026-Q3")
    assert edition.approval is None and edition.state == "closed"
