"""Bench exports: a million rows of a province, with reference files, and the changes of the day after.

    write_scale(root, reference)       # 125 units, one export day, 1,000,000 rows, half onecsv, half dvcqg2022
    write_increment(root, reference)   # the next day: 10,000 dossiers changed, spread over all units

Read them with ``cchc run --exports ROOT --reference DIR``. The reference folder also keeps the bench's own values,
so that the increment continues the same lives.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

import msgspec
import numpy as np
import polars as pl

from bench.lives import RESENT, Bench, shown, unit_frame
from bench.reference import procedures_of, reference_of, table, write_catalogue
from bench.write import csv_bytes, csv_table, json_bytes, json_records
from cchc.demo.reference import Reference
from cchc.demo.sink import Sink

VENDOR = "A"
CSV_SYSTEM, JSON_SYSTEM = "bench-csv", "bench-json"
STATE = "bench.json"


def write_scale(
    root: Path,
    reference_dir: Path,
    units: int = 125,
    rows: int = 1_000_000,
    days: int = 1,
    seed: int = 766,
    progress: Callable[[str, int], None] | None = None,
) -> dict[str, int]:
    """Write the exports and their reference files; returns files and rows.

    With several days, a later day's rows are to 60 % dossiers sent before, in their newer state.
    """
    bench = Bench(units, rows, days, seed)
    reference = write_reference(bench, reference_dir)
    sink = Sink(root, progress)
    for unit in range(units):
        lives = unit_frame(bench, unit, procedures_of(reference))
        rng = np.random.default_rng([seed, unit, 1])
        for at in range(days):
            new = slice(bench.known(unit, at - 1) if at else 0, bench.known(unit, at))
            again: list[int] = (
                rng.choice(new.start, int(bench.rows_on(unit, at) * RESENT), replace=False).tolist() if at else []
            )
            picked = lives[sorted([*again, *range(new.start, new.stop)])]
            _put(sink, bench, reference, unit, at, shown(picked, night_of(bench, at)))
    return {"files": sum(sink.files.values()), "rows": sum(sink.rows.values())}


def write_increment(root: Path, reference_dir: Path, changed: int = 10_000) -> dict[str, int]:
    """Write the day after the last: dossiers still open until then are finished and handed over on it."""
    bench = Bench(**msgspec.json.decode((reference_dir / STATE).read_bytes()))
    reference = reference_of()
    sink = Sink(root)
    night = night_of(bench, bench.days - 1)
    morning = night + timedelta(hours=8)
    for unit in range(bench.units):
        lives = unit_frame(bench, unit, procedures_of(reference))
        rows = changed * (unit + 1) // bench.units - changed * unit // bench.units
        still_open = lives.filter((pl.col("finished") > night) & (pl.col("received") <= night))
        chosen = still_open.sample(min(rows, len(still_open)), seed=bench.seed + unit)
        done = chosen.with_columns(
            finished=pl.lit(morning + timedelta(hours=1)).cast(pl.Datetime("ms"))
            + pl.duration(seconds=pl.col("n") % 9000),
            returned=pl.lit(morning + timedelta(hours=6)).cast(pl.Datetime("ms"))
            + pl.duration(seconds=pl.col("n") % 9000),
        )
        _put(sink, bench, reference, unit, bench.days, shown(done, night_of(bench, bench.days)))
    return {"files": sum(sink.files.values()), "rows": sum(sink.rows.values())}


def night_of(bench: Bench, at: int) -> datetime:
    return datetime.combine(bench.day(at), time(23, 59, 59))


def _put(sink: Sink, bench: Bench, reference: Reference, unit: int, at: int, rows: pl.DataFrame) -> None:
    code, day = bench.unit(unit), bench.day(at)
    if unit % 2:
        content = json_bytes(json_records(rows), code)
        sink.put(f"{JSON_SYSTEM}/{code}/{day}/dossiers.json", content, day, len(rows))
    else:
        content = csv_bytes(csv_table(rows, reference.headings[VENDOR], reference.labels))
        sink.put(f"{CSV_SYSTEM}/{code}/{day}/dossiers.csv", content, day, len(rows))


def write_reference(bench: Bench, folder: Path) -> Reference:
    """The reference files: one province with its communes, half of them in either system."""
    reference = reference_of()
    folder.mkdir(parents=True, exist_ok=True)
    units = [bench.unit(at) for at in range(bench.units)]
    table(
        folder / "units.csv",
        "agency_code,admin_code,name,level,parent,valid_from,valid_to",
        [("H50", "44", "Tỉnh Quảng Trị", "province", "", "2025-07-01", "")]
        + [(u, f"{90001 + i}", f"Xã số {i + 1}", "commune", "H50", "2025-07-01", "") for i, u in enumerate(units)],
    )
    table(
        folder / "systems.csv",
        "system,dataset,dialect,ext,delimiter,encoding,headings,units",
        [
            (CSV_SYSTEM, "dossiers", "onecsv", "csv", ",", "utf-8-sig", VENDOR, " ".join(units[::2])),
            (JSON_SYSTEM, "dossiers", "dvcqg2022", "json", "", "utf-8", "", " ".join(units[1::2])),
        ],
    )
    write_catalogue(folder, reference, VENDOR)
    (folder / STATE).write_bytes(msgspec.json.encode(bench.as_dict()))
    return reference


def heading_of(reference_dir: Path, vendor: str) -> dict[str, str]:
    """Canonical column to heading in a reference folder."""
    with (reference_dir / "headings.csv").open(encoding="utf-8", newline="") as f:
        return {r["canonical"]: r["heading"] for r in csv.DictReader(f) if r["headings"] == vendor}
