"""A unit's page and its defence sheet in a real browser, over two months with much to say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from months_world import UNIT
from playwright.sync_api import Browser
from publish_world import METHOD, fill_duckdb
from standing_world import ADJUSTED, INCOMPLETE, OBJECTION, fill_coming, standing_world
from test_publish_browser import Watched, browser, column

from cchc.publish import Final, Stand, publish_pages
from cchc.settings import Settings

__all__ = ["browser"]
FINAL = Final(
    "2026-09", "H50", METHOD, "r1", "final", "Nguyễn <b>Duyệt</b>", date(2026, 10, 20), "ab" * 32,
    {UNIT: Stand(Decimal("27.00"), 3)},
)  # fmt: skip


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("standing")
    fill_duckdb(folder / "warehouse.duckdb", standing_world())
    settings = Settings(workdir=folder, exports="")
    publish_pages(settings, ["2026-09"])
    (settings.reports / "2026-09.html").rename(settings.reports / "without.html")
    fill_coming(settings)
    publish_pages(settings, finals=[FINAL])
    return settings


@pytest.fixture
def tab(browser: Browser) -> Iterator[Watched]:
    watched = Watched(browser, width=1280)
    yield watched
    watched.context.close()
    assert not watched.errors
    assert all(url.startswith("file://") for url in watched.requests)


def url(settings: Settings, fragment: str = "", page: str = "2026-09.html") -> str:
    return (settings.reports / page).as_uri() + fragment


def part(tab: Watched, name: str) -> str:
    return tab.page.inner_text(f"#detail section[data-part={name}]")


def table_row(tab: Watched, unit: str) -> str:
    return tab.page.locator("#rank-table tbody tr", has=tab.page.locator(f"[data-unit='{unit}']")).inner_text()


def test_a_unit_without_its_deliveries_is_listed_with_the_reason_in_figures(tab: Watched, installed: Settings) -> None:
    tab.page.goto(url(installed))
    assert "thiếu dữ liệu, đọc được 8 trên 21 tệp phải giao" in table_row(tab, INCOMPLETE)
    assert column(tab.page, "td.rank-no").count("–") == 2, "this one and the one without dossiers"
    note = tab.page.inner_text(".kpi .kpi-note >> nth=0")
    assert note == "1 đơn vị chưa xếp hạng vì thiếu dữ liệu; 1 đơn vị khác chưa phát sinh hồ sơ"
    tab.page.click("[data-lang=en]")
    assert "incomplete, 8 of 21 deliveries readable" in table_row(tab, INCOMPLETE)
    tab.page.click(f"[data-unit='{INCOMPLETE}']")
    assert "its score is for information only" in tab.page.inner_text("#detail [data-part=why]")


def test_marks_and_the_columns_that_a_period_needs(tab: Watched, installed: Settings) -> None:
    tab.page.goto(url(installed))
    few = tab.page.locator("#rank-table .mark.few")
    assert few.count() == 1
    assert few.get_attribute("title") == (
        "Chỉ có 3 hồ sơ, dưới mức 30 của cách tính: một hồ sơ có thể làm điểm đổi nhiều."
    )
    assert [text for text in column(tab.page, "td.adjustment") if text] == ["−1,50"]
    computed, total = column(tab.page, "td.computed"), column(tab.page, "td.total")
    changed = [(a, b) for a, b in zip(computed, total, strict=True) if a != b]
    assert [Decimal(a.replace(",", ".")) - Decimal(b.replace(",", ".")) for a, b in changed] == [Decimal("1.50")]
    ranges = {
        unit: tab.page.locator(f"tr:has([data-unit='{unit}']) td.interval").inner_text() for unit in (UNIT, ADJUSTED)
    }
    assert ranges[ADJUSTED] == "2"
    assert ranges[UNIT].startswith("2–4≈")
    assert "Không phân biệt được với đơn vị xếp ngay sau." in ranges[UNIT]
    assert tab.page.locator("#rank-table .alike").count() == 1
    tab.page.goto(url(installed, page="without.html"))
    assert tab.page.locator("#rank-table th.c-interval").count() == 0
    tab.page.goto(url(installed, page="2026-08.html"))
    assert tab.page.locator("#rank-table th.c-adjustment").count() == 0


def test_both_methods_side_by_side(tab: Watched, installed: Settings) -> None:
    tab.page.goto(url(installed, f"#unit={UNIT}"))
    rows = tab.page.locator("#detail section[data-part=methods] tbody tr").all_inner_texts()
    assert len(rows) == 2
    assert "27,16 / 42" in rows[0].replace("\xa0", " ")
    assert "(mặc định của kỳ)" in rows[0]
    assert "28,61 / 42" in rows[1], "the younger method gives 1,45 more: 28 of 43 at 90 %"
    tab.page.goto(url(installed, f"#unit={UNIT}", "2026-08.html"))
    assert tab.page.locator("#detail section[data-part=methods]").count() == 0


def test_the_change_and_why(tab: Watched, installed: Settings) -> None:
    tab.page.goto(url(installed, f"#unit={UNIT}"))
    text = part(tab, "change")
    assert "Tháng 8/2026: 15,56 điểm → 27,16 điểm (+11,60); hạng 5/5 → 2/5" in text
    lines = tab.page.locator("#detail section[data-part=change] tbody tr").all_inner_texts()
    assert [re.split(r"\s*[\n\t]+\s*", line.strip()) for line in lines] == [
        ["Tiêu chí 1", "kết quả thực hiện", "9,30 → 13,02", "20/43 → 28/43", "+3,72"],
        ["Tiêu chí 2", "số liệu lấy từ nguồn khác", "3,00 → 6,00", "1/4 → 41/43", "+3,00"],
        ["Tiêu chí 3", "một trong hai kỳ không phát sinh trường hợp nào", "0,00 → 2,93", "0/0 → 21/43", "+2,93"],
        ["Tiêu chí 4", "tiêu chí bắt đầu hoặc thôi có số liệu", "– → 1,95", "– → 21/43", "+1,95"],
    ]


def test_adjustments_peers_objections_quality_and_interval(tab: Watched, installed: Settings) -> None:
    tab.page.goto(url(installed, f"#unit={ADJUSTED}"))
    for text in ("Trả kết quả sai <i>quy định</i>", "BB 12/2026", "Trần Thị B", "02/10/2026", "−1,50"):
        assert text in part(tab, "adjustments")
    assert "điều chỉnh −1,50" in tab.page.inner_text("#detail [data-part=adjusted]")
    tab.page.goto("about:blank")
    tab.page.goto(url(installed, f"#unit={UNIT}"))
    assert part(tab, "peers").splitlines()[1:] == [
        "Cùng loại (phường): Hạng 1 trên 2",
        "Các đơn vị gần nhất về quy mô và cơ cấu thủ tục (Xã Cửa Tùng, Phường Quảng Trị): Hạng 2 trên 3",
        "Cùng quy mô hồ sơ (từ 30 hồ sơ): Hạng 1 trên 4",
    ]
    assert f"PH-1 · Tiêu chí 1 · {OBJECTION} · 3 hồ sơ · 05/10/2026 – chưa trả lời" in part(tab, "objections")
    assert "Đọc được 20 trên 21 tệp hồ sơ phải giao" in part(tab, "quality")
    interval = tab.page.inner_text("#detail [data-part=interval]")
    assert interval == (
        "Khoảng hạng 2–4: điểm nằm trong khoảng 26,10 đến 28,00. Một hồ sơ đáng giá 0,4651 điểm. "
        "Không phân biệt được với đơn vị xếp ngay sau."
    )


def test_the_first_actions_and_how_to_get_the_rest(tab: Watched, installed: Settings) -> None:
    tab.page.goto(url(installed, f"#unit={UNIT}"))
    assert tab.page.locator("#detail section[data-part=actions] tbody tr").count() == 10
    text = part(tab, "actions")
    assert "10 việc được nhiều điểm nhất trong 12 việc." in text
    assert f"{UNIT}-11" in text
    assert f"cchc actions --unit {UNIT} --period 2026-09 --out actions.csv" in text


def test_the_head_says_where_the_period_stands(tab: Watched, installed: Settings) -> None:
    tab.page.goto(url(installed, page="2026-08.html"))
    assert tab.page.inner_text("#state") == "Đã khóa số liệu, chờ phê duyệt"
    tab.page.goto(url(installed, page="without.html"))
    assert tab.page.inner_text("#state") == "Tạm tính"
    assert not tab.page.locator("#notice").is_visible()
    tab.page.goto(url(installed))
    assert tab.page.inner_text("#state") == "Chính thức (bản r1)"
    said = tab.page.inner_text("#notice")
    assert "Bản công bố r1 do Nguyễn <b>Duyệt</b> phê duyệt ngày 20/10/2026." in said
    assert "1 đơn vị có điểm hoặc hạng khác bản r1" in said
    would_be = "bản r1: hạng 3, 27,00 điểm → theo số liệu nay: hạng 2, 27,16 điểm"
    assert would_be in table_row(tab, UNIT)
    tab.page.click("#notice summary")
    assert f"Phường Đông Hà: {would_be}" in tab.page.inner_text("#notice")
    tab.page.select_option("#choices select", "1")
    assert tab.page.inner_text("#state") == "Tạm tính", "nobody approved the other method"
    tab.page.goto(url(installed, page="index.html"))
    assert "Chính thức (bản r1)" in tab.page.inner_text("#periods")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_defence_sheet_is_one_page_of_paper(tab: Watched, installed: Settings, tmp_path: Path, lang: str) -> None:
    tab.page.goto(url(installed, f"#unit={UNIT}"))
    tab.page.evaluate(f"document.querySelector('[data-lang={lang}]').click()")
    tab.page.click(".sheet-open")
    assert tab.page.url.endswith(f"#sheet={UNIT}")
    paper = tmp_path / "sheet.pdf"
    tab.page.pdf(path=str(paper), prefer_css_page_size=True)
    content = paper.read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", content)
    assert [(round(float(x)), round(float(y))) for x, y in boxes] == [(595, 842)], "A4, upright"
    tab.page.emulate_media(media="print")
    said = tab.page.inner_text("body")
    assert "Bảng xếp hạng" not in said, "nothing but the sheet is printed"
    expected = {
        "vi": ("2 / 5", "27,16", "+11,60", "28 / 43", "khoảng hạng 2–4", "tệp giao hằng ngày", "QĐ 766/QĐ-TTg", "PH-1"),
        "en": ("2 / 5", "27.16", "+11.60", "28 / 43", "interval 2–4", "exports", "QĐ 766/QĐ-TTg", "PH-1"),
    }[lang]
    for text in expected:
        assert text in said
    assert "PH-0" not in said, "it is answered"
    for text in ("Nguyễn <b>Duyệt</b>", "abababab", "Phường Đông Hà", OBJECTION):
        assert text in said
    signatures = {"vi": ("Người lập phiếu", "Thủ trưởng đơn vị"), "en": ("Drawn up by", "Head of the unit")}[lang]
    assert all(text in said for text in signatures)
    assert re.search(r"(in lúc|printed at) .*\d\d:\d\d", said)
    tab.page.emulate_media(media="screen")
    tab.page.keyboard.press("Escape")
    tab.page.wait_for_url(f"**#unit={UNIT}")  # a dialog's close event comes after the key's
    assert tab.page.inner_text("#detail-name") == "Phường Đông Hà"


def test_a_phone_needs_no_sideways_scrolling_here_either(browser: Browser, installed: Settings) -> None:
    watched = Watched(browser, width=390)
    for fragment in ("", f"#unit={UNIT}", f"#sheet={UNIT}"):
        watched.page.goto("about:blank")
        watched.page.goto(url(installed, fragment))
        assert watched.page.evaluate("document.documentElement.scrollWidth") == 390
        inner = "[...document.querySelectorAll('dialog[open]')].every((x) => x.scrollWidth <= x.clientWidth)"
        assert watched.page.evaluate(inner)
    watched.page.goto("about:blank")
    watched.page.goto(url(installed))
    line = watched.page.locator("#rank-table tr", has=watched.page.locator(f"[data-unit='{UNIT}']")).locator(".phone")
    assert "khoảng hạng 2–4" in line.inner_text()
    assert not watched.errors
    watched.context.close()
