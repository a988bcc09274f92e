"""The page of one unit in one state: scorecard, how sure the rank is, changes, history, quality, actions.

What the warehouse says of other periods, of targets and of what can be done stands on the page of what is now alone: an
edition's page stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cchc.conceal import SUPPRESSED
from cchc.site.site import Document, SiteContents
from cchc.site.states import Row, State, decimal

_SIGNS = {">=": "≥", "<=": "≤"}


def unit(site: SiteContents, here: str, of: State, code: str) -> Document:
    """Everything that the page of a unit shows."""
    (row,) = of.of("ranking", code)
    name = row["unit_code"]
    hidden = site.hidden.hides("ranking_v1", "dossiers", name, of.period.id)
    scorecard = _scorecard(site, here, of, row)
    changes = _changes(of, code)
    history = [] if of.edition else _history(site, of, code)
    actions = [] if site.is_public or of.edition else site.lookups.actions(of.period).get(code, [])
    stem = here.rpartition("/")[2].removesuffix(".html")
    between = next(iter(of.of("intervals", code)), None)
    files = {
        "figures": site.beside(here, f"{stem}.figures", _as_rows(of.of("indicators", code))),
        "changes": site.beside(here, f"{stem}.changes", _as_rows(of.of("decomposition", code))),
        "history": site.beside(here, f"{stem}.history", history) if history else "",
        "actions": site.beside(here, f"{stem}.actions", actions) if actions else "",
    }
    names = site.band(of, row["band"])
    return {
        "province": site.lookups.province_names.get(of.province, of.province),
        "period": {"vi": of.period.name_vi, "en": of.period.name_en},
        "state": site.state_facts(of),
        "least": of.least_published if site.is_public else None,
        "links": [
            {"href": site.link(here, "state", of), "title": "page_state"},
            {"href": site.link(here, "map", of), "title": "page_map"},
            {"href": site.link(here, "reading"), "title": "page_reading"},
        ],
        "unit": {
            "code": code,
            "name": row["unit_name"],
            "rank": row["rank"],
            "ranked_units": row["ranked_units"],
            "reason": row["null_reason"] or "level_not_ranked",
            "total": row["total"],
            "attainable": row["max_attainable"],
            "band_vi": names[0] or "–",
            "band_en": names[1] or "–",
            "dossiers": row["dossiers"],
            "is_hidden": hidden,
            "is_few": row["is_few_dossiers"] == "true",
        },
        "scorecard": scorecard,
        "has_commands": not site.is_public,
        "interval": _interval(between),
        "peers": [
            {"group": each["peer_group"], "rank": each["rank"], "of": each["ranked_units"]}
            for each in of.of("peers", code)
            if each["rank"]
        ],
        "compared_with": of.compared_with,
        "changes": changes,
        "history": history,
        "quality": _quality(of, code),
        "actions": actions,
        "actions_command": f"cchc actions --unit {code} --period {of.period.label} --out actions.csv",
        "files": files,
    }


def _scorecard(site: SiteContents, here: str, of: State, unit_row: Row) -> list[Document]:
    """The groups of the method with their criteria; what is monitored without points stands last."""
    code = unit_row["unit_code"]
    figures = {row["indicator"]: row for row in of.of("indicators", code)}
    medians = of.medians.get(unit_row["ranked_level"], {})
    targets = {} if of.edition else site.lookups.targets(of.period)
    scores = {row["group_name"]: row["score"] for row in of.of("groups", code)}
    found = []
    for name, group in of.groups.items():
        rows = [
            _criterion(site, here, of, code, figures[each["criterion"]], each, medians, targets)
            for each in group["criteria"]
            if each["criterion"] in figures
        ]
        if rows:
            found.append(
                {
                    "vi": group["name_vi"],
                    "en": group["name_en"],
                    "score": scores.get(name, ""),
                    "max": group["max_score"],
                    "rows": rows,
                }
            )
    return found


def _criterion(
    site: SiteContents,
    here: str,
    of: State,
    code: str,
    row: Row,
    rule: Mapping[str, Any],
    medians: Mapping[str, Decimal],
    targets: Mapping[tuple[str, str], Mapping[str, Any]],
) -> Document:
    indicator = row["indicator"]
    ratio = decimal(row["ratio"])
    target = targets.get((code, indicator))
    command = f"cchc trail --unit {code} --indicator {indicator} --period {of.period.label}"
    is_hidden = row["null_reason"] == SUPPRESSED
    return {
        "vi": rule["name_vi"],
        "en": rule["name_en"],
        "numerator": row["numerator"],
        "denominator": row["denominator"],
        "percent": None if ratio is None else ratio * 100,
        "is_hidden": is_hidden,
        "reason": "" if is_hidden else row["null_reason"],
        "score": row["score"],
        "max": rule["max_score"],
        "median": medians.get(indicator),
        "target": None if target is None else _target(target),
        "source": row["source"],
        "rule": f"{site.link(here, 'methods')}#{indicator}",
        "command": "" if site.is_public or of.edition else command,
    }


def _target(row: Mapping[str, Any]) -> str:
    percent = f"{row['target_percent'].normalize():f}".replace(".", ",")
    return f"{_SIGNS.get(row['target_operator'], row['target_operator'])} {percent}%"


def _interval(row: Row | None) -> Document | None:
    if row is None or not row["rank_best"]:
        return None
    return {
        "best": row["rank_best"],
        "worst": row["rank_worst"],
        "is_alike": row["is_distinguishable_from_next"] == "false",
    }


def _changes(of: State, code: str) -> list[Document]:
    rows = of.of("decomposition", code)
    found = []
    for row in rows:
        rule = of.criteria.get(row["criterion"], {})
        found.append(
            {
                "vi": rule.get("name_vi", row["criterion"]),
                "en": rule.get("name_en", row["criterion"]),
                "cause": row["cause"],
                "points": row["points"],
            }
        )
    return sorted(found, key=lambda each: -abs(Decimal(each["points"])))


def _history(site: SiteContents, of: State, code: str) -> list[Document]:
    """Every period of the unit, also those that only its restated series has; ranks as they were."""
    restated = site.lookups.restated_totals(code)
    own = {row["period_id"]: row for row in site.lookups.history.get(code, ())}
    found = []
    for key in sorted(own.keys() | restated.keys(), reverse=True):
        published, again = own.get(key), restated.get(key)
        named = published or again or {}
        found.append(
            {
                "period_id": key,
                "vi": named["period_vi"] or key,
                "en": named["period_en"] or named["period_vi"] or key,
                "rank": published["rank"] if published else None,
                "total": published["total"] if published else None,
                "restated": again["total"] if again else None,
                "grade": again["grade"] if again else None,
            }
        )
    return found


def _quality(of: State, code: str) -> Document | None:
    row = next(iter(of.of("completeness", code)), None)
    if row is None:
        return None
    return {
        "due": row["deliveries_due"],
        "readable": row["deliveries_readable"],
        "ours": row["dossiers_in_exports"],
        "theirs": row["dossiers_on_portal"],
    }


def _as_rows(rows: list[Row]) -> list[Document]:
    return [dict(row) for row in rows]
