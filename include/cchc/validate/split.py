"""Verdicts to files: rows parted into accepted, quarantined and duplicate, counted by file and written as Parquet."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from cchc.contracts import Batch, Result
from cchc.datasets import DATASETS
from cchc.shelf import Place, whole
from cchc.validate.payload import payload_sql
from cchc.validate.suites import load_rules
from cchc.validate.verdict import Verdicts

#: Check columns that hold names of columns: which ones of a row a rule is about.
NAMING = ("bad_dates", "unknown_units", "unknown_values", "late_events")


def waive(
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


def split_rows(
    con: duckdb.DuckDBPyConnection,
    batch: Batch,
    verdicts: Verdicts,
    results: dict[int, Result],
    folder: Place,
) -> dict[str, list[Place]]:
    """Part the rows into accepted, quarantined and duplicate, count them by file (``results``), and write them.

    Returns the Parquet files by raw table: ``<table>-<batch>.parquet``.
    """
    dataset = DATASETS[batch.dataset]
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
        with sound as (select rid, file_no, row_hash from rows anti join failed using (rid)),
        again as (
            select file_no, row_hash, min(rid) as first_rid from sound group by file_no, row_hash having count(*) > 1
        )
        select rid from sound inner join again using (file_no, row_hash) where rid > first_rid
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
    _notice(con, results)
    columns = ", ".join(dataset.raw_schema.names)
    good = f"select {columns} from rows anti join failed using (rid) anti join repeated using (rid)"
    files: dict[str, list[Place]] = {
        dataset.name: [_copy(con, good, folder / f"{dataset.name}-{batch.number:05d}.parquet")]
    }
    if rids:
        checks = [row[0] for row in con.execute("describe rows").fetchall()]
        shapes = [name for name in checks if name.endswith("_shape") or name in NAMING]
        broken = f"""
            select revision_id, row_number, '{dataset.name}' as dataset, system, delivering_unit, export_date,
                rule, rules,
                {payload_sql(dataset, shapes)} as payload
            from rows inner join failed using (rid) order by rid
        """
        files["quarantine"] = [_copy(con, broken, folder / f"quarantine-{batch.number:05d}.parquet")]
    return files


def _notice(con: duckdb.DuckDBPyConnection, results: dict[int, Result]) -> None:
    """Warnings that single rows gave rise to: how a sender writes, or what could not be read and decides nothing."""
    if "noticed" not in {row[0] for row in con.execute("describe rows").fetchall()}:
        return
    noticed = con.execute("""
        select distinct file_no, unnest(string_split(noticed, ',')) as warning
        from rows where noticed is not null order by all
    """)
    for file_no, warning in noticed.fetchall():
        results[file_no].warnings.append(warning)


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Place) -> Place:
    """Whole or not at all: two workers that judge the same batch write the same names, and neither sees half a file."""
    with whole(path) as part:
        literal = str(part).replace("'", "''")  # COPY takes no parameter
        con.execute(f"copy ({query}) to '{literal}' (format parquet)")
    return path
