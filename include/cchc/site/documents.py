"""The documents of the pages by name; here the start page's and those of a period or a state.

A document is what a template shows, by name. Keys of ``DOCUMENTS`` are what ``pages.yaml`` calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby

from cchc.publish import LEVELS
from cchc.site.pagelist import Per
from cchc.site.site import Document, SiteContents, rows_per
from cchc.site.states import State, States, decimal
from cchc.site.unit_document import unit
from cchc.site.whole_site import corrections, methods, reading

#: From so many per cent of the attainable points on a tile has the next shade.
STEPS = (50, 65, 80, 90)


def index(site: SiteContents, here: str) -> Document:
    """Every period of every province with its states."""
    ordered = sorted(site.all, key=lambda each: each.province)
    return {
        "provinces": [
            {
                "name": site.lookups.province_names.get(province, province),
                "periods": [_period_row(site, here, states) for states in group],
            }
            for province, group in groupby(ordered, key=lambda each: each.province)
        ]
    }


def _period_row(site: SiteContents, here: str, states: States) -> Document:
    period = states.period
    return {
        "vi": period.name_vi,
        "en": period.name_en,
        "as_of": str(period.as_of or period.end),
        "href": site.link(here, "state", states.shown),
        "states": [
            {"name": state.name, "edition": state.edition is not None, "href": site.link(here, "state", state)}
            for state in states.states
        ],
        "links": _period_links(site, here, states),
    }


def _period_links(site: SiteContents, here: str, of: State | States) -> list[Document]:
    return [
        {"href": site.link(here, row.name, of), "title": row.title}
        for row in rows_per(Per.PERIOD)
        if site.has(row) and row.name in site.pages_of.get((of.province, of.period.label), set())
    ]


def state(site: SiteContents, here: str, of: State) -> Document:
    """The ranking of a state by level, its tables, and the way to its units."""
    intervals = {row["unit_code"]: row for row in of.tables.get("intervals", ())}
    rows: dict[str, list[Document]] = {level: [] for level in LEVELS}
    for row in of.tables["ranking"]:
        between = intervals.get(row["unit_code"], {})
        best, worst = between.get("rank_best", ""), between.get("rank_worst", "")
        names = site.band(of, row["band"])
        rows[_level(row)].append(
            {
                "href": site.link(here, "unit", of, row["unit_code"]),
                "name": row["unit_name"],
                "rank": row["rank"],
                "reason": row["null_reason"],
                "total": row["total"],
                "percent": row["percent_of_attainable"],
                "band_vi": names[0],
                "band_en": names[1],
                "interval": f"{best}–{worst}" if best and best != worst else best or "–",
                "dossiers": row["dossiers"],
                "is_hidden": site.hidden.hides("ranking_v1", "dossiers", row["unit_code"], of.period.id),
            }
        )
    return {
        **_of_state(site, of),
        "links": [{"href": site.link(here, "map", of), "title": "page_map"}, *_period_links(site, here, of)],
        "levels": [{"name": level, "rows": mine} for level, mine in rows.items() if mine],
        "tables": [
            {"name": name, "rows": len(table), "href": site.table(here, of, name)} for name, table in of.tables.items()
        ],
    }


def tile_map(site: SiteContents, here: str, of: State) -> Document:
    """One tile a unit, in the order of names: the registry ships no boundaries."""
    tiles: dict[str, list[Document]] = {level: [] for level in LEVELS}
    for row in sorted(of.tables["ranking"], key=lambda each: each["unit_name"]):
        if row["level"] == "province":
            continue
        percent = decimal(row["percent_of_attainable"]) if row["rank"] else None
        tiles[_level(row)].append(
            {
                "href": site.link(here, "unit", of, row["unit_code"]),
                "name": row["unit_name"],
                "percent": percent,
                "step": 0 if percent is None else 1 + sum(percent >= step for step in STEPS),
            }
        )
    return {
        **_of_state(site, of),
        "levels": [{"name": level, "tiles": mine} for level, mine in tiles.items() if mine],
        "files": {"ranking": site.table(here, of, "ranking")},
    }


def deliveries(site: SiteContents, here: str, of: States) -> Document:
    """Files due and how they came, by unit, system and dataset."""
    rows = site.lookups.deliveries(of.period, of.province)
    return {**_of_period(site, of), "rows": rows, "files": {"deliveries": site.beside(here, "deliveries", rows)}}


def portal(site: SiteContents, here: str, of: States) -> Document:
    """Our figures beside the portal's. The public sees scores and classes; counts stay in the office."""
    rows = site.lookups.portal(of.period, of.province, of.shown.method)
    if site.is_public:
        shown = ("unit_code", "unit_name", "period_id", "method", "criterion", "our_score", "published_score")
        rows = [{name: row[name] for name in (*shown, "difference")} for row in rows]
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["difference"]] = counts.get(row["difference"], 0) + 1
    return {
        **_of_period(site, of),
        "rows": rows,
        "has_counts": not site.is_public,
        "summary": [{"name": name, "rows": number} for name, number in sorted(counts.items())],
        "files": {"portal": site.beside(here, "portal", rows)},
    }


def _level(row: Mapping[str, str]) -> str:
    return row["ranked_level"] if row["ranked_level"] in LEVELS else "other"


def _of_period(site: SiteContents, of: State | States) -> Document:
    return {
        "province": site.lookups.province_names.get(of.province, of.province),
        "period": {"vi": of.period.name_vi, "en": of.period.name_en},
    }


def _of_state(site: SiteContents, of: State) -> Document:
    return {
        **_of_period(site, of),
        "state": site.state_facts(of),
        "least": of.least_published if site.is_public else None,
    }


DOCUMENTS: dict[str, Callable[..., Document]] = {
    "index": index,
    "methods": methods,
    "reading": reading,
    "corrections": corrections,
    "deliveries": deliveries,
    "portal": portal,
    "state": state,
    "tile_map": tile_map,
    "unit": unit,
}
