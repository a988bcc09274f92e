"""What every document is made from: the states, the lookups, the copy that is built."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cchc.conceal import Hidden
from cchc.publish import Final, Reader
from cchc.registry.open import Registry
from cchc.site.address import address, folder_of, way
from cchc.site.lookups import Lookups
from cchc.site.pagelist import Copy, PageRow, Per, pages
from cchc.site.render import vi
from cchc.site.states import State, States

Document = dict[str, Any]


@dataclass
class SiteContents:
    """One build. ``all``: what it shows, cut for the public where it is the public's copy."""

    reader: Reader
    registry: Registry
    lookups: Lookups
    copy: Copy
    all: Sequence[States]
    hidden: Hidden = field(default_factory=Hidden)
    finals: Sequence[Final] = ()
    #: Pages of the list that another room wrote.
    filled: set[str] = field(default_factory=set)
    #: By province and period, which pages of a period there are: the warehouse may have let go of it.
    pages_of: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    #: Takes a table's address and its rows.
    keep_table: Callable[[str, Sequence[Mapping[str, Any]]], None] = lambda address, rows: None

    @property
    def is_public(self) -> bool:
        """Whether small counts and dossiers stay out."""
        return self.copy is Copy.PUBLIC

    def has(self, row: PageRow) -> bool:
        """Whether the page is part of this copy."""
        return self.copy in row.copies and (row.template is not None or row.name in self.filled)

    def menu(self, here: str) -> list[Document]:
        """The pages of the whole site, as links from an address."""
        return [
            {"href": way(here, row.address), "title": row.title, "is_here": row.address == here}
            for row in pages()
            if row.in_menu and self.has(row)
        ]

    def link(self, here: str, page: str, of: State | States | None = None, unit: str | None = None) -> str:
        """From an address to a page."""
        return way(here, address(page, of, unit))

    def table(self, here: str, state: State, name: str) -> str:
        """From an address to a table of a state."""
        return way(here, f"{folder_of(state)}/{name}.csv")

    def beside(self, here: str, name: str, rows: Sequence[Mapping[str, Any]]) -> str:
        """Keep the rows of a page's table as a CSV beside it; returns the link."""
        target = posixpath.join(posixpath.dirname(here), f"{name}.csv")
        self.keep_table(target, rows)
        return way(here, target)

    def head(self, row: PageRow, here: str, of: State | States | None = None, unit: str | None = None) -> Document:
        """What the frame of a page says: title, menu, citation."""
        title = vi(row.title)
        about = [title]
        if of is not None:
            about = [title, of.period.name_vi]
        if isinstance(of, State) and unit is not None:
            about = [next((each["unit_name"] for each in of.of("ranking", unit)), unit), of.period.name_vi]
        return {
            "title": row.title,
            "window": " – ".join(about),
            "menu": self.menu(here),
            "feed": self.link(here, "feed"),
            "made_for": str(self.copy),
            "cite": self.citation(row, here, of, about),
            "address": here,
        }

    def citation(self, row: PageRow, here: str, of: State | States | None, about: Sequence[str]) -> str:
        """Who, what, which edition, as of when, where."""
        if of is None:
            return f"{vi('site')}. {about[0]}. {here}"
        province = of.province
        name = self.lookups.province_names.get(province, province)
        parts = [name, *about]
        if isinstance(of, State):
            parts += [of.method, vi("edition", name=of.name) if of.edition else vi("now")]
            if of.edition:
                parts.append(f"sha256 {of.edition.manifest_sha256[:16]}")
        as_of = of.period.as_of or of.period.end
        return f"{'. '.join(parts)}. {vi('as_of')} {as_of:%d/%m/%Y}. {here}"

    def state_facts(self, state: State) -> Document:
        """What a page says of its state."""
        manifest = state.edition.manifest if state.edition else {}
        approval = (state.edition.approval if state.edition else None) or {}
        return {
            "name": state.name,
            "edition": state.edition is not None,
            "as_of": str(manifest.get("data_as_of") or state.period.as_of or state.period.end),
            "method_vi": state.rules["name_vi"],
            "method_en": state.rules["name_en"],
            "approved_by": approval.get("approved_by", ""),
            "approved_on": approval.get("approved_at", ""),
        }

    def band(self, state: State, code: str) -> tuple[str, str]:
        """Names of a band; of one that nobody names, its code."""
        return self.lookups.bands.get((state.method, code), (code, code))


def rows_per(per: Per) -> list[PageRow]:
    """The rows of the list of which there is one page per ..."""
    return [row for row in pages() if row.per is per]
