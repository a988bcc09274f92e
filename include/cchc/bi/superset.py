"""The dashboards of Superset as the ZIP that its importer reads: database, datasets, charts, dashboards.

``superset.yaml`` says what stands where. Labels, descriptions and figures come from the semantic models and from what
the served relations say of themselves, so a dashboard never says otherwise than the warehouse. Every part has the same
identifier in each bundle: importing a newer one brings the dashboards up to date, and the office's own charts stay.
Format: version 1.0.0 of Superset's import (``superset.commands.importers.v1``), tried with 6.1.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml

from cchc.bi.aggregates import Aggregates, Metric
from cchc.bi.charts import params
from cchc.bi.semantic import served_semantics
from cchc.errors import BuildError
from cchc.serve.shape import Column, Relation, relations
from cchc.table_file import whole_file

DATABASE = "CCHC"
#: Of a bundle that is handed around: Superset asks for the password when it is imported.
NOBODY = "postgresql+psycopg2://READER:XXXXXXXXXX@HOST:5432/warehouse"
#: Two communes may share a name.
_UNIT = {
    "column_name": "unit",
    "verbose_name": "Đơn vị",
    "expression": "unit_name || ' (' || unit_code || ')'",
    "description": "Name and code · Tên và mã đơn vị",
    "type": "VARCHAR",
    "groupby": True,
    "filterable": True,
    "is_dttm": False,
}
_HIGH = 50


def write_bundle(dbt_target: Path, out: Path, database: str = NOBODY) -> list[str]:
    """Write the ZIP for the warehouse at the SQLAlchemy URL ``database``; returns the titles of its dashboards.

    ``dbt_target``: where dbt wrote its manifests. Raises ``BuildError`` where they lack what a dashboard names.
    """
    bundle = _Bundle(dbt_target)
    with whole_file(out) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in bundle.parts(database):
            text = yaml.safe_dump({**content, "version": "1.0.0"}, allow_unicode=True, sort_keys=False, width=1000)
            packed.writestr(zipfile.ZipInfo(f"cchc/{name}.yaml", (2026, 1, 1, 0, 0, 0)), text.encode())
    return [each["dashboard_title"] for each in bundle.dashboards()]


class _Bundle:
    def __init__(self, dbt_target: Path) -> None:
        self.plan = yaml.safe_load((files("cchc.bi") / "superset.yaml").read_text("utf-8"))
        self.semantics = served_semantics(dbt_target / "semantic_manifest.json")
        self.relations = {each.name: each for each in relations(dbt_target / "manifest.json")}
        aggregates = Aggregates(self.semantics)
        self.models = {model["name"]: model for model in self.semantics["semantic_models"]}
        self.metrics = {name: {each.name: each for each in aggregates.of(name)} for name in self.plan["datasets"]}
        exposures = json.loads((dbt_target / "manifest.json").read_bytes())["exposures"].values()
        self.exposures = {each["name"]: each for each in exposures}

    def parts(self, database: str) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "metadata", {"type": "Dashboard", "timestamp": "2026-01-01T00:00:00+00:00"}
        yield "databases/cchc", _database(database)
        for name in self.plan["datasets"]:
            yield f"datasets/cchc/{name}", self.dataset(name)
        for name, chart in self.plan["charts"].items():
            yield f"charts/{name}", self.chart(name, chart)
        for each in self.dashboards():
            yield f"dashboards/{each['slug']}", each

    def dataset(self, name: str) -> dict[str, Any]:
        model, relation = self.models[name], self._relation(name)
        labels = {each["expr"] or each["name"]: each["label"] for each in (*model["dimensions"], *model["entities"])}
        labels |= self.plan["labels"]
        columns = [_column(each, labels.get(each.name)) for each in relation.columns]
        return {
            "table_name": relation.name,
            "schema": "pub",
            "description": relation.description,
            "main_dttm_col": None,
            "uuid": _id("dataset", name),
            "database_uuid": _id("database"),
            "columns": columns + ([_UNIT] if {"unit_code", "unit_name"} <= _names(relation) else []),
            "metrics": [_metric(each) for each in self.metrics[name].values()],
        }

    def chart(self, name: str, chart: dict[str, Any]) -> dict[str, Any]:
        known = _names(self._relation(chart["dataset"])) | {"unit"}
        for column in (*chart.get("by", ()), *chart.get("raw", ()), *filter(None, [chart.get("x")])):
            _there(column, known, f"chart {name}: column")
        for metric in chart.get("metrics", ()):
            _there(metric, self.metrics[chart["dataset"]], f"chart {name}: metric")
        kind, found = params(chart)
        return {
            "slice_name": chart["title"],
            "viz_type": kind,
            "params": {**found, "viz_type": kind},
            "uuid": _id("chart", name),
            "dataset_uuid": _id("dataset", chart["dataset"]),
        }

    def dashboards(self) -> list[dict[str, Any]]:
        return [self._dashboard(name, each) for name, each in self.plan["dashboards"].items()]

    def _dashboard(self, name: str, dashboard: dict[str, Any]) -> dict[str, Any]:
        exposure = self.exposures[_there(dashboard["exposure"], self.exposures, f"dashboard {name}: exposure")]
        slug = f"cchc-{name.replace('_', '-')}"
        return {
            "dashboard_title": exposure["label"].removeprefix("Superset, ").capitalize(),
            "description": " ".join(exposure["description"].split()),
            "slug": slug,
            "uuid": _id("dashboard", name),
            "published": True,
            "position": self._position(dashboard),
            "metadata": {
                "native_filter_configuration": [
                    self._filter(name, number, each) for number, each in enumerate(dashboard["choose"])
                ],
                "color_scheme": "supersetColors",
                "cross_filters_enabled": True,
            },
        }

    def _position(self, dashboard: dict[str, Any]) -> dict[str, Any]:
        position: dict[str, Any] = {
            "DASHBOARD_VERSION_KEY": "v2",
            "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
            "GRID_ID": {"id": "GRID_ID", "type": "GRID", "parents": ["ROOT_ID"], "children": []},
        }
        for number, told in enumerate(dashboard["rows"], 1):
            row = f"ROW-{number}"
            placed = [each.split() for each in told]
            position["GRID_ID"]["children"].append(row)
            position[row] = {
                "id": row,
                "type": "ROW",
                "parents": ["ROOT_ID", "GRID_ID"],
                "children": [f"CHART-{chart}" for chart, _ in placed],
                "meta": {"background": "BACKGROUND_TRANSPARENT"},
            }
            small = all(self.plan["charts"][chart]["kind"] in ("number", "percent") for chart, _ in placed)
            for chart, width in placed:
                position[f"CHART-{chart}"] = {
                    "id": f"CHART-{chart}",
                    "type": "CHART",
                    "parents": ["ROOT_ID", "GRID_ID", row],
                    "children": [],
                    "meta": {
                        "uuid": _id("chart", chart),
                        "chartId": 0,
                        "sliceName": self.plan["charts"][chart]["title"],
                        "width": int(width),
                        "height": _HIGH // 3 if small else self.plan["charts"][chart].get("height", _HIGH),
                    },
                }
        return position

    def _filter(self, dashboard: str, number: int, told: dict[str, Any]) -> dict[str, Any]:
        columns = {each["column_name"]: each for each in self.dataset(told["dataset"])["columns"]}
        column = columns[_there(told["column"], columns, f"dashboard {dashboard}: column")]
        return {
            "id": f"NATIVE_FILTER-{dashboard}-{number}",
            "name": column["verbose_name"],
            "type": "NATIVE_FILTER",
            "filterType": "filter_select",
            "targets": [{"datasetUuid": _id("dataset", told["dataset"]), "column": {"name": told["column"]}}],
            "controlValues": {
                "multiSelect": not told.get("first", False),
                "enableEmptyFilter": bool(told.get("first")),
                "defaultToFirstItem": bool(told.get("first")),
                "searchAllOptions": True,
            },
            "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
            "requiredFirst": bool(told.get("first")),  # charts wait for it
            "cascadeParentIds": [],
            "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
        }

    def _relation(self, name: str) -> Relation:
        model = self.models[_there(name, self.models, "semantic model")]
        return self.relations[model["node_relation"]["alias"]]


def _database(url: str) -> dict[str, Any]:
    embedded = url.startswith("duckdb:")
    return {
        "database_name": DATABASE,
        "sqlalchemy_uri": url,
        "expose_in_sqllab": True,
        "allow_dml": False,
        "allow_file_upload": False,
        "extra": {"engine_params": {"connect_args": {"read_only": True}}} if embedded else {},
        "uuid": _id("database"),
    }


def _column(column: Column, label: str | None) -> dict[str, Any]:
    vietnamese = column.description.partition(" · ")[2]
    return {
        "column_name": column.name,
        "verbose_name": label or vietnamese.partition(":")[0].partition(";")[0].partition(",")[0].rstrip(".")[:60],
        "description": column.description,
        "type": column.data_type.upper(),
        "is_dttm": column.data_type in ("date", "timestamp"),
        "groupby": True,
        "filterable": True,
    }


def _metric(metric: Metric) -> dict[str, Any]:
    return {
        "metric_name": metric.name,
        "verbose_name": metric.label,
        "metric_type": "expression",
        "expression": metric.sql,
        "description": f"{metric.description} [{metric.unit}]",
        "d3format": ".1%" if metric.unit.startswith("tỷ số") else None,
    }


def _names(relation: Relation) -> set[str]:
    return {column.name for column in relation.columns}


def _there(name: str, known: Any, what: str) -> str:
    if name not in known:
        raise BuildError(f"superset.yaml, {what} {name}: there is none; these are: {', '.join(sorted(known))}")
    return name


def _id(*names: str) -> str:
    return str(uuid5(NAMESPACE_URL, "/".join(("cchc", "superset", *names))))
