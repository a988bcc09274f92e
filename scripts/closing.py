"""The closing words of ``make run``: the ranking's top and bottom, what was delivered, and where to look next."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table

from cchc.load import open_warehouse
from cchc.settings import Settings

_RANKED = """
    select province_code, period_id, period_end, period_vi, rank, unit_name, total, max_attainable, band_vi, rank_change
    from publish.pub_ranking
    where ranked_level = 'commune' and period_kind = 'quarter' and rank is not null and is_default_method
    order by rank, unit_code
"""
_DELIVERED = """
    select sum(on_time + late + refused), sum(late), sum(refused), sum(missing), sum(rows_accepted),
        sum(rows_quarantined), sum(rows_duplicate)
    from publish.pub_delivery_summary
"""
_DELIVERED_NAMES = (
    "tệp nhận\ndelivered",
    "muộn\nlate",
    "từ chối\nrefused",
    "thiếu\nmissing",
    "dòng nhận\nrows accepted",
    "dòng cách ly\nquarantined",
    "dòng trùng\nduplicate",
)


def closing(width: int = 100, show: int = 5) -> str:
    """Two tables and the paths, as text."""
    settings = Settings.from_env()
    with open_warehouse(settings) as warehouse:
        ranked = _latest(warehouse.execute(_RANKED))
        delivered = [int(value or 0) for value in warehouse.execute(_DELIVERED)[0]]
    out = Console(file=io.StringIO(), width=width)
    if ranked:
        period, ranked = ranked[0][3], [row[4:] for row in ranked]
        table = Table(title=f"Xếp hạng cấp xã · Commune ranking, {period}", title_justify="left")
        for name in ("hạng · rank", "đơn vị · unit", "điểm · score", "tối đa · of", "mức · band", "đổi · change"):
            table.add_column(name, justify="left" if "unit" in name or "band" in name else "right")
        rows = [*ranked[:show], None, *ranked[-show:]] if len(ranked) > 2 * show else ranked
        for row in rows:
            cells = ["…", "", "", "", "", ""] if row is None else [_text(cell) for cell in row]
            table.add_row(*cells)
        out.print(table)
    table = Table(title="Dữ liệu xuất · Deliveries", title_justify="left")
    for name in _DELIVERED_NAMES:
        table.add_column(name, justify="right")
    table.add_row(*[f"{value:,}" for value in delivered])
    out.print(table)
    out.print(f"Báo cáo · Report      {settings.reports / 'index.html'}", soft_wrap=True, highlight=False)
    warehouse_place = settings.warehouse.split("@")[-1] or str(settings.duckdb_path)
    out.print(f"Kho · Warehouse       {warehouse_place}", soft_wrap=True, highlight=False)
    out.print(f"Chất lượng · Quality  {settings.quality / 'index.html'}", soft_wrap=True, highlight=False)
    out.print("Tiếp theo · Next      open the report; cchc status; cchc quarantine list; make airflow", highlight=False)
    text: str = out.file.getvalue()  # type: ignore[attr-defined]
    return text


def _latest(ranked: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows of the latest quarter, of the province with the most ranked communes."""
    if not ranked:
        return []
    last = max(row[2] for row in ranked)
    rows = [row for row in ranked if row[2] == last]
    province = Counter(row[0] for row in rows).most_common(1)[0][0]
    return [row for row in rows if row[0] == province]


def _text(cell: object) -> str:
    return "" if cell is None else f"{cell:,}" if isinstance(cell, int) else str(cell)
