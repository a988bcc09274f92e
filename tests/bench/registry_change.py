"""Measure what one commune more costs: the day after on a large warehouse, as it was and with one commune more.

    PYTHONPATH=tests .venv/bin/python -m bench.registry_change --folder DIR [--rows 1000000] [--rounds 2]

Both days start from copies of the same installation and take in the same 10,000 changed dossiers; the least of the
rounds counts. A folder that holds the warehouse of an earlier call is used again. Exit code 1 when the day with the
commune costs more than the stated ratio of the ordinary one.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
from pathlib import Path

from bench.installation import copy_of, run
from bench.scale import CSV_SYSTEM, write_increment, write_scale

MOST = 1.3
COMMUNE = "H50.999"


def with_commune(reference: Path, target: Path) -> Path:
    """The reference folder with one commune more, which reports through the CSV system."""
    shutil.copytree(reference, target)
    with (target / "units.csv").open("a", encoding="utf-8") as units:
        units.write(f"{COMMUNE},91999,Xã thêm,commune,H50,2025-07-01,\n")
    path = target / "systems.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        row["units"] += f" {COMMUNE}" if row["system"] == CSV_SYSTEM else ""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return target


def main() -> int:
    """Measure, print, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    chosen = parser.parse_args()
    base: Path = chosen.folder
    exports, reference, work = base / "exports", base / "reference", base / "work"
    if not (work / "measured.json").is_file():
        write_scale(exports, reference, rows=chosen.rows)
        print(f"whole: {run(exports, reference, work).seconds:.1f} s", flush=True)
    shutil.rmtree(base / "reference-more", ignore_errors=True)
    write_increment(exports, reference)
    more = with_commune(reference, base / "reference-more")
    least: dict[str, float] = {}
    for _ in range(chosen.rounds):
        for name, folder in (("ordinary day", reference), ("one commune more", more)):
            copy = copy_of(work, base / "copy")
            shutil.rmtree(copy / "registry")
            day = run(exports, folder, copy)
            least[name] = min(least.get(name, day.seconds), day.seconds)
            parts = ", ".join(f"{stage} {spent:.1f}" for stage, spent in day.work.items())
            print(f"{name}: {day.seconds:.1f} s ({parts})", flush=True)
    ratio = least["one commune more"] / least["ordinary day"]
    print(f"{'ok  ' if ratio <= MOST else 'MISS'}  one commune more costs {ratio:.2f} times a day (at most {MOST:g})")
    return 0 if ratio <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
