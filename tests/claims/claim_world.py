"""What readers see of a made-up installation: a commune and its province, a quarter that is over, a running month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import yaml

from cchc.serve.shape import served_name
from cchc.settings import PROJECT

VIEWS = ("pub_period", "pub_unit_volume", "pub_unit_indicator")
DONE = {"period_start": date(2026, 7, 1), "period_end": date(2026, 9, 30), "period_vi": "Quý III/2026"}
RUNNING = {"period_start": date(2026, 10, 1), "period_end": date(2026, 10, 31), "period_vi": "Tháng 10/2026"}
VOLUME = {"received": 1297, "online": 838, "resolved": 1183, "early": 900, "on_the_day": 280, "overdue_resolved": 3}
VOLUME |= {"running": 114, "running_overdue": 2, "digitised": 1000}
UNITS = {"H50": ("Tỉnh Quảng Trị", "province"), "H50.101": ("Phường Đông Hà", "commune")}


def statements(schema: str, mark: str) -> Iterator[tuple[str, list[object]]]:
    """The three relations as the dbt project promises them, with one commune and its province in two periods."""
    rows: dict[str, list[dict[str, object]]] = {view: [] for view in VIEWS}
    for period, complete in ((DONE, True), (RUNNING, False)):
        rows["pub_period"].append(period | {"is_complete": complete})
        for code, (name, level) in UNITS.items():
            unit = period | {"unit_code": code, "unit_name": name, "level": level}
            times = 10 if code == "H50" else 1
            for scope in ("subtree", "own"):
                counts = {measure: count * times for measure, count in VOLUME.items()}
                rows["pub_unit_volume"].append(unit | counts | {"scope": scope})
            indicator = {"indicator": "PROCESSING_ON_TIME", "numerator": Decimal(95), "denominator": Decimal(100)}
            rows["pub_unit_indicator"].append(unit | indicator)
    for view in VIEWS:
        (model,) = yaml.safe_load((PROJECT / f"dbt_project/models/publish/{view}.yml").read_text("utf-8"))["models"]
        columns = {column["name"]: column["data_type"] for column in model["columns"]}
        table = schema + served_name(view)
        yield f"create table {table} ({', '.join(f'{n} {t}' for n, t in columns.items())})", []
        for row in rows[view]:
            held = {name: value for name, value in row.items() if name in columns}
            marks = ", ".join([mark] * len(held))
            yield f"insert into {table} ({', '.join(held)}) values ({marks})", list(held.values())


def fill_duckdb(path: Path) -> None:
    """The file that readers of a DuckDB warehouse see."""
    path.parent.mkdir(parents=True)
    with duckdb.connect(str(path)) as connection:
        for sql, values in statements("", "?"):
            connection.execute(sql, values)
