"""Working days of Vietnam, and moments on them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import holidays
import numpy as np
from numpy.typing import NDArray

Stamps = NDArray[np.datetime64]
MINUTE = np.timedelta64(60, "s")
DAY = np.timedelta64(86400, "s")


@cache
def working_days(first: date, last: date) -> tuple[date, ...]:
    """The working days from first to last, swapped days included."""
    calendar = holidays.country_holidays("VN", years=range(first.year, last.year + 1))
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return tuple(day for day in days if calendar.is_working_day(day))


def busy(first: date, last: date) -> NDArray[np.datetime64]:
    """The working days with a year after them, as sorted dates for searching."""
    return np.array(working_days(first, last + timedelta(366)), dtype="datetime64[D]")


def add_days(start: Stamps, days: NDArray[np.int64], working: NDArray[np.bool_], open_days: Stamps) -> Stamps:
    """17:00 on the day that lies so many working or calendar days after a moment, on a working day."""
    dates = start.astype("datetime64[D]")
    at = np.searchsorted(open_days, dates, side="right") - 1 + days
    counted = open_days[np.clip(at, 0, len(open_days) - 1)]
    running = next_open(dates + days.astype("timedelta64[D]"), open_days)
    due: Stamps = np.where(working, counted, running).astype("datetime64[s]")
    due += np.timedelta64(17 * 3600, "s")
    return due


def next_open(dates: Stamps, open_days: Stamps) -> Stamps:
    """The date itself, or the next working day."""
    return open_days[np.clip(np.searchsorted(open_days, dates, side="left"), 0, len(open_days) - 1)]


def into_office(stamps: Stamps, open_days: Stamps, rng: np.random.Generator) -> Stamps:
    """Moments outside 7:30 to 17:30 of a working day, moved to the morning of the next one."""
    dates = stamps.astype("datetime64[D]")
    seconds = (stamps - dates.astype("datetime64[s]")).astype(np.int64)
    shut = (seconds < 27000) | (seconds > 63000) | (next_open(dates, open_days) != dates)
    later = np.where(seconds > 63000, 1, 0).astype("timedelta64[D]")
    morning = next_open(dates + later, open_days).astype("datetime64[s]")
    minutes = (27000 + rng.exponential(5400, len(stamps)).clip(0, 30000)).astype("timedelta64[s]")
    return np.where(shut, morning + minutes, stamps)
