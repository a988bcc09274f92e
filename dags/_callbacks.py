"""How tasks and runs end, told to the ledger, where ``cchc watch`` and the DAG ``watch`` look. It builds no DAG."""

from __future__ import annotations

import importlib
from typing import Any


def task_failed(context: Any) -> None:
    """After the last try. What a task raises for us stands behind Airflow's own exception."""
    task, error = context["ti"], context.get("exception")
    kind = type(getattr(error, "__cause__", None) or error).__name__
    _runs().task_failed(task.dag_id, task.run_id, task.task_id, str(error), kind)


def run_failed(context: Any) -> None:
    """Once a run, however many of its tasks failed."""
    _ended(context, "failed")


def run_finished(context: Any) -> None:
    """A run that succeeded ends what failed before it."""
    _ended(context, "finished")


def _ended(context: Any, outcome: str) -> None:
    started = getattr(context.get("dag_run"), "start_date", None)  # Airflow leaves it out where no task is left
    _runs().run_ended(context["dag"].dag_id, context["run_id"], outcome, started)


def _runs() -> Any:
    return importlib.import_module("cchc.pipeline.runs")


#: Of every DAG but ``watch``, which can't tell of its own failures.
RUN: dict[str, Any] = {"on_failure_callback": run_failed, "on_success_callback": run_finished}
