"""How a unit ranks in a period and how sure that is: score, rank, interval, peers, completeness and marks.

In: ``ranking_v1``, ``rank_interval_v1``, ``peer_rank_v1`` and ``unit_completeness_v1``. Nothing is computed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cchc.errors import PermanentError
from cchc.publish.periods import Period, one_period
from cchc.publish.read import Reader, open_reader
from cchc.settings import Settings


@dataclass(frozen=True)
class Interval:
    """Between which totals and ranks the unit stands, whatever the rows that are not known turn out to be.

    ``is_distinguishable``: whether the unit ranked directly below could not overtake; None where there is none.
    ``one_dossier``: points of one dossier of PROCESSING_ON_TIME.
    """

    score_low: Decimal
    score_high: Decimal
    rank_best: int
    rank_worst: int
    unknown_dossiers: int
    unknown_petitions: int
    one_dossier: Decimal | None
    is_distinguishable: bool | None


@dataclass(frozen=True)
class Peers:
    """A rank among peers. ``group``: kind, volume or nearest; ``value`` says which (``peer_rank_v1``)."""

    group: str
    value: str
    rank: int
    ranked_units: int


@dataclass(frozen=True)
class Completeness:
    """Deliveries of dossiers that could be read, of those due; dossiers in the exports, of those the portal counts."""

    deliveries_due: int
    deliveries_readable: int
    dossiers_in_exports: int | None
    dossiers_on_portal: int | None


@dataclass(frozen=True)
class UnitRank:
    """A unit in one period by one method. Where it is not ranked, ``rank`` and ``interval`` are None; a mark says why.

    ``marks``: ``provisional`` (the period still runs), ``few_dossiers``, or the reason for no rank.
    """

    unit: str
    unit_name: str
    period: Period
    method: str
    total: Decimal
    max_attainable: Decimal
    band_vi: str | None
    dossiers: int
    rank: int | None
    ranked_units: int | None
    rank_change: int | None
    interval: Interval | None
    peers: list[Peers]
    completeness: Completeness | None
    marks: list[str]


def unit_rank(settings: Settings, unit: str, period: str, method: str | None = None) -> UnitRank:
    """The rank of a unit in a period, by label (``2026-09``, ``2026-Q3``, ``2026``, ``START_END``).

    Without ``method``: by the period's default method. Raises ``PermanentError`` where the period, or the unit's total
    in it, is not there.
    """
    with open_reader(settings) as reader:
        chosen = one_period(reader, period)
        row = _row(reader, unit, chosen, method)
        key = [unit, chosen.id, row["method"]]
        of = "where unit_code = ? and period_id = ? and method = ?"
        intervals = reader.rows(f"select * from pub.rank_interval_v1 {of}", key)
        peers = reader.rows(f"select * from pub.peer_rank_v1 {of} order by peer_group", key)
        complete = reader.rows("select * from pub.unit_completeness_v1 where unit_code = ? and period_id = ?", key[:2])
    marks = [
        *(["provisional"] if not chosen.is_complete else []),
        *(["few_dossiers"] if row["is_few_dossiers"] else []),
        *([row["null_reason"]] if row["null_reason"] else []),
    ]
    return UnitRank(
        unit,
        row["unit_name"],
        chosen,
        row["method"],
        row["total"],
        row["max_attainable"],
        row["band_vi"],
        row["dossiers"],
        row["rank"],
        row["ranked_units"],
        row["rank_change"],
        _interval(intervals[0]) if intervals else None,
        [Peers(each["peer_group"], each["peer_value"], each["rank"], each["ranked_units"]) for each in peers],
        _completeness(complete[0]) if complete else None,
        marks,
    )


def _row(reader: Reader, unit: str, period: Period, method: str | None) -> dict[str, Any]:
    rows = reader.rows(
        "select * from pub.ranking_v1 where unit_code = ? and period_id = ? order by method", [unit, period.id]
    )
    chosen = [row for row in rows if (row["is_default_method"] if method is None else row["method"] == method)]
    if not chosen:
        known = ", ".join(row["method"] for row in rows)
        asked = "by the default method" if method is None else f"by {method}"
        raise PermanentError(f"{unit} has no score of {period.label} {asked} (there are: {known or 'none'})")
    return chosen[0]


def _interval(row: dict[str, Any]) -> Interval:
    return Interval(
        row["score_low"],
        row["score_high"],
        row["rank_best"],
        row["rank_worst"],
        row["unknown_dossiers"],
        row["unknown_petitions"],
        row["one_dossier_points"],
        row["is_distinguishable_from_next"],
    )


def _completeness(row: dict[str, Any]) -> Completeness:
    return Completeness(
        row["deliveries_due"], row["deliveries_readable"], row["dossiers_in_exports"], row["dossiers_on_portal"]
    )
