"""The national portal's evaluation answers (dataset ``portal``): list groups and tree groups to one row a criterion.

Source of the shapes: the portal's reporting API of 2026 (POST .../reporting/evaluation/<name>). A file holds the
answers of one period: ``{"timeType", "year", "quarter"|"month", "rootDepartmentCode", "answers": {<name>: <answer>}}``.
Which keys of a tree answer make which criterion is data: ``registry/data/portal_answers.csv``.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import polars as pl

from cchc.datasets import DATASETS
from cchc.errors import FileRefused
from cchc.read.opened import Opened
from cchc.read.unpack import to_text
from cchc.registry.open import Registry

_decoder = msgspec.json.Decoder(dict[str, Any])


def read_answers(content: bytes, file: Opened, registry: Registry) -> tuple[pl.DataFrame, list[str]]:
    """Rows (text) of one file; refuses what is no set of answers, or an answer whose ``code`` is not OK."""
    try:
        whole = _decoder.decode(to_text(content).content)
        start, end = _period(whole)
        rows = [
            {"period_start": start, "period_end": end, **row}
            for name, answer in whole["answers"].items()
            for row in _rows(name, answer, registry)
        ]
    except RecursionError as error:
        raise FileRefused("deep_nesting") from error
    except msgspec.DecodeError as error:
        raise FileRefused("invalid_json", str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileRefused(
            "missing_column", f"not the shape of the portal's answers ({type(error).__name__})"
        ) from error
    columns = DATASETS[file.spec.dataset].text_columns
    frame = pl.DataFrame(
        {name: [None if row.get(name) is None else str(row[name]) for row in rows] for name in columns},
        schema=dict.fromkeys(columns, pl.String),
    )
    return frame.with_columns(row_hash=frame.hash_rows(seed=766)).with_row_index("row_number", offset=1), []


def _period(whole: dict[str, Any]) -> tuple[str, str]:
    year = int(whole["year"])
    first, last = {
        "month": lambda: (int(whole["month"]),) * 2,
        "quarter": lambda: (int(whole["quarter"]) * 3 - 2, int(whole["quarter"]) * 3),
        "year": lambda: (1, 12),
    }[whole["timeType"]]()
    end = date(year, last, calendar.monthrange(year, last)[1])
    return date(year, first, 1).isoformat(), end.isoformat()


def _rows(name: str, answer: dict[str, Any], registry: Registry) -> Iterator[dict[str, Any]]:
    if answer["code"] != "OK":
        raise ValueError(f"answer {name} is no success")
    data = answer["data"]
    if "overview" in data:
        for unit in [data["overview"], *data["evaluation"]]:
            for metric in unit["metrics"]:
                numerator, denominator = metric["numerator"], metric["denominator"]
                if numerator is None and denominator is None and metric["ratio"] is not None:
                    numerator, denominator = msgspec.json.decode(str(metric["ratio"] / 100)), 1
                yield {
                    **_unit(unit),
                    "criterion": metric["code"],
                    "numerator": numerator,
                    "denominator": denominator,
                    "published_ratio": metric["ratio"],
                    "published_score": metric["score"],
                    "max_score": metric["maxScore"],
                }
            yield {
                **_unit(unit),
                "criterion": f"GROUP:{registry.portal_groups[name]}",
                "published_score": unit["totalScore"],
                "max_score": unit["totalMaxScore"],
            }
        return
    for unit in [data["parent"], *data["children"]]:
        for item in registry.portal_criteria[name]:
            values = [sum(unit[key] for key in keys) for keys in (item.numerator_keys, item.denominator_keys)]
            yield {**_unit(unit), "criterion": item.criterion, "numerator": values[0], "denominator": values[1]}
        total, most = unit.get("totalScore", unit.get("score")), unit.get("totalMaxScore", unit.get("maxScore"))
        yield {
            **_unit(unit),
            "criterion": f"GROUP:{registry.portal_groups[name]}",
            "published_score": total,
            "max_score": most,
        }


def _unit(unit: dict[str, Any]) -> dict[str, Any]:
    return {
        "unit_code": unit["departmentCode"],
        "unit_name": unit["departmentName"],
        "unit_level": unit.get("departmentLevel") or unit.get("level"),
    }
