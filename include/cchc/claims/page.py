"""The claims page: published figures and what is right of them, as one static HTML file that asks no network.

In: judged claims. Out: a page in the style of the report pages, Vietnamese with English by a switch; it reads without
JavaScript too, then in Vietnamese.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cchc.claims.model import Claim, Judged, Verdict
from cchc.claims.texts import explanation, written
from cchc.publish.pages import write_whole

LANGUAGES = ("vi", "en")


@dataclass(frozen=True)
class _Source:
    """One source with its claims, as the page lists them."""

    title: str
    url: str
    date: str
    rows: list[dict[str, Any]]


def write_page(path: Path, judged: Sequence[Judged], home: str | None = None, table: str | None = None) -> Path:
    """Write the page of these claims, whole or not at all; returns the path.

    ``home``, ``table``: the addresses of the site's first page and of the same claims as CSV, as seen from this page;
    without them the page stands alone.
    """
    write_whole(path, claims_page(judged, home, table))
    return path


def claims_page(judged: Sequence[Judged], home: str | None = None, table: str | None = None) -> str:
    """The page as text. Nothing of the clock is in it: the same claims give the same bytes."""
    style = Markup(_styles() + _file("cchc.claims", "templates", "claims.css"))
    script = Markup(_file("cchc.claims", "templates", "claims.js"))
    counts = Counter(each.verdict for each in judged)
    return (
        _templates()
        .get_template("claims.html.j2")
        .render(
            style=style,
            style_hash=_hash(style),
            script=script,
            script_hash=_hash(script),
            texts=_texts(),
            home=home,
            table=table,
            total=len(judged),
            verdicts=[(verdict.value, counts[verdict]) for verdict in Verdict if counts[verdict]],
            sources=[_source(list(claims)) for _, claims in groupby(judged, key=lambda each: _origin(each.claim))],
        )
    )


def _origin(claim: Claim) -> tuple[str, str]:
    return claim.source_title, claim.source_url


def _source(judged: Sequence[Judged]) -> _Source:
    claim = judged[0].claim
    url = claim.source_url if claim.source_url.startswith(("https://", "http://")) else ""
    return _Source(claim.source_title, url, claim.source_date, [_row(each) for each in judged])


def _row(judged: Judged) -> dict[str, Any]:
    claim = judged.claim
    percent = "%" if claim.statement_type == "percent" else ""
    return {
        "id": claim.id,
        "place": claim.place,
        "period": claim.period,
        "text": claim.stated_text,
        "verdict": judged.verdict.value,
        "recomputed": {
            language: "–" if judged.recomputed is None else written(judged.recomputed, language) + percent
            for language in LANGUAGES
        },
        "explanation": {language: explanation(judged, language) for language in LANGUAGES},
    }


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, str]]:
    return dict(yaml.safe_load(_file("cchc.claims", "data", "page.yaml")))


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("cchc.claims"), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )


def _styles() -> str:
    """Every style of the report pages."""
    files = sorted(resources.files("cchc.publish").joinpath("static").iterdir(), key=lambda each: each.name)
    return "".join(each.read_text(encoding="utf-8") for each in files if each.name.endswith(".css"))


def _file(package: str, *parts: str) -> str:
    return resources.files(package).joinpath(*parts).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """How a content security policy names an inline script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
