"""Vendor labels and source codes to canonical codes, by the registry's maps (contract, sections 2 and 3)."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from cchc.registry.load import Registry
from cchc.registry.model import normalise_heading

#: Fields whose text is a code or a label, by dataset.
CODED: dict[str, tuple[str, ...]] = {
    "dossiers": (
        "applicant_kind",
        "channel",
        "status",
        "has_digitised_parts",
        "vneid_verified",
        "online_payment",
        "reused_part",
        "from_personal_store",
        "has_electronic_result",
    ),
    "payments": ("gateway", "outcome"),
    "vneid": (),
    "feedback": ("kind", "satisfied"),
    "portal": (),
}
_BOOLEANS = {
    "has_digitised_parts",
    "vneid_verified",
    "reused_part",
    "from_personal_store",
    "has_electronic_result",
    "satisfied",
}
_TRUTH = {"true": "true", "false": "false", "1": "true", "0": "false"}
_LABELLED = {"onecsv", "workbook"}


def register_maps(con: duckdb.DuckDBPyConnection, dataset: str, dialect: str, registry: Registry) -> None:
    """Register one small table ``map_<field>`` (raw, canonical) a coded field: the distinct texts of this batch."""
    for field in CODED[dataset]:
        table = _table(field, dialect, registry)
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


def _table(field: str, dialect: str, registry: Registry) -> dict[str, str]:
    if dialect in _LABELLED:
        return registry.labels.get(field) or (registry.labels.get("boolean", {}) if field in _BOOLEANS else {})
    if field in _BOOLEANS:
        return _TRUTH
    return registry.codes.get(dialect, {}).get(field, {})
