"""Two months in which the page has much to say of its units: two methods, an adjustment, a unit without its deliveries,
many actions; and views that a warehouse may not publish yet.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import psycopg
from months_world import UNIT, YOUNGER, two_months, with_younger_method
from publish_world import METHOD, MONTH, World

from cchc.serve.shape import served_name
from cchc.settings import Settings

ADJUSTED, INCOMPLETE = "H50.102", "H50.104"
OBJECTION = "Hồ sơ <b>đã trả</b> trong hạn"
#: Columns of the views that the pages show where they are published.
COMING = {
    "pub_rank_interval": "unit_code varchar, period_id varchar, method varchar, score_low decimal(9, 2), "
    "score_high decimal(9, 2), rank_best integer, rank_worst integer, one_dossier_points decimal(9, 4), "
    "is_distinguishable_from_next boolean",
    "pub_peer_rank": "unit_code varchar, period_id varchar, method varchar, peer_group varchar, peer_value varchar, "
    "rank integer, ranked_units integer",
    "pub_objection": "unit_code varchar, objection_number varchar, period_id varchar, criterion varchar, "
    "objection_reason varchar, dossiers integer, filed_on date, state varchar",
}
_OF = (MONTH["period_id"], METHOD)
_ROWS: dict[str, list[tuple[Any, ...]]] = {
    "pub_rank_interval": [
        (UNIT, *_OF, Decimal("26.10"), Decimal("28.00"), 2, 4, Decimal("0.4651"), False),
        (ADJUSTED, *_OF, Decimal("25.00"), Decimal("25.50"), 2, 2, Decimal("0.4545"), True),
    ],
    "pub_peer_rank": [
        (UNIT, *_OF, "kind", "phường", 1, 2),
        (UNIT, *_OF, "nearest", "H50.102,H50.100", 2, 3),
        (UNIT, *_OF, "volume", "30", 1, 4),
    ],
    "pub_objection": [
        (UNIT, "PH-1", MONTH["period_id"], "PROCESSING_ON_TIME", OBJECTION, 3, date(2026, 10, 5), "open"),
        (UNIT, "PH-0", MONTH["period_id"], None, "Số cũ", None, date(2026, 10, 4), "rejected"),
    ],
}


def standing_world() -> World:
    world = with_younger_method(two_months())
    for row in world["pub_ranking"]:  # the older method stays the default of both months
        row["is_default_method"] = row["method"] == METHOD
        if row["unit_code"] == ADJUSTED and row["period_id"] == MONTH["period_id"] and row["method"] == METHOD:
            row |= {"adjustment": Decimal("-1.50"), "total": row["total"] - Decimal("1.50")}
        if row["unit_code"] == INCOMPLETE and row["period_id"] == MONTH["period_id"]:
            row |= {"rank": None, "previous_rank": None, "rank_change": None, "null_reason": "incomplete_deliveries"}
    world["pub_method"].append({**world["pub_method"][0], "method": YOUNGER})
    world["pub_unit_completeness"] += [
        {"unit_code": unit, "period_id": MONTH["period_id"], "deliveries_due": 21, "deliveries_readable": readable}
        | {"deliveries_percent": Decimal(0), "dossiers_in_exports": 43, "dossiers_on_portal": 50}
        for unit, readable in ((INCOMPLETE, 8), (UNIT, 20))
    ]
    world["pub_adjustment"].append(
        {
            "adjustment": "DC-1",
            "unit_code": ADJUSTED,
            "period_id": MONTH["period_id"],
            "method": METHOD,
            "criterion": "PROCESSING_ON_TIME",
            "points": Decimal("-1.50"),
            "reason": "Trả kết quả sai <i>quy định</i>",
            "evidence": "BB 12/2026",
            "approved_by": "Trần Thị B",
            "decided_on": date(2026, 10, 2),
        }
    )
    world["pub_unit_ancestry"].append(
        {"unit_code": UNIT, "descendant_code": UNIT, "depth": 0, "holds_from": date(1, 1, 1)}
        | {"holds_to": date(9999, 12, 31)}
    )
    for n in range(12):  # worth the same: the first of them is the one due first
        case = {
            "action": "due_soon",
            "system": "onestop-a",
            "dossier_code": f"{UNIT}-{n:02}",
            "deadline": datetime(2026, 10, 11 - n, 17) if n < 11 else datetime(2026, 9, 30, 17),
            "criterion": "PROCESSING_ON_TIME",
        }
        received = {"handling_unit": UNIT, "received_date": MONTH["period_start"], "is_dissatisfied": False}
        world["pub_dossier_action"].append(case | received)
        world["pub_action"].append(
            {
                **{name: MONTH[name] for name in ("period_id", "period_kind", "period_start", "period_end")},
                "unit_code": UNIT,
                **case,
                "points": Decimal("0.47"),
                "points_unrounded": Decimal("0.4651"),
            }
        )
    return world


def fill_coming(settings: Settings) -> None:
    """Publish the views of ``COMING`` in a warehouse that is filled already."""
    made = {f"create table if not exists pub.{served_name(view)} ({columns})": [] for view, columns in COMING.items()}
    for view, rows in _ROWS.items():
        names = [column.split()[0] for column in COMING[view].split(", ") if not column[0].isdigit()]
        marks = ", ".join(["%s" if settings.warehouse else "?"] * len(names))
        made[f"insert into pub.{served_name(view)} ({', '.join(names)}) values ({marks})"] = rows
    if settings.warehouse:
        with psycopg.connect(settings.warehouse, autocommit=True) as connection:
            for statement, rows in made.items():
                cursor = connection.cursor()
                cursor.executemany(statement, rows) if rows else cursor.execute(statement)  # type: ignore[arg-type]
    else:
        with duckdb.connect(str(settings.served_path)) as connection:
            for statement, rows in made.items():
                connection.executemany(statement, rows) if rows else connection.execute(statement)
