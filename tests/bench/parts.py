"""The parts of ``make bench``, each with the figures that it holds against a limit."""

from __future__ import annotations

import shutil
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from bench import limits, night
from bench.country import Country, Province
from bench.floor import floor
from bench.history import history
from bench.installation import Measured, cchc, copy_of, database, of_days, run, server
from bench.lives import Bench as Scale
from bench.lives import shown, unit_frame
from bench.reference import procedures_of
from bench.scale import CSV_SYSTEM, JSON_SYSTEM, night_of, write_increment, write_reference, write_scale
from bench.scheduler import build_under_scheduler

#: A day that is held against that of another history is measured so often; the least counts.
ROUNDS = 2


def say(text: str) -> None:
    """One line of progress."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


def show(name: str, measured: Measured) -> None:
    """One run as lines of text."""
    parts = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in measured.work.items())
    idle = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in measured.startup.items())
    print(f"  {name}: {measured.rows:,} rows in {measured.seconds:.1f} s ({parts})")
    print(f"    start-up apart: {idle} s; peak {measured.peak_gb:.2f} GB; wall {measured.wall:.1f} s", flush=True)


@dataclass
class Bench:
    """One run of the bench. ``changed``: rows of a day after; ``keep``: exports and warehouses stay in the folder."""

    folder: Path
    verdict: limits.Verdict
    changed: int = 10_000
    keep: bool = False
    _least: dict[int, float] = field(default_factory=dict)  # rows of a history -> work of a day on it

    def province(self, rows: int, postgres: bool, scheduler: bool) -> None:
        """A province's files to its ranking beside the floor, the day after, and that day under the scheduler."""
        base = self._base(str(rows))
        exports, reference, work = base / "exports", base / "reference", base / "work"
        say(f"writing {rows:,} rows of 125 units, half onecsv, half dvcqg2022")
        write_scale(exports, reference, rows=rows)
        floors = floor(exports, reference)
        least = sum(part.seconds for part in floors)
        for part in floors:
            print(f"  floor {part.dialect}: {part.files} files in {part.seconds:.1f} s")
        say("cchc run")
        whole = run(exports, reference, work)
        show("whole", whole)
        self.verdict.hold(limits.WORK, whole.seconds / least)
        self.verdict.hold(limits.MEMORY, whole.peak_gb)
        self.verdict.hold(limits.WALL, whole.wall / least)
        self._days(base, rows)
        if scheduler:
            self._scheduler(base)
        with ExitStack() as held:
            beside = there = None
            if postgres:
                say("cchc run on PostgreSQL")
                beside = database(held.enter_context(server()), "bench")
                there = run(exports, reference, base / "server", beside)
                show("whole on PostgreSQL", there)
            write_increment(exports, reference, self.changed)
            say("cchc run, the day after")
            day = run(exports, reference, work)
            show("day after", day)
            self.verdict.hold(limits.DAY, day.wall / least)
            if beside and there:
                say("cchc run on PostgreSQL, the day after")
                day_there = run(exports, reference, base / "server", beside)
                show("day after on PostgreSQL", day_there)
                times = f"{there.seconds / whole.seconds:.1f} times, {day_there.seconds / day.seconds:.1f} times"
                print(f"  PostgreSQL beside DuckDB: {times} the day after")
        self._end(base)

    def larger(self, rows: int, against: int, from_files: bool) -> None:
        """The day after on a larger history. ``from_files``: it is read, and the memory of that is measured."""
        base = self._base(str(rows))
        exports, reference, work = base / "exports", base / "reference", base / "work"
        if from_files:
            say(f"writing {rows:,} rows of 125 units, half onecsv, half dvcqg2022")
            write_scale(exports, reference, rows=rows)
            say("cchc run")
            whole = run(exports, reference, work)
            show("whole", whole)
            self.verdict.hold(limits.MEMORY_LARGE, whole.peak_gb, rows)
            shutil.rmtree(exports)
        else:
            say(f"putting {rows:,} rows of 125 units in, and building them")
            _put_in(work, reference, Scale(rows=rows))
        self._days(base, rows)
        if against in self._least:
            self.verdict.hold(limits.GROWTH, self._least[rows] / self._least[against] - 1, rows, against)
        self._end(base)

    def night(self, provinces: int, held: int = 0) -> None:
        """A night of the country: without what came before, or with payments on so many rows of history."""
        base = self._base(f"night-{held}")
        exports, reference, work = base / "exports", base / "reference", base / "work"
        country = Country(share=provinces)
        if held:
            say(f"putting {held:,} rows of {country.units:,} units in, and building them")
            country.write(reference)
            with history(work, reference, night.LAST_DAY) as add:

                def keep(province: Province, rows: pl.DataFrame) -> None:
                    add(province.system, province.is_json, rows)

                night.write_night(exports, reference, country, payments=True, history=held, keep=keep)
            cchc("build", work)
        else:
            say(f"writing a night of {country.units:,} units")
            night.write_night(exports, reference, country)
        say("cchc run, a night of the country")
        found = run(exports, reference, work)
        show("night", found)
        if held:
            self.verdict.hold(limits.NIGHT_HISTORY, found.wall, found.files, held)
        else:
            spent = sum(found.work[stage] for stage in ("collect", "load", "publish"))
            self.verdict.hold(limits.NIGHT, found.wall, found.files)
            self.verdict.hold(limits.FILE, spent / found.files * 1000)
        self._end(base)

    def _days(self, base: Path, rows: int) -> None:
        """The least work of a day on copies of an installation; its files alone lie under the export root."""
        write_increment(base / "day", base / "reference", self.changed)
        for _ in range(ROUNDS):
            say(f"cchc run, a day on {rows:,} rows")
            day = run(base / "day", base / "reference", copy_of(base / "work", base / "copy"))
            show("a day", day)
            self._least[rows] = min(self._least.get(rows, day.seconds), day.seconds)

    def _scheduler(self, base: Path) -> None:
        """The same day taken in, and built under the real scheduler."""
        copy = copy_of(base / "work", base / "copy")
        cchc("ingest", copy, *of_days(base / "day"))
        say("the build of that day under the real scheduler")
        seconds, tasks = build_under_scheduler(copy)
        print("  " + ", ".join(f"{task} {spent:.1f}" for task, spent in tasks.items()))
        self.verdict.hold(limits.SCHEDULER, seconds)

    def _base(self, name: str) -> Path:
        base = self.folder / name
        shutil.rmtree(base, ignore_errors=True)
        return base

    def _end(self, base: Path) -> None:
        if not self.keep:
            shutil.rmtree(base, ignore_errors=True)


def _put_in(work: Path, reference: Path, scale: Scale) -> None:
    """A history of the bench's lives without files, built."""
    procedures = procedures_of(write_reference(scale, reference))
    with history(work, reference, scale.day(0)) as add:
        for unit in range(scale.units):
            rows = shown(unit_frame(scale, unit, procedures), night_of(scale, 0))
            add(JSON_SYSTEM if unit % 2 else CSV_SYSTEM, bool(unit % 2), rows)
    cchc("build", work)
