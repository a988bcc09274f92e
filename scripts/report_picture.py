"""Take the README's picture: the page of a period in headless Chromium, as it stands in a working folder's reports.

    python scripts/report_picture.py [--workdir var] [--period 2026-09]

Chromium is found on the path or named by CCHC_CHROMIUM.
"""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "report.png"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu"]


def take(page: Path, picture: Path) -> None:
    """The top of a page, 1280 by 1500 pixels."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CCHC_CHROMIUM") or shutil.which("chromium"), args=ARGUMENTS
        )
        tab = browser.new_page(viewport={"width": 1280, "height": 1500})
        tab.goto(page.resolve().as_uri())
        tab.screenshot(path=str(picture))
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workdir", type=Path, default=Path("var"))
    parser.add_argument("--period", default="2026-09")
    given = parser.parse_args()
    take(given.workdir / "report" / f"{given.period}.html", PICTURE)
    print(PICTURE)
