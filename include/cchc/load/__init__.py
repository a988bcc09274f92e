"""Stage 6, load: validated rows into the warehouse's ``raw`` schema, one transaction a load.

In: Parquet files of the validate stage, and which revisions they replace. Out: the tables ``raw.*`` of
docs/architecture.md.
Idempotent per file revision: a repeated load, a crash in the middle or a corrected file ends in the same tables.
"""

from __future__ import annotations

from cchc.load.base import Load, Warehouse
from cchc.server import LOADER
from cchc.settings import Settings

__all__ = ["Load", "Warehouse", "open_warehouse"]


def open_warehouse(settings: Settings) -> Warehouse:
    """The warehouse of the settings: the embedded DuckDB file, or PostgreSQL by URL. Creates the raw schema."""
    if settings.on_postgres:
        from cchc.load.postgres import PostgresWarehouse

        return PostgresWarehouse(settings.warehouse_as(LOADER))
    from cchc.load.duckdb import DuckDBWarehouse

    return DuckDBWarehouse(settings.duckdb_path)
