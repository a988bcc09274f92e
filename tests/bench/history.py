"""A large history in an installation without reading its files: the rows that its exports would have become.

A test compares them with what reading gives. Their landed bytes are not there, as after a restore without them.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from cchc.contracts import DeliveryKey, Judged, Result, Revision
from cchc.datasets import DATASETS
from cchc.ledger import Arrival, open_ledger
from cchc.load import open_warehouse
from cchc.pipeline.load import load_judged
from cchc.pipeline.run import use_reference
from cchc.settings import Settings

_MOMENTS = ("submitted", "received", "due", "finished", "returned", "asked", "answered")

#: Puts the dossiers of some units of a system down, as its files of the day show them: system, whether its files are
#: JSON, what ``bench.lives.shown`` gave.
Add = Callable[[str, bool, pl.DataFrame], None]


@contextmanager
def history(work: Path, reference: Path, day: date) -> Iterator[Add]:
    """Collect what is added; at the end the installation holds it, a dossier file a unit on that export day."""
    settings = Settings(workdir=work.resolve(), exports="")
    use_reference(settings, reference)
    folder = settings.staged / "history"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    arrivals: list[Arrival] = []
    judged = Judged(files={"dossiers": []})

    def add(system: str, is_json: bool, dossiers: pl.DataFrame) -> None:
        name = f"dossiers.{'json' if is_json else 'csv'}"
        ids: dict[str, str] = {}
        for unit, rows in dossiers.group_by("unit", maintain_order=True).len().iter_rows():
            key, path = DeliveryKey(system, unit, day, "dossiers"), f"{system}/{unit}/{day}/{name}"
            arrival = Arrival(
                key, path, "history", hashlib.sha256(path.encode()).hexdigest(), rows, datetime.combine(day, time.max)
            )
            revision = Revision(key, path, 1, arrival.sha256, arrival.size_bytes)
            ids[unit] = revision.id
            arrivals.append(arrival)
            judged.results.append(Result(revision, "accepted", rows_read=rows, rows_accepted=rows))
        path_of = folder / f"{len(judged.files['dossiers'])}.parquet"
        table = raw_rows(dossiers, is_json).with_columns(
            revision_id=pl.col("delivering_unit").replace_strict(ids), system=pl.lit(system), export_date=pl.lit(day)
        )
        schema = DATASETS["dossiers"].raw_schema
        pq.write_table(table.select(schema.names).to_arrow().cast(schema), path_of)
        judged.files["dossiers"].append(path_of)

    yield add
    ledger = open_ledger(settings.ledger)
    ledger.record_arrivals(arrivals)
    with open_warehouse(settings) as warehouse:
        load_judged(warehouse, ledger, [judged])
    shutil.rmtree(folder)


def raw_rows(dossiers: pl.DataFrame, is_json: bool) -> pl.DataFrame:
    """The columns of ``raw.dossiers`` that hold what a row says; ``onecsv`` has no seconds."""
    unit = "1s" if is_json else "1m"
    cut = dossiers.with_columns(pl.col(name).dt.truncate(unit) for name in _MOMENTS)
    stamp = pl.col("asked").dt.strftime("%Y-%m-%dT%H:%M:%S")
    waited = (pl.col("answered") - pl.col("asked")).dt.total_seconds().fill_null(0)
    return cut.select(
        row_number=pl.int_range(pl.len(), dtype=pl.Int32).over("unit") + 1,
        delivering_unit="unit",
        dossier_code="code",
        procedure_code="procedure",
        procedure_suffix=pl.lit(None, pl.String),
        receiving_unit="unit",
        handling_unit="unit",
        applicant_kind="kind",
        channel="channel",
        submitted_at="submitted",
        received_at="received",
        due_at="due",
        finished_at="finished",
        returned_at="returned",
        refused_at=pl.lit(None, pl.Datetime("us")),
        status=pl.col("status").cast(pl.Int16),
        has_digitised_parts="digitised",
        vneid_verified="vneid",
        online_payment=pl.col("paid").cast(pl.Int16),
        fees=pl.col("fee").cast(str),
        fee_count=pl.lit(1, pl.Int32),
        fee_total_vnd=pl.col("fee").cast(pl.Int64),
        supplements=stamp + "/" + pl.col("answered").dt.strftime("%Y-%m-%dT%H:%M:%S").fill_null(""),
        supplement_count=pl.col("asked").is_not_null().cast(pl.Int32),
        first_supplement_requested_at="asked",
        supplement_wait_seconds=waited,
        reused_part="reused",
        from_personal_store="from_store",
        has_electronic_result="electronic",
        updated_at=pl.lit(None, pl.Datetime("us")),
    )
