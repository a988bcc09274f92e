"""Questions to what is served: those of docs/bi.md, and MetricFlow's own engine, which makes SQL of metrics."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from dbt_warehouse import PROJECT
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow.sql.render.postgres import PostgresSQLSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup


class Dialect:
    """What the engine asks of a database to write SQL for it; running the SQL is the test's."""

    def __init__(self, engine: SqlEngine) -> None:
        self.sql_engine_type = engine
        self.sql_plan_renderer = DuckDbSqlPlanRenderer() if engine is SqlEngine.DUCKDB else PostgresSQLSqlPlanRenderer()


class Questions:
    """Metrics by dimensions as SQL."""

    def __init__(self, manifest: dict[str, Any], engine: SqlEngine = SqlEngine.DUCKDB) -> None:
        lookup = SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(json.dumps(manifest)))
        self.engine = MetricFlowEngine(lookup, Dialect(engine))  # type: ignore[arg-type]

    def sql(self, metrics: Sequence[str], by: Sequence[str], where: Sequence[str] = ()) -> str:
        request = MetricFlowQueryRequest.create(
            metric_names=list(metrics), group_by_names=list(by), where_constraints=list(where) or None
        )
        return self.engine.explain(request).sql_statement.sql


def documented_queries() -> list[str]:
    """The queries of docs/bi.md, with the names of the small world in the place of those of Quảng Trị."""
    text = (PROJECT.parent / "docs" / "bi.md").read_text(encoding="utf-8")
    found = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    return [
        each.replace("H50.107", "X1.101").replace("H50", "X1").replace("Tỉnh Quảng Trị", "Unit X1") for each in found
    ]
