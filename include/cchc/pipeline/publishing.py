"""The pages with what the editions say of their periods: which are approved, by whom, and what would now differ."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

from cchc.editions import Edition, editions_of, period_folders, would_now_be
from cchc.errors import PermanentError, TransientError
from cchc.modes import open_up
from cchc.opendata import write_open_data
from cchc.pipeline.filled import FILLERS
from cchc.publish import Final, Stand, list_periods, open_reader, publish_pages, select_periods
from cchc.publish.pages import Progress
from cchc.registry.open import Registry, open_registry
from cchc.settings import Settings
from cchc.site import Copy, Site, write_site
from cchc.surroundings import of_store
from cchc.verify import verify

log = logging.getLogger(__name__)


def publish_report(
    settings: Settings, periods: Iterable[str] | None = None, progress: Progress | None = None
) -> list[Path]:
    """Write the pages of some periods or of all, and the start page; see ``publish_pages``."""
    wanted = None if periods is None else list(periods)
    pages = publish_pages(settings, wanted, progress, approved(settings, wanted))
    open_up(settings, settings.reports, settings.reports)
    return pages


def publish_site(settings: Settings, out: Path, copy: Copy = Copy.PUBLIC, periods: Iterable[str] | None = None) -> Site:
    """Write the site of a copy into a folder; see ``write_site``. Editions that do not verify have no page."""
    wanted = None if periods is None else list(periods)
    registry = open_registry(settings.registry_dir)
    editions = _approved_editions(settings)
    fillers = {name: partial(fill, settings) for name, fill in FILLERS.items()}
    return write_site(settings, registry, out, copy, wanted, editions, approved(settings, wanted), fillers)


def publish_open_data(settings: Settings, folder: Path, licence: str) -> dict[str, int]:
    """Write the open data package into a folder; see ``write_open_data``. It hides what the public's site hides."""
    return write_open_data(
        settings, open_registry(settings.registry_dir), folder, licence, _approved_editions(settings)
    )


def _approved_editions(settings: Settings) -> list[Edition]:
    """Every approved edition that verifies."""
    return [
        edition
        for home in period_folders(settings.editions)
        for edition in editions_of(home)
        if edition.approval and _holds(edition)
    ]


def approved(settings: Settings, periods: Iterable[str] | None = None) -> list[Final]:
    """The last approved edition of every period, province and method.

    Of the periods asked for also the units that the warehouse of today would put elsewhere.
    """
    editions = [
        final[-1]
        for home in period_folders(settings.editions)
        if (final := [edition for edition in editions_of(home) if edition.approval])
    ]
    if not editions:
        return []
    with open_reader(settings) as reader:
        chosen = {period.label for period in select_periods(list_periods(reader), periods)}
    registry = open_registry(settings.registry_dir)
    editions = [edition for edition in editions if _holds(edition)]
    return [_final(settings, registry, edition, chosen) for edition in editions]


def _holds(edition: Edition) -> bool:
    """No page says of an edition that somebody approved it where its bytes are no longer the approved ones."""
    try:
        wrong = verify(edition.folder)
    except (OSError, KeyError, ValueError) as error:  # made by another version, which had other files
        if isinstance(said := of_store(error, str(edition.folder)), TransientError):
            raise said from error  # nothing is known of it
        wrong = [f"it can't be read ({error})"]
    if wrong:
        log.warning("%s does not verify, and no page calls it final: %s", edition.folder, wrong[0])
    return not wrong


def _final(settings: Settings, registry: Registry, edition: Edition, chosen: set[str]) -> Final:
    manifest, approval = edition.manifest, edition.approval or {}
    label, province, method = manifest["period"]["label"], manifest["province"], manifest["method"]
    return Final(
        label,
        province,
        method,
        edition.folder.name,
        edition.state,
        approval["approved_by"],
        datetime.fromisoformat(approval["approved_at"]).date(),
        edition.manifest_sha256,
        _moved(settings, registry, label, method, province) if label in chosen else None,
    )


def _moved(settings: Settings, registry: Registry, label: str, method: str, province: str) -> dict[str, Stand] | None:
    try:
        (now,) = would_now_be(settings, registry, label, settings.editions, method, province)
    except PermanentError:  # the method or the province is no longer ranked in that period
        return None
    return {
        unit: Stand(None if total is None else Decimal(total), None if rank is None else int(rank))
        for unit, _, total, _, rank, _, _ in now.moved.rows
    }
