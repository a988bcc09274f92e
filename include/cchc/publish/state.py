"""Where a period stands: how far its data go, and what of it a person approved.

``Final`` is plain data that the caller collects from the editions; nothing here reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cchc.publish.periods import Period, list_periods
from cchc.publish.read import Reader


@dataclass(frozen=True)
class Stand:
    """A unit's total and rank in an edition; None where it has none."""

    total: Decimal | None
    rank: int | None


@dataclass(frozen=True)
class Final:
    """The last approved edition of a period, province and method.

    ``name``: ``r1``. ``state``: ``final`` or ``revised``. ``moved``: by unit, how the edition has it, only where the
    warehouse of today says otherwise; None where that could not be compared.
    """

    period: str
    province: str
    method: str
    name: str
    state: str
    approved_by: str
    approved_on: date
    manifest_sha256: str
    moved: Mapping[str, Stand] | None = field(default_factory=dict)


def state_of(period: Period, as_of: date, late: date, objections: date) -> str:
    """By the last day of the data: ``provisional``, ``late_window``, ``objection``, ``closed``."""
    if as_of <= late:
        return "provisional" if as_of < period.end else "late_window"
    return "objection" if as_of <= objections else "closed"


def last_day(reader: Reader) -> date | None:
    """The last day that the data of the warehouse reach to."""
    return max((each.as_of or each.end for each in list_periods(reader)), default=None)


def method_states(reader: Reader, period: Period) -> dict[str, dict[str, Any]]:
    """By method: the state of the period by the data alone, and the days on which its two windows end."""
    as_of = last_day(reader) or period.end
    found = {}
    for row in reader.rows("select method, late_days, objection_days, least_volume from pub.method_v1"):
        late = period.end + timedelta(days=row["late_days"])
        objections = late + timedelta(days=row["objection_days"])
        found[row["method"]] = {
            "kind": state_of(period, as_of, late, objections),
            "late": late.isoformat(),
            "objections": objections.isoformat(),
            "least": row["least_volume"],
        }
    return found
