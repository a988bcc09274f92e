"""One look: findings of every addressee against what he knows, the messages, and the ledger after each of them."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from cchc.ledger import Ledger, Told
from cchc.registry.contacts import Contact
from cchc.registry.open import Registry
from cchc.watch.changes import Change, changes
from cchc.watch.channels import Unsent
from cchc.watch.facts import Facts
from cchc.watch.findings import Finding, concerning
from cchc.watch.messages import Message, message

log = logging.getLogger("cchc.watch")

Send = Callable[[Contact, Message], None]
Note = Callable[[str], str]


@dataclass
class Look:
    """What one look came to: messages that were taken (or, in a dry run, would be sent), and what was not taken."""

    sent: list[tuple[Contact, Message]] = field(default_factory=list)
    unsent: list[tuple[Contact, str]] = field(default_factory=list)
    addressees: int = 0


def look(
    facts: Facts,
    registry: Registry,
    ledger: Ledger,
    disk_limit: float,
    link: str,
    note: Note,
    send: Send | None,
) -> Look:
    """Tell everybody what is new to them. ``note``: of a unit, its note. Without ``send`` nothing is sent or written.

    The ledger learns of each message right after a server took it: a crash in between sends that one once more, with
    the reference of the first. One that was not taken leaves the matter as it was, so that the next look sends it.
    """
    done = Look()
    known = ledger.open_alerts()
    addressed = {_name(contact): contact for contact in registry.contacts if contact.valid_on(facts.now.date())}
    done.addressees = len(addressed)
    unknown = frozenset({"approval"}) if facts.waiting is None else frozenset()
    for name, contact in sorted(addressed.items(), key=lambda item: (item[1].role, item[1].unit, item[0])):
        mine = {told.matter: told for told in known if told.addressee == name}
        findings = concerning(contact, facts, registry, disk_limit, "disk" in mine)
        for change in changes({each.matter: each for each in findings}, mine, unknown):
            _tell(change, name, contact, facts, ledger, link, note, send, done)
    if send is not None:
        for told in known:
            if told.addressee not in addressed:  # nobody's address any more: nobody is told the end
                ledger.close_alert(told, facts.now)
    return done


def _tell(
    change: Change,
    name: str,
    contact: Contact,
    facts: Facts,
    ledger: Ledger,
    link: str,
    note: Note,
    send: Send | None,
    done: Look,
) -> None:
    if change.state is not None:
        wants_note = change.finding is not None and change.finding.kind == "unit"
        written = message(change, name, facts.now, link, note(contact.unit) if wants_note else "")
        if send is None:
            done.sent.append((contact, written))
            return
        try:
            send(contact, written)
        except Unsent as error:
            log.warning("not sent to %s (%s): %s", contact.unit, contact.role, error)
            done.unsent.append((contact, str(error)))
            waiting = _row(change, name, facts.now)
            ledger.keep_alert(replace(waiting, failed_at=waiting.failed_at or facts.now), str(error))
            return
        log.info("sent to %s (%s): %s %s", contact.unit, contact.role, written.data["matter"], change.state)
        done.sent.append((contact, written))
    if send is not None:
        _keep(change, name, facts.now, ledger)


def _row(change: Change, name: str, now: datetime) -> Told:
    """The matter as the addressee knows it before this look."""
    if change.told is not None:
        return change.told
    finding = _finding(change)
    return Told(finding.matter, name, finding.kind, finding.titles, frozenset(), now)


def _keep(change: Change, name: str, now: datetime, ledger: Ledger) -> None:
    before = _row(change, name, now)
    if change.finding is None:
        ledger.close_alert(before, now)
        return
    after = replace(before, kind=change.finding.kind, titles=change.finding.titles, items=change.finding.items)
    told_at = before.told_at or now
    ledger.keep_alert(replace(after, told_at=told_at, failed_at=None))


def _finding(change: Change) -> Finding:
    assert change.finding is not None
    return change.finding


def _name(contact: Contact) -> str:
    """How the ledger names an addressee: not by the address, which may hold a secret of a webhook."""
    parts = (contact.role, contact.unit, contact.channel, contact.address.lower())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def drafts(found: Look) -> Iterator[str]:
    """The messages of a look as texts, for a dry run."""
    for contact, written in found.sent:
        yield f"To: {contact.address} ({contact.unit}, {contact.role})\nSubject: {written.subject}\n\n{written.text}"
