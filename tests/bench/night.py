"""A night of the whole country: a dossier file an agency, with a payment file each or without.

    write_night(exports, reference)                                   # 3,921 files of 100 rows, nothing came before
    write_night(exports, reference, payments=True, history=10_000_000, keep=...)

With a history, so many dossiers are known before the night, spread evenly over the agencies; ``keep`` is handed what
their files said, a province at a time (``bench.history`` puts them into an installation). Of the night's rows those
that ``bench.lives.RESENT`` says are dossiers of the history in their newer state.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from bench.country import VENDOR, Country, Province
from bench.lives import RESENT, Bench, drawn, shown
from bench.reference import procedures_of
from bench.write import COMPACT, csv_bytes, csv_table, json_bytes, json_records
from cchc.demo.reference import Reference
from cchc.demo.sink import Sink

LAST_DAY = date.fromisoformat(Bench.last_day)
NIGHT = LAST_DAY + timedelta(1)
Keep = Callable[[Province, pl.DataFrame], None]


def write_night(
    exports: Path,
    reference_dir: Path,
    country: Country | None = None,
    rows: int = 100,
    payments: bool = False,
    history: int = 0,
    keep: Keep | None = None,
    seed: int = 766,
) -> dict[str, int]:
    """Write the night's files and the reference folder; returns files and rows. ``rows``: of a dossier file."""
    country = country or Country()
    reference = country.write(reference_dir)
    sink = Sink(exports)
    known = history // country.units
    again = int(rows * RESENT) if known else 0
    for at, province in enumerate(country.provinces):
        rng = np.random.default_rng([seed, at])
        size = known + rows - again
        first_sent = np.tile(np.repeat([0, 1], [known, rows - again]), len(province.units))
        sizes = [size] * len(province.units)
        lives = drawn(rng, province.units, sizes, LAST_DAY, first_sent, procedures_of(reference))
        before = pl.col("n") < known
        if known and keep is not None:
            keep(province, shown(lives.filter(before), _end(LAST_DAY)))
        # of the dossiers known before, those that are still open, as far as they reach
        is_open = before & (pl.col("finished") > _end(LAST_DAY))
        resent = is_open & (is_open.cast(pl.Int32).cum_sum().over("unit") <= again)
        _put(sink, province, reference, shown(lives.filter(~before | resent), _end(NIGHT)), payments)
    return {"files": sum(sink.files.values()), "rows": sum(sink.rows.values())}


def _end(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59))


def _put(sink: Sink, province: Province, reference: Reference, rows: pl.DataFrame, payments: bool) -> None:
    """The files of one province: what is the same for all of them is made once."""
    cells = None if province.is_json else csv_table(rows, reference.headings[VENDOR], reference.labels)
    records = json_records(rows) if province.is_json else None
    paid = _payments(rows)
    at = 0
    for unit, size in rows.group_by("unit", maintain_order=True).len().iter_rows():
        folder = f"{province.system}/{unit}/{NIGHT}"
        if records is not None:
            sink.put(f"{folder}/dossiers.json", json_bytes(records.slice(at, size), unit), NIGHT, size)
        elif cells is not None:
            sink.put(f"{folder}/dossiers.csv", csv_bytes(cells.slice(at, size)), NIGHT, size)
        at += size
        if payments:
            mine = paid.filter(pl.col("MaDonVi") == unit)
            out = io.BytesIO()
            mine.write_csv(out)
            sink.put(f"{folder}/payments.csv", out.getvalue(), NIGHT, len(mine))


def _payments(rows: pl.DataFrame) -> pl.DataFrame:
    """A payment for every dossier that says it was paid online, of the day of its reception or of its night."""
    paid = rows.filter(pl.col("paid") > 0)
    return paid.select(
        MaGiaoDich=pl.format("GD-{}", "code"),
        MaHoSo="code",
        MaTTHC="procedure",
        MaDonVi="unit",
        SoTien="fee",
        CongThanhToan="paid",
        TrangThai=pl.lit(1),
        ThoiGian=pl.col("received").dt.strftime(COMPACT),
    )
