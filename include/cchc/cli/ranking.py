"""``cchc rank``: a unit's rank, how sure it is, and among whom."""

from __future__ import annotations

from typing import Any

from cchc.cli.progress import console, print_table
from cchc.publish.rank import Completeness, Interval, Peers, UnitRank

_MARKS = {
    "provisional": "the period still runs, or its last day is not delivered",
    "few_dossiers": "fewer dossiers than the method asks for: one dossier moves the score much",
    "level_not_ranked": "its level is not ranked",
    "not_in_force": "it was no more in force at the end of the period",
    "no_dossiers": "no dossier counts for it",
    "incomplete_deliveries": "too few of the deliveries due could be read",
    "incomplete_coverage": "the exports hold too few of the dossiers that the portal counts",
}


def show_rank(found: UnitRank) -> None:
    """Print what there is of a unit's rank."""
    console.print(
        f"{found.unit} {found.unit_name}: {found.period.label}, by {found.method}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    print_table("Rank", ["what", "value"], [[name, value] for name, value in _rows(found)])
    if found.peers:
        rows = [[each.group, f"{each.rank} of {each.ranked_units}", _who(each)] for each in found.peers]
        print_table("Among peers", ["group", "rank", "who"], rows)


def _rows(found: UnitRank) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = [("score", f"{found.total} of {found.max_attainable}")]
    if found.band_vi:
        rows.append(("band", found.band_vi))
    rows.append(("rank", "not ranked" if found.rank is None else f"{found.rank} of {found.ranked_units}"))
    if found.rank_change is not None:
        rows.append(("change of rank", f"{found.rank_change:+d}"))
    if found.interval is not None:
        rows += _sureness(found.interval, found.dossiers)
    if found.completeness is not None:
        rows += _complete(found.completeness)
    return rows + [("mark", f"{mark}: {_MARKS[mark]}" if mark in _MARKS else mark) for mark in found.marks]


def _sureness(interval: Interval, dossiers: int) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = [
        ("score between", f"{interval.score_low} and {interval.score_high}"),
        ("rank between", f"{interval.rank_best} and {interval.rank_worst}"),
        ("not known", f"dossiers: {interval.unknown_dossiers}, petitions: {interval.unknown_petitions}"),
    ]
    if interval.one_dossier is not None:
        rows.append(("one dossier", f"1 of {dossiers} = {interval.one_dossier.normalize():f} points"))
    if interval.is_distinguishable is not None:
        ahead = "surely ahead" if interval.is_distinguishable else "not surely ahead"
        rows.append(("the next below", ahead))
    return rows


def _complete(found: Completeness) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = [
        ("deliveries read", f"{found.deliveries_readable} of {found.deliveries_due}"),
    ]
    if found.dossiers_on_portal is not None:
        rows.append(("dossiers", f"{found.dossiers_in_exports or 0} of {found.dossiers_on_portal} on the portal"))
    return rows


def _who(peers: Peers) -> str:
    if peers.group == "volume":
        return f"units with {peers.value} dossiers or more, of the same class"
    return peers.value.replace(",", ", ") if peers.group == "nearest" else peers.value
