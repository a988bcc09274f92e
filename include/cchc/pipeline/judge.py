"""Read, normalise and validate a batch of landed revisions; what is good goes to Parquet, what is not to quarantine.

One process a batch. A batch holds files of one dataset and dialect, so each stage runs once for all of them.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from cchc import engine, land
from cchc.contracts import CANONICAL, Result, Revision, raw_schema
from cchc.normalise import normalise
from cchc.pipeline.payload import payload_sql
from cchc.read import Opened, read_batch
from cchc.registry.load import Registry
from cchc.settings import Settings
from cchc.validate import Verdicts, judge, load_rules

#: A compressed file is planned as if it were this many times larger.
_UNPACKED = 10


@dataclass(frozen=True)
class Batch:
    """Files judged together: one dataset, one dialect, at most so many bytes."""

    number: int
    dataset: str
    dialect: str
    revisions: tuple[Revision, ...]


@dataclass
class Judged:
    """What a batch came to: results of every revision, and the Parquet files by raw table."""

    results: list[Result] = field(default_factory=list)
    files: dict[str, list[Path]] = field(default_factory=dict)


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
        for part in _cut(members, settings.batch_bytes, settings.batch_files):
            batches.append(Batch(len(batches), dataset, dialect, tuple(part)))
    return batches


def judge_batch(
    settings: Settings,
    registry: Registry,
    batch: Batch,
    folder: Path,
    waivers: set[tuple[str, int, str]] | None = None,
) -> Judged:
    """Run read -> normalise -> validate over one batch; writes ``<table>-<batch>.parquet`` files into ``folder``."""
    clock = _Clock()
    results = {n: Result(revision) for n, revision in enumerate(batch.revisions)}
    opened = [
        Opened(
            n,
            revision,
            registry.systems[revision.key.system].spec(batch.dataset),  # type: ignore[arg-type]
            land.blob_path(settings.landing, revision.sha256),
        )
        for n, revision in enumerate(batch.revisions)
    ]
    judged = Judged(list(results.values()))
    with engine.connect(batch.dialect) as con:
        read = read_batch(opened, registry, con)
        clock.lap("read")
        for n, refusal in read.refused.items():
            results[n].refuse(refusal.reason, refusal.detail)
        for n, rows in read.rows.items():
            results[n].outcome, results[n].rows_read = "accepted", rows
            results[n].warnings += read.warnings.get(n, [])
        total = normalise(con, read.table, opened, registry) if read.table.num_rows else 0
        read.table = pa.table({})
        clock.lap("normalise")
        if total:
            verdicts = judge(con, batch.dataset, settings.expectations, settings.quality)
            _waive(con, batch, verdicts, waivers or set(), settings.expectations)
            _split(con, batch, verdicts, results, judged, folder)
        clock.lap("validate")
    share = max(1, len(results))
    for result in results.values():
        result.stage_ms = {stage: ms // share for stage, ms in clock.laps.items()}
        if result.outcome == "refused":
            result.stage_ms = {"read": result.stage_ms["read"]}
    return judged


def _split(
    con: duckdb.DuckDBPyConnection,
    batch: Batch,
    verdicts: Verdicts,
    results: dict[int, Result],
    judged: Judged,
    folder: Path,
) -> None:
    """Part the rows into accepted, quarantined and duplicate, count them by file, and write them."""
    rids = sorted(verdicts.failed)
    con.register(
        "failed",
        pa.table(
            {
                "rid": pa.array(rids, pa.int32()),
                "rule": pa.array([verdicts.failed[rid][0] for rid in rids], pa.string()),
                "rules": pa.array([",".join(verdicts.failed[rid]) for rid in rids], pa.string()),
            }
        ),
    )
    # a broken row that repeats is quarantined each time, so only sound rows can be duplicates
    con.execute("""
        create or replace temp table repeated as
        select rid from (
            select rid, row_number() over (partition by file_no, row_hash order by rid) as nth
            from rows anti join failed using (rid)
        ) where nth > 1
    """)
    counts = con.execute("""
        select r.file_no, count(f.rid), count(d.rid)
        from rows as r left join failed as f using (rid) left join repeated as d using (rid) group by r.file_no
    """).fetchall()
    for file_no, quarantined, duplicate in counts:
        result = results[file_no]
        result.rows_quarantined, result.rows_duplicate = quarantined, duplicate
    for result in results.values():
        result.rows_accepted = result.rows_read - result.rows_quarantined - result.rows_duplicate
    for rule, warned in verdicts.warned.items():
        con.register("warned", pa.table({"rid": pa.array(warned, pa.int32())}))
        for (file_no,) in con.execute("select distinct file_no from rows semi join warned using (rid)").fetchall():
            results[file_no].warnings.append(rule)
    folder.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(raw_schema(batch.dataset).names)
    good = f"select {columns} from rows anti join failed using (rid) anti join repeated using (rid)"
    _copy(con, good, folder / f"{batch.dataset}-{batch.number:05d}.parquet", batch.dataset, judged)
    if rids:
        shapes = [row[0] for row in con.execute("describe rows").fetchall() if row[0].endswith("_shape")]
        broken = f"""
            select revision_id, row_number, '{batch.dataset}' as dataset, system, delivering_unit, export_date,
                rule, rules,
                {payload_sql(CANONICAL[batch.dataset].names, shapes)} as payload
            from rows inner join failed using (rid) order by rid
        """
        _copy(con, broken, folder / f"quarantine-{batch.number:05d}.parquet", "quarantine", judged)


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path, table: str, judged: Judged) -> None:
    con.execute(f"copy ({query}) to '{path}' (format parquet)")
    judged.files.setdefault(table, []).append(path)


def _waive(
    con: duckdb.DuckDBPyConnection, batch: Batch, verdicts: Verdicts, waivers: set[tuple[str, int, str]], suites: Path
) -> None:
    """Take back verdicts that a named person waived, where the rule allows it."""
    if not waivers or not verdicts.failed:
        return
    waivable = {rule.rule for rule in load_rules(suites, batch.dataset) if rule.waivable}
    places = con.execute(
        "select rid, file_no, row_number from rows where rid in (select unnest(?))", [[*verdicts.failed]]
    )
    for rid, file_no, row_number in places.fetchall():
        sha256 = batch.revisions[file_no].sha256
        left = [r for r in verdicts.failed[rid] if not (r in waivable and (sha256, row_number, r) in waivers)]
        if left:
            verdicts.failed[rid] = left
        else:
            del verdicts.failed[rid]


def _cut(members: list[Revision], most_bytes: int, most_files: int) -> Iterator[list[Revision]]:
    part: list[Revision] = []
    size = 0
    for revision in members:
        packed = revision.path.endswith((".gz", ".xlsx"))
        mine = revision.size_bytes * (_UNPACKED if packed else 1)
        if part and (size + mine > most_bytes or len(part) >= most_files):
            yield part
            part, size = [], 0
        part.append(revision)
        size += mine
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
