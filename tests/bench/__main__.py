"""Measure the main job beside a floor in the same run: from files to ranking, and the day after.

    make bench                      1,000,000 rows, then 10,000 changed ones, then the same on 3,000,000 rows
    make bench ROWS=20000           smaller, without the larger history
    PYTHONPATH=tests .venv/bin/python -m bench --help      every size

The same rows are loaded and built on a PostgreSQL server of its own beside it, its commits made safe (fsync on).

The floor is one DuckDB query a dialect over the same files that reads, casts, keeps the latest row a dossier and
counts seven indicators a unit. Start-up (imports of Great Expectations and dbt, parsing of the models) is shown apart.
Memory is the largest sum over all processes of a run, sampled five times a second.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from bench.floor import floor
from bench.installation import Measured, database, run, server
from bench.scale import write_increment, write_scale

MOST_RATIO, MOST_GB, MOST_GROWTH = 8.0, 2.5, 0.30


def say(text: str) -> None:
    """One line of progress."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


def show(name: str, measured: Measured) -> None:
    """One run as lines of text."""
    parts = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in measured.work.items())
    idle = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in measured.startup.items())
    print(f"  {name}: {measured.rows:,} rows in {measured.seconds:.1f} s ({parts})")
    print(f"    start-up apart: {idle} s; peak {measured.peak_gb:.2f} GB")


def main() -> int:
    """Exit code 1 when a stated limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--history", type=int, default=3_000_000, help="rows of the larger history; 0 leaves it out")
    parser.add_argument("--changed", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, default=Path("var/bench"))
    parser.add_argument("--no-postgres", action="store_true", help="leave PostgreSQL out")
    parser.add_argument("--keep", action="store_true", help="keep the exports and warehouses")
    chosen = parser.parse_args()
    after: dict[int, Measured] = {}
    ratio = peak = 0.0
    for rows in filter(None, (chosen.rows, chosen.history)):
        base = chosen.folder / str(rows)
        shutil.rmtree(base, ignore_errors=True)
        exports, reference, work = base / "exports", base / "reference", base / "work"
        say(f"writing {rows:,} rows of 125 units, half onecsv, half dvcqg2022")
        write_scale(exports, reference, rows=rows)
        if rows == chosen.rows:
            floors = floor(exports, reference)
            least = sum(part.seconds for part in floors)
            for part in floors:
                print(f"  floor {part.dialect}: {part.files} files in {part.seconds:.1f} s")
        say("cchc run")
        whole = run(exports, reference, work)
        show("whole", whole)
        if rows == chosen.rows:
            ratio, peak = whole.seconds / least, whole.peak_gb
        with ExitStack() as held:
            beside = ""
            if rows == chosen.rows and not chosen.no_postgres:
                say("cchc run on PostgreSQL")
                beside = database(held.enter_context(server()), "bench")
                there = run(exports, reference, base / "server", beside)
                show("whole on PostgreSQL", there)
            write_increment(exports, reference, chosen.changed)
            say("cchc run, the day after")
            after[rows] = run(exports, reference, work)
            show("day after", after[rows])
            if beside:
                say("cchc run on PostgreSQL, the day after")
                day = run(exports, reference, base / "server", beside)
                show("day after on PostgreSQL", day)
                times = f"{there.seconds / whole.seconds:.1f} times, {day.seconds / after[rows].seconds:.1f} times"
                print(f"  PostgreSQL beside DuckDB: {times} the day after")
        if not chosen.keep:
            shutil.rmtree(base, ignore_errors=True)
    print()
    good = verdict(f"work against the floor: {ratio:.1f} times", ratio <= MOST_RATIO, f"at most {MOST_RATIO:g}")
    good &= verdict(f"peak memory: {peak:.2f} GB", peak <= MOST_GB, f"at most {MOST_GB} GB")
    if chosen.history:
        growth = after[chosen.history].seconds / after[chosen.rows].seconds - 1
        text = f"day after at {chosen.history:,} rows against {chosen.rows:,}: {growth:+.0%}"
        good &= verdict(text, growth <= MOST_GROWTH, f"at most +{MOST_GROWTH:.0%}")
    print("Next: docs/operations.md says what to do when a stage is slow.")
    return 0 if good else 1


def verdict(text: str, good: bool, limit: str) -> bool:
    """Print one limit and whether it holds."""
    print(f"{'ok  ' if good else 'MISS'}  {text} ({limit})")
    return good


if __name__ == "__main__":
    sys.exit(main())
