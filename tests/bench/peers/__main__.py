"""Measure what people would use instead beside the warehouse and the floor: same exports, same machine, same run.

    make bench-peers                    1,000,000 rows, then 10,000 changed ones, then the probes
    make bench-peers ROWS=20000         smaller
    PYTHONPATH=tests .venv/bin/python -m bench.peers --help      every option

Each peer is a script of this folder in an environment of its own (.peers). The time is that of its process from start
to end, its memory the largest sum over its processes (without that of a PostgreSQL server), sampled five times a
second. Every peer must count what the floor counts. Exit code 1 when the counts of any of them differ.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.installation import database, machine, server
from bench.peers.measured import At, Peer, Stopped, run, show
from bench.peers.probes import NAMES, probe, right
from bench.peers.probes import write as write_probes
from bench.scale import write_increment, write_scale

FLOOR = Peer("floor", "floor_alone.py", "one DuckDB query a dialect; it keeps nothing", ("duckdb",), own=False)
PEERS = (
    FLOOR,
    Peer(
        "this warehouse",
        "ours.py",
        "`cchc run`: every dataset, rule, indicator, score, page",
        ("duckdb", "great-expectations", "dbt-core"),
        own=False,
    ),
    Peer("dlt", "dlt_duckdb.py", "Arrow readers, merge by file, SQL marts", ("dlt", "duckdb", "polars", "pyarrow")),
    Peer(
        "pandas, Great Expectations, PostgreSQL",
        "pandas_gx.py",
        "two reading processes, 11 expectations, ADBC, SQL marts",
        ("pandas", "great-expectations", "adbc-driver-postgresql"),
        server=True,
    ),
    Peer("Spark", "spark_local.py", "local, all cores, Parquet by day and unit, SQL marts", ("pyspark",), java=True),
)


def say(text: str) -> None:
    """One line of progress."""
    print(f"{datetime.now():%H:%M:%S}  {text}", flush=True)


def timed(peer: Peer, at: At, want: list[list[Any]]) -> dict[str, Any]:
    """One run of a peer as a record, and whether it counts what the floor counts."""
    say(f"{peer.name}: {at.work.name}")
    took = asdict(run(peer, at))
    found = show(peer, at)["units"]
    differ = sum(a != b for a, b in zip(found, want, strict=False)) + abs(len(found) - len(want))
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in took["stages"].items())
    print(
        f"  {took['wall']:.1f} s ({stages}), {took['peak_gb']:.2f} GB; {differ} of {len(want)} units differ", flush=True
    )
    return took | {"differ": differ}


def main() -> int:
    """Exit code 1 when a peer's counts differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--changed", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, default=Path("var/bench-peers"))
    parser.add_argument("--only", nargs="*", default=[], help="scripts, without .py")
    parser.add_argument("--no-probes", action="store_true")
    parser.add_argument("--json", type=Path, help="also as JSON, which `make bench-docs` reads")
    chosen = parser.parse_args()
    base: Path = chosen.folder.resolve()
    shutil.rmtree(base, ignore_errors=True)
    picked = [peer for peer in PEERS if not chosen.only or Path(peer.script).stem in chosen.only]
    for peer in picked:
        if why := peer.missing():
            say(f"{peer.name} is left out: {why}")
    here = [peer for peer in picked if not peer.missing()]
    records: dict[str, dict[str, Any]] = {
        peer.name: {"name": peer.name, "what": peer.what, "missing": peer.missing()} for peer in picked
    }
    with ExitStack() as held:
        started = held.enter_context(server()) if any(peer.server for peer in here) else None

        def place(peer: Peer, kind: str) -> str:
            return database(started, kind) if peer.server and started else ""

        exports, reference = base / "exports", base / "reference"
        say(f"writing {chosen.rows:,} rows of 125 units, half onecsv, half dvcqg2022")
        write_scale(exports, reference, rows=chosen.rows)
        ats = {peer.name: At(exports, reference, base / Path(peer.script).stem, place(peer, "bench")) for peer in here}
        want = right(exports, reference)
        for peer in here:
            records[peer.name] |= {"versions": peer.versions(), "first": timed(peer, ats[peer.name], want)}
        say(f"the day after: {chosen.changed:,} changed rows")
        write_increment(exports, reference, chosen.changed)
        want = right(exports, reference)
        for peer in here:
            records[peer.name]["day"] = timed(peer, ats[peer.name], want)
        if not chosen.no_probes:
            write_probes(base / "probes/exports", base / "probes/reference")
            for peer in here:
                if peer is FLOOR:
                    continue
                say(f"{peer.name}: probes")
                folder = base / "probes" / Path(peer.script).stem
                at = At(folder / "exports", base / "probes/reference", folder / "work", place(peer, "probes"))
                try:
                    outcomes = probe(peer, at, base / "probes/exports")
                except Stopped as stopped:
                    sys.exit(f"{peer.name} could not load the probes' first files: {stopped}")
                records[peer.name]["probes"] = {name: asdict(outcome) for name, outcome in outcomes.items()}
                for name, outcome in outcomes.items():
                    print(f"  {'ok  ' if outcome.ok else 'no  '}  {NAMES[name]}  {outcome.said}", flush=True)
    result = {
        "machine": machine(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "rows": chosen.rows,
        "changed": chosen.changed,
        "probes": NAMES,
        "peers": list(records.values()),
    }
    if chosen.json:
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        chosen.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    shutil.rmtree(base, ignore_errors=True)
    good = not any(record[run_]["differ"] for record in records.values() for run_ in ("first", "day") if run_ in record)
    print("ok    all count what the floor counts" if good else "MISS  not all count what the floor counts")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
