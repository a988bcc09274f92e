"""Take the pictures of README, docs/tour.md and docs/operations.md: the pages of a working folder in headless Chromium.

    python scripts/screenshots.py [--workdir var] [--period 2026-09]

The pages are written anew, as `cchc publish` and `cchc publish site` write them; `make run` makes a working folder that
shows enough. Chromium is found on the path or named by CCHC_CHROMIUM.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from cchc.pipeline.publishing import publish_report, publish_site
from cchc.publish import list_periods, one_period, open_reader
from cchc.settings import Settings
from cchc.site import Copy

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu"]


@dataclass(frozen=True)
class Picture:
    """One picture. ``page``: below the folder of the site, or of the report."""

    name: str
    page: str
    width: int = 1280
    height: int = 900
    scheme: str = "light"
    anchor: str = ""


def pictures(period: str, state: str, unit: str) -> list[Picture]:
    """The pictures of the tour, in its order."""
    folder = f"{state.split('/')[0]}/{period}"
    return [
        Picture("tour-index", "index.html"),
        Picture("tour-ranking", f"{folder}/index.html", height=1500),
        Picture("tour-unit", f"{state}/{unit}.html", height=1100),
        Picture("tour-changes", f"{state}/{unit}.html", height=760, anchor="#sure"),
        Picture("tour-map", f"{state}/map.html", height=1000),
        Picture("tour-deliveries", f"{folder}/deliveries.html", height=700),
        Picture("tour-reading", "how-not-to-read.html", 390, 780),
        Picture("tour-dark", f"{state}/index.html", height=800, scheme="dark"),
    ]


def take(browser: Browser, root: Path, picture: Picture) -> Path:
    """One page, from its top or from an anchor."""
    tab = browser.new_page(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.scheme == "dark" else "light",
    )
    tab.goto((root / picture.page).resolve().as_uri() + picture.anchor)
    target = IMAGES / f"{picture.name}.png"
    tab.screenshot(path=str(target))
    tab.close()
    return target


def main() -> None:
    """Write the pages, then a picture of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workdir", type=Path, default=None)
    parser.add_argument("--period", default="2026-09")
    given = parser.parse_args()
    settings = Settings.from_env(workdir=given.workdir)
    with open_reader(settings) as reader:
        chosen = one_period(reader, given.period)
        labels = [each.label for each in list_periods(reader) if each.kind == "month" or each.label == chosen.label]
        first = reader.rows(
            "select province_code, method, unit_code from pub.ranking_v1 where period_id = ? and is_default_method "
            "and ranked_level = 'commune' and rank is not null order by rank, unit_code limit 1",
            [chosen.id],
        )[0]
    state = f"{first['province_code']}/{chosen.label}/{first['method']}/now"
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        site = Path(name) / "site"
        publish_report(settings, [chosen.label])
        publish_site(settings, site, Copy.PUBLIC, labels)
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CCHC_CHROMIUM") or shutil.which("chromium"), args=ARGUMENTS
        )
        report = Picture("report", chosen.page, height=1500)
        print(take(browser, settings.reports, report))
        print(take(browser, settings.workdir, Picture("build", "dbt/builds/index.html", height=760)))
        for picture in pictures(chosen.label, state, first["unit_code"]):
            print(take(browser, site, picture))
        browser.close()


if __name__ == "__main__":
    main()
