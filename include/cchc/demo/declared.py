"""Declared figures of the quarter: what no system exports, as the province gathers it after each month and quarter.

Every unit declares the criteria of ``CRITERIA``. Some rows of the first file are wrong on purpose; the next file brings
them right, as declarations of a later day, and corrects one figure that was not wrong to look at.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

COLUMNS = (
    "MaDonVi",
    "TieuChi",
    "TuNgay",
    "DenNgay",
    "TuSo",
    "MauSo",
    "NguoiKhai",
    "NgayKhai",
    "TepMinhChung",
    "MaBamMinhChung",
)
#: Criterion -> at least and at most so many cases, and the least share of them that is good.
CRITERIA: dict[str, tuple[int, int, float]] = {
    "PUBLISH_ON_TIME": (4, 30, 0.85),
    "PUBLIC_UPDATE_ON_TIME": (4, 30, 0.80),
    "PUBLIC_CONTENT_FULL": (280, 420, 0.93),
    "DOSSIER_SYNC": (150, 900, 0.90),
    "ONLINE_SERVICE_PROVIDED": (280, 420, 0.70),
    "ONLINE_SERVICE_USED": (180, 260, 0.30),
    "PAYMENT_PROVIDED_PROCEDURE": (60, 120, 0.60),
    "CITIZEN_DATA_CONNECTED_FORMALITY": (40, 90, 0.50),
    "ELECTRONIC_CERTIFIED_COPY": (1, 1, 0.9),
}
#: What exports measure, declared by one unit all the same: it stands beside and is not used.
BESIDE = "PROCESSING_ON_TIME"
DAYS_AFTER = 5  # after the end of a month or quarter

_FAULTS: dict[str, Callable[[list[object]], None]] = {
    "numerator_over_denominator": lambda row: row.__setitem__(4, int(str(row[5])) + 3),
    "unknown_criterion": lambda row: row.__setitem__(1, "CONG_BO_DUNG_HAN"),
}
DECLARED_RULES = tuple(_FAULTS)


@dataclass(frozen=True)
class Figure:
    """One declared figure."""

    unit: str
    criterion: str
    period: tuple[date, date]
    numerator: int
    denominator: int
    declared_at: date

    def cells(self, office: str) -> list[object]:
        """In the order of ``COLUMNS``; most have evidence, whose bytes nobody but the unit has."""
        start, end = self.period
        name = f"MC-{self.unit}-{end:%Y%m%d}.pdf"
        evidence = hashlib.sha256(f"{name} {self.criterion}".encode()).hexdigest()
        parts = (self.unit, self.criterion, start, end, self.numerator, self.denominator, office, self.declared_at)
        return [*parts, name, evidence]


def ended_periods(first: date, last: date) -> list[tuple[date, date]]:
    """Months, then quarters, that begin and end within the days of the demonstration."""
    found = []
    for months in (1, 3):
        start = date(first.year, first.month, 1)
        while start <= last:
            year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
            end = date(year, month + 1, 1) - timedelta(days=1)
            if start >= first and end <= last and (start.month - 1) % months == 0:
                found.append((start, end))
            start = end + timedelta(days=1)
    return found


def files(
    units: Sequence[str],
    office: str,
    days: Sequence[date],
    first: date,
    rng: np.random.Generator,
    note: Callable[[str], None],
) -> dict[date, list[list[object]]]:
    """Rows of ``COLUMNS`` by the day on which the office delivers them; every fault is told to ``note``."""
    by_day: dict[date, list[Figure]] = {}
    for period in ended_periods(first, days[-1]):
        at = bisect_left(days, period[1] + timedelta(days=DAYS_AFTER))
        day = days[min(at, len(days) - 1)]
        by_day.setdefault(day, []).extend(_figures(units, period, day, rng))
    made = {day: [figure.cells(office) for figure in figures] for day, figures in by_day.items()}
    if len(made) > 1:
        early, later = sorted(made)[:2]
        for number, (rule, spoil) in enumerate(_FAULTS.items()):
            at = 1 + number * (len(CRITERIA) + 2)
            spoil(made[early][at])
            note(rule)
            made[later].append(replace(by_day[early][at], declared_at=later).cells(office))
        wrong = by_day[early][0]
        better = replace(wrong, numerator=max(0, wrong.numerator - 1), declared_at=later)
        made[later].append(better.cells(office))
    return made


def _figures(units: Sequence[str], period: tuple[date, date], day: date, rng: np.random.Generator) -> list[Figure]:
    found = []
    for unit in units:
        for criterion, (least, most, share) in CRITERIA.items():
            cases = int(rng.integers(least, most + 1))
            good = min(cases, round(cases * float(rng.uniform(share, 1.0))))
            found.append(Figure(unit, criterion, period, good, cases, day))
    cases = int(rng.integers(100, 400))
    found.append(Figure(units[0], BESIDE, period, cases, cases, day))
    return found
