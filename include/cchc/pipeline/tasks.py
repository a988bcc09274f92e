"""The same stages cut into steps whose inputs and outputs are JSON: what an orchestrator's tasks call.

Parts of the units are collected in parallel, parts of the batches of files judged in parallel, and everything is loaded
by one task, for one process at a time may write the embedded warehouse.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from cchc import land
from cchc.contracts import Batch, DeliveryKey, Judged, Result, Revision
from cchc.deliveries import below
from cchc.ledger import open_ledger
from cchc.load import open_warehouse
from cchc.pipeline import build as _build
from cchc.pipeline.collect import Collected, collect, units_of
from cchc.pipeline.judge import log, plan_batches
from cchc.pipeline.judging import judge_batches
from cchc.pipeline.load import load_judged
from cchc.pipeline.share import Share, first_refused
from cchc.registry.open import open_registry
from cchc.settings import Settings
from cchc.shelf import name_below

Json = dict[str, Any]


#: So few units are not worth a second task: starting one takes longer than looking at their folders.
FEWEST_UNITS = 40
#: So few files are not worth a batch of their own where there are workers for it: a batch has a cost of its own.
FEWEST_FILES = 100


def plan_collect(
    day_from: str,
    day_to: str,
    system: str | None = None,
    unit: str | None = None,
    batch_units: int = 0,
    and_below: bool = False,
) -> list[Json]:
    """Units to collect, as (system, unit), in at most ``CCHC_COLLECT_TASKS`` parts of about the same size.

    ``batch_units``: instead of that, so many units a part; ``and_below``: the unit named with all those below it.
    """
    settings = Settings.from_env()
    registry = open_registry(settings.registry_dir)
    wanted = unit and (below(registry, unit) if and_below else {unit})
    found = [
        [code, each]
        for code, known in sorted(registry.systems.items())
        if not system or code == system
        for each in units_of(registry, known, *_range(day_from, day_to))
        if not wanted or each in wanted
    ]
    size = batch_units or max(FEWEST_UNITS, -(-len(found) // settings.collect_tasks))
    return [
        {"units": found[start : start + size], "day_from": day_from, "day_to": day_to}
        for start in range(0, len(found), size)
    ]


def collect_units(batch: Json) -> Json:
    """Extract and land one part of the units; with ``recheck`` also files that do not look changed."""
    settings = Settings.from_env()
    registry, ledger = open_registry(settings.registry_dir), open_ledger(settings.ledger)
    days = _range(batch["day_from"], batch["day_to"])
    seen = Collected()
    for system, named in groupby(batch["units"], key=itemgetter(0)):
        only = {"systems": [system], "units": [unit for _, unit in named], "recheck": batch.get("recheck", False)}
        seen.add(collect(settings, registry, ledger, *days, **only))
    return vars(seen)


def plan_judge() -> list[Json]:
    """Landed files nobody has judged yet, in batches, and those in at most ``CCHC_JUDGE_TASKS`` parts of about the
    same number of bytes."""
    settings = Settings.from_env()
    registry, ledger = open_registry(settings.registry_dir), open_ledger(settings.ledger)
    waiting, token = ledger.undecided(), str(time.time_ns())
    share = -(-len(waiting) // settings.judge_tasks)  # few large batches would leave workers idle
    fitted = replace(settings, batch_files=min(settings.batch_files, max(FEWEST_FILES, share)))
    parts: list[Json] = [{"token": token, "bytes": 0, "batches": []} for _ in range(settings.judge_tasks)]
    batches = plan_batches(fitted, registry, waiting)
    sizes = {batch.number: sum(revision.size_bytes for revision in batch.revisions) for batch in batches}
    for batch in sorted(batches, key=lambda batch: -sizes[batch.number]):
        least = min(parts, key=itemgetter("bytes"))
        least["bytes"] += sizes[batch.number]
        least["batches"].append(
            {
                "number": batch.number,
                "dataset": batch.dataset,
                "dialect": batch.dialect,
                "revisions": [revision_to_json(revision) for revision in batch.revisions],
            }
        )
    return [part for part in parts if part["batches"]]


def judge(part: Json) -> Json:
    """Read, normalise and validate one part of the batches; writes Parquet, returns the results.

    Files are named as seen from ``staged``: whoever loads them may have it under another path, or in a store.

    A batch that fails leaves the others alone: its files wait for the next run, and ``check_share`` counts them. Where
    all of them fail, the first error is raised.
    """
    settings = Settings.from_env()
    registry, ledger = open_registry(settings.registry_dir), open_ledger(settings.ledger)
    work = [
        Batch(each["number"], each["dataset"], each["dialect"], tuple(map(revision_from_json, each["revisions"])))
        for each in part["batches"]
    ]
    errors: list[Exception] = []

    def failed(batch: Batch, error: Exception) -> None:
        errors.append(error)
        log.error("%s/%s: batch of %d files not judged: %s", batch.dataset, batch.dialect, len(batch.revisions), error)

    judged, _ = judge_batches(
        settings, registry, work, settings.staged / part["token"], ledger.waivers(), failed=failed
    )
    if errors and not judged:
        raise errors[0]
    return {
        "files": {
            table: [name_below(path, settings.staged) for each in judged for path in each.files.get(table, ())]
            for table in sorted({table for each in judged for table in each.files})
        },
        "results": [
            {
                **{k: v for k, v in vars(result).items() if k != "revision"},
                "revision": revision_to_json(result.revision),
            }
            for each in judged
            for result in each.results
        ],
    }


def load_all(judged: list[Json]) -> Json:
    """One load of everything judged; returns the counts, and path and reason of the first refused files."""
    settings = Settings.from_env()
    ledger = open_ledger(settings.ledger)
    batches = [
        Judged(
            [Result(**{**item, "revision": revision_from_json(item["revision"])}) for item in batch["results"]],
            {table: [settings.staged / path for path in paths] for table, paths in batch["files"].items()},
        )
        for batch in judged
    ]
    with open_warehouse(settings) as warehouse:
        results = load_judged(warehouse, ledger, batches)
    counts: Json = {"files_accepted": 0, "files_refused": 0}
    for result in results:
        counts["files_accepted" if result.outcome == "accepted" else "files_refused"] += 1
    for name in ("rows_read", "rows_accepted", "rows_quarantined", "rows_duplicate"):
        counts[name] = sum(getattr(result, name) for result in results)
    counts["refused"] = [list(item) for item in first_refused(results)]
    return counts


def check_share(collected: list[Json], loaded: Json, files_lost: int = 0) -> None:
    """Fail the run when more than the stated share of units was not reached, or of files refused or not judged."""
    share = Share(
        units=sum(part["units"] for part in collected),
        unreached=[(item[0], item[1], item[2]) for part in collected for item in part["failed"]],
        files=loaded["files_accepted"] + loaded["files_refused"] + files_lost,
        files_refused=loaded["files_refused"],
        refused=[(item[0], item[1]) for item in loaded["refused"]],
        files_lost=files_lost,
    )
    share.check(Settings.from_env().fail_share)


def replay(day_from: str, day_to: str, system: str | None, unit: str | None) -> int:
    """Open the deliveries of a range again, so that the next judging reads them from landing anew."""
    ledger = open_ledger(Settings.from_env().ledger)
    for path, gone in ledger.beyond_replay(*_range(day_from, day_to), system, unit):
        land.log.warning("%s stays as it was judged: its bytes were destroyed by law (%s)", path, gone.said)
    return ledger.reopen(*_range(day_from, day_to), system, unit)


def prepare_build() -> Json:
    """See ``cchc.pipeline.build.prepare_build``; nothing is due where nothing was ever delivered."""
    settings = Settings.from_env()
    if open_ledger(settings.ledger).last_day() is None:
        _build.log.info("to build: nothing, for nothing was delivered yet")
        return {"full_refresh": False, "due": False, "keys": 0}
    return _build.prepare_build(settings)


def build_models(prepared: Json) -> Json:
    """See ``cchc.pipeline.build.build_models``; ``prepared`` is what ``prepare_build`` returned."""
    said = 0.0

    def progress(index: int, total: int, name: str) -> None:
        nonlocal said
        if index == total or time.monotonic() - said > 5:
            said = time.monotonic()
            _build.log.info("%d of %d models and tests", index, total)

    result = _build.build_models(Settings.from_env(), prepared, progress)
    return {"nodes": result.nodes, "seconds": round(result.seconds, 1)}


def serve_build(prepared: Json) -> Json:
    """See ``cchc.pipeline.build.serve_build``; ``prepared`` is what ``prepare_build`` returned.

    Returns, by each served relation of which rows were written: ``build_no``, ``rows`` in all, ``written``.
    """
    served = _build.serve_build(Settings.from_env(), prepared["build_no"], prepared["full_refresh"])
    return {
        name: {"build_no": served.build_no, "rows": served.rows[name], "written": written}
        for name, written in served.changed.items()
        if written
    }


def finish_build() -> None:
    """See ``cchc.pipeline.build.finish_build``."""
    _build.finish_build(Settings.from_env())


def upkeep() -> list[Json]:
    """See ``cchc.upkeep``; returns what was done, by table."""
    from cchc.upkeep import upkeep as tend

    return [vars(each) for each in tend(Settings.from_env())]


def periods_due(logical_date: str) -> list[str]:
    """Labels of the month, quarter and year that ended just before a date: what is due for publication on it."""
    today = date.fromisoformat(logical_date[:10])
    year, month = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    due = [f"{year}-{month:02d}"]
    if month % 3 == 0:
        due.append(f"{year}-Q{month // 3}")
    if month == 12:
        due.append(str(year))
    return due


def publish(periods: list[str] | None = None) -> list[str]:
    """Write the pages of some periods, or of all; returns their paths. No period, no pages."""
    if periods == []:
        return []
    from cchc.pipeline.publishing import publish_report

    return [str(path) for path in publish_report(Settings.from_env(), periods)]


def revision_to_json(revision: Revision) -> Json:
    """A revision as JSON."""
    key = {**vars(revision.key), "export_date": revision.key.export_date.isoformat()}
    return {**vars(revision), "key": key}


def revision_from_json(item: Json) -> Revision:
    """A revision from JSON."""
    key = item["key"]
    return Revision(**{**item, "key": DeliveryKey(**{**key, "export_date": date.fromisoformat(key["export_date"])})})


def _range(day_from: str, day_to: str) -> tuple[date, date]:
    return date.fromisoformat(day_from[:10]), date.fromisoformat(day_to[:10])
