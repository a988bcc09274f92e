"""The closing words of ``make run``: an approved edition, top and bottom of the ranking, deliveries, what is next."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from rich.console import Console
from rich.table import Table

from cchc.editions import Edition, approve, write_editions
from cchc.engines import engine_of
from cchc.forms import write_form
from cchc.pipeline.filled import last_form
from cchc.pipeline.publishing import publish_site
from cchc.publish import open_reader
from cchc.registry.open import open_registry
from cchc.settings import Settings
from cchc.site import Copy, Site
from cchc.verify import verify

_RANKED = """
    select r.province_code, r.period_id, r.period_end, r.period_vi, r.rank, r.rank_change, i.rank_best, i.rank_worst,
        r.unit_name, r.total, i.score_low, i.score_high, r.max_attainable, r.band_vi
    from pub.ranking_v1 as r
    left join pub.rank_interval_v1 as i
        on r.unit_code = i.unit_code and r.period_id = i.period_id and r.method = i.method
    where r.ranked_level = 'commune' and r.period_kind = 'month' and r.rank is not null and r.is_default_method
    order by r.rank, r.unit_code
"""
_RANKED_NAMES = (
    "hạng\nrank",
    "đổi\nchange",
    "khoảng hạng\nbetween",
    "đơn vị\nunit",
    "điểm\nscore",
    "khoảng điểm\nbetween",
    "tối đa\nof",
    "mức\nband",
)
#: Months of which a ranking can be published by now, the latest first.
_ENDED = """
    select distinct period_start, period_end, as_of_date
    from pub.ranking_v1
    where ranked_level = 'commune' and period_kind = 'month' and rank is not null and is_default_method
    order by period_end desc
"""
_DELIVERED = """
    select sum(on_time + late + refused), sum(late), sum(refused), sum(missing), sum(rows_accepted),
        sum(rows_quarantined), sum(rows_duplicate)
    from pub.delivery_summary_v1
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


def publish_edition() -> Edition | None:
    """The edition of the latest month whose objection window has passed, signed with a key of its own and approved."""
    settings = Settings.from_env()
    key = settings.workdir / "demo-office.pem"
    if not key.is_file():
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        key.touch(mode=0o600)
        key.write_bytes(pem)
    settings = replace(settings, signing_key=str(key))
    registry = open_registry(settings.registry_dir)
    with open_reader(settings) as reader:
        months = [*reader.stream(_ENDED)[1]]
    last = max((as_of for _, _, as_of in months), default=None)
    for start, end, _ in months:
        if end + timedelta(days=10) > last:
            continue
        period = f"{start:%Y-%m}"
        write_editions(settings, registry, period, settings.editions)
        return approve(settings, settings.editions, period, "Nguyễn Thị Duyệt (minh họa)")[0]
    return None


def publish_months() -> Site:
    """The public's copy of the site, of months and quarters, beside the report."""
    settings = Settings.from_env()
    return publish_site(settings, settings.workdir / "site", Copy.PUBLIC, ["month", "quarter"])


def closing(width: int = 100, show: int = 5, edition: Edition | None = None) -> str:
    """Two tables and the paths, as text."""
    settings = Settings.from_env()
    with open_reader(settings) as reader:
        ranked = _latest([*reader.stream(_RANKED)[1]])
        delivered = [int(value or 0) for value in next(reader.stream(_DELIVERED)[1])]
    out = Console(file=io.StringIO(), width=width)
    if ranked:
        period, ranked = ranked[0][3], [row[4:] for row in ranked]
        table = Table(title=f"Xếp hạng cấp xã · Commune ranking, {period}", title_justify="left")
        for name in _RANKED_NAMES:
            table.add_column(name, justify="left" if "unit" in name or "band" in name else "right")
        rows = [*ranked[:show], None, *ranked[-show:]] if len(ranked) > 2 * show else ranked
        for row in rows:
            table.add_row(*(["…"] + [""] * (len(_RANKED_NAMES) - 1) if row is None else _cells(row)))
        out.print(table)
    table = Table(title="Dữ liệu xuất · Deliveries", title_justify="left")
    for name in _DELIVERED_NAMES:
        table.add_column(name, justify="right")
    table.add_row(*[f"{value:,}" for value in delivered])
    out.print(table)
    out.print(f"Báo cáo · Report      {settings.reports / 'index.html'}", soft_wrap=True, highlight=False)
    site = settings.workdir / "site" / "index.html"
    if site.is_file():
        out.print(f"Trang web · Site      {site}", soft_wrap=True, highlight=False)
        claims = site.with_name("claims.html")
        out.print(f"Phát biểu · Claims    {claims}", soft_wrap=True, highlight=False)
    form = last_form(settings)
    if form is not None:
        path = write_form(form, settings.workdir / "forms" / f"{form.name}.xlsx")
        out.print(f"Biểu mẫu · Form       {path}", soft_wrap=True, highlight=False)
    out.print(f"Kho · Warehouse       {engine_of(settings).served_said}", soft_wrap=True, highlight=False)
    out.print(f"Chất lượng · Quality  {settings.quality / 'index.html'}", soft_wrap=True, highlight=False)
    if edition is not None:
        holds = (
            "đã kiểm tra · verified" if not verify(edition.folder, settings.landing) else "KHÔNG ĐÚNG · DOES NOT HOLD"
        )
        out.print(f"Bản công bố · Edition {edition.folder}", soft_wrap=True, highlight=False)
        out.print(f"                      {edition.state}, {'signed' if edition.is_signed else 'not signed'}, {holds}")
    out.print("Tiếp theo · Next      open the report; cchc status; cchc quarantine list; make airflow", highlight=False)
    text: str = out.file.getvalue()  # type: ignore[attr-defined]
    return text


def _latest(ranked: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows of the latest month, of the province with the most ranked communes."""
    if not ranked:
        return []
    last = max(row[2] for row in ranked)
    rows = [row for row in ranked if row[2] == last]
    province = Counter(row[0] for row in rows).most_common(1)[0][0]
    return [row for row in rows if row[0] == province]


def _cells(row: tuple[Any, ...]) -> list[str]:
    """A rank with its change, and the bounds that what is not known leaves it, shown as one cell each."""
    rank, change, best, worst, unit, total, low, high, most, band = row
    moved = "" if change is None else f"{change:+d}" if change else "="
    return [_text(rank), moved, _span(best, worst), unit, _text(total), _span(low, high), _text(most), _text(band)]


def _span(least: object, most: object) -> str:
    return _text(least) if least == most else f"{_text(least)}-{_text(most)}"


def _text(cell: object) -> str:
    return "" if cell is None else f"{cell:,}" if isinstance(cell, int) else str(cell)
