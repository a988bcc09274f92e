"""Load and build a made-up province on Spark and Iceberg beside DuckDB, in full and after a day, and compare all of it.

    make spark                      20,000 rows of 125 units, a day of 500 changed ones, a day with kills
    make spark ROWS=1000000         more
    PYTHONPATH=tests .venv/bin/python -m spark --help     every option

Starts a cluster of this machine (master, two workers, thrift server) and a PostgreSQL server for its catalogue and the
state, and ends them. Exit code 1 when a relation differs.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bench.installation import database, machine
from bench.scale import write_increment, write_scale
from cchc.settings import Settings
from spark.beside import Beside
from spark.cluster import spark_cluster
from spark.compare import Compared
from spark.parts import Missing, find_parts
from support.cluster import cluster as postgres

#: The day on which an executor is killed in the load, and the driver in the build.
KILLS = "a day with kills"


def say(text: str) -> None:
    """One line of progress."""
    print(f"{datetime.now():%H:%M:%S}  {text}", flush=True)


def days_of(exports: Path) -> list[date]:
    """Every day that was exported, the first first."""
    return sorted({date.fromisoformat(path.name) for path in exports.glob("*/*/*") if path.is_dir()})


def shown(what: str, beside: Beside, found: Sequence[Compared]) -> dict[str, Any]:
    """Print each relation with its rows; returns the same as a record."""
    for each in found:
        differs = (
            "equal" if each.equal else f"{each.only_duckdb} and {each.only_spark} rows differ: {list(each.columns)}"
        )
        print(f"  {each.relation:<44} {each.rows:>12,}  {differs}")
    rows, equal = sum(each.rows for each in found), sum(each.equal for each in found)
    took = ", ".join(
        f"{name} {s:.1f} s ({beside.processor[name]:.1f} of processors)" for name, s in beside.seconds.items()
    )
    say(f"{what}: {equal} of {len(found)} relations equal, {rows:,} rows; {took}")
    return {
        "what": what,
        "rows": rows,
        "relations": len(found),
        "different": [asdict(each) for each in found if not each.equal],
        "seconds": {name: round(s, 1) for name, s in beside.seconds.items()},
        "processor": {name: round(s, 1) for name, s in beside.processor.items()},
    }


def main() -> int:
    """Exit code 1 when a relation differs, 2 when a part of the cluster is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--changed", type=int, default=500)
    parser.add_argument("--units", type=int, default=125)
    parser.add_argument("--memory", default="1g", help="of the driver and of each of two executors")
    parser.add_argument("--folder", type=Path, default=Path("var/spark"))
    parser.add_argument("--kills", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--unit-tests", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--json", type=Path, help="what was compared and how long it took")
    chosen = parser.parse_args()
    try:
        parts = find_parts()
    except Missing as missing:
        print(f"Spark can't be started: {missing}", file=sys.stderr)
        return 2
    base: Path = chosen.folder.resolve()
    shutil.rmtree(base, ignore_errors=True)
    exports, reference = base / "exports", base / "reference"
    say(f"writing {chosen.rows:,} rows of {chosen.units} units")
    write_scale(exports, reference, units=chosen.units, rows=chosen.rows)
    records = []
    with postgres("max_connections=50") as server:
        say("starting PostgreSQL for catalogue and state, a master, two workers, a thrift server")
        with spark_cluster(parts, base / "cluster", database(server, "lake"), memory=chosen.memory) as cluster:
            embedded = Settings(workdir=base / "work", exports=str(exports))
            lake = replace(
                embedded, workdir=base / "lake", warehouse=cluster.url, warehouse_state=database(server, "state")
            )
            beside = Beside(embedded, lake, reference, cluster)
            for what in ("full build", "the day after", KILLS)[: 3 if chosen.kills else 2]:
                days = days_of(exports)
                say(f"{what}: judging, loading, building")
                if what == KILLS:
                    for told in beside.survive(days[0], days[-1]):
                        say(told)
                else:
                    beside.load(days[0], days[-1])
                    beside.build()
                records.append(shown(what, beside, found := beside.compared()))
                if not all(each.equal for each in found):
                    break
                say(f"the day after: {chosen.changed:,} changed rows")
                write_increment(exports, reference, chosen.changed)
            if chosen.unit_tests:
                say("unit tests of the models, on Spark")
                beside.unit_tests()
    if chosen.json:
        chosen.json.write_text(json.dumps({"machine": machine(), "rows": chosen.rows, "builds": records}, indent=1))
    return 0 if all(record["different"] == [] for record in records) else 1


if __name__ == "__main__":
    sys.exit(main())
