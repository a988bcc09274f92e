"""Deliveries that are suspiciously small beside the ones before them."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import sqlalchemy as sa

from cchc.contracts import Result
from cchc.ledger import tables as t

#: A delivery is compared with the median of this many before it (contract, section 4).
MEDIAN_OVER, MEDIAN_LEAST, SHORT_SHARE, SHORT_ROWS = 30, 5, 0.8, 50

_COLUMNS = ("system", "unit", "dataset", "export_date", "rows_read", "number")


def warn_short_deliveries(engine: sa.Engine, results: Sequence[Result]) -> int:
    """Mark deliveries far below the unit's usual size (contract, section 4); returns how many.

    Below 80 % of the median of the unit's last 30 deliveries (at least five of them), and over 50 rows short.
    """
    accepted = [result for result in results if result.outcome == "accepted"]
    if not accepted:
        return 0
    r = t.file_revision
    units = sorted({result.revision.key.unit for result in accepted})
    query = sa.select(r.c.system, r.c.unit, r.c.dataset, r.c.export_date, r.c.rows_read).where(
        r.c.in_force, r.c.export_date <= max(result.revision.key.export_date for result in accepted)
    )
    if len(units) < 500:
        query = query.where(r.c.unit.in_(units))
    with engine.connect() as connection:
        past = [(*row, -1) for row in connection.execute(query)]
    judged = [
        (key.system, key.unit, key.dataset, key.export_date, result.rows_read, number)
        for number, result in enumerate(accepted)
        if (key := result.revision.key)
    ]
    # of one delivery the last result counts, and what was judged before what stood in force
    rows = pl.DataFrame(past + judged, _COLUMNS, orient="row").unique(_COLUMNS[:4], keep="last")
    before = (
        pl.col("rows_read")
        .shift(1)
        .rolling_median(MEDIAN_OVER, min_samples=MEDIAN_LEAST)
        .over(_COLUMNS[:3], order_by="export_date")
    )
    short = rows.with_columns(before=before).filter(
        pl.col("number") >= 0,
        pl.col("rows_read") < SHORT_SHARE * pl.col("before"),
        pl.col("before") - pl.col("rows_read") > SHORT_ROWS,
    )
    for number in short["number"]:
        accepted[number].warnings.append("short_delivery")
    return len(short)
