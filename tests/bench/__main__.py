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
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from bench.floor import floor
from bench.scale import write_increment, write_scale
from support.cluster import cluster

MOST_RATIO, MOST_GB, MOST_GROWTH = 8.0, 2.5, 0.30


@dataclass
class Measured:
    """One run: seconds of work and of start-up by stage, and peak memory of all its processes."""

    work: dict[str, float]
    startup: dict[str, float]
    peak_gb: float
    rows: int

    @property
    def seconds(self) -> float:
        """Work without start-up."""
        return sum(self.work.values())


def say(text: str) -> None:
    """One line of progress."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


def measure(exports: Path, reference: Path, work: Path, warehouse: str = "") -> Measured:
    """Run ``cchc run`` in a process of its own and watch its memory (on a server: that of the client)."""
    out = work / "measured.json"
    command = [sys.executable, "-c", "from cchc.cli import run; run()", "run", "--quiet", "--json", str(out)]
    command += ["--exports", str(exports), "--reference", str(reference), "--workdir", str(work)]
    command += ["--from", days(exports)[0], "--to", days(exports)[-1]]
    work.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "PYTHONWARNINGS": "ignore", "CCHC_WAREHOUSE": warehouse}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=env)
    peak = Peak(process.pid)
    peak.start()
    if process.wait():
        sys.exit(f"cchc run failed with exit code {process.returncode}")
    peak.ended.set()
    peak.join()
    found = json.loads(out.read_text())
    return Measured(found["seconds"], found["startup"], peak.gb, found["counts"]["rows_accepted"])


class Peak(threading.Thread):
    """Samples the memory of a process and all its children."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.root, self.gb, self.ended = psutil.Process(pid), 0.0, threading.Event()

    def run(self) -> None:
        """Sample until told to end."""
        while not self.ended.wait(0.2):
            total = 0
            try:
                for process in [self.root, *self.root.children(recursive=True)]:
                    total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
            self.gb = max(self.gb, total / 1e9)


def days(exports: Path) -> list[str]:
    """Export dates below a root, in order."""
    return sorted({path.name for path in exports.glob("*/*/*") if path.is_dir()})


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
        whole = measure(exports, reference, work)
        show("whole", whole)
        if rows == chosen.rows:
            ratio, peak = whole.seconds / least, whole.peak_gb
        with postgres(rows == chosen.rows and not chosen.no_postgres) as server:
            if server:
                say("cchc run on PostgreSQL")
                there = measure(exports, reference, base / "server", server)
                show("whole on PostgreSQL", there)
            write_increment(exports, reference, chosen.changed)
            say("cchc run, the day after")
            after[rows] = measure(exports, reference, work)
            show("day after", after[rows])
            if server:
                say("cchc run on PostgreSQL, the day after")
                day = measure(exports, reference, base / "server", server)
                show("day after on PostgreSQL", day)
                beside = f"{there.seconds / whole.seconds:.1f} times, {day.seconds / after[rows].seconds:.1f} times"
                print(f"  PostgreSQL beside DuckDB: {beside} the day after")
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


@contextmanager
def postgres(wanted: bool) -> Iterator[str]:
    """The URL of a database on a server of its own, or nothing."""
    if not wanted:
        yield ""
        return
    with cluster("fsync=on", "shared_buffers=1GB", "max_wal_size=4GB") as server:
        with psycopg.connect(f"{server.url}/postgres", autocommit=True) as connection:
            connection.execute("create database bench")
        yield f"{server.url}/bench"


def verdict(text: str, good: bool, limit: str) -> bool:
    """Print one limit and whether it holds."""
    print(f"{'ok  ' if good else 'MISS'}  {text} ({limit})")
    return good


if __name__ == "__main__":
    sys.exit(main())
