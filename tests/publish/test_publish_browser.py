"""The pages in a real browser, from disk. Without Chromium these tests fail: a page nobody opened is not tested."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from publish_world import HOSTILE, fill_duckdb, make_world

from cchc.publish import open_reader, publish_pages
from cchc.settings import Settings
from support.browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


class Watched:
    """A tab whose requests and errors are kept."""

    def __init__(self, browser: Browser, width: int = 1440) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900})
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)


@pytest.fixture
def tab(browser: Browser) -> Iterator[Watched]:
    watched = Watched(browser)
    yield watched
    watched.context.close()
    assert not watched.errors
    assert all(url.startswith("file://") for url in watched.requests)


@pytest.fixture
def report(settings: Settings) -> Path:
    publish_pages(settings)
    return settings.reports


def column(page: Page, selector: str) -> list[str]:
    return [text.split("\n")[0].strip() for text in page.locator(f"#rank-table tbody {selector}").all_inner_texts()]


def names(page: Page) -> list[str]:
    return column(page, "th button")


def test_ranking_sorts_by_a_group(tab: Watched, report: Path) -> None:
    tab.page.goto((report / "2026-Q3.html").as_uri())
    assert len(tab.requests) == 1, "a page is complete in itself"
    assert names(tab.page)[0] == "Phường Quảng Trị"
    assert column(tab.page, "td.rank-no") == ["1", "2=", "2=", "4", "5", "–"]
    heading = tab.page.locator('th[data-key="g1"]')
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    first = [float(text.replace(",", ".")) for text in column(tab.page, "tr td.group:nth-of-type(4)")]
    assert first == sorted(first, reverse=True)
    heading.locator("button").press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    tab.page.locator("#tab-commune").press("ArrowRight")
    assert names(tab.page) == ["Sở Nội vụ"]


def test_search_needs_no_accents(tab: Watched, report: Path) -> None:
    tab.page.goto((report / "2026-Q3.html").as_uri())
    tab.page.fill("#search", "quang tri")
    assert names(tab.page) == ["Phường Quảng Trị"]
    assert tab.page.inner_text("#count") == "1 trên 6 đơn vị"
    tab.page.fill("#search", "DONG ha")
    assert names(tab.page) == ["Phường Đông Hà"]
    tab.page.fill("#search", "h50.102")
    assert names(tab.page) == ["Xã Cửa Tùng"]


def test_language_and_numbers_switch(tab: Watched, report: Path) -> None:
    tab.page.goto((report / "2026-Q3.html").as_uri())
    assert tab.page.inner_text("#h-ranking") == "Bảng xếp hạng"
    assert column(tab.page, "td.total")[0] == "24,88"
    assert tab.page.inner_text("#state") == "Tạm tính"
    tab.page.click("[data-lang=en]")
    assert tab.page.evaluate("document.documentElement.lang") == "en"
    assert tab.page.inner_text("#h-ranking") == "Ranking"
    assert column(tab.page, "td.total")[0] == "24.88"
    assert tab.page.inner_text("#state") == "Provisional"
    assert tab.page.inner_text("#as-of") == "28 Sep 2026"


def test_names_of_groups_and_rules_come_from_the_registry_in_both_languages(tab: Watched, report: Path) -> None:
    tab.page.goto((report / "2026-Q3.html").as_uri() + "#unit=H50.101")
    box = tab.page.locator('#detail [data-indicator="PROCESSING_ON_TIME"]')
    box.locator("summary").click()
    assert "Nhóm mới của tỉnh" in tab.page.inner_text("#rank-table thead")
    assert "Nhóm mới của tỉnh" in tab.page.inner_text("#detail")
    assert "Hồ sơ <đạt>." in box.inner_text()
    tab.page.keyboard.press("Escape")
    tab.page.click("[data-lang=en]")
    assert "The province's own group" in tab.page.inner_text("#rank-table thead")
    assert "NEW_GROUP" not in tab.page.inner_text("body")
    tab.page.click("[data-unit='H50.102']")
    box.locator("summary").click()
    assert "Dossiers <good>." in box.inner_text()
    assert "Hồ sơ tiếp nhận trong kỳ." in box.inner_text()  # no English text: the Vietnamese one, marked as such
    assert box.locator("dd span[lang=vi]").first.inner_text() == "Hồ sơ tiếp nhận trong kỳ."


def test_a_unit_shows_what_the_warehouse_says(tab: Watched, report: Path, settings: Settings) -> None:
    with open_reader(settings) as reader:
        (figure,) = reader.rows(
            "select numerator, denominator, score from pub.unit_indicator_v1 "
            "where unit_code = 'H50.102' and indicator = 'ONLINE_DOSSIER' and period_kind = 'quarter'"
        )
    tab.page.goto((report / "2026-Q3.html").as_uri())
    tab.page.click("[data-unit='H50.102']")
    box = tab.page.locator("details[data-indicator=ONLINE_DOSSIER]")
    assert box.locator("[data-part=numerator]").inner_text() == str(int(figure["numerator"]))
    assert box.locator("[data-part=denominator]").inner_text() == str(int(figure["denominator"]))
    assert box.locator("[data-part=score]").inner_text() == str(figure["score"]).replace(".", ",")
    box.locator("summary").click()
    rules = box.inner_text()
    assert "Hồ sơ <đạt>." in rules
    assert "Hồ sơ tiếp nhận trong kỳ." in rules
    assert "QĐ 766/QĐ-TTg" in rules
    assert "đạt tối đa từ 50%" in rules
    assert "cchc trail --unit H50.102 --indicator ONLINE_DOSSIER --period 2026-Q3" in rules
    tab.page.keyboard.press("Escape")
    assert not tab.page.locator("#detail").is_visible()


def test_a_link_opens_a_unit(tab: Watched, report: Path) -> None:
    tab.page.goto((report / "2026-Q3.html").as_uri() + "#unit=H50.101")
    assert tab.page.inner_text("#detail-name") == "Phường Đông Hà"


def test_hostile_names_stay_text(tab: Watched, report: Path) -> None:
    tab.page.goto((report / "2026-Q3.html").as_uri())
    assert HOSTILE in names(tab.page)
    tab.page.click("[data-unit='H50.103']")
    assert tab.page.inner_text("#detail-name") == HOSTILE
    assert "owned" not in tab.page.title()
    assert tab.page.locator("img").count() == 0
    tab.page.goto((report / "index.html").as_uri())
    assert "owned" not in tab.page.title()


CHARTS = """Object.fromEntries([...document.querySelectorAll("#chart-area canvas")].map((canvas) => {
  const chart = Chart.getChart(canvas), sets = chart.data.datasets;
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return [canvas.id, { labels: chart.data.labels, data: sets.map((x) => x.data), names: sets.map((x) => x.label),
    colours: new Set(new Uint32Array(pixels.data.buffer)).size, animation: chart.options.animation,
    role: canvas.role, label: canvas.ariaLabel }];
}))"""
TIP = """(() => {
  const chart = Chart.getChart("chart-parts");
  chart.tooltip.setActiveElements([{ datasetIndex: 0, index: 0 }], { x: 0, y: 0 });
  chart.update();
  return [chart.tooltip.body[0].lines[0].trim(), chart.tooltip.footer[0]];
})()"""


def test_charts_show_the_ranking(tab: Watched, report: Path, settings: Settings) -> None:
    with open_reader(settings) as reader:
        quarter = "period_kind = 'quarter' and unit_code in (select unit_code from pub.ranking_v1 where "
        quarter += "period_kind = 'quarter' and ranked_level = 'commune' and rank is not null)"
        ranking = reader.rows(f"select * from pub.ranking_v1 where {quarter} order by total desc")
        groups = reader.rows(f"select * from pub.unit_score_group_v1 where {quarter}")
    scores = {(row["unit_code"], row["group_name"]): row for row in groups}
    tab.page.goto((report / "2026-Q3.html").as_uri())
    charts = tab.page.evaluate(CHARTS)
    assert list(charts) == ["chart-parts", "chart-groups", "chart-spread"]
    assert all(chart["role"] == "img" and chart["label"] and chart["animation"] is False for chart in charts.values())
    assert all(chart["colours"] > 10 for chart in charts.values()), "something is drawn"
    assert charts["chart-parts"]["labels"] == [f"{row['rank']}. {row['unit_name']}" for row in ranking]
    names = tab.page.evaluate("D.methods[0].groups.map((group) => group.id)")
    for g, name in enumerate(names):
        mine = [scores[row["unit_code"], name] for row in ranking]
        assert charts["chart-parts"]["data"][g] == [float(row["score"]) for row in mine]
        shares = [float(row["score"]) * 100 / float(row["max_attainable"]) for row in mine]
        low, high, line, middle = (data[g] for data in charts["chart-groups"]["data"])
        assert [low, high, *line, middle] == pytest.approx([min(shares), max(shares)] * 2 + [median(shares)])
    bins = {bar["x"]: bar["y"] for bar in charts["chart-spread"]["data"][0]}
    percents = Counter(float(row["percent_of_attainable"]) // 5 * 5 + 2.5 for row in ranking)
    assert {middle: n for middle, n in bins.items() if n} == percents
    assert len(tab.requests) == 1, "the library is in the page"


def test_charts_follow_language_level_and_width(tab: Watched, report: Path) -> None:
    tab.page.goto((report / "2026-Q3.html").as_uri())
    before = tab.page.evaluate(CHARTS)
    assert before["chart-groups"]["label"] == "Mức đạt trung vị của từng nhóm"
    tab.page.click("[data-lang=en]")
    after = tab.page.evaluate(CHARTS)
    assert after["chart-groups"]["label"] == "Median attainment by group"
    assert after["chart-parts"]["names"] != before["chart-parts"]["names"]
    assert after["chart-parts"]["data"] == before["chart-parts"]["data"]
    assert re.fullmatch(r"Timeliness: \d+\.\d\d", tab.page.evaluate(TIP)[0])
    assert tab.page.evaluate(TIP)[1] == "Total: 27.51"
    tab.page.click("[data-lang=vi]")
    assert tab.page.evaluate(TIP)[1] == "Tổng điểm: 27,51"
    tab.page.set_viewport_size({"width": 700, "height": 900})
    tab.page.wait_for_function("Chart.getChart('chart-parts').width < 660")
    tab.page.click("#tab-department")
    assert len(tab.page.evaluate(CHARTS)["chart-parts"]["labels"]) == 1
    assert tab.page.evaluate("Object.keys(Chart.instances).length") == 3, "replaced charts are let go"


def test_delivery_board_counts_and_speaks(tab: Watched, report: Path, world: dict[str, Any]) -> None:
    tab.page.goto((report / "2026-Q3.html").as_uri())
    for letter, status in (("o", "on_time"), ("l", "late"), ("m", "missing"), ("r", "refused")):
        expected = sum(row["status"] == status for row in world["pub_delivery_board"])
        assert tab.page.inner_text(f"#board dd[data-status={letter}]") == str(expected)
    expected = sum(row["rows_quarantined"] for row in world["pub_delivery_board"])
    assert tab.page.inner_text("#board dd[data-status=q]") == str(expected)
    strip = tab.page.locator("svg.strip[tabindex]").first
    strip.focus()
    strip.press("ArrowRight")
    assert "Hồ sơ (Một cửa A): " in tab.page.inner_text("#tip")


def test_published_figures_are_checked(tab: Watched, report: Path) -> None:
    tab.page.goto((report / "2026-Q3.html").as_uri())
    text = tab.page.inner_text("#published-table tbody")
    assert "66,7%" in text
    assert "Khớp khi làm tròn" in text
    tab.page.goto((report / "2026-09.html").as_uri())
    assert not tab.page.locator("#checks").is_visible()


def test_start_page_links_to_the_periods(tab: Watched, report: Path) -> None:
    tab.page.goto((report / "index.html").as_uri())
    assert "ngày không hợp lệ" in tab.page.inner_text("#rule-area")
    tab.page.click("text=Quý III/2026")
    assert tab.page.url.endswith("/2026-Q3.html")


def test_a_phone_needs_no_sideways_scrolling(browser: Browser, report: Path) -> None:
    watched = Watched(browser, width=390)
    for name in ("2026-Q3.html", "index.html"):
        watched.page.goto((report / name).as_uri())
        assert watched.page.evaluate("document.documentElement.scrollWidth") == 390
    watched.page.goto((report / "2026-Q3.html").as_uri())
    watched.page.select_option("#sorter", "g1")
    assert watched.page.locator('th[data-key="g1"]').is_visible()
    assert not watched.errors
    watched.context.close()


@pytest.mark.slow
@pytest.mark.parametrize(("communes", "days", "megabytes"), [(100, 90, 3), (3000, 90, 12)])
def test_many_units(browser: Browser, tmp_path: Path, communes: int, days: int, megabytes: int) -> None:
    world = make_world(communes, days)
    # the month would only double the filling
    world = {name: [r for r in rows if r.get("period_kind") != "month"] for name, rows in world.items()}
    fill_duckdb(tmp_path, world)
    settings = Settings(workdir=tmp_path, exports="")
    (page, _) = publish_pages(settings, ["quarter"])
    assert page.stat().st_size < megabytes * 1_000_000
    watched = Watched(browser)
    watched.page.goto(page.as_uri())
    bars = watched.page.evaluate(CHARTS)["chart-parts"]["labels"]
    assert (len(bars), bars[10]) == (21, ""), "ten at each end and a gap"
    watched.page.click('th[data-key="g1"] button')
    watched.page.fill("#search", "xa so 29")
    assert len(names(watched.page)) > 0
    assert not watched.errors
    watched.context.close()
