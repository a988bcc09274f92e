"""The demo's quarter: every 2026 system of the province writes its exports, with faults."""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date

import msgspec
import numpy as np

from cchc.demo import declared, faults, gate, write_small
from cchc.demo.beside import Beside, Line, vneid_counts
from cchc.demo.depart import File, depart, half, refuses
from cchc.demo.dossier import Dossier
from cchc.demo.integrity import IN_CORRECTIONS, IN_FILES, Planted, Planter, share
from cchc.demo.letters import COLUMNS as LETTER
from cchc.demo.letters import Letter, Letters
from cchc.demo.lives import unit_lives
from cchc.demo.plan import Plan, delivery_days
from cchc.demo.reference import Outlet, Reference
from cchc.demo.sink import Sink, packed
from cchc.demo.write_json import envelope_2022, lines_2026
from cchc.demo.write_table import lines_of, table, workbook

Shown = dict[tuple[str, date], list[Dossier]]
Note = Callable[[str, str], None]
SPOILED, DUPLICATE = 0.0016, 0.002  # shares of the rows
EXTRA, COMPOSED = 0.01, 0.75  # draws below which a table has a further column, above which its headings are decomposed


class Quarter:
    """Writes one province's exports of a period.

    ``integrity``: so many integrity cases of each kind are planted. ``corrections``: where the files go that are sent
    again without dossiers that were overdue in them; without it none vanishes.
    """

    def __init__(
        self,
        sink: Sink,
        reference: Reference,
        seed: int,
        first: date,
        last: date,
        scale: float = 1.0,
        integrity: int = 0,
        corrections: Sink | None = None,
    ):
        self.integrity, self.corrections = integrity, corrections
        self.sink, self.reference, self.seed, self.scale = sink, reference, seed, scale
        self.first, self.last = first, last
        self.days = delivery_days(first, last)
        # letters and declared figures draw from streams of their own: what the others hold does not depend on them
        letters = reference.outlets_of("apologies")
        beside = (*letters, *(each for each in reference.outlets if each.dataset in ("declared", "objections")))
        others = [outlet for outlet in reference.outlets if outlet not in beside]
        self.plan = Plan.drawn(others, self.days, self._rng("plan"))
        self.plan.add(Plan.drawn(letters, self.days, self._rng("plan of letters")))
        self.beside = Beside(self._rng("beside"))
        self.letters = {outlet.system: Letters(self._rng(f"letters {outlet.system}")) for outlet in letters}
        largest = max(reference.outlets_of("dossiers"), key=lambda o: len(o.units), default=None)
        self.busiest = largest.units[0] if largest else ""
        tuesdays = [day for day in self.days if day.weekday() == 1]
        self.short_days = {tuesdays[at] for at in (len(tuesdays) // 2, -2) if len(tuesdays) > 4}

    def _rng(self, part: str) -> np.random.Generator:
        return np.random.default_rng([self.seed, zlib.crc32(part.encode())])

    def write(self) -> None:
        """Every outlet, dossiers first: payments, ratings and letters follow from them."""
        for outlet in self.reference.outlets_of("dossiers"):
            self._dossiers(outlet)
        for outlet in self.reference.outlets_of("payments"):
            self._payments(outlet)
        for outlet in self.reference.outlets_of("vneid"):
            self._vneid(outlet)
        for outlet in self.reference.outlets_of("feedback"):
            self._feedback(outlet)
        for outlet in self.reference.outlets_of("apologies"):
            self._letters(outlet)
        for outlet in self.reference.outlets_of("declared"):
            self._declared(outlet)

    def _day(self, happened: date) -> date | None:
        """The delivery day that reports on a date, or None when it lies outside the period."""
        at = bisect_left(self.days, happened)
        return self.days[at] if self.first <= happened and at < len(self.days) else None

    def _dossiers(self, outlet: Outlet) -> None:
        rng = self._rng(outlet.system)
        shown = self._shown(outlet, rng)
        departures = self._departures(outlet, shown)
        planted = self._planted(outlet, shown, departures)
        for unit in outlet.units:
            for day in self.days:
                rows = shown.get((unit, day), [])
                kind, free = departures.get((unit, day), ""), set(range(len(rows)))
                if self.plan.reads((outlet.system, unit, day, outlet.dataset)):
                    note = _unsaid if refuses(kind) else self.sink.fault
                    rows = self._shorten(rows, outlet, unit, day)
                    rows = [self._untidy(d, rng, outlet, note) for d in rows]
                    free -= self._spoil(rows, rng, outlet, f"{outlet.system}/{unit}/{day}/{outlet.filename}", note)
                self._deliver(outlet, unit, day, rows, rng, kind, sorted(free), planted)

    def _planted(self, outlet: Outlet, shown: Shown, departures: dict[tuple[str, date], str]) -> Planted:
        """The integrity cases of an outlet: in files that are read, whole and in their form."""
        outlets = self.reference.outlets_of("dossiers")
        cases = share(self.integrity, len(outlets), outlets.index(outlet))

        def free(unit: str) -> list[date]:
            return [
                day
                for day in self.days
                if self.plan.reads((outlet.system, unit, day, outlet.dataset))
                and (unit, day) not in departures
                and not (unit == self.busiest and day in self.short_days)
            ]

        kinds = IN_FILES if self.corrections is None else (*IN_FILES, IN_CORRECTIONS)
        rng = self._rng(f"integrity {outlet.system}")
        planted = Planter(self.reference, outlet, shown, rng).plant(kinds, cases, free)
        for case in planted.cases:
            earlier, later = (
                f"{outlet.system}/{case.unit}/{day}/{outlet.filename}" for day in (case.earlier, case.later)
            )
            self.sink.case(case.kind, outlet.system, case.code, earlier, later)
        return planted

    def _departures(self, outlet: Outlet, shown: Shown) -> dict[tuple[str, date], str]:
        """Which files depart from their form: none that is late, broken, short, small or of the last days."""
        early = [day for day in self.days[: max(1, len(self.days) - 4)] if day not in self.short_days]
        marked = self.plan.missing | self.plan.late.keys() | self.plan.broken.keys() | self.plan.stray.keys()
        places = [
            (unit, day)
            for unit in outlet.units
            for day in early
            if len(shown.get((unit, day), [])) >= gate.LEAST_ROWS
            and (outlet.system, unit, day, outlet.dataset) not in marked
        ]
        return gate.drawn(places, outlet.ext, len(self.days), self._rng(f"gate {outlet.system}"))

    def _shown(self, outlet: Outlet, rng: np.random.Generator) -> Shown:
        """What each unit sends each day: the dossiers whose state changed, now and then once for every change."""
        shown: Shown = defaultdict(list)
        lives = unit_lives(self.reference, outlet, self.first, self.last, self.scale, rng, self.busiest)
        for d, events in lives:
            if d.code.count(".") == 0:
                self.sink.fault("province_number", f"{outlet.system} {d.code}")
            days = [self._day(at.date()) for at, _ in events]
            for i, (at, status) in enumerate(events):
                day = days[i]
                if day is None or (day in days[i + 1 :] and rng.random() > 0.12):
                    continue
                shown[d.unit, day].append(d.seen(at, status))
            self.beside.follow(d, 0.93)
            if outlet.system in self.letters:
                self.letters[outlet.system].follow(d)
        return shown

    def _untidy(self, d: Dossier, rng: np.random.Generator, outlet: Outlet, note: Note) -> Dossier:
        luck = float(rng.random())
        if kind := faults.untidy_kind(luck):
            note(kind, f"{outlet.system} {d.code}")
        return faults.untidy(d, luck)

    def _spoil(self, rows: list[Dossier], rng: np.random.Generator, outlet: Outlet, path: str, note: Note) -> set[int]:
        """Break rules in some rows, repeat others, in place; returns which rows that touched."""
        spoiled_at, repeated_at = set(), set()
        for at in np.flatnonzero(rng.random(len(rows)) < SPOILED):
            rule = faults.ROW_RULES[int(rng.integers(0, len(faults.ROW_RULES)))]
            if spoiled := faults.spoil(rows[at], rule, outlet.dialect):
                rows[at] = spoiled
                spoiled_at.add(at)
                note(rule, f"{path} row {at + 1}")
        for at in np.flatnonzero(rng.random(len(rows)) < DUPLICATE):
            if at not in spoiled_at:
                rows.append(rows[at])
                repeated_at.add(at)
                note("duplicate_row", f"{path} row {len(rows)}")
        return {int(at) for at in spoiled_at | repeated_at}

    def _shorten(self, rows: list[Dossier], outlet: Outlet, unit: str, day: date) -> list[Dossier]:
        """Two days on which the busiest unit sends far less than usual."""
        if unit != self.busiest or day not in self.short_days or len(rows) < 80:
            return rows
        self.sink.fault("short_delivery", f"{outlet.system}/{unit}/{day}")
        return rows[: len(rows) // 5]

    def _deliver(
        self,
        outlet: Outlet,
        unit: str,
        day: date,
        rows: list[Dossier],
        rng: np.random.Generator,
        kind: str,
        free: Sequence[int],
        planted: Planted,
    ) -> None:
        """One dossier file in the dialect of its system, with the departure ``kind`` (``cchc.demo.gate``)."""
        luck = float(rng.random())
        again = planted.corrected(unit, day)
        if again is not None and self.corrections is not None:
            content = self._content(outlet, unit, day, [*rows, *again], luck)
            path = f"{outlet.system}/{unit}/{day}/{outlet.filename}"
            self.corrections.put(path, packed(content, outlet.ext), day, len(rows) + len(again), late_days=9)
        rows = [*rows, *planted.rows[unit, day]]
        broken = self.plan.broken.get((outlet.system, unit, day, outlet.dataset))
        without = "received_at" if broken == "missing_column" else ""
        columns = tuple(c for _, c in self.reference.headings.get(outlet.vendor, ()) if c != without)
        content = self._content(outlet, unit, day, rows, luck, without)
        if outlet.dialect == "onecsv":
            for said in ["extra_column"] * (luck < EXTRA) + ["decomposed_headings"] * (luck > COMPOSED):
                self.sink.fault(said, f"{outlet.system}/{unit}/{day}")
        file = File(content, outlet, day, columns, free, lambda: lines_of(rows, outlet, self.reference))
        if kind and (departed := depart(kind, file)) is not None:
            self._depart(kind, outlet, unit, day, file)
            content = departed
        self._put(outlet, unit, day, content, 0 if refuses(kind) else len(rows))

    def _content(
        self, outlet: Outlet, unit: str, day: date, rows: list[Dossier], luck: float, without: str = ""
    ) -> bytes:
        """The bytes of a dossier file, before they are packed; ``luck`` decides the habits of a table."""
        if outlet.dialect == "dvcqg2022":
            return msgspec.json.encode(envelope_2022(unit, rows))
        if outlet.dialect == "dvcqg2026":
            return lines_2026(rows)
        if outlet.dialect == "onecsv":
            extra = "Ghi chú nội bộ" if luck < EXTRA else ""
            return table(rows, outlet, self.reference, luck > COMPOSED, extra, without)
        serials = zlib.crc32(outlet.system.encode()) % 2 == 0
        return workbook(rows, outlet, self.reference, unit, day, serials, without)

    def _put(self, outlet: Outlet, unit: str, day: date, content: bytes, rows: int) -> None:
        """Write the file, unless it is one of the missing; late or broken where the plan says so."""
        delivery = (outlet.system, unit, day, outlet.dataset)
        folder = f"{outlet.system}/{unit}/{day}"
        path = f"{folder}/{outlet.filename}"
        if delivery in self.plan.missing:
            self.sink.fault("missing_file", path)
            return
        content = packed(content, outlet.ext)
        if broken := self.plan.broken.get(delivery):
            self.sink.fault(broken, path)
            if broken != "missing_column":
                content = faults.break_file(content, broken)
            elif outlet.dataset != "dossiers":
                content = faults.without_first_heading(content)
            rows = 0
        late = self.plan.late.get(delivery, 0)
        if late:
            self.sink.fault("late_file", f"{path} by {late}")
        self.sink.put(path, content, day, rows, late)
        if name := self.plan.stray.get(delivery):
            self.sink.fault("stray_name", f"{folder}/{name}")
            self.sink.put(f"{folder}/{name}", b'{"data": []}', day)

    def _depart(self, kind: str, outlet: Outlet, unit: str, day: date, file: File) -> None:
        """Note the departure of a file, and put beside it what belongs to it."""
        folder = f"{outlet.system}/{unit}/{day}"
        if kind == "two_names":  # what the system had sent at noon, under the other name
            other = outlet.filename.removesuffix(".gz") if outlet.ext.endswith(".gz") else f"{outlet.filename}.gz"
            self.sink.put(f"{folder}/{other}", packed(half(file), other), day, hours=-11)
        elif kind in gate.NEAR_NAMES:
            stem, ext = outlet.filename.split(".", 1)
            names = {"near_day": f"{outlet.system}/{unit}/{day:%Y%m%d}/{outlet.filename}"}
            stray = names.get(kind, f"{folder}/{stem} (1).{ext}")
            self.sink.put(stray, packed(file.content, stray), day)
            self.sink.fault("stray_name", stray)
            return
        self.sink.fault(kind, f"{folder}/{outlet.filename}")

    def _payments(self, outlet: Outlet) -> None:
        """The national gateway reports unit by unit, the local one for the whole province."""
        rng = self._rng(outlet.system)
        gateway = 2 if "local" in outlet.system else 1
        lines: dict[tuple[str, date], list[Line]] = defaultdict(list)
        for (through, unit, happened), found in self.beside.payments.items():
            if through == gateway and (day := self._day(happened)):
                lines[unit if unit in outlet.units else outlet.units[0], day] += found
        for unit in outlet.units:
            for day in self.days:
                rows = sorted(lines.get((unit, day), []), key=lambda line: (line[-1], line[0]))
                if self.plan.reads((outlet.system, unit, day, "payments")):
                    rows = [self._spoil_payment(line, rng, f"{outlet.system}/{unit}/{day}") for line in rows]
                columns = write_small.PAYMENTS
                if self.plan.broken.get((outlet.system, unit, day, "payments")) == "missing_column":
                    columns = ("Cot_la_7", *columns[1:])
                self._put(outlet, unit, day, write_small.rows(columns, rows), len(rows))

    def _spoil_payment(self, line: Line, rng: np.random.Generator, place: str) -> Line:
        code, dossier, procedure, unit, amount, gateway, outcome, at = line
        luck = float(rng.random())
        if luck < 0.0004:
            self.sink.fault("unknown_procedure", place)
            return (code, dossier, faults.FORMULA, unit, amount, gateway, outcome, at)
        if luck < 0.0008:
            self.sink.fault("negative_amount", place)
            return (code, dossier, procedure, unit, -amount, gateway, outcome, at)
        if luck < 0.0012:
            self.sink.fault("unknown_status", place)
            return (code, dossier, procedure, unit, amount, gateway, 7, at)
        return line

    def _vneid(self, outlet: Outlet) -> None:
        communes = [u for u in self.reference.units.values() if u.level == "commune" and u.admin_code]
        mine = sorted((u for u in communes if u.code.startswith(f"{outlet.units[0]}.")), key=lambda u: u.code)
        for day, lines in vneid_counts(mine, self.days, self._rng(outlet.system)):
            if day.day == 17 and self.plan.reads((outlet.system, outlet.units[0], day, "vneid")):
                lines[-1] = ("99999", *lines[-1][1:])
                self.sink.fault("unknown_unit", f"{outlet.system}/{outlet.units[0]}/{day}")
            self._put(outlet, outlet.units[0], day, write_small.rows(write_small.VNEID, lines), len(lines))

    def _feedback(self, outlet: Outlet) -> None:
        units = tuple(sorted({u for o in self.reference.outlets_of("dossiers") for u in o.units}))
        self.beside.petitions(units, self.first, self.last)
        by_day: dict[date, list[Line]] = defaultdict(list)
        for happened, lines in sorted(self.beside.feedback.items()):
            if day := self._day(happened):
                by_day[day] += lines
        for day in self.days:
            content = write_small.lines(write_small.FEEDBACK, by_day[day])
            self._put(outlet, outlet.units[0], day, content, len(by_day[day]))

    def _letters(self, outlet: Outlet) -> None:
        """Each unit's letters of a day, empty files on most days."""
        letters, is_csv = self.letters[outlet.system], outlet.dialect == "csv"
        shown: dict[tuple[str, date], list[Letter]] = defaultdict(list)
        for (unit, happened), found in sorted(letters.by_day.items()):
            if day := self._day(happened):
                shown[unit, day] += found
        for unit in outlet.units:
            for day in self.days:
                faulty: list[str] = []
                rows = letters.rows(shown[unit, day], is_csv, faulty.append)
                if self.plan.reads((outlet.system, unit, day, outlet.dataset)):
                    for rule in faulty:
                        self.sink.fault(rule, f"{outlet.system}/{unit}/{day}/{outlet.filename}")
                content = write_small.rows(LETTER, rows) if is_csv else write_small.lines(LETTER, rows)
                self._put(outlet, unit, day, content, len(rows))

    def _declared(self, outlet: Outlet) -> None:
        """What the province gathers of its units; a system in which units fill in workbooks has none yet."""
        if outlet.dialect != "csv":
            return
        office = outlet.units[0]
        delivering = {unit for each in self.reference.outlets_of("dossiers") for unit in each.units}
        units = [office, *sorted(delivering - {office})]
        noted: list[str] = []
        made = declared.files(units, office, self.days, self.first, self._rng(outlet.system), noted.append)
        for number, (day, rows) in enumerate(sorted(made.items())):
            path = f"{outlet.system}/{office}/{day}/{outlet.filename}"
            for rule in noted if number == 0 else []:
                self.sink.fault(rule, path)
            self.sink.put(path, packed(write_small.rows(declared.COLUMNS, rows), outlet.ext), day, len(rows))


def _unsaid(kind: str, place: str) -> None:
    """For the faults of rows that nobody will read."""
