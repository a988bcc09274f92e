"""Measure whether twenty readers are in a build's way: the same builds with readers elsewhere and with readers here.

    PYTHONPATH=tests .venv/bin/python -m bench.beside_readers --folder DIR [--rows 300000] [--rounds 3]

A full build and the build of 10,000 changed dossiers, on DuckDB and on a PostgreSQL server of its own, each from a
copy of the same installation; the median of the rounds counts. A reader looks twice a second at the figures of every
period, the ranking and the dossiers behind them; on PostgreSQL one session more sits idle in a transaction.

Twenty readers cost a small machine its processors, whatever they read. So the readers of the comparison look at
another copy on the same machine: what the build takes longer when they look at its own is waiting. The build with
nobody looking is shown besides. Exit code 1 when a reader met an error or waiting took more than the stated ratio.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

import psycopg

from bench.installation import cchc, copy_of, database, of_days, run, server
from bench.scale import write_increment, write_scale
from cchc.settings import Settings
from support.served_readers import readers

MOST = 1.10
TEMPLATE = "bench"


def build(work: Path, warehouse: str, *options: str) -> float:
    """Seconds of ``cchc build`` from start to end."""
    started = time.monotonic()
    cchc("build", work, *options, warehouse=warehouse)
    return time.monotonic() - started


@contextmanager
def looking(work: Path, warehouse: str) -> Iterator[None]:
    """Twenty readers and, on a server, a session that looked once and sits in its transaction."""
    with ExitStack() as stack:
        if warehouse:
            session = stack.enter_context(psycopg.connect(warehouse))
            session.execute("select count(*) from pub.build_v1").fetchone()
        seen = stack.enter_context(readers(Settings(workdir=work, exports="", warehouse=warehouse)))
        yield
    if seen.errors:
        sys.exit(f"{len(seen.errors)} looks failed, the first: {seen.errors[0]}")
    print(f"    {seen.looks} looks at {len(seen.answers)} builds, no error")


def by_turns(name: str, copy: Callable[[str], tuple[Path, str]], rounds: int, *options: str) -> bool:
    """The same build with nobody looking, readers elsewhere and readers here, ``rounds`` times each."""
    took: dict[str, list[float]] = {"alone": [], "elsewhere": [], "here": []}
    for _ in range(rounds):
        for how, seconds in took.items():
            built, other = copy("built"), copy("other")
            with looking(*(built if how == "here" else other)) if how != "alone" else nullcontext():
                seconds.append(build(*built, *options))
    alone, elsewhere, here = (statistics.median(seconds) for seconds in took.values())
    good = here / elsewhere <= MOST
    times = f"{elsewhere:.1f} s with readers elsewhere, {here:.1f} s with readers here, {here / elsewhere:.2f} times"
    print(
        f"{'ok  ' if good else 'MISS'}  {name}: {times} (at most {MOST:g}); nobody looking: {alone:.1f} s", flush=True
    )
    return good


def main() -> int:
    """Measure both engines, print, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    base: Path = chosen.folder
    shutil.rmtree(base, ignore_errors=True)
    exports, reference = base / "exports", base / "reference"
    write_scale(exports, reference, rows=chosen.rows)
    with server() as started:
        template = {"DuckDB": "", "PostgreSQL": database(started, TEMPLATE)}
        for engine, warehouse in template.items():
            run(exports, reference, base / engine, warehouse)
        write_increment(exports, reference)
        good = True
        for engine, warehouse in template.items():
            cchc("ingest", base / engine, *of_days(exports), warehouse=warehouse)

            def copy(name: str, engine: str = engine) -> tuple[Path, str]:
                work = copy_of(base / engine, base / name)
                return work, database(started, name, TEMPLATE) if engine == "PostgreSQL" else ""

            good &= by_turns(f"{engine}, a day's changes", copy, chosen.rounds)
            good &= by_turns(f"{engine}, everything anew", copy, chosen.rounds, "--full-refresh")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
