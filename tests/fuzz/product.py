"""The product in a process of its own: judges batches of files, is killed when it hangs, and says what it logged.

Great Expectations takes seconds to import, so one process judges batch after batch.
"""

from __future__ import annotations

import logging
import multiprocessing
import tempfile
import traceback
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from fuzz.contract import DAY, Form
from fuzz.meant import Case

HANG = 10.0  # seconds a file may take; a batch a little more for each of its files
SHARE = 0.1
START = 180.0  # for imports


@dataclass
class Answer:
    """What became of one file. ``raised`` is the traceback where the batch raised, ``hung`` where it never ended."""

    outcome: str = ""
    reason: str | None = None
    detail: str = ""
    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicate: int = 0
    warnings: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    held: list[dict[str, Any]] = field(default_factory=list)
    log: str = ""
    raised: str = ""
    hung: bool = False


Sent = tuple[Form, str, bytes]


def _judge(folder: Path, number: int, sent: list[Sent]) -> list[Answer]:
    """One batch of one dataset and dialect through the pipeline's own function."""
    import pyarrow.parquet as pq

    from cchc import land
    from cchc.contracts import Batch, DeliveryKey, Revision
    from cchc.pipeline.judge import judge_batch
    from cchc.registry.open import open_registry
    from cchc.settings import Settings

    settings = Settings(workdir=folder / "var", exports=str(folder / "exports"), threads=1)
    registry = open_registry(None)
    revisions = []
    for n, (form, name, content) in enumerate(sent):
        landed = land.store(settings.landing, [content])
        key = DeliveryKey(form.system, form.unit, DAY, form.dataset)
        path = f"{form.system}/{form.unit}/{DAY}/{name}"
        revisions.append(Revision(key, path, n + 1, landed.sha256, landed.size_bytes))
    form = sent[0][0]
    judged = judge_batch(settings, registry, Batch(number, form.dataset, form.dialect, tuple(revisions)), folder)
    answers = {}
    for result in judged.results:
        counts = (result.rows_read, result.rows_accepted, result.rows_quarantined, result.rows_duplicate)
        warnings = [str(warning) for warning in result.warnings]
        answers[result.revision.id] = Answer(result.outcome, result.reason, result.detail or "", *counts, warnings)
    for table, paths in judged.files.items():
        for path in paths:
            for row in pq.read_table(path).to_pylist():
                answer = answers[row["revision_id"]]
                (answer.held if table == "quarantine" else answer.rows).append(row)
            path.unlink()
    return [answers[revision.id] for revision in revisions]


def _work(pipe: Any, home: str) -> None:
    import os

    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    log = StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger("cchc").setLevel(logging.DEBUG)
    logging.getLogger("cchc").addHandler(handler)
    import great_expectations  # noqa: F401

    pipe.send("ready")
    number = 0
    while (sent := pipe.recv()) is not None:
        number += 1
        log.seek(0)
        log.truncate()
        try:
            answers = _judge(Path(home), number, sent)
        except BaseException:
            answers = [Answer(raised=traceback.format_exc()) for _ in sent]
        answers[0].log = log.getvalue()
        pipe.send(answers)


class Product:
    """Use it as a context manager; ``judge`` is asked for files of one dataset and dialect."""

    def __init__(self) -> None:
        self._process: Any = None
        self._home = tempfile.TemporaryDirectory(prefix="cchc-fuzz-")

    def __enter__(self) -> Product:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._home.cleanup()

    def judge(self, cases: list[Case]) -> list[Answer]:
        """What becomes of the files. A batch that raises or hangs is cut in halves until one file is left."""
        answers = self._ask([(case.form, case.name, case.content) for case in cases])
        if answers is None or answers[0].raised:
            if len(cases) == 1:
                return answers or [Answer(hung=True)]
            half = len(cases) // 2
            return self.judge(cases[:half]) + self.judge(cases[half:])
        return answers

    def _ask(self, sent: list[Sent]) -> list[Answer] | None:
        if self._process is None:
            context = multiprocessing.get_context("spawn")
            self._pipe, other = context.Pipe()
            self._process = context.Process(target=_work, args=(other, self._home.name), daemon=True)
            self._process.start()
            other.close()
            assert self._pipe.poll(START), "the product does not start"
            self._pipe.recv()
        try:
            self._pipe.send(sent)
            if self._pipe.poll(HANG + SHARE * len(sent)):
                return self._pipe.recv()
        except (EOFError, OSError):  # the process died: a fault like any other
            pass
        self._end(0)
        return None

    def _end(self, patience: float = HANG) -> None:
        """End the process: asked first, where there is patience."""
        if self._process is not None:
            if patience:
                self._pipe.send(None)
                self._process.join(patience)
            self._process.kill()
            self._process.join()
            self._pipe.close()
            self._process = None
