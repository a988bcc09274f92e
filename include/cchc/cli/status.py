"""What was expected of every unit and day, and what came: from the registry and the ledger."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from cchc.contracts import DeliveryKey
from cchc.ledger import Ledger
from cchc.registry.load import Registry

STATUSES = ("on_time", "late", "missing", "refused", "waiting")


def board(
    registry: Registry, ledger: Ledger, first: date, last: date, system: str | None = None, unit: str | None = None
) -> tuple[list[list[Any]], dict[str, int]]:
    """One row a unit, day and dataset: day, system, unit, dataset, status, rows, quarantined, note; and the totals.

    A system is expected on every day on which any of its units delivered, or while its deliveries are not yet due.
    """
    revisions: dict[DeliveryKey, list[dict[str, Any]]] = {}
    active: set[tuple[str, str, date]] = set()
    for row in ledger.find(day_from=first, day_to=last, system=system):
        key = DeliveryKey(row["system"], row["unit"], row["export_date"], row["dataset"])
        revisions.setdefault(key, []).append(row)
        active.add((key.system, key.dataset, key.export_date))
    expected: dict[DeliveryKey, datetime] = {}
    for code, known in registry.systems.items():
        if system and code != system:
            continue
        for spec in known.datasets:
            for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
                if (code, spec.dataset, day) not in active:
                    continue
                due = datetime.combine(day + timedelta(days=spec.due_days), time.fromisoformat(spec.due_time))
                for name in registry.delivery_units(code, spec.dataset, day):
                    expected[DeliveryKey(code, name, day, spec.dataset)] = due
    rows: list[list[Any]] = []
    totals: Counter[str] = Counter()
    for key in sorted(set(expected) | set(revisions)):
        if unit and key.unit != unit:
            continue
        found = revisions.get(key, [])
        status, note, good = _judge(found, expected.get(key))
        totals[status] += 1
        rows.append(
            [
                key.export_date.isoformat(),
                key.system,
                key.unit,
                key.dataset,
                status,
                good["rows_read"] if good else None,
                good["rows_quarantined"] if good else None,
                note,
            ]
        )
    return rows, {name: totals[name] for name in STATUSES if totals[name]}


def _judge(found: list[dict[str, Any]], due: datetime | None) -> tuple[str, str, dict[str, Any] | None]:
    if not found:
        return "missing", "", None
    newest = found[-1]
    good = next((row for row in reversed(found) if row["in_force"]), None)
    notes = [f"revision {newest['revision']}"] if len(found) > 1 else []
    notes += [f"{newest['repeats']} repeats"] if newest["repeats"] else []
    notes += [newest["warnings"]] if newest["warnings"] else []
    if newest["outcome"] == "refused":
        notes.insert(0, f"{newest['reason']} {newest['detail'] or ''}".strip())
    if good is None:
        return ("refused" if newest["outcome"] == "refused" else "waiting"), "; ".join(notes), None
    late = due is not None and found[0]["arrived_at"] > due
    return ("late" if late else "on_time"), "; ".join(notes), good
