"""The front page of the quality report: every rule with its reason, and links to the validations on disk.

Great Expectations' own index needs scripts from the network to show anything, and knows only the validations of the
process that built it. This one works from disk and lists what every process left.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment

from cchc.contracts import TIMEZONE
from cchc.datasets import DATASETS
from cchc.shelf import Place, below, name_below, put_folder, workplace, write
from cchc.validate.suites import load_rules

MOST_LINKS = 30  # a dataset
_RUN = re.compile(r"(\d+)-rows-(\d+)-judged")


def run_name(rows: int, judged: int) -> str:
    """What a validation is called: how many rows its batch has, and how many of them were judged one by one."""
    return f"{rows}-rows-{judged}-judged"


def write_front_page(quality: Place, expectations: Path) -> Place:
    """Write ``index.html``; what Great Expectations put there is kept as ``index-online.html``."""
    built = workplace(quality)
    index = built / "index.html"
    if index.exists() and "bootstrap" in index.read_text(encoding="utf-8"):
        index.replace(built / "index-online.html")
    if not isinstance(quality, Path):
        put_folder(built, quality)
    template = Environment(autoescape=True).from_string(
        files("cchc.validate").joinpath("front_page.html.j2").read_text(encoding="utf-8")
    )
    suites = [(dataset, load_rules(expectations, dataset)) for dataset in DATASETS]
    pages = {dataset: _validations(quality, dataset) for dataset in DATASETS}
    write(quality / "index.html", template.render(suites=suites, pages=pages).encode())
    return quality / "index.html"


def _validations(quality: Place, dataset: str) -> list[dict[str, str]]:
    """Newest first: the link, the local time and the counts of rows of each validation page of a dataset."""
    home = quality / "validations" / dataset
    pages: list[Place] = [*(home.glob("*/*/*.html") if isinstance(home, Path) else below(home))]
    found = sorted(pages, key=lambda page: page.parent.name, reverse=True)
    return [
        {"href": name_below(page, quality), "at": _local(page.parent.name), **_counts(page.parents[1].name)}
        for page in found[:MOST_LINKS]
    ]


def _counts(name: str) -> dict[str, str]:
    """The counts that a run's name gives."""
    said = _RUN.fullmatch(name)
    return {"rows": f"{int(said[1]):,}", "judged": f"{int(said[2]):,}"} if said else {}


def _local(stamp: str) -> str:
    at = datetime.strptime(stamp[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return at.astimezone(ZoneInfo(TIMEZONE)).strftime("%d/%m/%Y %H:%M:%S")
