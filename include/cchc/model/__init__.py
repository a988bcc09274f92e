"""Stage 7 and 8, model and score: the dbt project over the ``raw`` schema.

In: ``raw.*``. Out: schemas staging, intermediate, marts, indicators, scoring and publish. dbt runs in a process of its
own: its imports take seconds, it holds the DuckDB file while it runs, and its memory goes when it ends.
"""

from cchc.model.dbt import DbtResult, models_hash, run_dbt, warehouse_environment

__all__ = ["DbtResult", "models_hash", "run_dbt", "warehouse_environment"]
