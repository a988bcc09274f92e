"""What a day's load costs beside a short and a long history: the same rows replaced in 3 and in 38 months of dossiers.

    PYTHONPATH=tests .venv/bin/python -m spark.months --json docs/benchmarks/spark_months.json

Each day replaces the 125 files of the last month's first day by their next revision, as ``cchc`` loads them: keys are
noted, rows are replaced in one commit, what the replaced files said is kept, the snapshots are noted.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bench.installation import database, machine
from cchc.datasets import DATASETS
from cchc.load import Load, open_warehouse
from cchc.load.iceberg import iceberg_type
from cchc.settings import Settings
from spark.cluster import spark_cluster
from spark.cost import processor_seconds
from spark.parts import Missing, find_parts
from support.cluster import cluster as postgres

FILES = 125
SCHEMA = DATASETS["dossiers"].raw_schema
FIRST = date(2024, 1, 1)


def day_of(month: int) -> date:
    """The first day of a month, counted from that of ``FIRST``."""
    return date(FIRST.year + month // 12, month % 12 + 1, 1)


def history(settings: Settings, months: int, rows: int) -> None:
    """``rows`` dossiers a month, of 125 files; then a build has modelled all of it."""
    known = {
        "revision_id": f"concat('m', m, '-', id % {FILES}, '-0')",
        "row_number": f"cast(id div {FILES} as int)",
        "system": "'s'",
        "delivering_unit": f"concat('H50.', id % {FILES})",
        "export_date": f"add_months(date'{FIRST}', cast(m as int))",
        "dossier_code": "concat('D', m, '-', id)",
        "fees": "sha2(cast(id as string), 256)",
    }
    columns = ", ".join(
        f"cast({known.get(field.name, 'null')} as {iceberg_type(field.type)}) as {field.name}" for field in SCHEMA
    )
    with open_warehouse(settings) as warehouse:
        rows_of = f"range({rows}) cross join range(0, {months}) as r(m) order by m"
        warehouse.execute(f"insert into raw.dossiers select {columns} from {rows_of}")
        warehouse.begin_build()
        warehouse.finish_build()


def a_day(folder: Path, month: int, revision: int, rows: int) -> Load:
    """The files of a month's day in their next revision."""
    listed = [
        {
            "revision_id": f"m{month}-{n % FILES}-{revision}",
            "row_number": n // FILES,
            "system": "s",
            "delivering_unit": f"H50.{n % FILES}",
            "export_date": day_of(month),
            "dossier_code": f"D{month}-{n}",
        }
        for n in range(rows)
    ]
    path = folder / f"{month}-{revision}.parquet"
    pq.write_table(pa.Table.from_pylist(listed, schema=SCHEMA), path)
    of = [{f"m{month}-{n}-{number}" for n in range(FILES)} for number in (revision, revision - 1)]
    return Load({"dossiers": [path]}, of[0], of[1], days=(day_of(month), day_of(month)))


def main() -> int:
    """Exit code 2 when a part of the cluster is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--months", type=int, nargs="+", default=[3, 38])
    parser.add_argument("--rows", type=int, default=50_000, help="a month, all replaced by a day")
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path("var/spark-months"))
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    try:
        parts = find_parts()
    except Missing as missing:
        print(f"Spark can't be started: {missing}", file=sys.stderr)
        return 2
    base: Path = chosen.folder.resolve()
    found: list[dict[str, Any]] = []
    for months in chosen.months:
        shutil.rmtree(base, ignore_errors=True)
        with (
            postgres("max_connections=50") as server,
            spark_cluster(parts, base / "cluster", database(server, "lake")) as cluster,
        ):
            settings = Settings(base, "", warehouse=cluster.url, warehouse_state=database(server, "state"))
            history(settings, months, chosen.rows)
            days = []
            for revision in range(1, chosen.days + 1):
                load = a_day(base, months - 1, revision, chosen.rows)
                clock, used = time.perf_counter(), processor_seconds(cluster)
                with open_warehouse(settings) as warehouse:
                    warehouse.load(load)
                days.append(
                    {
                        "seconds": round(time.perf_counter() - clock, 2),
                        "processor": round(processor_seconds(cluster) - used, 2),
                    }
                )
        # the first day compiles what the others run
        typical = {name: statistics.median(day[name] for day in days[1:]) for name in ("seconds", "processor")}
        print(f"{months} months, {months * chosen.rows:,} rows: a day {typical} of {days}", flush=True)
        found.append({"months": months, "rows": months * chosen.rows, "day": typical, "days": days})
    if chosen.json:
        chosen.json.write_text(json.dumps({"machine": machine(), "replaced": chosen.rows, "history": found}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
