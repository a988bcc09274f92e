"""The action list of a unit: ``action_v1`` of one period, the most points first. Python selects, the model decides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cchc.errors import PermanentError
from cchc.publish.periods import Period, list_periods, one_period
from cchc.publish.read import Reader, open_reader
from cchc.settings import Settings

Row = dict[str, Any]


@dataclass
class ActionList:
    """What a unit and those below it can do.

    ``counts``: one row an action with ``criterion``, ``as_of_date``, ``dossiers``, and ``points`` and
    ``points_unrounded`` of the one worth most. ``names`` and ``rows``: ``action_v1`` as it is. ``due_outside``:
    dossiers due soon that were received outside the period, so that none is overlooked.
    """

    period: Period
    counts: list[Row]
    names: list[str]
    rows: Iterator[tuple[Any, ...]]
    due_outside: int


@contextmanager
def action_list(settings: Settings, unit: str, period: str | None) -> Iterator[ActionList]:
    """The list of a unit and period; without a period the newest month in which the unit has dossiers.

    ``PermanentError`` where there is no such period, or the unit has no dossiers in it.
    """
    with open_reader(settings) as reader:
        chosen = _with_dossiers(reader, unit, period) if period else _newest_month(reader, unit)
        where = "from pub.action_v1 where unit_code = ? and period_id = ?"
        counts = reader.rows(
            "select action, criterion, max(as_of_date) as as_of_date, count(*) as dossiers, max(points) as points, "
            f"max(points_unrounded) as points_unrounded {where} "
            "group by action, criterion order by 6 desc, action",
            [unit, chosen.id],
        )
        names, rows = reader.stream(
            f"select * {where} order by points_unrounded desc, points desc, deadline, system, dossier_code, action",
            [unit, chosen.id],
        )
        yield ActionList(chosen, counts, names, rows, _due_outside(reader, unit, counts))


def _due_outside(reader: Reader, unit: str, counts: list[Row]) -> int:
    everywhere = reader.rows(
        "select count(*) as dossiers from (select distinct system, dossier_code from pub.action_v1 "
        "where unit_code = ? and action = 'due_soon') due",
        [unit],
    )
    return int(everywhere[0]["dossiers"]) - sum(row["dossiers"] for row in counts if row["action"] == "due_soon")


def _with_dossiers(reader: Reader, unit: str, text: str) -> Period:
    period = one_period(reader, text)
    received = "select 1 from pub.unit_volume_v1 where unit_code = ? and period_id = ? and received > 0 limit 1"
    if not reader.rows(received, [unit, period.id]):
        raise PermanentError(f"{period.label} has no dossiers of {unit}: is the agency code right?")
    return period


def _newest_month(reader: Reader, unit: str) -> Period:
    found = reader.rows(
        "select max(period_id) as period_id from pub.unit_volume_v1 "
        "where unit_code = ? and period_kind = 'month' and received > 0",
        [unit],
    )
    known = {period.id: period for period in list_periods(reader)}
    if found[0]["period_id"] not in known:
        raise PermanentError(f"no month has dossiers of {unit}: is the agency code right?")
    return known[found[0]["period_id"]]
