"""Which deliveries should have come, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from cchc.contracts import BY_PERIOD
from cchc.registry.open import Registry
from cchc.registry.tables import system_units

#: (system, unit, export date, dataset), as ``DeliveryKey`` sorts; a plain tuple, for there are tens of thousands.
Key = tuple[str, str, date, str]


def expected(registry: Registry, business_days: Iterable[date], first_days: Mapping[str, date]) -> dict[Key, datetime]:
    """Delivery -> local time until which it is due, for some business days (days of which any system delivered).

    Expected is every unit and dataset that the registry has for a system, on every business day since the system's
    first delivery. A dataset of which nothing is due daily (``expected: none``) never is.
    """
    days = sorted(business_days)
    found: dict[Key, datetime] = {}
    for row in system_units(registry):
        start = first_days.get(row["system"])
        if start is None or row["due_days"] is None or row["dataset"] in BY_PERIOD:
            continue
        start, end = max(start, row["valid_from"]), row["valid_to"] or date.max
        until = time.fromisoformat(row["due_time"])
        for day in days:
            if start <= day <= end:
                due = datetime.combine(day + timedelta(days=row["due_days"]), until)
                found[row["system"], row["unit"], day, row["dataset"]] = due
    return found
