"""What the DAG files share: how every DAG runs, and our errors in Airflow's terms. It builds no DAG."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import Asset
from airflow.sdk.exceptions import AirflowFailException

from _callbacks import RUN, task_failed
from cchc.errors import PermanentError
from cchc.modes import keep_private
from cchc.surroundings import in_our_terms

ARRIVED = Asset(name="exports_loaded", uri="cchc://warehouse/raw")
POOL = "warehouse"  # one slot: one process at a time may write the embedded warehouse
#: The same for every DAG: one run at a time, nothing caught up, transient errors tried four times in all.
DAG: dict[str, Any] = {
    "start_date": datetime(2026, 1, 1),
    "catchup": False,
    "max_active_runs": 1,
    "tags": ["cchc"],
    **RUN,
    "default_args": {
        "retries": 3,
        "retry_delay": timedelta(minutes=1),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=15),
        "show_return_value_in_logs": False,
        "on_failure_callback": task_failed,
    },
}


def step(path: str, *parameters: str) -> Callable[..., Any]:
    """A function of ``cchc.pipeline`` (``tasks.judge``), imported when the task runs, with the parameters a task fills.

    A permanent error fails the task at once, anything else is retried as ``DAG`` says, told in our terms.
    """
    module, name = path.split(".")

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            keep_private()
            return getattr(importlib.import_module(f"cchc.pipeline.{module}"), name)(*args, **kwargs)
        except Exception as error:
            told = in_our_terms(error)
            if isinstance(told, PermanentError):
                raise AirflowFailException(str(told)) from error
            if told is None or told is error:
                raise
            raise told from error

    call.__name__, kind = name, inspect.Parameter.POSITIONAL_OR_KEYWORD
    call.__signature__ = inspect.Signature([inspect.Parameter(each, kind) for each in parameters])
    return call
