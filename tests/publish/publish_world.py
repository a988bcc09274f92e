"""A small warehouse with nothing but its ``publish`` schema, on either engine.

Tables take their columns and types from the dbt project's contract, so a view that changes breaks these tests.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml
from schemes_world import add_schemes

from cchc.serve.shape import served_name
from cchc.settings import PROJECT, Settings

Row = dict[str, Any]
World = dict[str, list[Row]]

HOSTILE = (
    "Xã </script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> & <b>đậm</b>"
)
FORMULA = '=HYPERLINK("http://evil.example";"x")'
METHOD = "qd766-portal-2026"
CRITERIA = [
    # criterion, group, maximum, full at per cent
    ("PROCESSING_ON_TIME", "PROGRESS", "20", 100),
    ("ONLINE_DOSSIER", "ONLINE_SERVICE", "6", 50),
    ("PAYMENT_ONLINE_DOSSIER", "PAYMENT", "6", 100),
    ("SO_HOA_GIAY_TO_GIAI_QUYET", "DIGITISATION", "4", 100),
    ("DOSSIER_RECEIVING_SATISFACTION", "NEW_GROUP", "6", 90),
]
GROUPS = {
    "PROGRESS": ("Tiến độ giải quyết", "Timeliness"),
    "ONLINE_SERVICE": ("Dịch vụ công trực tuyến", "Online services"),
    "PAYMENT": ("Thanh toán trực tuyến", "Online payment"),
    "DIGITISATION": ("Số hóa hồ sơ", "Digitisation"),
    "NEW_GROUP": ("Nhóm mới của tỉnh", "The province's own group"),  # no page ever heard of it
}
NAMES = ["Phường Quảng Trị", "Phường Đông Hà", "Xã Cửa Tùng", HOSTILE, FORMULA, "Xã Vĩnh Định"]
QUARTER = {
    "period_id": "2026-07-01_2026-09-30",
    "period_kind": "quarter",
    "period_series": "quarter",
    "is_to_date": False,
    "period_start": date(2026, 7, 1),
    "period_end": date(2026, 9, 30),
    "as_of_date": date(2026, 9, 28),
    "is_complete": False,
    "period_vi": "Quý III/2026",
    "period_en": "Q3 2026",
}
MONTH = {
    **QUARTER,
    "period_id": "2026-09-01_2026-09-30",
    "period_kind": "month",
    "period_series": "month",
    "period_start": date(2026, 9, 1),
    "period_vi": "Tháng 9/2026",
    "period_en": "Month 9/2026",
}


BUILD = "create table build_v1 as select 7 as build_no"


def contract() -> dict[str, dict[str, str]]:
    """View -> column -> SQL type, as the dbt project promises them."""
    folder = PROJECT / "dbt_project" / "models" / "publish"
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yml"))]
    listed = [model for file in files for model in file["models"]]
    return {m["name"]: {c["name"]: c["data_type"] for c in m["columns"]} for m in listed}


def score(numerator: int, denominator: int, maximum: str, full: int) -> Decimal:
    value = Decimal(maximum) * numerator * 100 / denominator / full
    return min(Decimal(maximum), value).quantize(Decimal("0.01"), "ROUND_HALF_UP")


def make_world(communes: int = len(NAMES), days: int = 20) -> World:
    """A province, a department and communes; two share a rank, one has no dossiers, the quarter is still running."""
    world: World = {name: [] for name in contract()}
    units = [("H50", "Tỉnh Quảng Trị", "province", None), ("H50.02", "Sở Nội vụ", "department", "department")]
    units += [
        (f"H50.{100 + n}", NAMES[n] if n < len(NAMES) else f"Xã số {n}", "commune", "commune") for n in range(communes)
    ]
    for period in (MONTH, QUARTER):
        for n, (code, name, level, ranked_level) in enumerate(units):
            _add_unit(world, period, n, code, name, level, ranked_level, communes)
    for position, (criterion, group, maximum, full) in enumerate(CRITERIA, start=1):
        world["pub_method_criterion"].append(
            {
                "method": METHOD,
                "method_vi": "Bộ chỉ số 766",
                "method_en": "Index 766",
                "method_source": "QĐ 766/QĐ-TTg",
                "is_default_method": True,
                "group_name": group,
                "group_vi": GROUPS[group][0],
                "group_en": GROUPS[group][1],
                "position": position,
                "criterion": criterion,
                "criterion_vi": f"Tiêu chí {position}",
                "criterion_en": f"Criterion {position}",
                "max_score": Decimal(maximum + ".00"),
                "full_at_percent": Decimal(full).quantize(Decimal("0.0001")),
                "zero_denominator": "zero",
                "criterion_source": "QĐ 766/QĐ-TTg",
            }
        )
    world["pub_method"].append(
        {"method": METHOD, "method_vi": "Bộ chỉ số 766", "late_days": 3, "objection_days": 5, "least_volume": 30}
    )
    _add_deliveries(world, [unit[:2] for unit in units[1:]], days)
    _add_trail(world)
    _add_actions(world)
    _add_restated(world)
    _add_portal(world)
    add_schemes(world)
    for band, vi, low in (("good", "Tốt", 80), ("fair", "Khá", 70), ("weak", "Yếu", 0)):
        lower_bound, since = Decimal(low).quantize(Decimal("0.01")), date(2026, 1, 1)
        world["pub_method_band"].append(
            {"method": METHOD, "band": band, "band_vi": vi, "band_en": band.title(), "lower_bound": lower_bound}
            | {"valid_from": since, "valid_to": None}
        )
    world["pub_published_check"].append(
        {
            "figure_id": "one",
            "source_document": "Báo cáo <b>quý</b>",
            "unit_code": "H50.100",
            "unit_name": NAMES[0],
            "scope": "own",
            "period_start": QUARTER["period_start"],
            "period_end": QUARTER["period_end"],
            "measure": "on_time_percent",
            "unit_of_measure": "percent",
            "operator": "=",
            "published_value": Decimal("66.7000"),
            "published_text": "66,7",
            "decimals": 1,
            "numerator": Decimal("2.0000"),
            "denominator": Decimal("3.0000"),
            "recomputed_value": Decimal("66.7000"),
            "fit": "half_up",
        }
    )
    return world


def _add_unit(
    world: World, period: Row, n: int, code: str, name: str, level: str, ranked_level: str | None, communes: int
) -> None:
    idle = level == "commune" and n == 7  # the last of the named communes
    scored = {**period, "unit_code": code, "unit_name": name, "level": level, "province_code": "H50"}
    received = 0 if idle else 3 if code == "H50.100" else 40 + n % 50
    total = Decimal(0)
    for criterion, group, maximum, full in CRITERIA:
        share = {"PROCESSING_ON_TIME": 66, "ONLINE_DOSSIER": 100 - n % 60}.get(criterion, 50)
        numerator = 2 if code == "H50.100" and criterion == "PROCESSING_ON_TIME" else received * share // 100
        points = score(numerator, received, maximum, full) if received else Decimal("0.00")
        total += points
        world["pub_unit_indicator"].append(
            {
                **scored,
                "indicator": criterion,
                "indicator_vi": f"Tỷ lệ {criterion.lower()}",
                "indicator_en": f"Ratio {criterion.lower()}",
                "numerator_rule": "Hồ sơ <đạt>.",
                "numerator_rule_en": "Dossiers <good>.",
                "denominator_rule": "Hồ sơ tiếp nhận trong kỳ.",
                "unit_of_measure": "percent",
                "numerator": Decimal(numerator).quantize(Decimal("0.0001")),
                "denominator": Decimal(received).quantize(Decimal("0.0001")),
                "ratio": (Decimal(numerator) / received).quantize(Decimal("0.000001")) if received else None,
                "method": METHOD,
                "is_default_method": True,
                "group_name": group,
                "score": points,
                "max_score": Decimal(maximum),
                "null_reason": None if received else "zero_denominator",
                "source": "exports",
                "legal_source": "QĐ 766/QĐ-TTg",
            }
        )
        world["pub_unit_score_group"].append(
            {**scored, "method": METHOD, "group_name": group, "score": points, "max_attainable": Decimal(maximum)}
        )
        world["pub_indicator_export"].append(
            {
                **scored,
                "indicator": criterion,
                "numerator": Decimal(numerator),
                "denominator": Decimal(received),
                "score": points,
                "method": METHOD,
                "source": "exports",
            }
        )
    ranked = ranked_level is not None and not idle
    place = n - 1 if level == "commune" else 1
    place = 2 if place == 3 else place  # the third shares the second's rank
    world["pub_ranking"].append(
        {
            **scored,
            "ranked_level": ranked_level,
            "method": METHOD,
            "is_default_method": True,
            "dossiers": received,
            "computed_total": total,
            "adjustment": Decimal("0.00"),
            "total": total,
            "max_attainable": Decimal("42.00"),
            "percent_of_attainable": (total * 100 / 42).quantize(Decimal("0.0001")),
            "rank": place if ranked else None,
            "ranked_units": communes - 1 if level == "commune" else 1,
            "previous_rank": place + 1 if ranked and n % 2 else None,
            "rank_change": 1 if ranked and n % 2 else None,
            "band": "fair" if ranked else None,
            "band_vi": "Khá" if ranked else None,
            "band_en": "Fair" if ranked else None,
            "is_few_dossiers": received < 30,
            "null_reason": "level_not_ranked" if ranked_level is None else "no_dossiers" if idle else None,
        }
    )


def _add_deliveries(world: World, units: list[tuple[str, str]], days: int) -> None:
    for n, (code, name) in enumerate(units):
        for i in range(days):
            status = ["on_time", "late", "missing", "refused"][0 if (n + i) % 7 else (n + i) % 4]
            world["pub_delivery_board"].append(
                {
                    "system": "onestop-a",
                    "system_name": "Một cửa A",
                    "unit_code": code,
                    "unit_name": name,
                    "export_date": QUARTER["as_of_date"] - timedelta(days=days - 1 - i),
                    "dataset": "dossiers",
                    "status": status,
                    "is_expected": True,
                    "refused_reason": "zero_bytes" if status == "refused" else None,
                    "rows_read": 10,
                    "rows_accepted": 9,
                    "rows_quarantined": 1 if i == 3 else 0,
                    "rows_duplicate": 0,
                }
            )
    world["pub_delivery_summary"].append(
        dict.fromkeys(("expected", "on_time", "late", "refused", "missing"), 5)
        | dict.fromkeys(("rows_read", "rows_accepted", "rows_quarantined", "rows_duplicate"), 1234)
        | {"system": "onestop-a", "dataset": "dossiers", "month_key": 202609}
    )
    world["pub_quarantine_summary"].append(
        {
            "system": "onestop-a",
            "delivering_unit": "H50.100",
            "dataset": "dossiers",
            "rule": "bad_date",
            "rows_in_force": 3,
            "rows_replaced": 1,
            "first_export_date": date(2026, 9, 1),
            "last_export_date": date(2026, 9, 9),
        }
    )


def _add_trail(world: World) -> None:
    """Three dossiers of H50.100: on time, due after the last day of data, overdue since before it."""
    always = {"holds_from": date(1, 1, 1), "holds_to": date(9999, 12, 31)}
    world["pub_unit_ancestry"] += [
        {"unit_code": "H50.100", "descendant_code": "H50.100", "depth": 0, **always},
        {"unit_code": "H50", "descendant_code": "H50.100", "depth": 1, **always},
    ]
    for n, overdue_from in enumerate((None, date(2026, 9, 29), date(2026, 9, 20)), start=1):
        world["pub_dossier_trail"].append(
            {
                "dossier_key": f"onestop-a|{n}",
                "system": "onestop-a",
                "dossier_code": f"H50.100-{n}",
                "handling_unit": "H50.100",
                "channel": "online" if n == 1 else "direct",
                "status": 10,
                "received_at": datetime(2026, 9, 2, 8, n),
                "received_date": date(2026, 9, 2),
                "overdue_from_date": overdue_from,
                "is_obligated": n < 3,
                "is_paid_online": n == 1,
                "n_succeeded_transactions": 1 if n == 1 else 0,
                "is_dissatisfied": False,
                "path": "onestop-a/H50.100/2026-09-02/hoso.csv",
                "revision": 1,
                "revision_id": "abc",
                "row_number": n,
                "export_date": date(2026, 9, 2),
                "sha256": "00",
            }
        )


def _add_actions(world: World) -> None:
    """Three actions on the dossiers of H50.100 in September, the most points not first; two of the quarter."""
    points = {"apology_letter": "0.0000", "due_soon": "1.2345", "electronic_result": "0.0042"}
    for n, (action, worth, period) in enumerate(
        [
            *((*pair, MONTH) for pair in points.items()),
            ("due_soon", "0.4000", QUARTER),
            ("due_soon", "0.4000", QUARTER),
        ],
        start=1,
    ):
        world["pub_dossier_action"].append(
            {"action": action, "system": "onestop-a", "dossier_code": f"H50.100-{n}", "handling_unit": "H50.100"}
            | {"received_date": period["period_start"], "deadline": datetime(2026, 9, 30, 17)}
        )
        world["pub_action"].append(
            {name: period[name] for name in ("period_id", "period_kind", "period_start", "period_end")}
            | {
                "as_of_date": QUARTER["as_of_date"],
                "unit_code": "H50.100",
                "handling_unit": "H50.100",
                "action": action,
                "system": "onestop-a",
                "dossier_code": f"H50.100-{n}",
                "procedure_code": "1.001193",
                "deadline": datetime(2026, 9, 30, 17),
                "criterion": "SO_HOA_GIAY_TO_GIAI_QUYET",
                "points": Decimal(worth).quantize(Decimal("0.01")),
                "points_unrounded": Decimal(worth),
                "path": "onestop-a/H50.100/2026-09-02/hoso.csv",
                "revision": 1,
                "row_number": n,
            }
        )
    world["pub_unit_volume"].append(
        {**{name: MONTH[name] for name in ("period_id", "period_kind")}, "unit_code": "H50.100", "scope": "subtree"}
        | {"received": 3}
    )


def _add_restated(world: World) -> None:
    """A commune of today: a year that two old ones make, and a year that a split takes away."""
    for year, figure, grade, reason in ((2023, ("5", "7"), "whole", None), (2024, None, "not_comparable", "split")):
        world["pub_restated_indicator"].append(
            {
                "unit_code": "H50.100",
                "unit_name": NAMES[0],
                "period_id": f"{year}-01-01_{year}-12-31",
                "period_start": date(year, 1, 1),
                "period_end": date(year, 12, 31),
                "period_en": f"Year {year}",
                "indicator": "PROCESSING_ON_TIME",
                "numerator": Decimal(figure[0]).quantize(Decimal("0.0001")) if figure else None,
                "denominator": Decimal(figure[1]).quantize(Decimal("0.0001")) if figure else None,
                "grade": grade,
                "grade_reason": "split_without_weight" if reason else None,
                "source_codes": "H50.D1.1, H50.D1.2",
            }
        )


def _add_portal(world: World) -> None:
    """What the portal says of September: the same, fewer that it has not taken over, more than was delivered."""
    world["pub_delivery_file"].append(
        {"system": "onestop-a", "unit_code": "H50.100", "export_date": date(2026, 9, 2), "dataset": "dossiers"}
        | {"path": "onestop-a/H50.100/2026-09-02/hoso.csv", "revision": 1, "sha256": "00", "rows_read": 3}
    )
    world["pub_period"].append({**MONTH, "default_method": METHOD, "is_default_period": True})
    for unit, criterion, ours, theirs, difference in (
        ("H50.100", "PROCESSING_ON_TIME", (2, 3), (2, 3), "equal"),
        ("H50.101", "PROCESSING_ON_TIME", (28, 43), (27, 41), "not_synchronised"),
        ("H50.102", "ONLINE_DOSSIER", (42, 44), (50, 60), "ministry_system"),
        ("H50.102", "DOSSIER_SYNC", None, (44, 60), "portal_only"),
    ):
        parts = [Decimal(n).quantize(Decimal("0.0001")) for n in (*(ours or ()), *theirs)]
        world["pub_portal_difference"].append(
            {"unit_code": unit, "unit_name": NAMES[int(unit[-1])], "province_code": "H50", "criterion": criterion}
            | {"period_id": MONTH["period_id"], "method": METHOD, "difference": difference}
            | {"our_numerator": parts[0] if ours else None, "our_denominator": parts[1] if ours else None}
            | {"our_score": Decimal("13.33") if ours else None, "published_score": Decimal("13.17")}
            | {"portal_numerator": parts[-2], "portal_denominator": parts[-1]}
        )
    world["pub_unit_ancestry"] += [
        {"unit_code": "H50", "descendant_code": code, "depth": 1, "holds_from": date(1, 1, 1)}
        | {"holds_to": date(9999, 12, 31)}
        for code in ("H50.101", "H50.102")
    ]


def fill_duckdb(workdir: Path, world: World) -> Path:
    """Let the readers of a working folder see a world; returns the file they read."""
    path = Settings(workdir=workdir, exports="").served_path
    path.parent.mkdir()
    connection = duckdb.connect(str(path))
    connection.execute(BUILD)
    for view, columns in contract().items():
        name = served_name(view)
        connection.execute(f"create table {name} ({', '.join(f'{n} {t}' for n, t in columns.items())})")
        if world[view]:
            incoming = pa.table({name: [row.get(name) for row in world[view]] for name in columns})
            connection.register("incoming", incoming)
            connection.execute(f"insert into {name} select * from incoming")
    connection.close()
    return path


def fill_postgres(url: str, world: World) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create schema pub")
        connection.execute(BUILD.replace("table ", "table pub."))
        for view, columns in contract().items():
            listed = ", ".join(f"{n} {t}" for n, t in columns.items())
            connection.execute(f"create table pub.{served_name(view)} ({listed})")  # type: ignore[arg-type]
            if world[view]:
                marks = ", ".join(["%s"] * len(columns))
                connection.cursor().executemany(
                    f"insert into pub.{served_name(view)} values ({marks})",  # type: ignore[arg-type]
                    [[row.get(name) for name in columns] for row in world[view]],
                )
