"""Templates of the site: bilingual texts, numbers as Vietnamese write them, links, and one inline style and script."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from cchc.publish.pages import named_hash

#: Stands where a count is that is not shown.
HIDDEN_SIGN = "*"


@cache
def words() -> dict[str, dict[str, str]]:
    """Every text: key -> language -> text."""
    found: dict[str, dict[str, str]] = yaml.safe_load(files("cchc.site").joinpath("words.yaml").read_text("utf-8"))
    return found


def both(vi: str, en: str | None = None) -> Markup:
    """A text in both languages, of which the page shows one; without an English one the Vietnamese stays."""
    if not en or en == vi:
        return Markup('<span lang="vi" class="only">{}</span>').format(vi)
    return Markup('<span lang="vi">{}</span><span lang="en">{}</span>').format(vi, en)


def say(key: str, **values: Any) -> Markup:
    """A text by its key, in both languages; a code that nobody translated is shown as it is."""
    entry = words().get(key)
    if entry is None:
        return escape(key.rpartition(".")[2])
    return both(entry["vi"].format(**values), entry["en"].format(**values))


def vi(key: str, **values: Any) -> str:
    """A text in Vietnamese alone: titles of windows, labels that are no element."""
    return words()[key]["vi"].format(**values)


def number(cell: str | Decimal | int | None, decimals: int | None = None) -> str:
    """``1.234,50``; nothing known is a dash. Without ``decimals`` as many as there are."""
    if cell is None or cell == "":
        return "–"
    value = Decimal(cell)
    if decimals is None:
        value = value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
        text = f"{value:,f}"
    else:
        text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,"))


def day(cell: str | None) -> str:
    """``2026-09-28`` as ``28/09/2026``."""
    return "–" if not cell else "/".join(reversed(cell[:10].split("-")))


@cache
def environment() -> Environment:
    """Templates of this room; every text is escaped."""
    made = Environment(
        loader=PackageLoader("cchc.site"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"say": say, "both": both, "vi": vi, "sign": HIDDEN_SIGN}
    made.globals |= {"style": style(), "script": script()}
    made.globals |= {"style_hash": named_hash(style()), "script_hash": named_hash(script())}
    made.filters |= {"number": number, "day": day}
    return made


@cache
def style() -> Markup:
    """The one style, with the palette of the report pages."""
    palette = files("cchc.publish").joinpath("static", "palette.css").read_text("utf-8")
    return Markup(palette + files("cchc.site").joinpath("static", "site.css").read_text("utf-8"))


@cache
def script() -> Markup:
    """The switch of the language; without it a page is Vietnamese."""
    return Markup(files("cchc.site").joinpath("static", "language.js").read_text("utf-8"))


def render(template: str, **context: Any) -> str:
    """One page."""
    return environment().get_template(template).render(**context)
