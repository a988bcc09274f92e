"""Vendor labels and source codes to canonical codes, by the registry's maps (contract, sections 2 and 3)."""

from __future__ import annotations

import re
from collections.abc import Callable

import duckdb
import pyarrow as pa

from cchc.datasets import DATASETS
from cchc.datasets.dialects import DIALECTS
from cchc.datasets.shape import FLAG, Column
from cchc.registry.model import normalise_heading
from cchc.registry.open import Registry

#: What every dialect may write for yes and no, beside the registry's codes.
_WHOLE = re.compile(r"(\d+)\.0+")
_TRUTH = {"true": "true", "false": "false", "1": "true", "0": "false"}


def register_maps(con: duckdb.DuckDBPyConnection, dataset: str, dialect: str, registry: Registry) -> list[str]:
    """Register one small table ``map_<field>`` (raw, canonical, is_tolerated, is_own) a coded field, for this batch.

    ``is_own``: the text is one of the dialect's own words, not merely one that every dialect may use. Returns the
    yes/no columns in which some text is neither.
    """
    doubtful: list[str] = []
    for field in DATASETS[dataset].coded:
        table = _table(DATASETS[dataset][field], dialect, registry)
        own = _own_words(dialect, registry)
        raws = [
            row[0]
            for row in con.execute(f"select distinct {field} from text_rows where {field} is not null").fetchall()
        ]
        known = [found for raw in raws if (found := _look_up(raw, table)) is not None]
        con.register(
            f"map_{field}",
            pa.table(
                {
                    "raw": pa.array([raw for raw, _, _ in known], pa.string()),
                    "canonical": pa.array([canonical for _, canonical, _ in known], pa.string()),
                    "is_tolerated": pa.array([is_tolerated for _, _, is_tolerated in known], pa.bool_()),
                    "is_own": pa.array([own(raw) for raw, _, _ in known], pa.bool_()),
                }
            ),
        )
        if len(known) < len(raws) and DATASETS[dataset][field].type == FLAG:
            doubtful.append(field)
    return doubtful


def _look_up(raw: str, table: dict[str, str]) -> tuple[str, str, bool] | None:
    """The text, what it stands for, and whether it is a whole number written with a decimal point (``4.0``)."""
    plain = normalise_heading(raw)
    if plain in table:
        return raw, table[plain], False
    whole = _WHOLE.fullmatch(plain)
    return (raw, table[whole[1]], True) if whole and whole[1] in table else None


def _own_words(dialect: str, registry: Registry) -> Callable[[str], bool]:
    """Whether a yes or no is in the dialect's own words: labels in any case, codes as they stand."""
    if DIALECTS[dialect].labelled:
        return lambda raw: any(normalise_heading(raw) in labels for labels in registry.labels.values())
    return (set(registry.codes.get(dialect, {}).get("boolean", {})) or set(_TRUTH)).__contains__


def _table(column: Column, dialect: str, registry: Registry) -> dict[str, str]:
    is_flag = column.type == FLAG
    if DIALECTS[dialect].labelled:
        labels = registry.labels.get(column.name) or (registry.labels.get("boolean", {}) if is_flag else {})
        return _TRUTH | labels if is_flag else labels
    codes = registry.codes.get(dialect, {})
    return _TRUTH | codes.get("boolean", {}) if is_flag else codes.get(column.name, {})
