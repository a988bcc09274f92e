"""Measure the main job beside a floor in the same run: from files to ranking, the day after, a night of the country.

    make bench                      every target of the table in docs/benchmarks.md, half an hour on two processors
    make bench ROWS=20000           smaller, without histories and scheduler: it shows that everything still runs
    PYTHONPATH=tests .venv/bin/python -m bench --help      every size, and what may be left out

The floor is one DuckDB query a dialect over the same files that reads, casts, keeps the latest row a dossier and
counts seven indicators a unit. Start-up (imports of Great Expectations and dbt, parsing of the models) is shown apart,
and counts where a line says wall: from the start of the process to its end. Memory is the largest sum over all
processes of a run, sampled five times a second.

The largest history is read from files, the smaller ones and that of the night are put in directly (bench.history), and
all of them are built. The days that are held against each other find their own files alone under the export root.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import date
from functools import partial
from pathlib import Path

from bench.country import PROVINCES
from bench.installation import machine
from bench.limits import Verdict
from bench.parts import Bench


def main() -> int:
    """Exit code 1 when a stated limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument(
        "--history", type=int, nargs="+", default=[3_000_000, 10_000_000], help="rows of larger histories; 0: none"
    )
    parser.add_argument("--changed", type=int, default=10_000)
    parser.add_argument("--provinces", type=int, default=len(PROVINCES), help="of the country's night; 0: no night")
    parser.add_argument("--night-history", type=int, default=10_000_000, help="rows before the second night; 0: none")
    parser.add_argument("--folder", type=Path, default=Path("var/bench"))
    parser.add_argument("--no-postgres", action="store_true", help="leave PostgreSQL out")
    parser.add_argument("--no-scheduler", action="store_true", help="leave the real scheduler out")
    parser.add_argument("--keep", action="store_true", help="keep the exports and warehouses")
    parser.add_argument("--json", type=Path, help="also as JSON, which `make bench-docs` reads")
    chosen = parser.parse_args()
    started = time.monotonic()
    verdict = Verdict()
    bench = Bench(chosen.folder, verdict, chosen.changed, chosen.keep)
    histories = sorted(filter(None, chosen.history))
    parts = [partial(bench.province, chosen.rows, not chosen.no_postgres, not chosen.no_scheduler)]
    if chosen.provinces:
        parts.append(partial(bench.night, chosen.provinces))
    parts += [partial(bench.larger, rows, chosen.rows, from_files=rows == histories[-1]) for rows in histories]
    if chosen.provinces and chosen.night_history:
        parts.append(partial(bench.night, chosen.provinces, chosen.night_history))
    for part in parts:
        part()
        if chosen.json:  # after each: a bench that is stopped keeps what it measured
            found = {"machine": machine(), "date": date.today().isoformat(), "rows": verdict.rows}
            chosen.json.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print()
    print("\n".join(verdict.lines))
    print(f"The bench took {(time.monotonic() - started) / 60:.0f} minutes.")
    print("Next: docs/operations.md says what to do when a stage is slow.")
    return verdict.exit_code


if __name__ == "__main__":
    sys.exit(main())
