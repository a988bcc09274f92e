"""Which files of the quarter are delivered, when, and with which fault of the whole file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from cchc.demo import calendars
from cchc.demo.faults import BROKEN_BY_EXT, STRAY_NAMES
from cchc.demo.reference import Outlet

Delivery = tuple[str, str, date, str]  # system, unit, day, dataset
BROKEN_EACH = 3


def delivery_days(first: date, last: date) -> tuple[date, ...]:
    """The working days and every third Saturday; the last day always delivers."""
    days = set(calendars.working_days(first, last)) | {last}
    saturdays = [day for n in range((last - first).days + 1) if (day := first + timedelta(n)).weekday() == 5]
    return tuple(sorted(days | set(saturdays[2::3])))


@dataclass
class Plan:
    """Faults of whole files, by delivery."""

    missing: set[Delivery]
    late: dict[Delivery, int]
    broken: dict[Delivery, str]
    stray: dict[Delivery, str]  # a further file beside the delivery

    def reads(self, delivery: Delivery) -> bool:
        """Whether the file is delivered and can be read."""
        return delivery not in self.missing and delivery not in self.broken

    def add(self, other: Plan) -> None:
        """Take over the faults of other deliveries."""
        self.missing |= other.missing
        self.late |= other.late
        self.broken |= other.broken
        self.stray |= other.stray

    @classmethod
    def drawn(cls, outlets: list[Outlet], days: tuple[date, ...], rng: np.random.Generator) -> Plan:
        """0.8 % never delivered, 2 % late by one to six days, a few broken in every way, some stray names."""
        if not outlets:
            return cls(set(), {}, {}, {})
        early = days[: max(1, len(days) - 4)]
        by_ext: dict[str, list[Delivery]] = {}
        for o in outlets:
            by_ext.setdefault(o.ext, []).extend((o.system, u, day, o.dataset) for u in o.units for day in early)
        everything = [d for ext in sorted(by_ext) for d in by_ext[ext]]
        luck = rng.random(len(everything))
        plan = cls(
            {d for d, x in zip(everything, luck, strict=True) if x < 0.008},
            {d: 1 + int(x * 1e4) % 6 for d, x in zip(everything, luck, strict=True) if 0.008 <= x < 0.028},
            {},
            {},
        )
        for at, name in zip(rng.choice(len(everything), len(STRAY_NAMES) * 3), STRAY_NAMES * 3, strict=True):
            plan.stray[everything[at]] = name
        for ext, deliveries in sorted(by_ext.items()):
            for kind in BROKEN_BY_EXT.get(ext, ()):
                for at in rng.choice(len(deliveries), min(BROKEN_EACH, len(deliveries)), replace=False):
                    if deliveries[at] not in plan.missing:
                        plan.broken.setdefault(deliveries[at], kind)
        return plan
