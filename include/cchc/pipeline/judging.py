"""Judge batches and document it: where judging ends, whoever asked for it, the quality report is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from cchc.pipeline.judge import Batch, Judged, judge_batch
from cchc.registry.open import Registry
from cchc.settings import Settings
from cchc.shelf import Place
from cchc.validate.verdict import build_docs


def judge_batches(
    settings: Settings,
    registry: Registry,
    batches: Sequence[Batch],
    folder: Place,
    waivers: set[tuple[str, int, str]],
    ended: Callable[[Batch, Judged], None] = lambda batch, judged: None,
    failed: Callable[[Batch, Exception], None] | None = None,
) -> tuple[list[Judged], Place | None]:
    """Judge batches, ``judge_workers`` at a time; rows go to Parquet files in ``folder``. ``ended`` hears of each.

    The first error ends it, unless ``failed`` wants to hear of each: then a batch that fails is tried again when the
    others have ended and memory is free; what fails twice is left out.
    Also returns the front page of the quality report, None where no row was validated.
    """
    judged: list[Judged] = []
    again: list[Batch] = []

    def one(batch: Batch) -> Judged:
        return judge_batch(settings, registry, batch, folder, waivers)

    def keep(batch: Batch, done: Judged) -> None:
        judged.append(done)
        ended(batch, done)

    with ThreadPoolExecutor(settings.judge_workers) as pool:
        for batch, running in [(batch, pool.submit(one, batch)) for batch in batches]:
            try:
                done = running.result()
            except Exception:
                if failed is None:
                    pool.shutdown(cancel_futures=True)
                    raise
                again.append(batch)
            else:
                keep(batch, done)
    for batch in again:
        try:
            done = one(batch)
        except Exception as error:
            assert failed is not None
            failed(batch, error)
        else:
            keep(batch, done)
    return judged, build_docs(settings.quality, settings.expectations) if batches else None
