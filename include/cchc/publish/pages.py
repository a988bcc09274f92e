"""The published pages: one HTML file a period and a start page, each complete in itself, readable without a network.

In: relations ``pub.*``. Out: files in the reports folder, written whole or not at all; other pages are left alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cchc.publish.document import overview_document, period_document
from cchc.publish.periods import Period, list_periods, select_periods
from cchc.publish.read import Reader, open_reader
from cchc.publish.state import Final
from cchc.reasons import reasons
from cchc.settings import Settings

Progress = Callable[[str], None]

log = logging.getLogger("cchc.publish")

#: The scripts of the page of a period, in order: they share their names.
PERIOD_SCRIPTS = (
    *("common.js", "standing.js", "sheet.js", "period.js", "headline.js", "ranking.js", "charts.js", "board.js"),
    *("published.js", "unit.js", "together.js"),
)


def publish_pages(
    settings: Settings,
    periods: Iterable[str] | None = None,
    progress: Progress | None = None,
    finals: Sequence[Final] = (),
) -> list[Path]:
    """Write the pages of the periods asked for (labels, ids or kinds; all by default) and the start page.

    Returns the files written, the start page last. ``progress`` hears the name of every file. ``finals``: the editions
    that a person approved; the pages say so, and which units would now stand elsewhere.
    """
    began = time.perf_counter()
    with open_reader(settings) as reader:
        known = list_periods(reader)
        written = []
        for period in select_periods(known, periods):
            page = settings.reports / period.page
            write_whole(page, period_page(reader, period, finals))
            written.append(page)
            log.debug("%s written", page.name)
            if progress:
                progress(page.name)
        start = settings.reports / "index.html"
        published = [period for period in known if (settings.reports / period.page).is_file()]
        write_whole(start, index_page(reader, published, finals))
        if progress:
            progress(start.name)
    log.info("%d pages of %d periods, %.1f s", len(written) + 1, len(written), time.perf_counter() - began)
    return [*written, start]


def period_page(reader: Reader, period: Period, finals: Sequence[Final] = (), edition: str | None = None) -> str:
    """The page of one period; ``edition`` where it is part of one. Nothing of the clock is in it."""
    build = None if edition else build_no(reader)  # an edition holds the same bytes whichever build it was made from
    return render_period(period_document(reader, period, finals, edition), period, build)


def render_period(
    document: dict[str, Any],
    period: Period,
    build: int | None,
    home: str = "index.html",
    links: Sequence[tuple[str, str, str]] = (),
) -> str:
    """The page of a period's document. ``home``: where all periods are; ``links``: address and both names of others."""
    province = next((name or code for code, name in document["provinces"]), "")
    scripts = (_library("chart.umd.js"), _own(*PERIOD_SCRIPTS))
    return _render(
        "period.html.j2", scripts, document, period=period, province=province, build=build, home=home, links=links
    )


def index_page(reader: Reader, periods: list[Period], finals: Sequence[Final] = ()) -> str:
    """The start page: the periods given, deliveries and broken rules."""
    document = overview_document(reader, periods, finals)
    return _render(
        "index.html.j2",
        (_own("common.js", "index.js"),),
        document,
        periods=periods,
        province="",
        build=build_no(reader),
    )


def build_no(reader: Reader) -> int:
    """The number of the build that readers see."""
    return int(reader.rows("select build_no from pub.build_v1")[0]["build_no"])


def write_whole(path: Path, text: str) -> None:
    """Write a file so that readers see the old or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def embed(value: Any) -> Markup:
    """JSON that may stand in a script element: no text of it can end the element or start a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for bad in "<>&\u2028\u2029":
        text = text.replace(bad, f"\\u{ord(bad):04x}")
    return Markup(text)


@lru_cache(maxsize=1)
def strings() -> dict[str, dict[str, str]]:
    """Every text of the pages: key -> language -> text."""
    texts = dict(yaml.safe_load(_file("strings.yaml")))
    for code, reason in reasons().items():
        texts[f"{'reason' if reason.kind == 'refusal' else 'rule'}.{code}"] = dict(reason.name)
    return texts


def _render(template: str, scripts: Iterable[str], document: dict[str, Any], **context: Any) -> str:
    style = _file("static", "palette.css") + _file("static", "style.css")
    texts = strings()
    return (
        _templates()
        .get_template(template)
        .render(
            style=Markup(style),
            style_hash=named_hash(style),
            scripts=[{"text": Markup(script), "hash": named_hash(script)} for script in scripts],
            strings=embed(texts),
            data=embed(document),
            vi={key: text["vi"] for key, text in texts.items()},
            en={key: text["en"] for key, text in texts.items()},
            **context,
        )
    )


def _own(*names: str) -> str:
    """The page's own scripts as one: they share their names."""
    return "".join(_file("static", name) for name in names)


def _library(name: str) -> str:
    """A library as its authors ship it, less the pointer to a source map that no page has beside it."""
    return _file("static", "vendor", name).partition("//# sourceMappingURL=")[0]


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("cchc.publish"), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )


@lru_cache(maxsize=8)
def _file(*parts: str) -> str:
    return resources.files("cchc.publish").joinpath(*parts).read_text(encoding="utf-8")


def named_hash(text: str) -> str:
    """How a content security policy names an inline script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
