"""The served relations that forms read, filled by hand on either engine, and conditions that a form is asked for.

Columns and types are those of the dbt project's contract, so that a model that changes breaks these tests.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import psycopg
import yaml

from cchc.forms.layout import Layout, layout_on
from cchc.forms.measures import MEASURES
from cchc.registry.forms import FormColumn
from cchc.registry.open import Registry
from cchc.settings import PROJECT, Settings

Row = dict[str, Any]

RELATIONS = ("dossier_trail", "unit", "unit_latest", "unit_ancestry", "delivery_board")
ALWAYS = (date(1, 1, 1), date(9999, 12, 31))
BUILD = {"build_no": 7, "last_business_day": date(2026, 10, 31)}


def contract(relation: str) -> dict[str, str]:
    """Column -> SQL type."""
    path = PROJECT / "dbt_project" / "models" / "publish" / f"pub_{relation}.yml"
    (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    return {column["name"]: column["data_type"] for column in model["columns"]}


def tree(*units: tuple[str, str, str, str | None]) -> dict[str, pd.DataFrame]:
    """``unit``, ``unit_latest`` and ``unit_ancestry`` of units that never changed: code, name, level, parent."""
    parents = {code: parent for code, _, _, parent in units}
    closure: list[Row] = []
    for code in parents:
        above: str | None = code
        depth = 0
        while above is not None:
            span = dict(zip(("holds_from", "holds_to"), ALWAYS, strict=True))
            closure.append({"unit_code": above, "descendant_code": code, "depth": depth, **span})
            above, depth = parents.get(above), depth + 1
    listed = [
        {"unit_code": code, "unit_name": name, "level": level, "parent_code": parent, "valid_from": date(2020, 1, 1)}
        for code, name, level, parent in units
    ]
    return {
        "unit": pd.DataFrame(listed),
        "unit_latest": pd.DataFrame(listed),
        "unit_ancestry": pd.DataFrame(closure, dtype=object),
    }


def fill(settings: Settings, frames: Mapping[str, pd.DataFrame]) -> Settings:
    """Let the readers of an installation see these rows; what a frame lacks is null."""
    (fill_postgres if settings.warehouse else fill_duckdb)(settings, frames)
    return settings


def fill_duckdb(settings: Settings, frames: Mapping[str, pd.DataFrame]) -> None:
    settings.served_path.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.served_path)) as connection:
        connection.execute("create table build_v1 (build_no bigint, last_business_day date)")
        connection.execute("insert into build_v1 values (?, ?)", list(BUILD.values()))
        for relation in RELATIONS:
            columns = contract(relation)
            connection.execute(f"create table {relation}_v1 ({', '.join(f'{n} {t}' for n, t in columns.items())})")
            if relation in frames:
                incoming = frames[relation]
                connection.register("incoming", incoming)
                named = ", ".join(incoming.columns)
                connection.execute(f"insert into {relation}_v1 ({named}) select {named} from incoming")
                connection.unregister("incoming")


def fill_postgres(settings: Settings, frames: Mapping[str, pd.DataFrame]) -> None:
    with psycopg.connect(settings.warehouse, autocommit=True) as connection:
        connection.execute("create schema pub")
        connection.execute("create table pub.build_v1 (build_no bigint, last_business_day date)")
        connection.execute("insert into pub.build_v1 values (%s, %s)", list(BUILD.values()))
        for relation in RELATIONS:
            columns = ", ".join(f"{name} {kind}" for name, kind in contract(relation).items())
            connection.execute(f"create table pub.{relation}_v1 ({columns})")  # type: ignore[arg-type]
            if relation in frames:
                incoming, text = frames[relation], io.StringIO()
                incoming.to_csv(text, index=False, header=False)
                named = ", ".join(incoming.columns)
                with connection.cursor().copy(f"copy pub.{relation}_v1 ({named}) from stdin (format csv)") as copy:  # type: ignore[arg-type]
                    copy.write(text.getvalue())
            connection.execute(f"analyze pub.{relation}_v1")  # type: ignore[arg-type]


def installation(workdir: Path, warehouse: str = "") -> Settings:
    return Settings(workdir=workdir, exports="", warehouse=warehouse)


def everything(registry: Registry, day: date, **places: str) -> Layout:
    """A layout with every column that can be counted, by field; ``places``: states put elsewhere than the rule has."""
    layout = layout_on(registry, "II.06a", day)
    keys: Iterable[str] = ("stt", "field_by_level", *MEASURES)
    columns = tuple(
        FormColumn(layout="test", valid_from=layout.item.valid_from, column=number, heading=key, key=key)
        for number, key in enumerate(keys, start=1)
    )
    rules = {
        state: rule.model_copy(update={"place": places.get(state, rule.place)}) for state, rule in layout.rules.items()
    }
    return replace(layout, columns=columns, rules=rules)
