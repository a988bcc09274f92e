"""What stands beside a unit's rank on the page of a period: completeness, adjustments, interval, peers, objections,
actions. Each is a compact, JSON-ready table by position of the unit in the page's list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from cchc.publish.periods import Period
from cchc.publish.read import Reader
from cchc.publish.values import day_text, number

#: So many actions of a unit stand on its page; the rest is for ``cchc actions``.
FIRST_ACTIONS = 10

Units = Mapping[str, int]
Methods = Mapping[str, int]


def completeness(reader: Reader, period: Period, units: Units) -> dict[int, list[Any]]:
    """By unit: deliveries due, of those readable; dossiers in the exports, dossiers that the portal counts."""
    rows = reader.rows(
        "select unit_code, deliveries_due, deliveries_readable, dossiers_in_exports, dossiers_on_portal "
        "from pub.unit_completeness_v1 where period_id = ?",
        [period.id],
    )
    columns = ("deliveries_due", "deliveries_readable", "dossiers_in_exports", "dossiers_on_portal")
    return {units[r["unit_code"]]: [number(r[name]) for name in columns] for r in rows if r["unit_code"] in units}


def adjustments(reader: Reader, period: Period, units: Units, methods: Methods) -> list[list[Any]]:
    """Unit, method, criterion (or null), points, reason, evidence, who approved it, on which day, its number."""
    rows = reader.rows(
        "select adjustment, unit_code, method, criterion, points, reason, evidence, approved_by, decided_on "
        "from pub.adjustment_v1 where period_id = ? order by decided_on, adjustment",
        [period.id],
    )
    return [
        [
            units[row["unit_code"]],
            methods[row["method"]],
            row["criterion"],
            number(row["points"]),
            row["reason"],
            row["evidence"],
            row["approved_by"],
            day_text(row["decided_on"]),
            row["adjustment"],
        ]
        for row in rows
        if row["unit_code"] in units and row["method"] in methods
    ]


def intervals(reader: Reader, period: Period, units: Units, methods: Methods) -> list[dict[int, list[Any]]]:
    """By method and unit: least and most total, best and worst rank, points of one dossier, told from the next or not.

    Nothing where the warehouse publishes no intervals.
    """
    found: list[dict[int, list[Any]]] = [{} for _ in methods]
    for row in reader.rows(
        "select unit_code, method, score_low, score_high, rank_best, rank_worst, one_dossier_points, "
        "is_distinguishable_from_next from pub.rank_interval_v1 where period_id = ?",
        [period.id],
    ):
        if row["unit_code"] in units and row["method"] in methods and row["rank_best"] is not None:
            found[methods[row["method"]]][units[row["unit_code"]]] = [
                number(row["score_low"]),
                number(row["score_high"]),
                row["rank_best"],
                row["rank_worst"],
                number(row["one_dossier_points"]),
                row["is_distinguishable_from_next"],
            ]
    return found


def peers(reader: Reader, period: Period, units: Units, methods: Methods) -> list[dict[int, list[Any]]]:
    """By method and unit, a list of peer groups (kind, volume, nearest): group, its value, rank in it, how many.

    Nothing where the warehouse publishes no peers.
    """
    found: list[dict[int, list[Any]]] = [{} for _ in methods]
    for row in reader.rows(
        "select unit_code, method, peer_group, peer_value, rank, ranked_units from pub.peer_rank_v1 "
        "where period_id = ? and rank is not null order by unit_code, method, peer_group",
        [period.id],
    ):
        if row["unit_code"] in units and row["method"] in methods:
            mine = found[methods[row["method"]]].setdefault(units[row["unit_code"]], [])
            mine.append([row["peer_group"], row["peer_value"], row["rank"], row["ranked_units"]])
    return found


def objections(reader: Reader, period: Period, units: Units) -> list[list[Any]]:
    """Unit, number, criterion, reason, dossiers, day filed, state; nothing where the warehouse publishes none."""
    rows = reader.rows(
        "select unit_code, objection_number, criterion, objection_reason, dossiers, filed_on, state "
        "from pub.objection_v1 where period_id = ? order by filed_on, objection_number, unit_code",
        [period.id],
    )
    columns = ("objection_number", "criterion", "objection_reason", "dossiers")
    return [
        [units[r["unit_code"]], *(r[name] for name in columns), day_text(r["filed_on"]), r["state"]]
        for r in rows
        if r["unit_code"] in units
    ]


def actions(reader: Reader, period: Period, units: Units) -> dict[int, Any]:
    """By unit: how many actions it has, and of the first ten action, dossier code, deadline, criterion, points."""
    found: dict[int, Any] = defaultdict(lambda: [0, []])
    _, rows = reader.stream(
        "select unit_code, actions, action, dossier_code, deadline, criterion, points_unrounded from ("
        "select *, count(*) over (partition by unit_code) as actions, row_number() over (partition by unit_code "
        "order by points_unrounded desc, points desc, deadline, system, dossier_code, action) as place "
        "from pub.action_v1 where period_id = ?) as placed where place <= ? order by unit_code, place",
        [period.id, FIRST_ACTIONS],
    )
    for code, total, action, dossier, deadline, criterion, points in rows:
        if code in units:
            mine = found[units[code]]
            mine[0] = total
            until = None if deadline is None else deadline.strftime("%Y-%m-%d %H:%M")
            mine[1].append([action, dossier, until, criterion, number(points)])
    return dict(found)
