"""The landed files that an edition names, through the gate once more: read, normalised, judged, to accepted rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from cchc.contracts import Batch, DeliveryKey, Judged, Revision
from cchc.pipeline.judge import judge_batch, plan_batches
from cchc.registry.open import Registry
from cchc.settings import Settings
from cchc.shelf import Place

#: Counts of a file that an edition states, as the gate has them.
_COUNTS = ("rows_read", "rows_accepted", "rows_quarantined", "rows_duplicate")


@dataclass
class Accepted:
    """Parquet files of accepted rows by dataset; and what came out otherwise than the edition says."""

    rows: dict[str, list[Path]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def accepted_rows(
    settings: Settings,
    registry: Registry,
    landing: Place,
    listed: Sequence[Mapping[str, str]],
    waivers: Collection[tuple[str, int, str]],
    folder: Path,
) -> Accepted:
    """Judge the files of ``deliveries.csv`` (its rows are ``listed``) as the pipeline does, two batches at a time.

    ``folder`` is a fresh one: it holds what a working folder of the pipeline would, and is the caller's to remove.
    """
    here = replace(settings, workdir=folder, store="")
    folder.mkdir(parents=True, exist_ok=True)
    says = {_revision(row): row for row in listed}
    batches = plan_batches(here, registry, says)
    found = Accepted()
    judged_ids = set()

    def judge(batch: Batch) -> Judged:
        return judge_batch(here, registry, batch, here.staged, set(waivers), landing)

    with ThreadPoolExecutor(here.judge_workers) as pool:
        for done in pool.map(judge, batches):
            for result in done.results:
                judged_ids.add(result.revision)
                if result.outcome == "refused":
                    found.wrong.append(
                        f"deliveries.csv: {result.revision.path}: the gate refuses the landed file ({result.reason})"
                    )
                    continue
                row = says[result.revision]
                found.wrong += [
                    f"deliveries.csv: {result.revision.path}: {name} says {row[name]}, the landed file gives "
                    f"{getattr(result, name)}"
                    for name in _COUNTS
                    if row[name] != str(getattr(result, name))
                ]
            for dataset, paths in done.files.items():
                found.rows.setdefault(dataset, []).extend(path for path in paths if isinstance(path, Path))
    found.wrong += [
        f"deliveries.csv: {revision.path}: the registry knows no {revision.key.dataset} of {revision.key.system}"
        for revision in says
        if revision not in judged_ids
    ]
    return found


def _revision(row: Mapping[str, str]) -> Revision:
    key = DeliveryKey(row["system"], row["unit_code"], date.fromisoformat(row["export_date"]), row["dataset"])
    return Revision(key, row["path"], int(row["revision"]), row["sha256"], int(row["size_bytes"]))
