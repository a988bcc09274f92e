"""Read a batch of files of one dataset and dialect into one Arrow table of text columns.

Files are opened and cut one by one (a bad one is refused alone); what follows runs once for the whole batch.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import duckdb
import polars as pl
import polars.selectors as cs
import pyarrow as pa

from cchc.contracts import Revision
from cchc.engine import SPACES
from cchc.errors import FileRefused
from cchc.read.columns import FIXED_HEADINGS, JSON_KEYS, KNOWN_KEYS, REQUIRED, TEXT_COLUMNS
from cchc.read.portal import read_answers
from cchc.read.records import read_envelope, read_lines
from cchc.read.tabular import read_delimited, read_workbook
from cchc.read.unpack import unpack
from cchc.registry.load import Registry
from cchc.registry.model import DatasetSpec, normalise_heading


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
_JSON_READERS = {"dvcqg2022": read_envelope, "dvcqg2026": read_lines, "jsonl": read_lines}


def read_batch(opened: Iterable[Opened], registry: Registry, con: duckdb.DuckDBPyConnection) -> ReadBatch:
    """Read every file of a batch. All must be of one dataset and dialect.

    The table has ``file_no``, ``row_number`` (data rows from 1), ``row_hash`` (equal for exact repeats) and the text
    columns of ``TEXT_COLUMNS``, trimmed and null where empty; ``fees`` and ``supplements`` are lists of untrimmed text.
    """
    batch = ReadBatch(pa.table({}))
    frames: list[pl.DataFrame] = []
    dataset = dialect = ""
    for file in opened:
        dataset, dialect = file.spec.dataset, file.spec.dialect
        try:
            frame, warnings = _read_one(file, registry)
        except FileRefused as refusal:
            batch.refused[file.file_no] = refusal
            continue
        batch.rows[file.file_no] = frame.height
        batch.warnings[file.file_no] = warnings
        if frame.height:
            frames.append(frame.with_columns(file_no=pl.lit(file.file_no, pl.Int32)))
    if not frames:
        return batch
    whole = pl.concat(frames, how="diagonal", rechunk=False)
    frames.clear()
    if dialect in _JSON_READERS:
        _check_keys(whole, dataset, dialect, batch)
        whole = whole.filter(~pl.col("file_no").is_in(list(batch.refused)))
    else:
        absent = [name for name in TEXT_COLUMNS[dataset] if name not in whole.columns]
        whole = _trimmed(whole).with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    con.register("source_rows", whole.to_arrow())
    sql = files("cchc.read").joinpath(f"sql/{dialect if dialect in _JSON_READERS else 'tabular_' + dataset}.sql")
    table = con.sql(sql.read_text(encoding="utf-8")).to_arrow_table(_CHUNK_ROWS)
    con.unregister("source_rows")
    batch.table = _trimmed(_frame(table)).to_arrow() if dialect in _JSON_READERS else table
    return batch


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


def _read_one(file: Opened, registry: Registry) -> tuple[pl.DataFrame, list[str]]:
    spec, name = file.spec, file.revision.path.rsplit("/", 1)[-1]
    content = unpack(file.blob, name)
    if spec.dialect in _JSON_READERS:
        return _JSON_READERS[spec.dialect](content), []
    if spec.dialect == "portal":
        return read_answers(content, registry), []
    if spec.dataset in FIXED_HEADINGS:
        headings = {normalise_heading(key): value for key, value in FIXED_HEADINGS[spec.dataset].items()}
    else:
        headings = registry.headings[spec.headings or ""]
    if spec.dialect == "workbook":
        return read_workbook(content, spec.dataset, headings)
    return read_delimited(content, spec.dataset, headings, spec.delimiter or ",", spec.encoding or "utf-8")


def _check_keys(whole: pl.DataFrame, dataset: str, dialect: str, batch: ReadBatch) -> None:
    """Refuse JSON files in which a required key stands in no record; warn of keys the dialect does not define.

    Some vendors leave a key out where it has no value, so a missing reception time alone is no renamed column:
    it counts as missing only where every record carries a key that nobody knows.
    """
    needed = JSON_KEYS[dialect]
    counts = whole.group_by("file_no").agg(
        [pl.col("record").str.contains(f'"{key}"', literal=True).sum().alias(name) for name, key in needed.items()]
        + [pl.col("record").first().alias("sample")]
    )
    for row in counts.iter_rows(named=True):
        extra = _unknown_keys(row["sample"], dialect)
        missing = [name for name in REQUIRED[dataset] if row[name] == 0]
        if missing and (missing != ["received_at"] or extra or dialect == "dvcqg2022"):
            batch.refused[row["file_no"]] = FileRefused("missing_column", ", ".join(missing))
            batch.rows.pop(row["file_no"])
        elif extra:
            batch.warnings[row["file_no"]].append("extra_column")


def _unknown_keys(record: str, dialect: str) -> int:
    import msgspec

    try:
        found = msgspec.json.decode(record)
    except msgspec.DecodeError:
        return 0
    return len(set(found) - KNOWN_KEYS[dialect]) if isinstance(found, dict) else 0
