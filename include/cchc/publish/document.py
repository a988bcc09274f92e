"""One period of the relations ``pub.*`` as a compact, JSON-ready document: what its page shows, and nothing else.

Rows become arrays and names are listed once, because a province may have thousands of units.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from cchc import __version__
from cchc.publish import standing
from cchc.publish.changes import period_changes
from cchc.publish.periods import Period
from cchc.publish.read import Reader
from cchc.publish.state import Final, method_states
from cchc.publish.values import day_text, number

Row = dict[str, Any]

#: Tabs of the page, in order; what is ranked nowhere stands under ``other``.
LEVELS = ("commune", "district", "department", "other")
#: One letter a day on the delivery board; later ones are worse.
STATUS = {"on_time": "o", "late": "l", "missing": "m", "refused": "r"}
NO_DELIVERY = "."
#: Counts of dossiers shown with a unit.
VOLUMES = ("received", "resolved", "early", "on_the_day", "overdue_resolved", "running", "running_overdue", "online")


class Listing:
    """Things named once and then referred to by their position."""

    def __init__(self) -> None:
        self.positions: dict[Any, int] = {}
        self.items: list[Any] = []

    def add(self, key: Any, item: Any = None) -> int:
        """Position of the key; the item is kept when the key is new."""
        if key not in self.positions:
            self.positions[key] = len(self.items)
            self.items.append(key if item is None else item)
        return self.positions[key]

    def get(self, key: Any) -> int | None:
        """Position of the key, or None."""
        return self.positions.get(key)


def period_document(
    reader: Reader, period: Period, finals: Iterable[Final] = (), edition: str | None = None
) -> dict[str, Any]:
    """Everything the page of one period shows. ``edition``: the page is part of that edition, ``r1``."""
    ranking = reader.rows(
        "select unit_code, unit_name, level, province_code, ranked_level, method, is_default_method, total, "
        "max_attainable, percent_of_attainable, rank, ranked_units, previous_rank, rank_change, dossiers, "
        "computed_total, adjustment, is_few_dossiers, band, band_vi, band_en, null_reason "
        "from pub.ranking_v1 where period_id = ? "
        "order by province_code, rank nulls last, unit_name, unit_code",
        [period.id],
    )
    shown = _shown_provinces(ranking)
    ranking = [row for row in ranking if row["province_code"] in shown]
    methods = _methods(reader, ranking)
    states = method_states(reader, period)
    for method in methods:
        method["state"] = states.get(method["id"])
    units, provinces = Listing(), Listing()
    names = {row["unit_code"]: row["unit_name"] for row in ranking}
    for code, _ in Counter(row["province_code"] for row in ranking if row["rank"] is not None).most_common():
        provinces.add(code, [code, names.get(code)])
    for row in sorted(ranking, key=lambda r: (LEVELS.index(_tab(r)), r["rank"] or 10**9, r["unit_code"])):
        home = provinces.add(row["province_code"], [row["province_code"], names.get(row["province_code"])])
        units.add(row["unit_code"], [row["unit_code"], row["unit_name"], row["level"], _tab(row), home])
    bands = Listing()
    places = {method["id"]: position for position, method in enumerate(methods)}
    document: dict[str, Any] = {
        "period": _period(period),
        "provinces": provinces.items,
        "methods": methods,
        "units": units.items,
        "ranking": [_ranking(ranking, method["id"], units, bands) for method in methods],
        "groups": _group_scores(reader, period, methods, units),
        "bands": bands.items,
        **_indicators(reader, period, methods, units),
        "volumes": _volumes(reader, period, units),
        "board": _board(reader, period),
        "published": _published(reader, period),
        "portal": _portal(reader, period, methods),
        "completeness": standing.completeness(reader, period, units.positions),
        "adjustments": standing.adjustments(reader, period, units.positions, places),
        "intervals": standing.intervals(reader, period, units.positions, places),
        "peers": standing.peers(reader, period, units.positions, places),
        "objections": standing.objections(reader, period, units.positions),
        "actions": standing.actions(reader, period, units.positions),
        "changes": period_changes(reader, period, units.positions, places),
        "finals": _finals(finals, period, provinces, places, units),
        "edition": edition,
        "version": __version__,
    }
    return document


def _shown_provinces(ranking: Iterable[Row]) -> set[str]:
    """Provinces with anything ranked, else with any dossier at all: the registry also knows provinces without data."""
    rows = list(ranking)
    ranked = {row["province_code"] for row in rows if row["rank"] is not None}
    return ranked or {row["province_code"] for row in rows if row["null_reason"] != "no_dossiers" and row["total"]}


def _tab(row: Row) -> str:
    return row["ranked_level"] if row["ranked_level"] in LEVELS else "other"


def _period(period: Period) -> Row:
    return {
        "label": period.label,
        "id": period.id,
        "kind": period.kind,
        "start": day_text(period.start),
        "end": day_text(period.end),
        "as_of": day_text(period.as_of),
        "complete": period.is_complete,
        "vi": period.name_vi,
        "en": period.name_en,
    }


def _methods(reader: Reader, ranking: Iterable[Row]) -> list[Row]:
    """The methods that score the period, the default one first, with their groups and criteria."""
    wanted = {row["method"]: bool(row["is_default_method"]) for row in ranking}
    found: dict[str, Row] = {}
    for row in reader.rows(
        "select method, method_vi, method_en, method_source, group_name, group_vi, group_en, criterion, "
        "criterion_vi, criterion_en, max_score, full_at_percent, zero_denominator, criterion_source "
        "from pub.method_criterion_v1 order by method, position"
    ):
        if row["method"] not in wanted:
            continue
        method = found.setdefault(
            row["method"],
            {
                "id": row["method"],
                "vi": row["method_vi"],
                "en": row["method_en"],
                "source": row["method_source"],
                "default": wanted[row["method"]],
                "groups": [],
                "criteria": [],
            },
        )
        groups = method["groups"]
        if not groups or groups[-1]["id"] != row["group_name"]:
            groups.append({"id": row["group_name"], "vi": row["group_vi"], "en": row["group_en"], "max": 0})
        groups[-1]["max"] = number(Decimal(str(groups[-1]["max"])) + row["max_score"])
        method["criteria"].append(
            {
                "id": row["criterion"],
                "group": len(groups) - 1,
                "vi": row["criterion_vi"],
                "en": row["criterion_en"],
                "max": number(row["max_score"]),
                "full": number(row["full_at_percent"]),
                "zero": row["zero_denominator"],
                "source": row["criterion_source"],
            }
        )
    return sorted(found.values(), key=lambda method: (not method["default"], method["id"]))


def _ranking(ranking: Iterable[Row], method: str, units: Listing, bands: Listing) -> list[list[Any]]:
    """Unit, total, attainable, percent, rank, of, previous rank, change, band, why not ranked, total as computed,
    adjustment, whether it has few dossiers, dossiers."""
    return [
        [
            units.get(row["unit_code"]),
            number(row["total"]),
            number(row["max_attainable"]),
            number(row["percent_of_attainable"]),
            row["rank"],
            row["ranked_units"],
            row["previous_rank"],
            row["rank_change"],
            bands.add(row["band"], [row["band"], row["band_vi"], row["band_en"]]) if row["band"] else None,
            row["null_reason"],
            number(row["computed_total"]),
            number(row["adjustment"]),
            bool(row["is_few_dossiers"]),
            row["dossiers"],
        ]
        for row in ranking
        if row["method"] == method
    ]


def _finals(
    finals: Iterable[Final], period: Period, provinces: Listing, methods: dict[str, int], units: Listing
) -> list[Row]:
    """The approved edition of each province and method shown, and how it has the units that would differ now."""
    return [
        {
            "province": provinces.get(final.province),
            "method": methods[final.method],
            "name": final.name,
            "state": final.state,
            "by": final.approved_by,
            "on": day_text(final.approved_on),
            "sha256": final.manifest_sha256,
            "moved": None
            if final.moved is None
            else {
                units.positions[code]: [number(stood.total), stood.rank]
                for code, stood in final.moved.items()
                if code in units.positions
            },
        }
        for final in finals
        if final.period == period.label and final.method in methods and provinces.get(final.province) is not None
    ]


def _group_scores(reader: Reader, period: Period, methods: list[Row], units: Listing) -> list[list[Any]]:
    """By method and unit: score and attainable points of each group of the method, null where nothing was computed."""
    place = {(m["id"], g["id"]): (i, j) for i, m in enumerate(methods) for j, g in enumerate(m["groups"])}
    table: list[list[Any]] = [[[None] * (2 * len(m["groups"])) for _ in units.items] for m in methods]
    for code, name, group, score, most in reader.values(
        "select unit_code, method, group_name, score, max_attainable from pub.unit_score_group_v1 where period_id = ?",
        [period.id],
    ):
        unit, where = units.get(code), place.get((name, group))
        if unit is not None and where is not None:
            table[where[0]][unit][2 * where[1] : 2 * where[1] + 2] = [score, most]
    return table


def _indicators(reader: Reader, period: Period, methods: list[Row], units: Listing) -> Row:
    """The indicators once, and the figures of each unit.

    A figure: indicator, numerator, denominator, ratio, source, null reason, target, then one score a method.
    """
    indicators, sources, targets = Listing(), Listing(), Listing()
    columns = {method["id"]: position for position, method in enumerate(methods)}
    facts: list[dict[int, list[Any]]] = [{} for _ in units.items]
    described = _described(reader, period)
    found = reader.values(
        "select unit_code, indicator, numerator, denominator, ratio, method, score, null_reason, source, "
        "target_operator, target_percent, is_target_met from pub.unit_indicator_v1 where period_id = ? "
        "order by indicator, unit_code",
        [period.id],
    )
    for code, indicator, num, den, ratio, method, score, why, source, *goal in found:
        unit = units.get(code)
        if unit is None:
            continue
        which = indicators.add(indicator, described[indicator])
        fact = facts[unit].get(which)
        if fact is None:
            target = targets.add((goal[0], goal[1]), [goal[0], goal[1]]) if goal[0] else None
            fact = facts[unit][which] = [
                which,
                num,
                den,
                ratio,
                sources.add(source),
                why,
                None if target is None else [target, goal[2]],
                *[None] * len(methods),
            ]
        if method in columns:
            fact[7 + columns[method]] = score
    return {
        "indicators": indicators.items,
        "sources": sources.items,
        "targets": targets.items,
        "facts": [list(unit.values()) for unit in facts],
    }


def _described(reader: Reader, period: Period) -> dict[str, Row]:
    """What each indicator of a period is: texts that are the same for every unit, fetched once for all of them."""
    texts = (
        *("indicator_vi", "indicator_en", "numerator_rule", "numerator_rule_en", "denominator_rule"),
        *("denominator_rule_en", "unit_of_measure", "legal_source"),
    )
    rows = reader.rows(
        f"select indicator, {', '.join(f'min({name}) as {name}' for name in texts)} from pub.unit_indicator_v1 "
        "where period_id = ? group by indicator",
        [period.id],
    )
    return {
        row["indicator"]: {
            "id": row["indicator"],
            "vi": row["indicator_vi"],
            "en": row["indicator_en"],
            "num": {"vi": row["numerator_rule"], "en": row["numerator_rule_en"]},
            "den": {"vi": row["denominator_rule"], "en": row["denominator_rule_en"]},
            "measure": row["unit_of_measure"],
            "source": row["legal_source"],
        }
        for row in rows
    }


def _volumes(reader: Reader, period: Period, units: Listing) -> Row:
    found = reader.values(
        f"select unit_code, {', '.join(VOLUMES)} from pub.unit_volume_v1 "
        "where period_id = ? and scope = 'subtree' and received > 0 order by unit_code",
        [period.id],
    )
    return {
        "columns": VOLUMES,
        "rows": {units.positions[code]: counts for code, *counts in found if code in units.positions},
    }


def _board(reader: Reader, period: Period) -> Row:
    """Business days, and a row for each unit, system and dataset: a letter a day, then what went wrong on which day."""
    last = min(period.end, period.as_of or period.end)
    squares = reader.rows(
        "select system, system_name, unit_code, unit_name, export_date, dataset, status, refused_reason, rows_read, "
        "rows_quarantined from pub.delivery_board_v1 where export_date between ? and ? "
        "order by unit_code, system, dataset, export_date",
        [period.start, last],
    )
    days = sorted({row["export_date"] for row in squares})
    position = {day: i for i, day in enumerate(days)}
    systems, reasons, units = Listing(), Listing(), Listing()
    rows: dict[tuple[str, str, str], list[Any]] = {}
    letters: dict[tuple[str, str, str], list[str]] = defaultdict(lambda: [NO_DELIVERY] * len(days))
    for square in squares:
        key = (square["unit_code"], square["system"], square["dataset"])
        at = position[square["export_date"]]
        letters[key][at] = STATUS.get(square["status"], NO_DELIVERY)
        row = rows.setdefault(
            key,
            [
                units.add(square["unit_code"], [square["unit_code"], square["unit_name"] or square["unit_code"]]),
                systems.add(square["system"], [square["system"], square["system_name"] or square["system"]]),
                square["dataset"],
                "",
                0,
                [],
                [],
            ],
        )
        row[4] += int(square["rows_read"] or 0)
        if square["rows_quarantined"]:
            row[5].append([at, int(square["rows_quarantined"])])
        if square["refused_reason"]:
            row[6].append([at, reasons.add(square["refused_reason"])])
    for key, row in rows.items():
        row[3] = "".join(letters[key])
    return {
        "days": [day_text(day) for day in days],
        "units": units.items,
        "systems": systems.items,
        "reasons": reasons.items,
        "rows": list(rows.values()),
    }


def _published(reader: Reader, period: Period) -> list[Row]:
    """Figures that reports published for just this period, beside the recomputed ones."""
    found = reader.rows(
        "select figure_id, source_document, unit_code, unit_name, scope, measure, unit_of_measure, operator, "
        "published_value, published_text, decimals, numerator, denominator, recomputed_value, fit, flag, "
        "suggested_value, note from pub.published_check_v1 where period_start = ? and period_end = ? "
        "order by source_document, figure_id",
        [period.start, period.end],
    )
    return [{name: number(value) for name, value in row.items()} for row in found]


def _portal(reader: Reader, period: Period, methods: list[Row]) -> Row | None:
    """How many scores of the national portal the default method reproduces, and those it does not."""
    if not methods:
        return None
    found = reader.rows(
        "select unit_code, unit_name, criterion, published_score, recomputed_score, is_equal "
        "from pub.portal_check_v1 where period_id = ? and method = ? order by unit_code, criterion",
        [period.id, methods[0]["id"]],
    )
    if not found:
        return None
    differing = [row for row in found if not row["is_equal"]]
    return {
        "checked": len(found),
        "equal": len(found) - len(differing),
        "differing": [
            [
                row["unit_code"],
                row["unit_name"],
                row["criterion"],
                number(row["published_score"]),
                number(row["recomputed_score"]),
            ]
            for row in differing
        ],
    }


def overview_document(reader: Reader, periods: Iterable[Period], finals: Iterable[Final] = ()) -> Row:
    """What the start page shows: the periods that have a page, deliveries by month, and broken rules."""
    summary = reader.rows(
        "select month_key, sum(expected) as expected, sum(on_time) as on_time, sum(late) as late, "
        "sum(refused) as refused, sum(missing) as missing, sum(rows_read) as rows_read, "
        "sum(rows_accepted) as rows_accepted, sum(rows_quarantined) as rows_quarantined, "
        "sum(rows_duplicate) as rows_duplicate "
        "from pub.delivery_summary_v1 group by month_key order by month_key desc"
    )
    rules = reader.rows(
        "select dataset, rule, sum(rows_in_force) as rows_in_force, sum(rows_replaced) as rows_replaced, "
        "min(first_export_date) as first_day, max(last_export_date) as last_day "
        "from pub.quarantine_summary_v1 group by dataset, rule order by 3 desc, 1, 2"
    )
    final = {each.period: [each.name, each.state] for each in finals}
    return {
        "periods": [{**_period(period), "page": period.page, "final": final.get(period.label)} for period in periods],
        "deliveries": [
            {name: int(value) if value is not None else 0 for name, value in row.items()} for row in summary
        ],
        "rules": [
            {name: day_text(v) if isinstance(v, date) else number(v) for name, v in row.items()} for row in rules
        ],
    }
