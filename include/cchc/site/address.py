"""Where a page stands, how one page leads to another, and how it is cited."""

from __future__ import annotations

import posixpath
import re

from cchc.site.pagelist import PageRow, pages
from cchc.site.states import State, States

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def names(of: State | States | None = None, unit: str | None = None) -> dict[str, str]:
    """What stands in the braces of an address, fit for a file name."""
    found: dict[str, str] = {}
    if of is not None:
        found |= {"province": of.province, "period": of.period.label}
    if isinstance(of, State):
        found |= {"method": of.method, "state": of.name}
    if unit is not None:
        found["unit"] = unit
    return {name: _UNSAFE.sub("-", text) for name, text in found.items()}


def address(page: str | PageRow, of: State | States | None = None, unit: str | None = None) -> str:
    """The address of a page of the list, from the root of the site, with ``/``."""
    row = page if isinstance(page, PageRow) else next(each for each in pages() if each.name == page)
    return row.address.format(**names(of, unit))


def folder_of(state: State) -> str:
    """The folder of a state's pages and tables."""
    return posixpath.dirname(address("state", state))


def way(start: str, target: str) -> str:
    """The link from one address to another; relative, so that the site may stand anywhere."""
    return posixpath.relpath(target, posixpath.dirname(start) or ".")
