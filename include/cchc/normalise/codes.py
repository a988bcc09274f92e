"""Vendor labels and source codes to canonical codes, by the registry's maps (contract, sections 2 and 3)."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from cchc.datasets import DATASETS
from cchc.datasets.dialects import DIALECTS
from cchc.datasets.shape import FLAG, Column
from cchc.registry.model import normalise_heading
from cchc.registry.open import Registry

#: What every dialect may write for yes and no, beside the registry's codes.
_TRUTH = {"true": "true", "false": "false", "1": "true", "0": "false"}


def register_maps(con: duckdb.DuckDBPyConnection, dataset: str, dialect: str, registry: Registry) -> None:
    """Register one small table ``map_<field>`` (raw, canonical) a coded field: the distinct texts of this batch."""
    for field in DATASETS[dataset].coded:
        table = _table(DATASETS[dataset][field], dialect, registry)
        raws = [
            row[0]
            for row in con.execute(f"select distinct {field} from text_rows where {field} is not null").fetchall()
        ]
        known = [(raw, table[normalise_heading(raw)]) for raw in raws if normalise_heading(raw) in table]
        con.register(
            f"map_{field}",
            pa.table(
                {
                    "raw": pa.array([raw for raw, _ in known], pa.string()),
                    "canonical": pa.array([canonical for _, canonical in known], pa.string()),
                }
            ),
        )


def _table(column: Column, dialect: str, registry: Registry) -> dict[str, str]:
    is_flag = column.type == FLAG
    if DIALECTS[dialect].labelled:
        return registry.labels.get(column.name) or (registry.labels.get("boolean", {}) if is_flag else {})
    codes = registry.codes.get(dialect, {})
    return _TRUTH | codes.get("boolean", {}) if is_flag else codes.get(column.name, {})
