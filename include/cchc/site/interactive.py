"""The interactive page of a period, as ``cchc.publish`` has it: for the public without what is not theirs."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cchc.conceal import SUPPRESSED, family
from cchc.publish.document import period_document
from cchc.publish.pages import build_no, render_period
from cchc.site.render import words
from cchc.site.site import Document, SiteContents
from cchc.site.states import State, States

#: Positions of a figure in the document of a period: ``cchc.publish.document``.
_FIGURE = {"indicator": 0, "numerator": 1, "denominator": 2, "ratio": 3, "source": 4, "reason": 5}
_INTERVAL = {"low": 0, "high": 1, "one_dossier": 4}
_CHANGE = {"before": 3, "points": 4, "causes": 5}
_CENT = Decimal("0.01")


def interactive(site: SiteContents, here: str, of: States) -> str:
    """The page with the whole period of a province: tables to sort, charts, the board, a unit's detail and sheet."""
    document = period_document(site.reader, of.period, site.finals)
    if site.is_public:
        _for_the_public(site, of, document)
    beside: list[tuple[str, State | States]] = [("state", of.shown), ("map", of.shown), ("deliveries", of)]
    links = [
        (site.link(here, name, each), words()[f"page_{name}"]["vi"], words()[f"page_{name}"]["en"])
        for name, each in beside
    ]
    return render_period(document, of.period, build_no(site.reader), site.link(here, "index"), links)


def _for_the_public(site: SiteContents, of: States, document: Document) -> None:
    """Take away dossiers, free texts about cases and everything that tells a hidden count."""
    hidden = site.hidden
    names = [unit[0] for unit in document["units"]]

    def is_hidden(at: int, which: str) -> bool:
        return (names[at], of.period.id, which) in hidden

    def hides(relation: str, column: str, at: int) -> bool:
        return hidden.hides(relation, column, names[at], of.period.id)

    for at, figures in enumerate(document["facts"]):
        for fact in figures:
            _conceal_figure(site, document, fact, lambda which, at=at: is_hidden(at, which))
    for rows in document["ranking"]:
        for row in rows:
            row[-1] = None if hides("ranking_v1", "dossiers", row[0]) else row[-1]
    document["completeness"] = {
        at: [
            due,
            readable,
            None if hides("unit_completeness_v1", "dossiers_in_exports", int(at)) else ours,
            None if hides("unit_completeness_v1", "dossiers_on_portal", int(at)) else theirs,
        ]
        for at, (due, readable, ours, theirs) in document["completeness"].items()
    }
    for intervals in document["intervals"]:
        for values in intervals.values():
            for name in ("low", "high", "one_dossier"):
                values[_INTERVAL[name]] = None
    for units in document["changes"]["units"]:
        for change in units.values():
            for line in change[-1]:
                _conceal_change(line)
    document["volumes"]["rows"] = {}
    document["published"] = []
    document["actions"] = {}
    document["adjustments"] = [[*row[:4], "", "", "", *row[7:]] for row in document["adjustments"]]
    document["objections"] = [[*row[:3], "", None, *row[5:]] for row in document["objections"]]
    for row in document["board"]["rows"]:
        row[4], row[5] = None, []


def _conceal_figure(site: SiteContents, document: Document, fact: list[Any], is_hidden: Any) -> None:
    indicator = document["indicators"][fact[_FIGURE["indicator"]]]["id"]
    of = family(indicator, document["sources"][fact[_FIGURE["source"]]], site.hidden.datasets)
    if fact[_FIGURE["numerator"]] is not None and is_hidden(of):
        for name in ("numerator", "denominator", "ratio"):
            fact[_FIGURE[name]] = None
        fact[_FIGURE["reason"]] = SUPPRESSED


def _conceal_change(line: list[Any]) -> None:
    """Points to two decimals, as scores have them, and no counts of the period before."""
    line[_CHANGE["before"]] = None
    line[_CHANGE["causes"]] = [
        [cause, float(Decimal(str(points)).quantize(_CENT, ROUND_HALF_UP))] for cause, points in line[_CHANGE["causes"]]
    ]
