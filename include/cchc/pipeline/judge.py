"""Read, normalise and validate a batch of landed revisions; what is good goes to Parquet, what is not to quarantine.

One process a batch. A batch holds files of one dataset and dialect, so each stage runs once for all of them.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from cchc import land, scratch
from cchc.contracts import Batch, Brought, Judged, Result, Revision
from cchc.datasets.dialects import DIALECTS
from cchc.errors import PermanentError
from cchc.normalise import normalise
from cchc.read import Opened, read_batch
from cchc.read.unpack import MOST_BYTES
from cchc.registry.open import Registry
from cchc.settings import Settings
from cchc.shelf import Place, workplace
from cchc.validate import validate
from cchc.validate.explain import explain_refusal

log = logging.getLogger("cchc.read")  # of what this stage refused; the others speak for themselves

#: A compressed file is planned as if it were this many times larger.
_UNPACKED = 10


def plan_batches(settings: Settings, registry: Registry, revisions: Iterable[Revision]) -> list[Batch]:
    """Group landed revisions into batches that fit in memory. Deterministic for the same revisions."""
    groups: dict[tuple[str, str], list[Revision]] = defaultdict(list)
    for revision in revisions:
        system = registry.systems.get(revision.key.system)
        spec = system.spec(revision.key.dataset) if system else None
        if spec is not None:  # else the registry has lost it: it waits until the registry knows it again
            groups[revision.key.dataset, spec.dialect].append(revision)
    batches: list[Batch] = []
    for (dataset, dialect), members in sorted(groups.items()):
        for part in _cut(members, DIALECTS[dialect].packed, settings.batch_bytes, settings.batch_files):
            batches.append(Batch(len(batches), dataset, dialect, tuple(part)))
    return batches


def judge_batch(
    settings: Settings,
    registry: Registry,
    batch: Batch,
    folder: Place,
    waivers: set[tuple[str, int, str]] | None = None,
    landing: Place | None = None,
) -> Judged:
    """Run read -> normalise -> validate over one batch; writes ``<table>-<batch>.parquet`` files into ``folder``.

    ``landing``: where the bytes lie, if not where the settings say.

    Files whose landed bytes are gone wait, and are told of: they are in no result. Raises ``PermanentError`` where that
    is all of them.
    """
    clock = _Clock()
    batch, blobs = _with_bytes(settings.landing if landing is None else landing, batch)
    results = {n: Result(revision) for n, revision in enumerate(batch.revisions)}
    opened = [
        Opened(
            n,
            revision,
            registry.systems[revision.key.system].spec(batch.dataset),  # type: ignore[arg-type]
            blobs[revision.sha256],
        )
        for n, revision in enumerate(batch.revisions)
    ]
    judged = Judged(list(results.values()))
    with scratch.connect(batch.dialect, settings.threads) as con:
        read = read_batch(opened, registry, con)
        clock.lap("read")
        for n, refusal in read.refused.items():
            results[n].refuse(refusal.reason, refusal.detail)
            file = {"unit": batch.revisions[n].key.unit, "path": batch.revisions[n].path, **vars(results[n])}
            log.warning("refused: %s", explain_refusal(file, "en"))
        for n, rows in read.rows.items():
            results[n].outcome, results[n].rows_read = "accepted", rows
            results[n].warnings += read.warnings.get(n, [])
        total = normalise(con, read.table, opened, registry) if read.table.num_rows else 0
        read.table = pa.table({})
        clock.lap("normalise")
        if total:
            held, quality = waivers or set(), workplace(settings.quality)
            judged.files = validate(con, batch, results, folder, held, settings.expectations, quality)
        clock.lap("validate")
    share = max(1, len(results))
    for result in results.values():
        result.stage_ms = {stage: ms // share for stage, ms in clock.laps.items()}
        if result.outcome == "refused":
            result.stage_ms = {"read": result.stage_ms["read"]}
    return judged


def _with_bytes(landing: Place, batch: Batch) -> tuple[Batch, Mapping[str, Path | Brought]]:
    """The batch without files whose landed bytes are not there, which a restore without its landing leaves behind;
    and by hash what holds the bytes of the others."""
    blobs = land.bring(landing, {revision.sha256: revision.size_bytes for revision in batch.revisions}, MOST_BYTES)
    there: list[Revision] = []
    lost: list[Revision] = []
    for revision in batch.revisions:
        (there if revision.sha256 in blobs else lost).append(revision)
    if not lost:
        return batch, blobs
    days = sorted({revision.key.export_date.isoformat() for revision in lost})
    told = (
        f"the landed bytes of {len(lost)} files are gone, first {lost[0].path}: {landing} holds no "
        f"{lost[0].sha256}. Restore landing from a backup, or fetch again what the source still has: "
        f"cchc ingest --from {days[0]} --to {days[-1]} --recheck"
    )
    if not there:
        raise PermanentError(told)
    log.error("%s", told)
    return replace(batch, revisions=tuple(there)), blobs


def _cut(members: list[Revision], is_packed: bool, most_bytes: int, most_files: int) -> Iterator[list[Revision]]:
    """As few parts as the limits allow, of about the same size: a small last one would leave a worker idle, and the
    largest one says how much memory all take."""
    sizes = [each.size_bytes * (_UNPACKED if is_packed or each.path.endswith(".gz") else 1) for each in members]
    parts = {"bytes": -(-sum(sizes) // most_bytes), "files": -(-len(members) // most_files)}
    weights = sizes if parts["bytes"] >= parts["files"] else [1] * len(members)
    share = sum(weights) / max(parts.values())
    part: list[Revision] = []
    size = reached = ended = 0
    for revision, mine, weight in zip(members, sizes, weights, strict=True):
        is_full = size + mine > most_bytes or len(part) >= most_files
        if part and (is_full or reached + weight / 2 > share * (ended + 1)):
            yield part
            part, size, ended = [], 0, max(ended + 1, int(reached // share))
        part.append(revision)
        size, reached = size + mine, reached + weight
    if part:
        yield part


class _Clock:
    """Milliseconds of each stage."""

    def __init__(self) -> None:
        self.laps: dict[str, int] = {}
        self._since = time.perf_counter()

    def lap(self, stage: str) -> None:
        """End a stage."""
        at = time.perf_counter()
        self.laps[stage] = int((at - self._since) * 1000)
        self._since = at
