"""Read a batch of files of one dataset and dialect into one Arrow table of text columns.

Files are opened and cut one by one (a bad one is refused alone); what follows runs once for the whole batch. Which
reader cuts a file, and which SQL makes columns of it, is looked up in ``cchc.datasets.dialects``.
"""

from __future__ import annotations

import importlib
import logging
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from cchc.datasets import DATASETS, Dataset
from cchc.datasets.dialects import DIALECTS
from cchc.errors import FileRefused
from cchc.read.fold import fold
from cchc.read.keys import check_keys, faults_of
from cchc.read.opened import Opened
from cchc.read.to_columns import sql_of
from cchc.read.unpack import unpack
from cchc.registry.open import Registry

log = logging.getLogger("cchc.read")

#: What a dialect's reader is: content, which file it is of, the registry -> rows or records, and warnings.
Reader = Callable[[bytes, Opened, Registry], tuple[pl.DataFrame, list[str]]]


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

    The table has ``file_no``, ``row_number`` (data rows from 1), ``row_hash`` (equal for exact repeats), ``fault`` (the
    rule that the row breaks by its mere form, else null) and the text columns of the dataset, trimmed and null where
    empty; ``fees`` and ``supplements`` are lists of untrimmed text.
    """
    started, opened = time.perf_counter(), list(opened)
    batch = _read_batch(opened, registry, con)
    _refuse_what_is_not_tolerated(opened, batch)
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
            name = file.revision.path.rsplit("/", 1)[-1]
            unpacked = unpack(file.blob, name, DIALECTS[dialect].web_page, workbook=dialect == "workbook")
            frame, warnings = reader_of(dialect)(unpacked.content, file, registry)
        except FileRefused as refusal:
            batch.refused[file.file_no] = refusal
            continue
        except Exception as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the machine's refusal says nothing of the file: the batch is tried again
            # a fault of ours must not cost the other files; its message may quote this one, so only its place is told
            at = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} in {Path(at.filename).name}, line {at.lineno}"
            log.exception("%s: %s", file.revision.path, where, exc_info=False)
            batch.refused[file.file_no] = FileRefused("reader_failed", where)
            continue
        batch.rows[file.file_no] = frame.height
        batch.warnings[file.file_no] = unpacked.warnings + warnings
        if frame.height:
            numbers = np.full(frame.height, file.file_no, dtype=np.int32)
            frames.append(frame.insert_column(frame.width, pl.Series("file_no", numbers)))
    if not frames:
        return batch
    spec = opened[0].spec
    dataset, dialect = spec.dataset, spec.dialect
    whole = pl.concat(frames, how="diagonal", rechunk=False)
    frames.clear()
    if records := DIALECTS[dialect].records:
        source = _arrow(whole)
        con.register("source_rows", source)
        found = check_keys(whole, {file.file_no: file for file in opened}, registry, con)
        source = source.append_column("fault", faults_of(whole, found, con).to_arrow())
        for file_no, keys in found.items():
            if keys.refusal:
                batch.refused[file_no] = keys.refusal
                batch.rows.pop(file_no)
            else:
                batch.warnings[file_no] += keys.warnings
        source = _without(source, batch.refused)
    else:
        absent = [name for name in DATASETS[dataset].text_columns if name not in whole.columns]
        whole = _folded(whole, DATASETS[dataset], batch).with_columns(
            pl.lit(None, pl.String).alias(name) for name in absent
        )
        if "fault" not in whole.columns:
            whole = whole.with_columns(fault=pl.lit(None, pl.String))
        source = _arrow(whole)
    con.register("source_rows", source)
    table = con.sql(sql_of(dataset, dialect)).to_arrow_table(_CHUNK_ROWS)
    con.unregister("source_rows")
    if records:
        table = _arrow(_folded(_frame(table), DATASETS[dataset], batch))
    batch.table = table.select(["file_no", "row_number", "row_hash", "fault", *DATASETS[dataset].text_columns])
    return batch


def _refuse_what_is_not_tolerated(opened: list[Opened], batch: ReadBatch) -> None:
    """The registry may say of a system which departures from its form refuse a file, where others only warn."""
    for file in opened:
        found = [each for each in batch.warnings.get(file.file_no, []) if each in file.spec.not_tolerated]
        if found:
            batch.refused[file.file_no] = FileRefused("not_tolerated", ", ".join(found))
            batch.rows.pop(file.file_no)
    if batch.table.num_rows:
        batch.table = _without(batch.table, batch.refused)


def _without(table: pa.Table, refused: Mapping[int, FileRefused]) -> pa.Table:
    if not refused:
        return table
    return _arrow(_frame(table).filter(~pl.col("file_no").is_in(list(refused))))


def _folded(frame: pl.DataFrame, dataset: Dataset, batch: ReadBatch) -> pl.DataFrame:
    frame, noticed = fold(frame, dataset)
    for warning, files in noticed.items():
        for file_no in files:
            batch.warnings[file_no].append(warning)
    return frame


@lru_cache
def reader_of(dialect: str) -> Reader:
    """The function that cuts a dialect's files into rows or records."""
    module, name = DIALECTS[dialect].reader.split(".")
    reader: Reader = getattr(importlib.import_module(f"cchc.read.{module}"), name)
    return reader


def _arrow(frame: pl.DataFrame) -> pa.Table:
    """The same texts as Arrow: views of them, where an older form would be a copy."""
    return frame.to_arrow(compat_level=pl.CompatLevel.newest())


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table, rechunk=False)
    assert isinstance(frame, pl.DataFrame)
    return frame
