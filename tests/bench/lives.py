"""Dossiers for measuring: every column of a unit drawn at once, shown as of any day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

CHANNELS = ("direct", "online", "postal")
KINDS = ("citizen", "business", "agency", "organisation")
RESENT = 0.6  # share of a later day's rows that are dossiers sent before


@dataclass(frozen=True)
class Bench:
    """The size of a bench; the same values give the same bytes."""

    units: int = 125
    rows: int = 1_000_000
    days: int = 1
    seed: int = 766
    last_day: str = "2026-09-29"  # the increment is the next one

    def day(self, at: int) -> date:
        """An export day, counted from 0; one past the last is the day of the increment."""
        return date.fromisoformat(self.last_day) + timedelta(at - self.days + 1)

    def unit(self, at: int) -> str:
        """Agency code of a unit, counted from 0."""
        return f"H50.{101 + at}"

    def rows_on(self, unit: int, at: int) -> int:
        """Rows of one file: the total, spread evenly without a remainder lost."""
        files = self.units * self.days
        number = at * self.units + unit
        return self.rows * (number + 1) // files - self.rows * number // files

    def known(self, unit: int, at: int) -> int:
        """Dossiers of a unit that were sent at least once by the end of an export day."""
        total = self.rows_on(unit, 0)
        for day in range(1, at + 1):
            total += self.rows_on(unit, day) - int(self.rows_on(unit, day) * RESENT)
        return total

    def as_dict(self) -> dict[str, int | str]:
        """The values, to be stored beside the exports."""
        return asdict(self)


def unit_frame(bench: Bench, unit: int, procedures: list[tuple[str, int]]) -> pl.DataFrame:
    """All dossiers of one unit with their whole lives; they are first sent in the order of ``n``."""
    size = bench.known(unit, bench.days - 1)
    first_sent = np.zeros(size, dtype=np.int64)
    for at in range(1, bench.days):
        first_sent[bench.known(unit, at - 1) :] += 1
    return drawn(
        np.random.default_rng([bench.seed, unit]), [bench.unit(unit)], [size], bench.day(0), first_sent, procedures
    )


def drawn(
    rng: np.random.Generator,
    units: Sequence[str],
    sizes: Sequence[int],
    day: date,
    first_sent: np.ndarray[Any, np.dtype[np.int64]],
    procedures: list[tuple[str, int]],
) -> pl.DataFrame:
    """Dossiers of some units with their whole lives, the units one after the other; ``n`` counts within its unit.

    ``first_sent``: for each, how many days after ``day`` its first file is.
    """
    size = sum(sizes)
    end = np.datetime64(datetime.combine(day, datetime.min.time()), "s") + np.timedelta64(86399, "s")
    age = (rng.random(size) * 88 * 86400).astype("timedelta64[s]")
    submitted = end + (first_sent * 86400).astype("timedelta64[s]") - age
    online = rng.random(size) < 0.62
    channel = np.where(online, 1, np.where(rng.random(size) < 0.05, 2, 0))
    received = submitted + np.where(online, rng.integers(600, 80_000, size), 0).astype("timedelta64[s]")
    span = rng.integers(1, 21, size) * 86400
    due = received.astype("datetime64[D]").astype("datetime64[s]") + (span + 61200).astype("timedelta64[s]")
    took = np.where(rng.random(size) < 0.9, span * rng.random(size), span * rng.uniform(1.05, 2, size))
    finished = received + (took + 60).astype("timedelta64[s]")
    returned = finished + rng.integers(300, 200_000, size).astype("timedelta64[s]")
    luck = rng.random((8, size), dtype=np.float32)
    procedure = rng.integers(0, len(procedures), size)
    fees = np.array([fee for _, fee in procedures])[procedure]
    asked = received + (took / 4).astype("timedelta64[s]")
    return pl.DataFrame(
        {
            "n": np.concatenate([np.arange(each) for each in sizes]),
            "unit": pl.Series(units)[np.repeat(np.arange(len(units)), sizes)],
            "person": rng.integers(1, 99_999, size),
            "procedure": pl.Series([code for code, _ in procedures])[procedure],
            "channel": pl.Series(CHANNELS)[channel],
            "kind": pl.Series(KINDS)[np.searchsorted([0.86, 0.95, 0.97], luck[0])],
            "submitted": submitted.astype("datetime64[ms]"),
            "received": received.astype("datetime64[ms]"),
            "due": due.astype("datetime64[ms]"),
            "finished": finished.astype("datetime64[ms]"),
            "returned": returned.astype("datetime64[ms]"),
            "asked": np.where(luck[1] < 0.05, asked, np.datetime64("NaT")).astype("datetime64[ms]"),
            "digitised": luck[2] < 0.55,
            "vneid": luck[3] < 0.7,
            "reused": luck[4] < 0.3,
            "from_store": luck[5] < 0.15,
            "electronic": luck[6] < 0.5,
            "fee": fees,
            "paid": np.where((fees > 0) & (luck[7] < 0.6), np.where(luck[7] < 0.25, 2, 1), 0),
        }
    ).with_columns(
        code=pl.format(
            "{}-{}-{}", "unit", pl.col("submitted").dt.strftime("%y%m%d"), pl.col("n").cast(str).str.zfill(5)
        )
    )


def shown(lives: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """The dossiers as their system shows them at a moment: later dates empty, the status of that moment."""

    def past(column: str) -> pl.Expr:
        return pl.when(pl.col(column) <= at).then(pl.col(column))

    out = lives.with_columns(past(c).alias(c) for c in ("submitted", "received", "finished", "returned", "asked"))
    return out.with_columns(
        due=pl.when(pl.col("received").is_not_null()).then(pl.col("due")),
        status=pl.when(pl.col("returned").is_not_null())
        .then(10)
        .when(pl.col("finished").is_not_null())
        .then(9)
        .when(pl.col("received").is_not_null())
        .then(4)
        .otherwise(1),
        answered=pl.when(pl.col("finished").is_not_null()).then(pl.col("asked") + pl.duration(hours=5)),
        electronic=pl.col("electronic") & pl.col("finished").is_not_null(),
        paid=pl.when(pl.col("received").is_not_null()).then(pl.col("paid")).otherwise(0),
    ).with_columns(answered=pl.when(pl.col("answered") <= pl.col("finished")).then(pl.col("answered")))
