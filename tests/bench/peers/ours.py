"""The warehouse itself, asked the same questions as the peers. Runs in the warehouse's own environment."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import common
import duckdb

from bench.installation import run as cchc_run

#: The floor's seven counts, of the dossiers that readers see.
COUNTS = """
select handling_unit, count(*),
    count(*) filter (where coalesce(ended_at, timestamp '2026-09-30 23:59:59') <= due_at),
    count(*) filter (where channel = 'online'),
    count(*) filter (where has_digitised_parts), count(*) filter (where is_vneid_verified),
    count(*) filter (where online_payment in (1, 2)), count(*) filter (where has_electronic_result)
from dossier_trail_v1 where received_at is not null group by handling_unit order by handling_unit
"""
RATIOS = """
select unit_code, ratio from unit_indicator_v1
where indicator = 'ONLINE_DOSSIER' and period_id = '2026-07-01_2026-09-30' and is_default_method and level = 'commune'
"""
DOSSIERS = "select dossier_code, path, row_number, status from dossier_trail_v1"
HELD = """
select d.path, q.row_number, q.rule from raw.quarantine as q join raw.deliveries as d using (revision_id)
where d.in_force
"""
REFUSED = "select path, reason from raw.deliveries where outcome = 'refused'"


def run(this: common.Run) -> None:
    """``cchc run`` over all days of the exports."""
    measured = cchc_run(this.exports, this.reference.folder, this.work)
    this.seconds |= {**measured.work, "start-up": sum(measured.startup.values())}


def show(this: common.Run) -> dict[str, Any]:
    """What readers see, and what is held back or refused."""
    with duckdb.connect(str(this.work / "serve" / "pub.duckdb"), read_only=True) as db:
        percent = {
            unit: (ratio * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
            for unit, ratio in db.execute(RATIOS).fetchall()
        }
        units = [(*row, percent.get(row[0])) for row in db.execute(COUNTS).fetchall()]
        dossiers = db.execute(DOSSIERS).fetchall()
    with duckdb.connect(str(this.work / "warehouse.duckdb"), read_only=True) as db:
        return common.shown(units, dossiers, db.execute(HELD).fetchall(), db.execute(REFUSED).fetchall())


if __name__ == "__main__":
    common.main(run, show)
