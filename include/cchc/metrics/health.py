"""Figures -> a page for people: one file that any web server or browser shows, without scripts."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment

from cchc.deliveries import STATUSES
from cchc.metrics.measure import Measured

BUILDS = {
    "fresh": "đủ số liệu đã nạp · models up to date",
    "stale": "có thay đổi chờ dựng: cchc build · changes wait: cchc build",
    "full": "cần dựng lại toàn bộ: cchc build · a full build is wanted: cchc build",
    "busy": "đang được ghi · somebody writes it now",
    "none": "chưa có · none yet",
    "unknown": "không truy cập được: cchc doctor · not reached: cchc doctor",
}


def health_page(found: Measured) -> str:
    """The page as text."""
    run = f"{found.last_run:%Y-%m-%d %H:%M}, {found.last_run_outcome}" if found.last_run else "—"
    lines = [
        ("Kho dữ liệu · Warehouse", BUILDS[found.build]),
        ("Tệp mới nhất · Newest file", f"{found.last_arrival:%Y-%m-%d %H:%M}" if found.last_arrival else "—"),
        ("Chờ kiểm tra · Waiting to be judged", f"{found.waiting:,}"),
        ("Lượt chạy cchc run gần nhất · Last cchc run", run),
        ("Đĩa còn trống · Free room", f"{found.free_bytes / 1024**3:.1f} GB"),
    ]
    lines += [(f"{stage}", f"{seconds:,.1f} s") for stage, seconds in sorted(found.stage_seconds.items())]
    table = [
        (
            dataset,
            *(found.deliveries[dataset, status] for status in STATUSES),
            f"{found.rows[dataset, 'read']:,}",
            _percent(found.quarantine_share(dataset)),
        )
        for dataset in sorted({dataset for dataset, _ in found.deliveries})
    ]
    page = Environment(autoescape=True).from_string(
        files("cchc.metrics").joinpath("health.html.j2").read_text(encoding="utf-8")
    )
    days = f"{found.first_day} – {found.last_day}" if found.last_day else ""
    return page.render(
        at=f"{found.at:%Y-%m-%d %H:%M}", version=found.version, lines=lines, days=days, statuses=STATUSES, table=table
    )


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.2f} %"
