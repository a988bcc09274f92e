"""Working days and holidays of Vietnam by day, from the ``holidays`` package and the registry's own overrides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cchc.registry.model import Override

FIRST_YEAR, LAST_YEAR = 2020, 2030


@dataclass(frozen=True)
class CalendarDay:
    """One day: whether offices count it as a working day, and why not."""

    day: date
    is_working_day: bool
    holiday_vi: str | None
    holiday_en: str | None
    known_from: date | None
    verified: bool | None  # of the registry's own days; null for the package's
    source: str | None


def build_calendar(overrides: Iterable[Override]) -> list[CalendarDay]:
    """Every day of the years covered. Overrides stand above the package, the one known last above the others."""
    import holidays

    years = range(FIRST_YEAR, LAST_YEAR + 1)
    names_vi = holidays.country_holidays("VN", years=years, language="vi")
    names_en = holidays.country_holidays("VN", years=years, language="en_US")
    swapped: set[date] = set(getattr(names_vi, "weekend_workdays", ()))
    own = {item.day: item for item in sorted(overrides, key=lambda item: (item.day, item.known_from or date.min))}
    days, day = [], date(FIRST_YEAR, 1, 1)
    while day.year <= LAST_YEAR:
        if item := own.get(day):
            days.append(_own_day(item))
        else:
            name = names_vi.get(day)
            works = name is None and (day.weekday() < 5 or day in swapped)
            days.append(CalendarDay(day, works, name, names_en.get(day) if name else None, None, None, None))
        day += timedelta(days=1)
    return days


def _own_day(item: Override) -> CalendarDay:
    return CalendarDay(
        item.day, item.is_working_day, item.holiday_vi, item.holiday_en, item.known_from, item.verified, item.source
    )
