"""One look at how things stand, and the messages about it: what ``cchc watch`` and the DAG ``watch`` call."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cchc.contracts import TIMEZONE
from cchc.engines import engine_of
from cchc.ledger import Ledger, open_ledger
from cchc.notes import Asked, held_rows, letter
from cchc.pipeline.alone import alone
from cchc.pipeline.approvals import waiting
from cchc.registry.open import Registry, open_registry
from cchc.settings import Settings
from cchc.surroundings import in_our_terms
from cchc.watch import Channels, Look, Unsent, gather, look
from cchc.watch.words import WORDS

log = logging.getLogger("cchc.watch")


def watch(settings: Settings, now: datetime | None = None, dry_run: bool = False) -> Look:
    """Look once and tell what is new. ``now``: local time without an offset, by default the clock's.

    One look at a time in a working folder; raises ``TransientError`` where another one is under way.
    """
    now = now or datetime.now(ZoneInfo(TIMEZONE)).replace(tzinfo=None)
    with alone(settings.workdir, ".watch.lock", f"another look is under way in {settings.workdir}"):
        return _watch(settings, now, dry_run)


def _watch(settings: Settings, now: datetime, dry_run: bool) -> Look:
    registry, ledger = open_registry(settings.registry_dir), open_ledger(settings.ledger)
    facts = gather(settings, registry, ledger, now, _waiting(settings, registry, now))
    notes = _Notes(settings, registry, ledger, facts.first, now.date())
    with Channels(settings) as channels:
        send = None if dry_run else channels.send
        return look(facts, registry, ledger, settings.disk_share, settings.link, notes.of, send)


def once() -> dict[str, int]:
    """``watch`` for an orchestrator; raises ``Unsent`` at the end where a server did not take every message."""
    found = watch(Settings.from_env())
    log.info("%d messages sent, %d not sent", len(found.sent), len(found.unsent))
    raise_unsent(found)
    return {"sent": len(found.sent)}


def raise_unsent(found: Look) -> None:
    """Raise ``Unsent``, with the first reason, where a message was not taken."""
    if found.unsent:
        raise Unsent(f"{len(found.unsent)} messages not sent, the next look tries again: {found.unsent[0][1]}")


def _waiting(settings: Settings, registry: Registry, now: datetime) -> dict[str, date] | None:
    """What waits for approval; None where the warehouse can't say so now (busy, or never built)."""
    if not engine_of(settings).may_answer():
        return None
    try:
        return waiting(settings, registry, now.date())
    except Exception as error:
        if in_our_terms(error) is None:
            raise
        log.info("which rankings wait for approval is not known now: %s", in_our_terms(error))
        return None


class _Notes:
    """Notes to units of one look: held rows are read once, and a warehouse that is busy is not asked again."""

    def __init__(self, settings: Settings, registry: Registry, ledger: Ledger, first: date, last: date) -> None:
        self._settings, self._registry, self._ledger = settings, registry, ledger
        self._first, self._last = first, last
        self._held: dict[str, list[dict[str, Any]]] | None = None
        self._is_busy = False

    def of(self, unit: str) -> str:
        """The note to a unit. A warehouse that is busy costs its held rows only, and the note says so."""
        files = self._ledger.find(unit=unit, in_force=True, day_from=self._first, day_to=self._last)
        held = self._rows().get(unit, []) if any(file["rows_quarantined"] for file in files) else []
        asked = Asked(unit, self._first, self._last)
        text = letter(asked, self._registry, self._ledger, held, self._settings.expectations)
        words = WORDS["vi"]["words"]
        unread = f"\n{words['held unread']}\n" if self._is_busy else ""
        return f"-- {words['note']} --\n\n{text}{unread}"

    def _rows(self) -> dict[str, list[dict[str, Any]]]:
        if self._held is None:
            self._held = {}
            try:
                for row in held_rows(self._settings):
                    self._held.setdefault(row["unit"], []).append(row)
            except Exception as error:
                if in_our_terms(error) is None:
                    raise
                self._is_busy = True
        return self._held
