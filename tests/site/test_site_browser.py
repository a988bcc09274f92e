"""The site in a real browser, from disk: three widths, light and dark, no error, nothing serious found by axe-core."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from publish_world import METHOD
from site_world import Built

from support.browser import chromium

STATE = f"H50/2026-09/{METHOD}/now"
PAGES = (
    *("index.html", "methods.html", "how-not-to-read.html", "corrections.html", "H50/2026-09/index.html"),
    *("H50/2026-09/deliveries.html", "H50/2026-09/portal.html"),
    *(f"{STATE}/index.html", f"{STATE}/map.html", f"{STATE}/H50.101.html", f"H50/2026-09/{METHOD}/r1/H50.100.html"),
)
WIDTHS = (390, 820, 1440)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


class Tab:
    """A tab that keeps its errors and requests."""

    def __init__(self, browser: Browser, width: int, scheme: str = "light") -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on(
            "request", lambda request: self.errors.extend([request.url] * (not request.url.startswith("file:")))
        )
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)

    def close(self) -> None:
        self.context.close()
        assert not self.errors


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    opened = Tab(browser, 1280)
    yield opened
    opened.close()


def url(folder: Path, name: str) -> str:
    return (folder / name).as_uri()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_has_an_error_or_scrolls_sideways(browser: Browser, built: Built, width: int) -> None:
    opened = Tab(browser, width)
    for folder in (built.public, built.office):
        for name in PAGES:
            opened.page.goto(url(folder, name))
            assert opened.page.inner_text("h1")
            assert opened.page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"
    opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, built: Built, scheme: str) -> None:
    opened = Tab(browser, 1280, scheme)
    wrong = []
    for name in PAGES:
        opened.page.goto(url(built.office, name))
        found: Any = Axe().run(opened.page).response["violations"]
        wrong += [
            (name, each["id"], node["target"], node.get("failureSummary", "")[:300])
            for each in found
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"][:3]
        ]
    assert not wrong, "\n".join(map(str, wrong))
    opened.close()


def test_english_by_a_switch_that_is_kept(tab: Tab, built: Built) -> None:
    tab.page.goto(url(built.public, f"{STATE}/H50.101.html"))
    assert tab.page.inner_text("#scorecard") == "Phiếu điểm"
    tab.page.click("[data-lang=en]")
    assert tab.page.inner_text("#scorecard") == "Scorecard"
    assert tab.page.evaluate("document.documentElement.lang") == "en"
    assert "What changed and why" in tab.page.inner_text("main")
    assert "Phiếu điểm" not in tab.page.inner_text("main")
    tab.page.goto(url(built.public, "how-not-to-read.html"))
    assert "A rank is not the quality of service." in tab.page.inner_text("main")


def test_without_scripts_a_page_is_whole(browser: Browser, built: Built) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url(built.public, f"{STATE}/H50.101.html"))
    said = page.inner_text("main")
    assert "Phiếu điểm" in said
    assert "Scorecard" not in said
    context.close()


def test_dark_follows_the_machine_and_paper_stays_light(browser: Browser, built: Built) -> None:
    seen = {}
    for scheme in ("light", "dark"):
        opened = Tab(browser, 1280, scheme)
        for name in (f"{STATE}/index.html", "H50/2026-09/index.html"):
            opened.page.goto(url(built.public, name))
            seen[scheme, name] = opened.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            opened.page.emulate_media(media="print")
            ink = opened.page.evaluate("getComputedStyle(document.documentElement).color")
            assert ink == "rgb(27, 36, 48)", "dark ink on paper"
            opened.page.emulate_media(media="screen")
        opened.close()
    assert seen["light", f"{STATE}/index.html"] != seen["dark", f"{STATE}/index.html"]
    assert seen["light", "H50/2026-09/index.html"] != seen["dark", "H50/2026-09/index.html"]


def tab_to(page: Page, address: str) -> None:
    """Press Tab until the link to an address has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.href || ''").endswith(address):
            return
    raise AssertionError(f"no link to {address} is reached by Tab")


def test_by_keyboard_from_the_start_to_a_unit(tab: Tab, built: Built) -> None:
    tab.page.goto(url(built.public, "index.html"))
    tab.page.keyboard.press("Tab")
    assert tab.page.evaluate("document.activeElement.className") == "skip"
    tab_to(tab.page, f"{STATE}/index.html")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url(f"**/{STATE}/index.html")
    tab_to(tab.page, f"{STATE}/H50.101.html")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/H50.101.html")
    assert "Phiếu điểm" in tab.page.inner_text("main")


def test_a_unit_page_prints_on_upright_paper(tab: Tab, built: Built, tmp_path: Path) -> None:
    tab.page.goto(url(built.public, f"{STATE}/H50.101.html"))
    tab.page.pdf(path=str(tmp_path / "unit.pdf"), prefer_css_page_size=True)
    content = (tmp_path / "unit.pdf").read_bytes()
    assert b"/MediaBox" in content
    tab.page.emulate_media(media="print")
    assert not tab.page.locator(".top").is_visible()


def test_hidden_counts_are_said_to_be_hidden(tab: Tab, built: Built) -> None:
    tab.page.goto(url(built.public, "H50/2026-09/index.html") + "#unit=H50.100")
    said = tab.page.inner_text("#detail")
    assert "số đếm nhỏ, không công bố; điểm vẫn tính đủ" in said
    assert "chưa có số liệu, không tính vào điểm có thể đạt" not in said.split("số đếm nhỏ")[1].split("\n")[0]
    assert tab.page.locator("#detail [data-part=score]").first.inner_text() != "–"
