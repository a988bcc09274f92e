"""The messages that docs/alerts.md shows, written by the code from facts made up here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from cchc.deliveries import Square
from cchc.registry.contacts import Contact
from cchc.registry.open import Registry
from cchc.watch import Facts, concerning
from cchc.watch.changes import changes
from cchc.watch.messages import Message, message

NOW = datetime(2026, 11, 7, 4, 15)
DUE = datetime(2026, 11, 7, 1, 0)
LINK = "https://cchc.example.vn"


def square(unit: str, status: str, note: str = "", day: int = 6) -> tuple[Square, datetime]:
    found = Square("mcdt-quangtri", unit, date(2026, 11, day), "dossiers", status, True, note=note)
    return found, DUE.replace(day=day + 1)


def failed(command: str, kind: str, *errors: tuple[str, str]) -> dict[str, Any]:
    tasks = {task: error for task, error in errors if task}
    summary = {"error": errors[0][1], "error_kind": kind, **({"tasks": tasks} if tasks else {})}
    return {command: {"summary": summary, "since": datetime(2026, 11, 7, 2, 10)}}


OVERDUE = [
    square("H50.101", "refused", "invalid_json truncated"),
    square("H50.105", "missing", day=5),
    square("H50.105", "missing"),
]
BUILD = ("build_models", "1 of 391 nodes failed: test unique_key_stg_dossiers_revision_id__row_number: 3 rows")
SHARE = ("check", "41 of 60 units not reached: mcdt-quangtri/H50.101: timed out. Allowed is a share of 0.5")
MACHINE = ("", "no space left on the disk of /var/lib/cchc; nothing is lost, run the same command again")
WAITING = {"2026-10": date(2026, 11, 6)}
#: Kind -> who is told, and the facts.
CASES: dict[str, tuple[str, str, Facts]] = {
    "deliveries": ("data", "H50", Facts(NOW, date(2026, 10, 31), OVERDUE)),
    "unit": ("unit", "H50.105", Facts(NOW, date(2026, 10, 31), OVERDUE)),
    "build": ("operations", "H50", Facts(NOW, NOW.date(), failed=failed("dag build_warehouse", "BuildError", BUILD))),
    "share": ("operations", "H50", Facts(NOW, NOW.date(), failed=failed("dag ingest_exports", "ShareExceeded", SHARE))),
    "run": ("operations", "H50", Facts(NOW, NOW.date(), failed=failed("run", "MachineError", MACHINE))),
    "silence": ("operations", "H50", Facts(NOW, NOW.date(), silent_since=datetime(2026, 11, 6, 1, 36))),
    "disk": ("operations", "H50", Facts(NOW, NOW.date(), disk_used=0.927, disk_free=7_300_000_000)),
    "approval": ("approval", "H50", Facts(NOW, NOW.date(), waiting=WAITING)),
}


def examples(registry: Registry) -> dict[str, Message]:
    """Every kind as it opens, and one end."""
    found = {}
    for kind, (role, unit, facts) in CASES.items():
        row = {"unit": unit, "role": role, "channel": "email", "address": "a@x.example", "valid_from": date(2026, 1, 1)}
        (finding,) = concerning(Contact(**row), facts, registry, 0.9, False)
        assert finding.kind == kind
        (change,) = changes({finding.matter: finding}, {}, frozenset())
        found[kind] = message(change, "someone", NOW, LINK)
        if kind == "build":
            found["closed"] = _end(finding, NOW)
    return found


def _end(finding: Any, now: datetime) -> Message:
    from cchc.ledger import Told

    told = Told(finding.matter, "someone", finding.kind, finding.titles, finding.items, now, told_at=now)
    (change,) = changes({}, {finding.matter: told}, frozenset())
    return message(replace(change), "someone", now.replace(hour=9, minute=30), LINK)
