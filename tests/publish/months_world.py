"""Two months of the small world: one unit moved by every cause, and a younger method that scores September only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from publish_world import CRITERIA, MONTH, World, make_world, score

UNIT = "H50.101"  # 43 dossiers in September
AUGUST = {
    **MONTH,
    "period_id": "2026-08-01_2026-08-31",
    "period_start": date(2026, 8, 1),
    "period_end": date(2026, 8, 31),
    "period_vi": "Tháng 8/2026",
    "period_en": "Month 8/2026",
}
YOUNGER = "younger"  # the same criteria, but full points for PROCESSING_ON_TIME at 90 %
#: Of the unit in August; what is not named is as in September.
IN_AUGUST: dict[str, dict[str, Any]] = {
    "PROCESSING_ON_TIME": {"numerator": 20, "denominator": 43},
    "ONLINE_DOSSIER": {"numerator": 1, "denominator": 4, "source": "portal"},
    "PAYMENT_ONLINE_DOSSIER": {"numerator": 0, "denominator": 0},
    "SO_HOA_GIAY_TO_GIAI_QUYET": {"numerator": None, "denominator": None},
}


def two_months() -> World:
    world = make_world()
    rules = {criterion: (maximum, full) for criterion, _, maximum, full in CRITERIA}
    total = Decimal(0)
    for row in [row for row in world["pub_unit_indicator"] if row["period_id"] == MONTH["period_id"]]:
        old = {**row, **AUGUST}
        if row["unit_code"] == UNIT:
            old |= IN_AUGUST.get(row["indicator"], {})
            numerator, denominator = old["numerator"], old["denominator"]
            maximum, full = rules[row["indicator"]]
            old["score"] = None if numerator is None else Decimal("0.00")
            if denominator:
                old["score"] = score(int(numerator), int(denominator), maximum, full)
            total += old["score"] or 0
        world["pub_unit_indicator"].append(old)
    for row in [row for row in world["pub_ranking"] if row["period_id"] == MONTH["period_id"]]:
        world["pub_ranking"].append(
            {**row, **AUGUST, **({"total": total, "rank": 5} if row["unit_code"] == UNIT else {})}
        )
    return world  # fmt: skip


def with_younger_method(world: World) -> World:
    """September's default method is another one."""
    for row in list(world["pub_method_criterion"]):
        is_changed = row["criterion"] == "PROCESSING_ON_TIME"
        changed = {"full_at_percent": Decimal("90.0000")} if is_changed else {}
        world["pub_method_criterion"].append({**row, "method": YOUNGER, **changed})
    rise: dict[str, Decimal] = {}
    for view in ("pub_unit_indicator", "pub_ranking"):
        for row in [row for row in world[view] if row["period_id"] == MONTH["period_id"]]:
            row["is_default_method"] = False
            other = {**row, "method": YOUNGER, "is_default_method": True}
            if row.get("indicator") == "PROCESSING_ON_TIME" and row["denominator"]:
                other["score"] = score(int(row["numerator"]), int(row["denominator"]), "20", 90)
                rise[row["unit_code"]] = other["score"] - row["score"]
            elif view == "pub_ranking":
                other["total"] = row["total"] + rise.get(row["unit_code"], 0)
            world[view].append(other)
    return world
