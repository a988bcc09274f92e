"""Destroy landed bytes by law: choose file revisions, say what would go, write it down, take the bytes away.

Source: Law 91/2025/QH15 on personal data protection, decree 356/2025/NĐ-CP. What was loaded stays: the warehouse
holds no personal data. Bytes lie once for all revisions that name them, so they go when every one of these is chosen.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cchc import land
from cchc.errors import PermanentError
from cchc.ledger import Destruction, Ledger
from cchc.settings import Settings

log = logging.getLogger("cchc.land")


@dataclass(frozen=True)
class Choice:
    """Which file revisions: those exported before a day, of a dataset, system or unit; or those of some bytes."""

    before: date | None = None
    dataset: str | None = None
    system: str | None = None
    unit: str | None = None
    sha256: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise ``PermanentError`` where it is neither a rule with a day nor files, or both."""
        if bool(self.sha256) == (self.before is not None):
            raise PermanentError("say either --older-than or --before (a rule), or --sha256 (files)")
        if self.sha256 and (self.dataset or self.system or self.unit):
            raise PermanentError("--sha256 names the files: --dataset, --system and --unit belong to a rule")

    @property
    def said(self) -> str:
        """The choice in words, as the ledger keeps it."""
        if self.sha256:
            return "by file"
        rule = [f"exported before {self.before}"]
        rule += [f"{name} {value}" for name in ("dataset", "system", "unit") if (value := getattr(self, name))]
        return ", ".join(rule)

    def takes(self, revision: dict[str, Any]) -> bool:
        """Whether a revision of the ledger is chosen."""
        if self.sha256:
            return revision["sha256"] in self.sha256
        return (
            self.before is not None
            and revision["export_date"] < self.before
            and all(getattr(self, name) in (None, revision[name]) for name in ("dataset", "system", "unit"))
        )


@dataclass
class Plan:
    """What would become of a choice. Revisions are rows of the ledger, one list a set of bytes.

    ``go``: by SHA-256. ``kept``: by SHA-256, with the reason. ``earlier``: destroyed already.
    """

    go: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    kept: dict[str, tuple[str, list[dict[str, Any]]]] = field(default_factory=dict)
    earlier: list[Destruction] = field(default_factory=list)

    @property
    def size_bytes(self) -> int:
        """Of what goes."""
        return sum(revisions[0]["size_bytes"] for revisions in self.go.values())


def plan(ledger: Ledger, choice: Choice) -> Plan:
    """What a choice comes to. Changes nothing. Raises ``PermanentError`` for bytes that the ledger does not know."""
    choice.check()
    by_bytes: dict[str, list[dict[str, Any]]] = {}
    for revision in ledger.find():
        by_bytes.setdefault(revision["sha256"], []).append(revision)
    if unknown := [each for each in choice.sha256 if each not in by_bytes]:
        raise PermanentError(f"no landed file has the SHA-256 {', '.join(unknown)}")
    known = ledger.destructions()
    found = Plan()
    for sha256, revisions in sorted(by_bytes.items()):
        mine = [revision for revision in revisions if choice.takes(revision)]
        if not mine:
            continue
        others = [revision["path"] for revision in revisions if revision not in mine]
        if sha256 in known:
            found.earlier.append(known[sha256])
        elif others:
            more = f" and {len(others) - 1} more" if len(others) > 1 else ""
            found.kept[sha256] = (f"the same bytes are also {others[0]}{more}, which is not chosen", mine)
        elif any(revision["outcome"] == "landed" for revision in mine):
            found.kept[sha256] = ("not judged yet: cchc ingest first", mine)
        else:
            found.go[sha256] = mine
    return found


def destroy(settings: Settings, ledger: Ledger, choice: Choice, basis: str, by: str) -> list[Destruction]:
    """Destroy what is chosen, and what an interrupted call before had decided; returns what is newly decided.

    Call it while nothing else works in the folder. A crash at any point leaves a decision that ``finish`` carries out.
    """
    if not basis.strip() or not by.strip():
        raise PermanentError("a destruction needs its legal basis (--basis) and the person who decides (--by)")
    revisions = [revision["id"] for mine in plan(ledger, choice).go.values() for revision in mine]
    decided = ledger.decide_destruction(revisions, basis.strip(), by.strip(), choice.said)
    finish(settings, ledger)
    return decided


def finish(settings: Settings, ledger: Ledger) -> int:
    """Carry out every decision whose bytes are there still; returns of how many that was so.

    Also of bytes that came back: a fetch that began before the decision, a backup put in its place.
    """
    known = ledger.destructions()
    open_ones = [sha256 for sha256, each in known.items() if each.destroyed_at is None]
    back = land.there(settings.landing, known.keys() - set(open_ones))
    gone = [sha256 for sha256 in (*open_ones, *sorted(back)) if land.destroy(settings.landing, sha256)]
    if open_ones:
        ledger.close_destruction(open_ones)
    if gone:
        log.info("%d landed files destroyed by law", len(gone))
    return len(gone)
