"""Apology letters of the quarter: what an office writes when a dossier will not be ready in time, with faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import cycle

import numpy as np

from cchc.demo.dossier import Dossier

COLUMNS = ("MaDonVi", "MaHoSo", "LanThu", "NgayKy", "NgayHenMoi", "DaGui")
WRITTEN, SENT_AT_ONCE, SENT, SECOND = 0.7, 0.6, 0.85, 0.2  # shares

#: rule -> what it does to a letter (unit, dossier, number, signed, new due date, sent)
_FAULTS: dict[str, Callable[[list[object], str], None]] = {
    "no_key": lambda row, _: row.__setitem__(1, ""),
    "bad_date": lambda row, _: row.__setitem__(3, "31/02/2026"),
    "unknown_unit": lambda row, _: row.__setitem__(0, "H50.999"),
    "due_before_received": lambda row, early: row.__setitem__(4, early),
    "bad_amount": lambda row, _: row.__setitem__(2, "Lần 1"),
    "unknown_value": lambda row, _: row.__setitem__(5, "chưa rõ"),
}
LETTER_RULES = tuple(_FAULTS)
SPOILED = 0.08


@dataclass(frozen=True)
class Letter:
    """One letter as its system shows it on a day."""

    unit: str
    dossier: str
    number: int
    signed_at: datetime
    new_due_at: datetime | None
    sent: bool


@dataclass
class Letters:
    """Letters by delivering unit and the date on which their state changed."""

    rng: np.random.Generator
    by_day: dict[tuple[str, date], list[Letter]] = field(default_factory=dict)
    _rules: Iterator[str] = field(default_factory=lambda: cycle(LETTER_RULES))  # in turn: even a few show every fault

    def follow(self, d: Dossier) -> None:
        """The letters of one finished life: only who ends late owes one."""
        ended = d.finished_at or d.returned_at
        if not d.due_at or not ended or ended <= d.due_at or self.rng.random() > WRITTEN:
            return
        signed = (d.due_at - timedelta(hours=3)).replace(microsecond=0)
        promised = None if self.rng.random() < 0.1 else ended.replace(hour=17, minute=0, second=0)
        numbers = 2 if promised and self.rng.random() < SECOND else 1
        for number in range(1, numbers + 1):
            luck = self.rng.random()
            unit, code = d.handling_unit or d.unit, d.code.strip().upper()
            due = promised if promised and promised >= signed else None
            if luck > SENT_AT_ONCE:  # drafted first
                self._show(d.unit, Letter(unit, code, number, signed, due, sent=False))
            if luck < SENT:
                at = signed if luck <= SENT_AT_ONCE else signed + timedelta(days=1)
                self._show(d.unit, Letter(unit, code, number, signed, due, sent=True), at.date())
            signed += timedelta(days=2)

    def _show(self, unit: str, letter: Letter, day: date | None = None) -> None:
        self.by_day.setdefault((unit, day or letter.signed_at.date()), []).append(letter)

    def rows(self, letters: list[Letter], compact: bool, note: Callable[[str], None]) -> list[list[object]]:
        """Cells in the order of ``COLUMNS``; every fault that is put in, and every repeat, is told to ``note``."""
        form = "%Y%m%d%H%M%S" if compact else "%Y-%m-%d %H:%M:%S"
        made: list[list[object]] = []
        for letter in letters:
            due = letter.new_due_at.strftime(form) if letter.new_due_at else ("" if compact else None)
            sent = int(letter.sent) if compact else letter.sent
            row = [letter.unit, letter.dossier, letter.number, letter.signed_at.strftime(form), due, sent]
            if self.rng.random() < SPOILED:
                rule = next(self._rules)
                _FAULTS[rule](row, (letter.signed_at - timedelta(days=3)).strftime(form))
                note(rule)
            elif self.rng.random() < 0.02:
                made.append(row)
                note("duplicate_row")
            made.append(row)
        return made
