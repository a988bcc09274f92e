"""Each kind of chart of ``superset.yaml`` in the terms of Superset: the plugin that draws it and what it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: More than the communes of the largest province, so that none is left out of a ranking.
_ROWS = 5000


def params(chart: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The plugin's name and its parameters."""
    kind, found = _KINDS[chart["kind"]](chart)
    return kind, {
        "adhoc_filters": [
            {"clause": "WHERE", "expressionType": "SQL", "sqlExpression": each} for each in chart.get("where", ())
        ],
        "row_limit": _ROWS,
        **found,
    }


def _number(chart: dict[str, Any], written: str = "SMART_NUMBER") -> tuple[str, dict[str, Any]]:
    return "big_number_total", {"metric": chart["metrics"][0], "y_axis_format": written, "header_font_size": 0.4}


def _percent(chart: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return _number(chart, ".1%")


def _table(chart: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    shown: dict[str, Any] = {"include_search": True, "table_timestamp_format": "%d/%m/%Y", "show_cell_bars": False}
    order = chart.get("order", [])
    if "raw" in chart:
        by = [f'["{column}", {str(way == "asc").lower()}]' for column, way in order]
        return "table", {**shown, "query_mode": "raw", "all_columns": chart["raw"], "order_by_cols": by}
    found = {"query_mode": "aggregate", "groupby": chart["by"], "metrics": chart["metrics"]}
    if order:
        found |= {"timeseries_limit_metric": order[0][0], "order_desc": order[0][1] == "desc"}
    return "table", {**shown, **found}


def _series(chart: dict[str, Any]) -> dict[str, Any]:
    return {
        "x_axis": chart["x"],
        "metrics": chart["metrics"],
        "groupby": chart.get("by", []),
        "time_grain_sqla": None,
        "x_axis_time_format": "%d/%m/%Y",
        "rich_tooltip": True,
        "show_legend": True,
        "legendOrientation": "top",
        "legendType": "scroll",
    }


def _line(chart: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "echarts_timeseries_line", {**_series(chart), "markerEnabled": True}


def _bar(chart: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    best_first = {"x_axis_sort": chart["metrics"][0], "x_axis_sort_asc": False, "show_legend": False}
    return "echarts_timeseries_bar", {**_series(chart), **best_first, "xAxisForceCategorical": True}


def _stacked(chart: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "echarts_timeseries_bar", {**_series(chart), "stack": "Stack", "xAxisForceCategorical": True}


def _treemap(chart: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "treemap_v2", {"groupby": chart["by"], "metric": chart["metrics"][0], "label_type": "key_value"}


def _heatmap(chart: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "heatmap_v2", {
        "x_axis": chart["x"],
        "groupby": chart["by"][0],
        "metric": chart["metrics"][0],
        "normalize_across": "x",
        "y_axis_format": ".1%",
        "linear_color_scheme": "blue_white_yellow",
        "left_margin": 180,
        "bottom_margin": 120,
    }


_KINDS: dict[str, Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]] = {
    "bar": _bar,
    "heatmap": _heatmap,
    "line": _line,
    "number": _number,
    "percent": _percent,
    "stacked": _stacked,
    "table": _table,
    "treemap": _treemap,
}
