"""Read a batch of files of one dataset and dialect into one Arrow table of text columns.

Files are opened and cut one by one (a bad one is refused alone); what follows runs once for the whole batch. Which
reader cuts a file, and which SQL makes columns of it, is looked up in ``cchc.datasets.dialects``.
"""

from __future__ import annotations

import importlib
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import duckdb
import polars as pl
import polars.selectors as cs
import pyarrow as pa

from cchc.contracts import Revision
from cchc.datasets import DATASETS
from cchc.datasets.dialects import DIALECTS
from cchc.errors import FileRefused
from cchc.read.keys import check_keys
from cchc.read.to_columns import sql_of
from cchc.read.unpack import unpack
from cchc.registry.model import DatasetSpec
from cchc.registry.open import Registry
from cchc.scratch import SPACES

log = logging.getLogger("cchc.read")

#: What a dialect's reader is: content, how the system delivers it, the registry -> rows or records, and warnings.
Reader = Callable[[bytes, DatasetSpec, Registry], tuple[pl.DataFrame, list[str]]]


@dataclass(frozen=True)
class Opened:
    """One landed file of a batch. ``file_no`` is its number within the batch."""

    file_no: int
    revision: Revision
    spec: DatasetSpec
    blob: Path


@dataclass
class ReadBatch:
    """What came out: the table, rows per file, warnings per file, refused files with the reason."""

    table: pa.Table
    rows: dict[int, int] = field(default_factory=dict)
    warnings: dict[int, list[str]] = field(default_factory=dict)
    refused: dict[int, FileRefused] = field(default_factory=dict)


_CHUNK_ROWS = 16_384  # DuckDB shares an Arrow table between its threads chunk by chunk


def read_batch(opened: Iterable[Opened], registry: Registry, con: duckdb.DuckDBPyConnection) -> ReadBatch:
    """Read every file of a batch. All must be of one dataset and dialect.

    The table has ``file_no``, ``row_number`` (data rows from 1), ``row_hash`` (equal for exact repeats) and the text
    columns of the dataset, trimmed and null where empty; ``fees`` and ``supplements`` are lists of untrimmed text.
    """
    started, opened = time.perf_counter(), list(opened)
    batch = _read_batch(opened, registry, con)
    if opened:
        spec, rows, seconds = opened[0].spec, sum(batch.rows.values()), time.perf_counter() - started
        counts = f"{len(opened)} files, {rows:,} rows, {len(batch.refused)} files refused"
        log.info("%s/%s: %s, %.1f s", spec.dataset, spec.dialect, counts, seconds)
    for file in opened:
        if file.file_no in batch.rows:
            log.debug("%s: %d rows", file.revision.path, batch.rows[file.file_no])
    return batch


def _read_batch(opened: list[Opened], registry: Registry, con: duckdb.DuckDBPyConnection) -> ReadBatch:
    batch = ReadBatch(pa.table({}))
    frames: list[pl.DataFrame] = []
    for file in opened:
        dialect = file.spec.dialect
        try:
            content = unpack(file.blob, file.revision.path.rsplit("/", 1)[-1], DIALECTS[dialect].web_page)
            frame, warnings = reader_of(dialect)(content, file.spec, registry)
        except FileRefused as refusal:
            batch.refused[file.file_no] = refusal
            continue
        batch.rows[file.file_no] = frame.height
        batch.warnings[file.file_no] = warnings
        if frame.height:
            frames.append(frame.with_columns(file_no=pl.lit(file.file_no, pl.Int32)))
    if not frames:
        return batch
    spec = opened[0].spec
    dataset, dialect = spec.dataset, spec.dialect
    whole = pl.concat(frames, how="diagonal", rechunk=False)
    frames.clear()
    if records := DIALECTS[dialect].records:
        for file_no, finding in check_keys(whole, spec, registry).items():
            if isinstance(finding, FileRefused):
                batch.refused[file_no] = finding
                batch.rows.pop(file_no)
            else:
                batch.warnings[file_no].append(finding)
        whole = whole.filter(~pl.col("file_no").is_in(list(batch.refused)))
    else:
        absent = [name for name in DATASETS[dataset].text_columns if name not in whole.columns]
        whole = _trimmed(whole).with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    con.register("source_rows", whole.to_arrow())
    table = con.sql(sql_of(dataset, dialect)).to_arrow_table(_CHUNK_ROWS)
    con.unregister("source_rows")
    whole_table = _trimmed(_frame(table)).to_arrow() if records else table
    batch.table = whole_table.select(["file_no", "row_number", "row_hash", *DATASETS[dataset].text_columns])
    return batch


@lru_cache
def reader_of(dialect: str) -> Reader:
    """The function that cuts a dialect's files into rows or records."""
    module, name = DIALECTS[dialect].reader.split(".")
    reader: Reader = getattr(importlib.import_module(f"cchc.read.{module}"), name)
    return reader


def _trimmed(frame: pl.DataFrame) -> pl.DataFrame:
    """Text without the space around it, and null where none is left. Polars does this for a third of the SQL's cost."""
    text = cs.string()
    return (
        frame.lazy().with_columns(text.str.strip_chars(SPACES)).with_columns(pl.when(text != "").then(text)).collect()
    )


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table, rechunk=False)
    assert isinstance(frame, pl.DataFrame)
    return frame
