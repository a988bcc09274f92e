"""Rows that the rules held back, as the warehouse keeps them."""

from __future__ import annotations

from typing import Any

from cchc.load import open_warehouse
from cchc.settings import Settings


def held_rows(settings: Settings) -> list[dict[str, Any]]:
    """Every row of ``raw.quarantine``, newest export first, with its ``id`` and the delivering ``unit``."""
    columns = (
        "revision_id",
        "row_number",
        "dataset",
        "system",
        "delivering_unit",
        "export_date",
        "rule",
        "rules",
        "payload",
    )
    with open_warehouse(settings) as warehouse:
        found = warehouse.execute(
            f"select {', '.join(columns)} from raw.quarantine "
            "order by export_date desc, system, delivering_unit, row_number"
        )
    rows = [dict(zip(columns, row, strict=True)) for row in found]
    return [{**row, "id": f"{row['revision_id']}:{row['row_number']}", "unit": row["delivering_unit"]} for row in rows]
