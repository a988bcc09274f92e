"""Measure what twenty readers cost a build: the same builds with nobody looking and with twenty, by turns.

    PYTHONPATH=tests .venv/bin/python -m bench.beside_readers --folder DIR [--rows 300000] [--rounds 3]

A full build and the build of 10,000 changed dossiers, on DuckDB and on a PostgreSQL server of its own, each from a
copy of the same installation; the median of the rounds counts. A reader looks twice a second at the figures of every
period, the ranking and the dossiers behind them; on PostgreSQL one session more sits idle in a transaction. Exit code
1 when a reader met an error or a build beside readers took more than the stated ratio.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from bench.installation import cchc, copy_of, given
from bench.scale import write_increment, write_scale
from cchc.settings import Settings
from support.cluster import cluster
from support.served_readers import readers

MOST = 1.10
TEMPLATE, DATABASE = "bench", "bench_copy"


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


def by_turns(name: str, copy: Callable[[], tuple[Path, str]], rounds: int, *options: str) -> bool:
    """The same build alone and beside readers, ``rounds`` times each."""
    took: dict[str, list[float]] = {"alone": [], "beside readers": []}
    for _ in range(rounds):
        for how, seconds in took.items():
            work, warehouse = copy()
            if how == "alone":
                seconds.append(build(work, warehouse, *options))
            else:
                with looking(work, warehouse):
                    seconds.append(build(work, warehouse, *options))
    alone, beside = (statistics.median(seconds) for seconds in took.values())
    good = beside / alone <= MOST
    times = f"{alone:.1f} s alone, {beside:.1f} s beside, {beside / alone:.2f} times (at most {MOST:g})"
    print(f"{'ok  ' if good else 'MISS'}  {name}: {times}", flush=True)
    return good


def main() -> int:
    """Measure both engines, print, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    base: Path = chosen.folder
    exports, reference = base / "exports", base / "reference"
    write_scale(exports, reference, rows=chosen.rows)
    before = given(exports, reference)
    with cluster("fsync=on", "shared_buffers=1GB", "max_wal_size=4GB") as server:
        _execute(server.url, f"create database {TEMPLATE}")
        template = {"DuckDB": "", "PostgreSQL": f"{server.url}/{TEMPLATE}"}
        for engine, warehouse in template.items():
            cchc("run", base / engine, *before, warehouse=warehouse)
        write_increment(exports, reference)
        good = True
        for engine, warehouse in template.items():
            cchc("ingest", base / engine, *given(exports, reference), warehouse=warehouse)

            def copy(engine: str = engine) -> tuple[Path, str]:
                work = copy_of(base / engine, base / "copy")
                if engine == "DuckDB":
                    return work, ""
                _execute(server.url, f"drop database if exists {DATABASE} with (force)")
                _execute(server.url, f"create database {DATABASE} template {TEMPLATE}")
                return work, f"{server.url}/{DATABASE}"

            good &= by_turns(f"{engine}, a day's changes", copy, chosen.rounds)
            good &= by_turns(f"{engine}, everything anew", copy, chosen.rounds, "--full-refresh")
    return 0 if good else 1


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute(statement)


if __name__ == "__main__":
    sys.exit(main())
