"""Periods as people write them: ``2026-09``, ``2026-Q3``, ``2026``, ``to-date`` or ``start_end``.

A period's label names its page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cchc.errors import PermanentError
from cchc.publish.read import Reader

_KINDS = ("month", "quarter", "year", "custom", "to_date")


@dataclass(frozen=True)
class Period:
    """One period of the warehouse."""

    id: str
    kind: str
    is_to_date: bool
    start: date
    end: date
    as_of: date | None
    is_complete: bool
    name_vi: str
    name_en: str
    series: str | None = None

    @property
    def label(self) -> str:
        """Short, stable and fit for a file name."""
        if self.kind == "month":
            return f"{self.start:%Y-%m}"
        if self.kind == "quarter":
            return f"{self.start:%Y}-Q{(self.start.month + 2) // 3}"
        if self.kind == "year":
            return f"{self.start:%Y}"
        if self.kind == "to_date":
            return f"to-date-from-{self.start}"
        return f"{self.start}_{self.end}"

    @property
    def page(self) -> str:
        """File name of the period's page."""
        return f"{self.label}.html"


def list_periods(reader: Reader) -> list[Period]:
    """Every period that has a ranking, newest first."""
    found = reader.rows(
        "select distinct period_id, period_kind, is_to_date, period_start, period_end, as_of_date, is_complete, "
        "period_vi, period_en, period_series from pub.ranking_v1"
    )
    periods = [
        Period(
            row["period_id"],
            row["period_kind"],
            bool(row["is_to_date"]),
            row["period_start"],
            row["period_end"],
            row["as_of_date"],
            bool(row["is_complete"]),
            row["period_vi"],
            row["period_en"],
            row["period_series"],
        )
        for row in found
    ]
    return sorted(periods, key=lambda p: (p.end, p.start, p.kind), reverse=True)


def select_periods(periods: list[Period], wanted: Iterable[str] | None) -> list[Period]:
    """Those named by label, id (``start_end``) or kind (``month``, ``quarter``, ``year``, ``custom``, ``to_date``)."""
    if wanted is None:
        return periods
    chosen: list[Period] = []
    for text in wanted:
        name = text.strip()
        kind = name.lower().replace("-", "_")
        matches = [
            p
            for p in periods
            if name.upper() == p.label.upper()
            or name.replace("..", "_") == p.id
            or p.kind == kind
            or (kind == "to_date" and p.is_to_date)
        ]
        if not matches and kind not in _KINDS:
            known = ", ".join(p.label for p in periods) or "none"
            raise PermanentError(f"no period {text!r} in the warehouse (there are: {known})")
        chosen += [p for p in matches if p not in chosen]
    return chosen


def one_period(reader: Reader, text: str) -> Period:
    """The one period that the text names; ``PermanentError`` where none or several are meant."""
    found = select_periods(list_periods(reader), [text])
    if len(found) != 1:
        named = ", ".join(period.label for period in found) or "none"
        raise PermanentError(f"{text!r} names {len(found)} periods ({named}); write one, such as 2026-09 or 2026-Q3")
    return found[0]


def period_before(periods: Iterable[Period], later: Period) -> Period | None:
    """The period of the same series that ends the day before, where there is one."""
    eve = later.start - timedelta(days=1)
    found = [each for each in periods if later.series and each.series == later.series and each.end == eve]
    return found[0] if len(found) == 1 else None
