"""Which keys the records of a JSON file have: those its dialect has and no record does, those nobody knows, and those
that one object has twice.

A file has few different lists of keys and many records, so the lists are grouped first and looked at once each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb
import polars as pl

from cchc.datasets import DATASETS
from cchc.datasets.dialects import DIALECTS
from cchc.errors import FileRefused
from cchc.read.headings import lacking
from cchc.read.opened import Opened
from cchc.registry.open import Registry

#: The keys of a record, and those of the objects in its lists. No dialect nests lists deeper.
_TOP, _INNER = "json_keys(record)", "json_keys(record, '$.*[*]') || json_keys(record, '$.*[*].*[*]')"
#: Of each record, a number for its lists of keys.
_NUMBERED = f"select file_no, row_number, record, hash({_TOP}, {_INNER}) as lists from source_rows"
#: By file, every different list of keys that it has: made of one record each, for lists cost more than numbers.
_GROUPED = f"""
    select file_no, lists, records, {_TOP} as top, {_INNER} as inner_lists
    from (
        select file_no, lists, any_value(record) as record, count(*) as records
        from ({_NUMBERED}) group by file_no, lists
    )
"""


@dataclass(frozen=True)
class Keys:
    """What the keys of one file say. ``renamed``: keys that stand where a known one lacks, in some records only."""

    refusal: FileRefused | None = None
    warnings: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)


def check_keys(
    whole: pl.DataFrame, files: Mapping[int, Opened], registry: Registry, con: duckdb.DuckDBPyConnection
) -> dict[int, Keys]:
    """By file. ``whole``: ``file_no``, ``row_number`` and ``record`` of all files of one dialect and dataset; the
    connection has it as ``source_rows``.

    A sparse dialect leaves a key out where it has no value, so a column that may be empty counts as missing only where
    some record carries a key that nobody knows: it may have been renamed.
    """
    spec = next(iter(files.values())).spec
    row, dataset = DIALECTS[spec.dialect], DATASETS[spec.dataset]
    keys = row.key_of(spec.dataset)
    nested = {column: key for column, key in row.nested.items() if column in dataset.text_columns}
    inside = whole.group_by("file_no").agg(
        [pl.len().alias("records")]
        + [pl.col("record").str.contains(f'"{key}"', literal=True).any().alias(name) for name, key in nested.items()]
    )
    con.execute(f"create or replace temp table key_lists as {_GROUPED}")
    counts = _counts(con)
    known = row.known(spec.dataset)
    found: dict[int, Keys] = {}
    for counted in inside.iter_rows(named=True):
        file_no, records = counted["file_no"], counted["records"]
        times = counts.get(file_no, {})
        present = {name for name, key in keys.items() if key in times} | {name for name in nested if counted[name]}
        extra = {key: number for key, number in times.items() if key not in known}
        spelled = {_plain(key) for key in extra}
        if near := sorted(key for key in known if _plain(key) in spelled and times.get(key, 0) < records):
            detail = f"{', '.join(near)} is spelled in another way"
            found[file_no] = Keys(FileRefused("missing_column", detail))
            continue
        # what may be empty is left out where nothing has it, and lists everywhere; unless a key nobody knows may be it
        sparse = {name for name in (*keys, *nested) if not extra and dataset[name].may_be_empty}
        excused = {name for name in sparse if row.sparse or name in nested}
        try:
            warnings = lacking(present, {*keys, *nested} - excused, files[file_no], registry)
        except FileRefused as refusal:
            found[file_no] = Keys(refusal)
            continue
        warnings += ["extra_column"] if extra else []
        # no deadline means on time, so a file that names none says so; and so does one without the lists of its dialect
        silent = {name for name in excused - present if dataset[name].deadline or not row.sparse}
        if not row.sparse:  # a key that other records of the file have
            silent |= {name for name, key in keys.items() if dataset[name].decides and 0 < times.get(key, 0) < records}
        if silent and "missing_optional_column" not in warnings:
            warnings.append("missing_optional_column")
        lacks = {records - times[key] for name, key in keys.items() if key in times and dataset[name].decides}
        found[file_no] = Keys(
            None, warnings, [key for key, number in extra.items() if number < records and number in lacks]
        )
    return found


def _plain(key: str) -> str:
    """A key without case, signs and what nobody sees."""
    return "".join(letter for letter in key.casefold() if letter.isalnum())


def faults_of(whole: pl.DataFrame, found: Mapping[int, Keys], con: duckdb.DuckDBPyConnection) -> pl.Series:
    """The ``fault`` of each record of ``whole`` that its keys show, after ``check_keys`` has looked at them.

    ``contradiction``: an object in it, at whatever depth, has one key twice. ``ragged_row``: it has a key that nobody
    knows in place of one that the other records of its file have.
    """
    fault = pl.lit(None, pl.String)
    for file_no, keys in found.items():
        for name in keys.renamed:
            here = (pl.col("file_no") == file_no) & pl.col("record").str.contains(f'"{name}"', literal=True)
            fault = pl.when(here).then(pl.lit("ragged_row")).otherwise(fault)
    lists = con.execute("select distinct lists, top, inner_lists from key_lists").fetchall()
    twice = [which for which, top, inner in lists if any(len(set(keys)) < len(keys) for keys in (top, *inner))]
    if not twice:
        return whole.select("file_no", fault=fault)["fault"]
    rows = con.execute(
        f"select file_no, row_number from ({_NUMBERED}) where list_contains($1, lists)", [twice]
    ).fetchall()
    keys_of_rows = {name: whole.schema[name] for name in ("file_no", "row_number")}
    both = pl.DataFrame(rows, keys_of_rows, orient="row").with_columns(twice=pl.lit(True))
    whole = whole.with_columns(fault=fault).join(both, on=["file_no", "row_number"], how="left", maintain_order="left")
    said_twice = pl.when("twice").then(pl.lit("contradiction")).otherwise("fault")
    return whole.select(fault=said_twice).to_series()


def _counts(con: duckdb.DuckDBPyConnection) -> dict[int, dict[str, int]]:
    """By file, in how many records each key stands."""
    counts: dict[int, dict[str, int]] = {}
    for file_no, keys, number in con.execute("select file_no, top, records from key_lists").fetchall():
        mine = counts.setdefault(file_no, {})
        for key in set(keys):
            mine[key] = mine.get(key, 0) + number
    return counts
