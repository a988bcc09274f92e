"""Runs in the ledger, whoever drives them: how they ended and why, for ``cchc watch`` to tell.

The command line records a run around its work; an orchestrator tells of failed tasks and ended runs afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cchc.contracts import TIMEZONE
from cchc.errors import CchcError
from cchc.ledger import Ledger, open_ledger
from cchc.settings import Settings
from cchc.surroundings import in_our_terms

#: Of an error, so much is kept.
LONGEST = 2000


@contextmanager
def recorded(
    ledger: Ledger, command: str, day_from: date | None = None, day_to: date | None = None, place: str = ""
) -> Iterator[dict[str, Any]]:
    """Keep a run in the ledger: give it a summary to fill; an error ends it as failed and is raised in our terms.

    ``place``: see ``Ledger.start_run``.
    """
    run_id = ledger.start_run(command, day_from, day_to, place)
    summary: dict[str, Any] = {}
    try:
        yield summary
    except Exception as error:
        told = in_our_terms(error)
        # the text of anybody else's error may hold a cell of a file
        said = str(told) if told else f"{type(error).__name__}: a mistake in this program"
        kind = type(told or error).__name__
        with suppress(Exception):  # what stopped the run may stop this too
            ledger.finish_run(run_id, "failed", {**summary, "error": said[:LONGEST], "error_kind": kind})
        if told is None or told is error:
            raise
        raise told from error
    ledger.finish_run(run_id, "finished", summary)


def task_failed(dag: str, run: str, task: str, error: str, error_kind: str) -> None:
    """A task of a DAG failed for good: its error's first line is kept until the run has ended."""
    ours = {each.__name__ for each in _tree(CchcError)}
    # the text of anybody else's error may hold a cell of a file
    said = error if error_kind in ours else f"{error_kind}: see the log of the task"
    line = next((line.strip() for line in said.splitlines() if line.strip()), error_kind)
    ledger = open_ledger(Settings.from_env().ledger)
    ledger.note_failed_task(_command(dag), run, task, line[:LONGEST], error_kind)


def run_ended(dag: str, run: str, outcome: str, started: datetime | None = None) -> None:
    """A run of a DAG ended: ``finished`` or ``failed``. ``started``: when, with its offset."""
    at = (started or datetime.now(UTC)).astimezone(ZoneInfo(TIMEZONE)).replace(tzinfo=None)
    open_ledger(Settings.from_env().ledger).end_run(_command(dag), run, outcome, at)


def _tree(root: type[Exception]) -> set[type[Exception]]:
    return {root}.union(*(_tree(each) for each in root.__subclasses__()))


def _command(dag: str) -> str:
    return f"dag {dag}"
