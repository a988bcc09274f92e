"""Stage 6, load: validated rows into the warehouse's ``raw`` schema, one transaction a load.

In: Parquet files of the validate stage, and which revisions they replace. Out: the tables ``raw.*`` of
docs/architecture.md.
Idempotent per file revision: a repeated load, a crash in the middle or a corrected file ends in the same tables.
"""

from __future__ import annotations

from cchc.engines import of_engine
from cchc.load.base import Load, Warehouse
from cchc.settings import Settings

__all__ = ["Load", "Warehouse", "open_warehouse"]


def open_warehouse(settings: Settings) -> Warehouse:
    """The warehouse of the settings, open for loading. Creates the raw schema."""
    warehouse: Warehouse = of_engine("load", settings).open_warehouse(settings)
    return warehouse
