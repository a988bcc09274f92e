"""Deliveries that are suspiciously small beside the ones before them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import sqlalchemy as sa

from cchc.contracts import Result
from cchc.ledger import tables as t

#: A delivery is compared with the median of this many before it (contract, section 4).
MEDIAN_OVER, MEDIAN_LEAST, SHORT_SHARE, SHORT_ROWS = 30, 5, 0.8, 50


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
        history = pd.DataFrame(connection.execute(query).mappings().all())
    now_read = pd.DataFrame(
        [{**vars(result.revision.key), "n": i, "rows_read": result.rows_read} for i, result in enumerate(accepted)]
    ).drop_duplicates(["system", "unit", "dataset", "export_date"], keep="last")
    past = history.assign(n=-1) if len(history) else history
    keys = ["system", "unit", "dataset", "export_date"]
    both = pd.concat([now_read, past]).drop_duplicates(keys, keep="first").sort_values(keys)
    before = both.groupby(keys[:3], sort=False)["rows_read"].transform(
        lambda s: s.shift(1).rolling(MEDIAN_OVER, min_periods=MEDIAN_LEAST).median()
    )
    short = both[
        (both["n"] >= 0) & (both["rows_read"] < SHORT_SHARE * before) & (before - both["rows_read"] > SHORT_ROWS)
    ]
    for number in short["n"]:
        accepted[number].warnings.append("short_delivery")
    return len(short)
