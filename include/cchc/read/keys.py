"""Which keys the records of a JSON file have: required ones that stand in no record, and ones the dialect lacks."""

from __future__ import annotations

import msgspec
import polars as pl

from cchc.datasets import DATASETS
from cchc.datasets.dialects import DIALECTS
from cchc.errors import FileRefused
from cchc.read.headings import missing_columns
from cchc.registry.model import DatasetSpec
from cchc.registry.open import Registry


def check_keys(whole: pl.DataFrame, spec: DatasetSpec, registry: Registry) -> dict[int, FileRefused | str]:
    """By file: the refusal where a required key stands in no record, or the warning ``extra_column``.

    A sparse dialect leaves a key out where it has no value, so a column that may be empty counts as missing only where
    every record carries a key that nobody knows: it may have been renamed.
    """
    row, columns = DIALECTS[spec.dialect], DATASETS[spec.dataset]
    keys = row.key_of(spec.dataset)
    counts = whole.group_by("file_no").agg(
        [pl.col("record").str.contains(f'"{keys[n]}"', literal=True).sum().alias(n) for n in columns.required]
        + [pl.col("record").first().alias("sample")]
    )
    found: dict[int, FileRefused | str] = {}
    for counted in counts.iter_rows(named=True):
        extra = _unknown_keys(counted["sample"], spec.dataset, spec.dialect)
        missing = [name for name in columns.required if counted[name] == 0]
        excused = row.sparse and not extra and all(columns[name].known_later for name in missing)
        if missing and not excused:
            found[counted["file_no"]] = missing_columns(missing, spec, registry)
        elif extra:
            found[counted["file_no"]] = "extra_column"
    return found


def _unknown_keys(record: str, dataset: str, dialect: str) -> int:
    try:
        found = msgspec.json.decode(record)
    except msgspec.DecodeError:
        return 0
    return len(set(found) - DIALECTS[dialect].known(dataset)) if isinstance(found, dict) else 0
