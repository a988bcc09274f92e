"""Judge batches and document it: where judging ends, whoever asked for it, the quality report is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cchc.pipeline.judge import Batch, Judged, judge_batch
from cchc.registry.open import Registry
from cchc.settings import Settings
from cchc.validate.verdict import build_docs


def judge_batches(
    settings: Settings,
    registry: Registry,
    batches: Sequence[Batch],
    folder: Path,
    waivers: set[tuple[str, int, str]],
    ended: Callable[[Batch, Judged], None] = lambda batch, judged: None,
) -> tuple[list[Judged], Path | None]:
    """Judge batches, ``judge_workers`` at a time; rows go to Parquet files in ``folder``. ``ended`` hears of each.

    Also returns the front page of the quality report, None where no row was validated.
    """
    judged: list[Judged] = []
    with ThreadPoolExecutor(settings.judge_workers) as pool:
        running = pool.map(lambda batch: judge_batch(settings, registry, batch, folder, waivers), batches)
        for batch, done in zip(batches, running, strict=True):
            judged.append(done)
            ended(batch, done)
    return judged, build_docs(settings.quality, settings.expectations) if batches else None
