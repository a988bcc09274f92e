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

#: The first actions of every unit. ``action_v1`` repeats each dossier for every unit above it, so it is asked only
#: about dossiers that may be among the first: of one desk, while the units above it stay the same, actions that are
#: worth the same are the first by their deadline, whatever they are worth to the unit that looks. ``{since}`` counts
#: the days on which units changed; how many are wanted is a number in the text, or DuckDB does not see that it need
#: not sort all.
_FIRST = """
with counted as (
    select a.unit_code, cast(sum(d.actions) as bigint) as actions
    from (
        select handling_unit, received_date, count(*) as actions from pub.dossier_action_v1
        where received_date between ? and ? group by handling_unit, received_date
    ) as d
    inner join pub.unit_ancestry_v1 as a
        on d.handling_unit = a.descendant_code and d.received_date between a.holds_from and a.holds_to
    group by a.unit_code
),
desks as (
    select action, system, dossier_code, handling_unit, criterion, is_dissatisfied, deadline,
        deadline is null as is_open, {since} as since
    from pub.dossier_action_v1
    where received_date between ? and ?
),
placed as (
    select action, system, dossier_code, row_number() over (
        partition by handling_unit, since, action, criterion, is_dissatisfied, is_open
        order by row(deadline, system, dossier_code)
    ) as place
    from desks
),
likely as (
    select action, system, dossier_code from placed where place <= {most}
),
first as (
    select v.*, row_number() over (
        partition by v.unit_code
        order by v.points_unrounded desc, v.points desc, v.deadline, v.system, v.dossier_code, v.action
    ) as place
    from pub.action_v1 as v
    inner join likely as l on v.action = l.action and v.system = l.system and v.dossier_code = l.dossier_code
    where v.period_id = ?
)
select f.unit_code, c.actions, f.action, f.dossier_code, f.deadline, f.criterion, f.points_unrounded
from first as f
inner join counted as c on f.unit_code = c.unit_code
where f.place <= {most}
order by f.unit_code, f.place
"""
#: Days within a period from which on other units stand above some unit.
_CUTS = """
select since from (
    select holds_from as since from pub.unit_ancestry_v1
    union
    select holds_to + 1 as since from pub.unit_ancestry_v1 where holds_to <= ?
) as cuts
where since > ? and since <= ?
order by since
"""

Units = Mapping[str, int]
Methods = Mapping[str, int]


def completeness(reader: Reader, period: Period, units: Units) -> dict[int, list[Any]]:
    """By unit: deliveries due, of those readable; dossiers in the exports, dossiers that the portal counts."""
    rows = reader.values(
        "select unit_code, deliveries_due, deliveries_readable, dossiers_in_exports, dossiers_on_portal "
        "from pub.unit_completeness_v1 where period_id = ? order by unit_code",
        [period.id],
    )
    return {units[code]: counts for code, *counts in rows if code in units}


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
    for code, method, *stands in reader.values(
        "select unit_code, method, score_low, score_high, rank_best, rank_worst, one_dossier_points, "
        "is_distinguishable_from_next from pub.rank_interval_v1 where period_id = ? order by unit_code, method",
        [period.id],
    ):
        if code in units and method in methods and stands[2] is not None:
            found[methods[method]][units[code]] = stands
    return found


def peers(reader: Reader, period: Period, units: Units, methods: Methods) -> list[dict[int, list[Any]]]:
    """By method and unit, a list of peer groups (kind, volume, nearest): group, its value, rank in it, how many.

    Nothing where the warehouse publishes no peers.
    """
    found: list[dict[int, list[Any]]] = [{} for _ in methods]
    for code, method, *peer in reader.values(
        "select unit_code, method, peer_group, peer_value, rank, ranked_units from pub.peer_rank_v1 "
        "where period_id = ? and rank is not null order by unit_code, method, peer_group",
        [period.id],
    ):
        if code in units and method in methods:
            found[methods[method]].setdefault(units[code], []).append(peer)
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
    limits = [period.start, period.end]
    cuts = [row["since"] for row in reader.rows(_CUTS, [period.end, *limits])]
    since = " + ".join(["0", *(f"case when received_date >= date '{day:%Y-%m-%d}' then 1 else 0 end" for day in cuts)])
    sql = _FIRST.format(since=since, most=FIRST_ACTIONS)
    for code, count, action, dossier, deadline, criterion, points in reader.values(sql, [*limits, *limits, period.id]):
        if code in units:
            mine = found[units[code]]
            mine[0] = count
            until = None if deadline is None else deadline.isoformat(" ", "minutes")
            mine[1].append([action, dossier, until, criterion, points])
    return dict(found)
