"""A build of a day's changes under the real scheduler: the processes of ``make airflow`` over an installation."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from support.serving import Airflow, serving

DAG = "build_warehouse"


def build_under_scheduler(work: Path) -> tuple[float, dict[str, float]]:
    """Seconds of one run of the build's DAG and of its tasks, in an installation in which something is to be built.

    Every other DAG is paused: nothing else runs beside it but the services themselves. Ends the bench where the run
    fails.
    """
    paused = {"AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True"}
    exports = work / "no-exports"
    exports.mkdir(exist_ok=True)
    with serving(work.resolve(), CCHC_EXPORTS=str(exports), **paused) as airflow:
        airflow.ask(f"/api/v2/dags/{DAG}", {"is_paused": False}, "PATCH")
        airflow.trigger(DAG, {})
        # its schedule may have begun one by itself: of both the first one builds, and the other finds nothing to do
        ended = [run for run in airflow.ended(DAG, seconds=900) if run["state"] in ("success", "failed")]
        run = min(ended, key=lambda run: str(run["start_date"]))
        if run["state"] != "success":
            raise SystemExit(f"the run of {DAG} ended as {run['state']}: {json.dumps(run)}\n{airflow.log()[-4000:]}")
        return _seconds(run), _of_tasks(airflow, run)


def _of_tasks(airflow: Airflow, run: dict[str, Any]) -> dict[str, float]:
    tasks = airflow.tasks(DAG, run["dag_run_id"])
    begun = sorted((task for task in tasks if task["start_date"]), key=lambda task: str(task["start_date"]))
    return {str(task["task_id"]): _seconds(task) for task in begun if task["end_date"]}


def _seconds(item: dict[str, Any]) -> float:
    start, end = (datetime.fromisoformat(item[name]) for name in ("start_date", "end_date"))
    return (end - start).total_seconds()
