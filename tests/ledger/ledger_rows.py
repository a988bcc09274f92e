"""Arrivals and results made by hand, and what a ledger says of them."""

from __future__ import annotations

from datetime import date, datetime

from cchc.contracts import DeliveryKey, Result, Revision
from cchc.ledger import Arrival, Ledger

DAY = date(2026, 11, 5)
KEY = DeliveryKey("mcdt-quangtri", "H50.101", DAY, "dossiers")
HASH = {name: (name * 64)[:64] for name in "abcdef"}


def path_of(key: DeliveryKey) -> str:
    return f"{key.system}/{key.unit}/{key.export_date}/{key.dataset}.json"


def arrival(letter: str, key: DeliveryKey = KEY, mark: str = "", tells: bool = True) -> Arrival:
    return Arrival(key, path_of(key), mark or letter, HASH[letter], 10, datetime(2026, 11, 6, 0, 30), tells)


def result(revision: Revision, outcome: str = "accepted", rows: int = 5, reason: str | None = None) -> Result:
    done = Result(revision, stage_ms={"read": 3, "validate": 4})
    if outcome == "refused":
        done.refuse(reason or "invalid_json", "detail")
    else:
        done.outcome, done.rows_read, done.rows_accepted = "accepted", rows, rows
    return done


def decide(ledger: Ledger, **outcomes: str) -> None:
    """Decide every undecided revision by the letter of its hash."""
    ledger.record_results([result(r, outcomes[r.sha256[0]]) for r in ledger.undecided()])


def in_force(ledger: Ledger) -> list[int]:
    return [row["revision"] for row in ledger.find(in_force=True)]
