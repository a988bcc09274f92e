"""The documents of pages that stand for the whole site: methods and sources, how not to read it, corrections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from cchc.contracts import TIMEZONE
from cchc.site.site import Document, SiteContents

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
                    "note": "" if site.is_public else reason.get("note") or "",  # free text, of a case perhaps
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
