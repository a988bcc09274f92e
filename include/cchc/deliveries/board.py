"""How every delivery stands: on time, late, missing, refused, or waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cchc.contracts import BY_PERIOD, TIMEZONE
from cchc.deliveries.expected import Key, expected
from cchc.ledger import Ledger
from cchc.registry.open import Registry

#: ``waiting``: not due yet, or arrived and not judged yet.
STATUSES = ("on_time", "late", "missing", "refused", "waiting")


@dataclass(frozen=True)
class Square:
    """One square of the delivery board: a unit's dataset on a business day. Row counts are of the revision in force."""

    system: str
    unit: str
    export_date: date
    dataset: str
    status: str
    is_expected: bool
    rows_read: int | None = None
    rows_quarantined: int | None = None
    note: str = ""


def board(
    registry: Registry,
    ledger: Ledger,
    first: date,
    last: date,
    system: str | None = None,
    unit: str | None = None,
    now: datetime | None = None,
) -> list[Square]:
    """What should have come or came for the export dates ``first`` to ``last``, by system, unit, day and dataset.

    ``now`` is local time without an offset, by default the clock's; where the clock lags behind, the last arrival.
    """
    now = now or datetime.now(ZoneInfo(TIMEZONE)).replace(tzinfo=None)
    now = max(now, ledger.last_arrival() or now)
    revisions: dict[Key, list[dict[str, Any]]] = {}
    for row in ledger.find(day_from=first, day_to=last, system=system, unit=unit):
        revisions.setdefault((row["system"], row["unit"], row["export_date"], row["dataset"]), []).append(row)
    first_days = ledger.first_days()
    if system:
        first_days = {code: day for code, day in first_days.items() if code == system}
    due = expected(registry, (day for day in ledger.business_days() if first <= day <= last), first_days)
    keys = {key for key in due if not unit or key[1] == unit} | revisions.keys()
    unfetched = _unfetched(ledger.unfetched(first, last, system, unit))
    keys |= {key for key in unfetched if key[3]}
    return [
        _square(key, revisions.get(key, []), due.get(key), now, unfetched.get(key) or unfetched.get((*key[:3], "")))
        for key in sorted(keys)
    ]


def never_delivered(registry: Registry, ledger: Ledger, day: date) -> list[str]:
    """Systems in use on a day that should deliver daily and of which nothing ever came: nobody can miss it yet."""
    known = ledger.first_days()
    return sorted(
        code
        for code, system in registry.systems.items()
        if code not in known
        and system.valid_on(day)
        and any(spec.expected == "daily" and spec.dataset not in BY_PERIOD for spec in system.datasets)
    )


def _unfetched(rows: list[dict[str, Any]]) -> dict[Key, str]:
    """Delivery -> why it could not be fetched; with an empty dataset, of a day's whole folder."""
    found: dict[Key, str] = {}
    for row in rows:
        dataset = row["path"].rsplit("/", 1)[-1].partition(".")[0]
        found[row["system"], row["unit"], row["export_date"], dataset] = row["reason"]
    return found


def _square(
    key: Key, found: list[dict[str, Any]], due: datetime | None, now: datetime, unfetched: str | None = None
) -> Square:
    failed = [f"not fetched: {unfetched}"] if unfetched else []
    if not found:
        status = "waiting" if due is not None and now <= due else "missing"
        return Square(*key, status=status, is_expected=due is not None, note="".join(failed))
    newest = found[-1]
    notes = failed
    notes += [f"{newest['reason']} {newest['detail'] or ''}".strip()] if newest["outcome"] == "refused" else []
    notes += [f"revision {newest['revision']}"] if len(found) > 1 else []
    notes += [f"{newest['repeats']} repeats"] if newest["repeats"] else []
    notes += [newest["warnings"].replace(",", ", ")] if newest["warnings"] else []
    # one that is being judged again stays in force until that has ended
    readable = [row["arrived_at"] for row in found if row["outcome"] == "accepted" or row["in_force"]]
    if readable:
        status = "late" if due is not None and min(readable) > due else "on_time"
    else:
        status = "waiting" if any(row["outcome"] == "landed" for row in found) else "refused"
    good = next((row for row in reversed(found) if row["in_force"]), None)
    return Square(
        *key,
        status=status,
        is_expected=due is not None,
        rows_read=good["rows_read"] if good else None,
        rows_quarantined=good["rows_quarantined"] if good else None,
        note="; ".join(notes),
    )
