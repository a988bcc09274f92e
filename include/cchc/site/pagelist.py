"""The list of pages (``pages.yaml``): a page is a template, a document and a row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from cchc.errors import PermanentError


class Copy(StrEnum):
    """For whom a build of the site is."""

    PUBLIC = "public"
    OFFICE = "office"


class Per(StrEnum):
    """What there is one page of."""

    SITE = "site"
    PERIOD = "period"
    STATE = "state"
    UNIT = "unit"


@dataclass(frozen=True)
class PageRow:
    """One row. ``address``: with names in braces; ``title``: key of a text; ``template`` and ``document``: what fills
    it, or neither where another room writes the page (``cchc.site.build.Filler`` of its name).
    """

    name: str
    per: Per
    address: str
    title: str
    template: str | None = None
    document: str | None = None
    #: Whether the head of every page leads there.
    in_menu: bool = False
    copies: tuple[Copy, ...] = (Copy.PUBLIC, Copy.OFFICE)


def parse(rows: list[dict[str, Any]]) -> list[PageRow]:
    """The rows, checked; ``PermanentError`` names what is wrong with which."""
    found: list[PageRow] = []
    for row in rows:
        try:
            page = PageRow(
                row["name"],
                Per(row["per"]),
                row["address"],
                row["title"],
                row.get("template"),
                row.get("document"),
                bool(row.get("in_menu", False)),
                tuple(Copy(each) for each in row.get("copies", list(Copy))),
            )
        except (KeyError, ValueError) as error:
            raise PermanentError(f"pages.yaml: row {row.get('name', row)}: {error}") from error
        if (page.template is None) != (page.document is None):
            raise PermanentError(f"pages.yaml: row {page.name}: a template needs a document, and a document a template")
        if page.in_menu and page.per is not Per.SITE:
            raise PermanentError(f"pages.yaml: row {page.name}: only a page of the whole site can stand in the menu")
        found.append(page)
    addresses = [page.address for page in found]
    if twice := {address for address in addresses if addresses.count(address) > 1}:
        raise PermanentError(f"pages.yaml: two rows have the address {min(twice)}")
    return found


@cache
def pages() -> list[PageRow]:
    """Every row, in the order of the menu."""
    return parse(yaml.safe_load(files("cchc.site").joinpath("pages.yaml").read_text("utf-8")))
