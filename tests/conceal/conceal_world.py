"""A province counted from single dossiers, so that every identity between its figures is a true one.

Three months and their quarter; departments with desks of their own and offices below them, one of which goes from one
department to the other within the quarter; two communes that become one in its last month; petitions beside dossiers;
report forms by scope, published figures, restated figures, a portal.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml
from publish_world import METHOD, World, contract, fill_duckdb

from cchc.settings import PROJECT, Settings

PROVINCE, ONE, OTHER, MOVER, NEW = "H50", "H50.01", "H50.02", "H50.01.9", "H50.200"
MERGED = ("H50.101", "H50.102")
MOVED, CAME = date(2026, 8, 15), date(2026, 9, 1)
FOREVER = date(9999, 12, 31)
PERIODS = {
    "2026-07-01_2026-07-31": ("month", date(2026, 7, 1), date(2026, 7, 31)),
    "2026-08-01_2026-08-31": ("month", date(2026, 8, 1), date(2026, 8, 31)),
    "2026-09-01_2026-09-30": ("month", date(2026, 9, 1), date(2026, 9, 30)),
    "2026-07-01_2026-09-30": ("quarter", date(2026, 7, 1), date(2026, 9, 30)),
}
#: Indicator -> its part and its whole among the flags of a case, and the dataset.
INDICATORS = {
    "PROCESSING_ON_TIME": ("on_time", "judged", "dossiers"),
    "ONLINE_DOSSIER": ("online", "received", "dossiers"),
    "SO_HOA_GIAY_TO_GIAI_QUYET": ("digitised", "received", "dossiers"),
    "PETITION_PROCESSING_ON_TIME": ("petition_on_time", "petition", "feedback"),
}
FORMS = (
    *("received", "online", "resolved", "early", "on_the_day", "overdue_resolved", "running", "running_overdue"),
    "digitised",
)
ENDS = ("early", "on_the_day", "overdue_resolved", "running", "none")
#: Key of a count: unit, period, scope.
Key = tuple[str, str, str]


@dataclass
class Counted:
    """What is true: by unit, period and scope every count; parents by the day."""

    counts: dict[Key, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    #: (unit, period) -> what it counted below each unit above it.
    below: dict[tuple[str, str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def parent(unit: str, day: date) -> str | None:
    """The unit above a unit on a day."""
    if unit == PROVINCE:
        return None
    if unit == MOVER:
        return ONE if day < MOVED else OTHER
    return ONE if unit.startswith(f"{ONE}.") else OTHER if unit.startswith(f"{OTHER}.") else PROVINCE


def units() -> list[str]:
    """Every unit, parents first."""
    offices = [f"{ONE}.1", f"{ONE}.2", MOVER, f"{OTHER}.1", f"{OTHER}.2"]
    return [PROVINCE, ONE, OTHER, *offices, *MERGED, *(f"H50.{n}" for n in range(103, 113)), NEW]


def cases(chance: random.Random) -> Iterator[tuple[str, date, set[str]]]:
    """Unit, day and flags of single cases."""
    for unit in units():
        for month in (7, 8, 9):
            if (unit == NEW) != (month == 9) and (unit == NEW or unit in MERGED):
                continue
            for _ in range(chance.choices([0, 3, 80, 160, 320], [1, 1, 4, 8, 8])[0]):
                flags = {"received"} | {name for name in ("online", "digitised") if chance.random() < 0.6}
                (state,) = chance.choices(ENDS, [45, 15, 12, 20, 8])
                if state != "none":
                    flags |= {"judged", state}
                    flags |= {"resolved"} if state != "running" else set()
                late = state == "overdue_resolved" or (state == "running" and chance.random() < 0.5)
                flags |= {"running_overdue"} if late and state == "running" else set()
                flags |= {"on_time"} if "judged" in flags and not late else set()
                yield unit, date(2026, month, chance.randint(1, 30)), flags
            for _ in range(chance.choice([0, 3, 40, 60])):
                flags = {"petition"} | ({"petition_on_time"} if chance.random() < 0.7 else set())
                yield unit, date(2026, month, chance.randint(1, 30)), flags


def count(seed: int) -> Counted:
    """The truth of a seed."""
    found = Counted()
    for unit, day, flags in cases(random.Random(seed)):
        for period, (_, start, end) in PERIODS.items():
            if not start <= day <= end:
                continue
            at: str | None = unit
            while at is not None:
                found.counts[at, period, "subtree"].update(flags)
                found.counts[at, period, "own" if at == unit else "below"].update(flags)
                above = parent(at, day)
                if above is not None:
                    found.below[at, period, above].update(flags)
                at = above
    return found


def world_of(truth: Counted) -> World:
    """The served relations that a truth gives."""
    world: World = {name: [] for name in contract()}
    for code, (_, _, dataset) in INDICATORS.items():
        world["pub_indicator"].append({"indicator": code, "dataset": dataset, "additivity": "flow"})
    world["pub_method"].append(
        {"method": METHOD, "method_source": "QĐ 766/QĐ-TTg", "late_days": 3, "objection_days": 5}
    )
    for period, (kind, start, end) in PERIODS.items():
        of = {"period_id": period, "period_kind": kind, "is_to_date": False, "period_start": start, "period_end": end}
        of |= {"as_of_date": end, "is_complete": True, "period_series": kind, "period_vi": period, "period_en": period}
        world["pub_period"].append({**of, "default_method": METHOD, "is_default_period": False})
        for unit in units():
            if truth.counts[unit, period, "subtree"] or unit == PROVINCE:
                _add(world, truth, unit, of)
            if unit not in MERGED:
                _add_restated(world, truth, unit, of)
    _add_published(world, truth)
    for unit in units():
        spans = [(date(1, 1, 1), date(2026, 8, 14)), (MOVED, FOREVER)] if unit == MOVER else [(date(1, 1, 1), FOREVER)]
        for since, until in spans:
            above = parent(unit, since)
            trail = {"descendant_code": unit, "holds_from": since, "holds_to": until}
            world["pub_unit_ancestry"].append({"unit_code": unit, "depth": 0, **trail})
            if above is not None:
                world["pub_unit_ancestry"].append({"unit_code": above, "depth": 1, **trail})
        if unit not in MERGED:
            world["pub_unit_latest"].append({"unit_code": unit, "parent_code": parent(unit, CAME), "is_current": True})
    return world


def _add(world: World, truth: Counted, unit: str, of: dict[str, Any]) -> None:
    period, mine = of["period_id"], truth.counts[unit, of["period_id"], "subtree"]
    above = parent(unit, of["period_end"])
    level = "province" if unit == PROVINCE else "commune" if unit.count(".") == 1 and unit > OTHER else "department"
    base = {**of, "unit_code": unit, "unit_name": unit, "level": level, "province_code": PROVINCE, "method": METHOD}
    base |= {"is_default_method": True, "parent_code": above}
    for code, (part, whole, _) in INDICATORS.items():
        score = Decimal(mine[part] * 20).quantize(Decimal("0.01")) / max(mine[whole], 1)
        figures = _figures(mine[part], mine[whole])
        row = {**base, "indicator": code, **figures, "score": score.quantize(Decimal("0.01")), "source": "exports"}
        world["pub_unit_indicator"].append({**row, "max_score": Decimal(20)})
    ranked = None if unit == PROVINCE else level
    world["pub_ranking"].append(
        {**base, "dossiers": mine["judged"], "ranked_level": ranked, "rank": 1 if ranked else None, "adjustment": 0}
        | {"total": Decimal(20), "computed_total": Decimal(20), "null_reason": None if ranked else "level_not_ranked"}
    )
    of_unit = {"unit_code": unit, "period_id": period}
    world["pub_unit_completeness"].append(
        {**of_unit, "deliveries_due": 1, "dossiers_in_exports": mine["judged"] or None}
    )
    world["pub_rank_interval"].append(
        {**of_unit, "method": METHOD, "unknown_dossiers": len(unit) % 7, "unknown_petitions": 0, "rank_best": 1}
        | {"score_low": Decimal(10), "score_high": Decimal(20), "rank_worst": 2}
        | {"one_dossier_points": (Decimal(20) / mine["judged"]).quantize(Decimal("0.0001")) if mine["judged"] else None}
    )
    for scope in ("subtree", "own", "below"):
        counts = truth.counts[unit, period, scope]
        if counts["received"]:
            world["pub_unit_volume"].append({**base, "scope": scope} | {name: counts[name] for name in FORMS})


def _add_restated(world: World, truth: Counted, unit: str, of: dict[str, Any]) -> None:
    """Of a unit of today, whose counts its are."""
    codes = [*MERGED, NEW] if unit == NEW else [unit]
    parts = [truth.counts[each, of["period_id"], "subtree"] for each in codes]
    for code, (part, whole, _) in INDICATORS.items():
        figures = _figures(sum(each[part] for each in parts), sum(each[whole] for each in parts))
        row = {**of, "unit_code": unit, "indicator": code, **figures, "source": "exports", "restated_score": Decimal(7)}
        grade = "same" if len(codes) == 1 else "whole"
        world["pub_restated_indicator"].append({**row, "grade": grade, "source_codes": ", ".join(codes)})


def _figures(part: int, whole: int) -> dict[str, Decimal | None]:
    ratio = (Decimal(part) / whole).quantize(Decimal("0.000001")) if whole else None
    return {"numerator": Decimal(part), "denominator": Decimal(whole), "ratio": ratio}


def _add_published(world: World, truth: Counted) -> None:
    """Reports that print what the forms say, of every unit and scope."""
    for (unit, period, scope), counts in sorted(truth.counts.items()):
        if counts["received"]:
            _, start, end = PERIODS[period]
            world["pub_published_check"].append(
                {"figure_id": f"{unit} {period} {scope}", "unit_code": unit, "scope": scope, "period_start": start}
                | {"period_end": end, "measure": "resolved", "unit_of_measure": "count", "fit": "equal"}
                | {"published_value": Decimal(7), "numerator": counts["resolved"]}
                | {"recomputed_value": Decimal(counts["resolved"]), "is_suggestion_reproduced": True}
            )


def fill(folder: Path, world: World) -> Settings:
    """A working folder that serves a world, with dbt's manifest of the relations as far as it says what they are."""
    fill_duckdb(folder, world)
    settings = Settings(workdir=folder, exports="")
    with duckdb.connect(str(settings.served_path)) as connection:
        connection.execute("drop table build_v1")
        connection.execute(
            "create table build_v1 as select 7 as build_no, date '2026-09-30' as last_business_day, "
            "'1' as program_version, timestamp '2026-10-01 08:00:00' as served_at"
        )
    models = PROJECT / "dbt_project" / "models" / "publish"
    nodes: dict[str, Any] = {}
    for path in sorted(models.glob("*.yml")):
        for model in yaml.safe_load(path.read_text("utf-8"))["models"]:
            nodes[model["name"]] = {
                **{"resource_type": "model", "fqn": ["cchc", "publish", model["name"]], "name": model["name"]},
                **{"description": model["description"], "config": model.get("config", {})},
                "columns": {column["name"]: column for column in model["columns"]},
            }
            for test in model.get("data_tests", ()):
                if isinstance(test, dict) and "holds" in test:
                    name = f"holds_{model['name']}"
                    of = {"name": "holds", "kwargs": test["holds"]["arguments"]}
                    attached = {"attached_node": f"model.cchc.{model['name']}", "test_metadata": of}
                    nodes[name] = {"resource_type": "test", "name": name, "fqn": ["cchc", "x"], **attached}
    settings.dbt_target.mkdir(parents=True)
    (settings.dbt_target / "manifest.json").write_text(json.dumps({"nodes": nodes}), "utf-8")
    return settings
