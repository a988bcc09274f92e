"""Write the site into a folder: beside its place first, then in it at once."""

from __future__ import annotations

import json
import logging
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from cchc import __version__
from cchc.conceal import Hidden, hidden_of_build
from cchc.editions import Edition
from cchc.errors import PermanentError
from cchc.modes import open_up
from cchc.publish import Final, list_periods, open_reader, select_periods
from cchc.publish.pages import build_no
from cchc.registry.open import Registry
from cchc.settings import Settings
from cchc.site.address import address, folder_of
from cchc.site.counts import for_the_public
from cchc.site.documents import DOCUMENTS
from cchc.site.interactive import interactive
from cchc.site.lookups import Lookups
from cchc.site.pagelist import Copy, PageRow, Per
from cchc.site.render import render
from cchc.site.site import SiteContents, rows_per
from cchc.site.states import State, States, gathered, state_of_edition, states_now
from cchc.surroundings import translated
from cchc.table_file import replace_folder, write_csv

#: Says whose folder it is, and which copy.
MARK = "site.json"
#: Writes the page of another room at a path, for a copy; False where it has nothing to write.
Filler = Callable[[Path, Copy], bool]

log = logging.getLogger("cchc.site")
_NEGATIVE = re.compile(r"-\d+(\.\d+)?", re.ASCII)


@dataclass(frozen=True)
class Site:
    """What was written. ``hidden``: cells of counts that the copy does not show."""

    folder: Path
    copy: Copy
    pages: int
    tables: int
    hidden: int


def write_site(
    settings: Settings,
    registry: Registry,
    folder: Path,
    copy: Copy = Copy.PUBLIC,
    periods: Iterable[str] | None = None,
    editions: Sequence[Edition] = (),
    finals: Sequence[Final] = (),
    fillers: Mapping[str, Filler] | None = None,
) -> Site:
    """Write every page of ``pages.yaml`` for the copy; an older site there is replaced when the new one is whole.

    ``editions``: the approved ones that verify; ``finals``: what the interactive pages say of them; ``fillers``: by
    name of a row, who writes a page of another room. Raises ``PermanentError`` for a folder that holds anything else.
    """
    began = time.perf_counter()
    folder = Path(folder).absolute()
    _check_ours(folder, copy)
    with translated(folder.parent):
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        try:
            with open_reader(settings) as reader:
                site = _contents(reader, registry, copy, periods, editions, finals)
                written = _Written(part)
                site.keep_table = written.table
                _write_filled(site, written, fillers or {})
                _write_pages(site, written)
                about = {"copy": str(copy), "build": build_no(reader), "version": __version__}
            (part / MARK).write_text(json.dumps(about) + "\n", "utf-8")
            open_up(_readers(settings, copy), part, part)
            replace_folder(part, folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    log.info("%s copy, %d pages, %.1f s", copy, written.pages, time.perf_counter() - began)
    return Site(folder, copy, written.pages, written.tables, _hidden_in(site))


def _hidden_in(site: SiteContents) -> int:
    """How many cells of what it shows are hidden; those of report forms and restated counts are not in it."""
    periods = {states.period.id for states in site.all}
    return sum(period in periods and "/" not in family for _, period, family in site.hidden.cells)


def _readers(settings: Settings, copy: Copy) -> Settings:
    """Who may read the files: of the office's copy at most the group, whatever holds for what is published."""
    return settings if copy is Copy.PUBLIC else replace(settings, published_mode=settings.published_mode & 0o660)


class _Written:
    """Files below the folder; a table is written once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages = 0
        self.tables = 0

    def page(self, at: str, text: str) -> None:
        path = self.folder / at
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        self.pages += 1

    def table(self, at: str, rows: Sequence[Mapping[str, Any]]) -> None:
        names = list(rows[0]) if rows else ["none"]
        write_csv(self.folder / at, names, ([_number(row[name]) for name in names] for row in rows))
        self.tables += 1


def _number(value: Any) -> Any:
    """A number below zero that came as text is a number again: as a text it would be guarded against formulas."""
    return Decimal(value) if isinstance(value, str) and _NEGATIVE.fullmatch(value) else value


def _check_ours(folder: Path, copy: Copy) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / MARK).is_file():
        raise PermanentError(f"{folder} holds other things than a site; name a folder that is new or empty")
    there = json.loads((folder / MARK).read_bytes())["copy"]
    if there != copy:
        raise PermanentError(f"{folder} holds the {there} copy, and the {copy} one would take its place: name another")


def _contents(
    reader: Any,
    registry: Registry,
    copy: Copy,
    periods: Iterable[str] | None,
    editions: Sequence[Edition],
    finals: Sequence[Final],
) -> SiteContents:
    known = list_periods(reader)
    chosen = select_periods(known, periods)
    lookups = Lookups(reader)
    labels = {period.label: period for period in known}
    fixed = [state_of_edition(edition, labels) for edition in editions]
    if periods is not None:
        fixed = [state for state in fixed if state.period.label in {period.label for period in chosen}]
    states = fixed + [state for period in chosen for state in states_now(reader, registry, period)]
    hidden = hidden_of_build(reader, registry, editions) if copy is Copy.PUBLIC else Hidden()
    if copy is Copy.PUBLIC:
        states = [for_the_public(state, hidden) for state in states]
    found = gathered(states, lookups.province_names)
    site = SiteContents(reader, registry, lookups, copy, found, hidden, finals)
    for each in found:
        is_known = any(state.edition is None for state in each.states)
        names = {row.name for row in rows_per(Per.PERIOD)} if is_known else set()
        if is_known and not lookups.portal(each.period, each.province, each.shown.method):
            names.discard("portal")
        site.pages_of[each.province, each.period.label] = names
    return site


def _write_filled(site: SiteContents, written: _Written, fillers: Mapping[str, Filler]) -> None:
    for row in rows_per(Per.SITE):
        if row.template is None and site.copy in row.copies and row.name in fillers:
            path = written.folder / row.address
            path.parent.mkdir(parents=True, exist_ok=True)
            if fillers[row.name](path, site.copy):
                site.filled.add(row.name)
                written.pages += 1


def _write_pages(site: SiteContents, written: _Written) -> None:
    for row in rows_per(Per.SITE):
        if row.template is not None and site.has(row):
            _write(site, written, row)
    for states in site.all:
        for row in rows_per(Per.PERIOD):
            if site.has(row) and row.name in site.pages_of[states.province, states.period.label]:
                _write(site, written, row, states)
        for state in states.states:
            _write_state(site, written, state)


def _write_state(site: SiteContents, written: _Written, state: State) -> None:
    for name, rows in state.tables.items():
        written.table(f"{folder_of(state)}/{name}.csv", rows)
    for row in rows_per(Per.STATE):
        if site.has(row):
            _write(site, written, row, state)
    for row in rows_per(Per.UNIT):
        for unit in dict.fromkeys(each["unit_code"] for each in state.tables["ranking"]):
            if site.has(row):
                _write(site, written, row, state, unit)


def _write(
    site: SiteContents, written: _Written, row: PageRow, of: State | States | None = None, unit: str | None = None
) -> None:
    here = address(row, of, unit)
    if row.document == "period":
        if isinstance(of, States):
            written.page(here, interactive(site, here, of))
        return
    given = [each for each in (of, unit) if each is not None]
    document = DOCUMENTS[str(row.document)](site, here, *given)
    written.page(here, render(str(row.template), page=site.head(row, here, of, unit), **document))
