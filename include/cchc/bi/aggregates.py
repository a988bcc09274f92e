"""Metrics of the semantic layer as SQL aggregates over their served relation, for tools that know no MetricFlow.

A figure is the same in both: empty where a group mixes what does not go together. Not every metric is one aggregate:
one that takes the last day of each commune before it adds up needs a query of its own, and is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

#: The aggregate of a measure; all of them leave out nulls.
_AGGREGATES = {
    "sum": "sum({})",
    "min": "min({})",
    "max": "max({})",
    "average": "avg({})",
    "count_distinct": "count(distinct {})",
}
_DIMENSION = re.compile(r"\{\{\s*Dimension\('\w+?__(\w+)'\)\s*\}\}")


@dataclass(frozen=True)
class Metric:
    """One metric: its names, what it means and in what it is measured, both in Vietnamese and English, and its SQL."""

    name: str
    label: str
    description: str
    unit: str
    sql: str


class Aggregates:
    """The metrics of a semantic manifest (``cchc.bi.semantic``), by the model over which they stand."""

    def __init__(self, semantics: dict[str, Any]) -> None:
        self._metrics: dict[str, Any] = {metric["name"]: metric for metric in semantics["metrics"]}
        self._measures: dict[str, tuple[str, dict[str, Any]]] = {
            measure["name"]: (model["name"], measure)
            for model in semantics["semantic_models"]
            for measure in model["measures"]
        }

    def of(self, model: str) -> list[Metric]:
        """The metrics over one semantic model."""
        found = []
        for metric in self._metrics.values():
            if self._model(metric) == model and (sql := self._sql(metric)):
                meta = metric["config"]["meta"]
                found.append(Metric(metric["name"], metric["label"], metric["description"], meta["unit"], sql))
        return found

    def _model(self, metric: dict[str, Any]) -> str:
        part = _parts(metric)[0]
        return self._measures[part][0] if metric["type"] == "simple" else self._model(self._metrics[part])

    def _sql(self, metric: dict[str, Any], outer: tuple[str, ...] = ()) -> str:
        """Empty: no aggregate. ``outer``: the conditions of the metrics that are made of this one."""
        parts = _parts(metric)
        own = [each["where_sql_template"] for each in (metric.get("filter") or {}).get("where_filters", [])]
        wanted = (*outer, *(_DIMENSION.sub(r"\1", condition) for condition in own))
        if metric["type"] == "simple":
            return self._aggregate(parts[0], wanted)
        inner = {name: self._sql(self._metrics[name], wanted) for name in parts}
        if not all(inner.values()):
            return ""
        if metric["type"] == "ratio":
            numerator, denominator = (inner[name] for name in parts)
            return f"1.0 * {numerator} / nullif({denominator}, 0)"
        names = re.compile(rf"\b({'|'.join(inner)})\b")
        return "({})".format(names.sub(lambda found: inner[found[0]], metric["type_params"]["expr"]))

    def _aggregate(self, name: str, wanted: tuple[str, ...]) -> str:
        measure = self._measures[name][1]
        # a window that takes rows away for one unit's last period is what the metric's own condition leaves empty
        window = measure.get("non_additive_dimension") or {}
        if window and "period" not in window["window_groupings"]:
            return ""
        value = measure["expr"]
        if wanted:
            value = f"case when {' and '.join(dict.fromkeys(wanted))} then {value} end"
        return _AGGREGATES[measure["agg"]].format(value)


def _parts(metric: dict[str, Any]) -> list[str]:
    """The measure, or the metrics, of which a metric is made; the denominator last."""
    made_of = metric["type_params"]
    if metric["type"] == "simple":
        return [made_of["measure"]["name"]]
    if metric["type"] == "ratio":
        return [made_of["numerator"]["name"], made_of["denominator"]["name"]]
    return [each["name"] for each in made_of["metrics"]]
