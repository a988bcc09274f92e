"""What happens beside the dossiers: payments, VNeID counts, ratings and petitions of the quarter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from cchc.demo.dossier import Dossier
from cchc.demo.reference import Unit

Line = tuple[Any, ...]


@dataclass
class Beside:
    """Lines of the smaller datasets, by the date they happen on."""

    rng: np.random.Generator
    payments: dict[tuple[int, str, date], list[Line]] = field(default_factory=dict)  # gateway, delivering unit, date
    feedback: dict[date, list[Line]] = field(default_factory=dict)
    _number: int = 0

    def follow(self, d: Dossier, pleased: float) -> None:
        """Payments and perhaps a rating of one finished life."""
        if d.paid_at and d.online_payment and sum(d.fees) and self.rng.random() > 0.06:
            self._pay(d)
        if d.returned_at and self.rng.random() < 0.12:
            satisfied = bool(self.rng.random() < pleased)
            code = d.code.strip().upper()
            self._tell(d.handling_unit or d.unit, code, "rating", d.returned_at, None, d.returned_at, satisfied)

    def petitions(self, units: tuple[str, ...], first: date, last: date) -> None:
        """Petitions on rules and on staff: most are answered in time, some late, some not yet."""
        span = (last - first).days + 1
        for unit in units:
            for _ in range(int(self.rng.poisson(2.5))):
                day = first + timedelta(int(self.rng.integers(0, span)))
                at = datetime(day.year, day.month, day.day, 8) + timedelta(minutes=int(self.rng.integers(0, 480)))
                due = (at + timedelta(days=20)).replace(hour=17, minute=0)
                took = timedelta(days=float(self.rng.exponential(9)), hours=3)
                kind = "staff" if self.rng.random() < 0.4 else "regulation"
                opinion = self.rng.random()
                satisfied = None if opinion < 0.2 else bool(opinion < 0.8)
                self._tell(unit, None, kind, at, due, (at + took).replace(microsecond=0), satisfied)

    def _pay(self, d: Dossier) -> None:
        assert d.paid_at
        self._number += 1
        code = f"GD{d.online_payment}{d.paid_at:%y%m%d}{self._number:07d}"
        stem = ".".join(d.procedure.split(".")[:2])
        luck = self.rng.random()

        def line(name: str, outcome: int, at: datetime) -> None:
            of = (name, d.code, stem, d.handling_unit or d.unit, sum(d.fees), d.online_payment, outcome)
            key = (d.online_payment, d.unit, at.date())
            self.payments.setdefault(key, []).append((*of, f"{at:%Y%m%d%H%M%S}"))

        if luck < 0.04:
            line(code.replace("GD", "GDX"), 0, d.paid_at - timedelta(minutes=1))
        line(code, 1, d.paid_at)
        if luck > 0.985:
            line(code, 2, d.paid_at + timedelta(days=1, minutes=30))

    def _tell(
        self,
        unit: str,
        dossier: str | None,
        kind: str,
        at: datetime,
        due: datetime | None,
        answered: datetime,
        satisfied: bool | None,
    ) -> None:
        self._number += 1
        code = f"PA{self._number:08d}"
        stamp = [f"{s:%Y-%m-%d %H:%M:%S}" if s else None for s in (at, due, answered)]
        if kind != "rating":
            self.feedback.setdefault(at.date(), []).append((code, unit, dossier, kind, stamp[0], stamp[1], None, None))
        done = (code, unit, dossier, kind, *stamp, satisfied)
        self.feedback.setdefault(answered.date(), []).append(done)


def vneid_counts(
    communes: list[Unit], days: tuple[date, ...], rng: np.random.Generator
) -> Iterator[tuple[date, list[Line]]]:
    """Cumulative counts of every commune at the end of each day."""
    holders = rng.integers(3_000, 16_000, len(communes))
    level1 = (holders * rng.uniform(0.02, 0.08, len(communes))).astype(np.int64)
    level2 = (holders * rng.uniform(0.45, 0.85, len(communes))).astype(np.int64)
    for day in days:
        holders = holders + rng.integers(0, 9, len(communes))
        level1 = level1 + rng.integers(0, 3, len(communes))
        level2 = np.minimum(level2 + rng.integers(0, 14, len(communes)), holders - level1)
        counts = zip(communes, holders.tolist(), level1.tolist(), level2.tolist(), strict=True)
        yield day, [(u.admin_code, day.isoformat(), h, a, b) for u, h, a, b in counts]
