"""The documents of the pages that stand for the whole site, a period or a state; ``unit_document`` has the units'.

A document is what a template shows, by name. Keys of ``DOCUMENTS`` are what ``pages.yaml`` calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from cchc.contracts import TIMEZONE
from cchc.publish import LEVELS
from cchc.site.counts import DOSSIERS
from cchc.site.pagelist import Per
from cchc.site.site import Document, SiteContents, rows_per
from cchc.site.states import State, States, decimal
from cchc.site.unit_document import unit

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
                "is_hidden": (row["unit_code"], of.period.id, DOSSIERS) in site.hidden,
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


#: Of a criterion that a method scores and no indicator describes.
_NO_RULE = dict.fromkeys(
    ("code", "vi", "en", "numerator_vi", "numerator_en", "denominator_vi", "denominator_en", "source"), ""
)


def methods(site: SiteContents, here: str) -> Document:
    """The methods of the states shown, and the rule of every indicator with its source."""
    used = {state.method: state.rules for states in site.all for state in reversed(states.states)}
    rules = [
        {
            "code": row["indicator"],
            "vi": row["name_vi"],
            "en": row["name_en"],
            "numerator_vi": row["numerator_rule"],
            "numerator_en": row["numerator_rule_en"],
            "denominator_vi": row["denominator_rule"],
            "denominator_en": row["denominator_rule_en"],
            "source": row["source"],
        }
        for row in site.lookups.indicators
    ]
    ruled = {rule["code"] for rule in rules}
    unruled = {
        each["criterion"]: {**_NO_RULE, "code": each["criterion"], "vi": each["name_vi"], "en": each["name_en"]}
        for of in used.values()
        for group in of["groups"]
        for each in group["criteria"]
        if each["criterion"] not in ruled
    }
    rules += unruled.values()
    return {
        "methods": [_method(code, of) for code, of in sorted(used.items())],
        "rules": rules,
        "files": {"rules": site.beside(here, "methods", rules)},
    }


def _method(code: str, rules: Mapping[str, Any]) -> Document:
    return {
        "code": code,
        "vi": rules["name_vi"],
        "en": rules["name_en"],
        "source": rules["source"],
        "valid_from": rules["valid_from"],
        "valid_to": rules["valid_to"],
        "groups": [
            {
                "vi": group["name_vi"],
                "en": group["name_en"],
                "max": group["max_score"],
                "rows": [
                    {
                        "code": each["criterion"],
                        "vi": each["name_vi"],
                        "en": each["name_en"],
                        "max": each["max_score"],
                        "full": each["full_at_percent"],
                    }
                    for each in group["criteria"]
                ],
            }
            for group in rules["groups"]
        ],
    }


@cache
def _points() -> list[dict[str, str]]:
    found: list[dict[str, str]] = yaml.safe_load(files("cchc.site").joinpath("reading.yaml").read_text("utf-8"))
    return found


def reading(site: SiteContents, here: str) -> Document:
    """How not to read the ranking."""
    return {"points": _points()}


def corrections(site: SiteContents, here: str) -> Document:
    """Every approved edition, the newest approval first; those after a period's first are corrections."""
    entries = []
    for states in site.all:
        for of in states.states:
            if of.edition is None:
                continue
            manifest, approval = of.edition.manifest, of.edition.approval or {}
            reason = manifest.get("reason") or {}
            entries.append(
                {
                    "province": site.lookups.province_names.get(of.province, of.province),
                    "period_vi": of.period.name_vi,
                    "period_en": of.period.name_en,
                    "name": of.name,
                    "by": approval.get("approved_by", ""),
                    "updated": _with_zone(approval["approved_at"]),
                    "sha256": of.edition.manifest_sha256,
                    "reason": reason.get("kind") or "",
                    "note": reason.get("note") or "",
                    "moved": len(of.tables.get("revisions", ())),
                    "href": site.link(here, "state", of),
                }
            )
    entries.sort(key=lambda entry: entry["updated"], reverse=True)
    return {
        "entries": entries,
        "updated": entries[0]["updated"] if entries else "1970-01-01T00:00:00+07:00",
        "author": ", ".join(dict.fromkeys(entry["province"] for entry in entries)) or "cchc",
        "files": {"corrections": site.beside("corrections.html", "corrections", entries)},
    }


def _with_zone(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(TIMEZONE))).isoformat(timespec="seconds")


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
