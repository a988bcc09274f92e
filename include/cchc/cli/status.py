"""``cchc status``: the delivery board and the strays on the terminal."""

from __future__ import annotations

from collections import Counter
from datetime import date

from cchc.cli.progress import console, print_records, print_table
from cchc.deliveries import REASONS, STATUSES, StrayReason, board, never_delivered
from cchc.ledger import Ledger
from cchc.reasons import LANGUAGES
from cchc.registry.open import Registry
from cchc.validate.explain import explain_refusal

#: Refused files whose remedy is spelled out; with ``--unit`` these are the unit's own.
MOST_EXPLAINED = 5

COLUMNS = ["day", "system", "unit", "dataset", "status", "rows", "quarantined", "note"]


def show_board(
    registry: Registry, ledger: Ledger, first: date, last: date, system: str | None, unit: str | None, whole: bool
) -> None:
    """What did not come on time and whole, or all of it (``whole``), and the totals."""
    squares = board(registry, ledger, first, last, system, unit)
    shown = [s for s in squares if whole or s.status != "on_time" or s.rows_quarantined]
    rows = [
        [s.export_date.isoformat(), s.system, s.unit, s.dataset, s.status, s.rows_read, s.rows_quarantined, s.note]
        for s in shown
    ]
    print_table(f"Deliveries {first} to {last}", COLUMNS, rows)
    totals = Counter(square.status for square in squares)
    print_table("Total", ["status", "deliveries"], [[name, totals[name]] for name in STATUSES if totals[name]])
    refused = ledger.find(day_from=first, day_to=last, system=system, unit=unit, outcome="refused")
    for file in refused[-MOST_EXPLAINED:]:
        for language in LANGUAGES:
            console.print(explain_refusal(file, language), highlight=False, markup=False)
    silent = [code for code in never_delivered(registry, ledger, last) if not system or code == system]
    if silent:
        console.print(f"Registered, and never delivered anything: {', '.join(silent)}", highlight=False)


def show_strays(ledger: Ledger, system: str | None, unit: str | None) -> None:
    """Every name under the export root that is no delivery, by reason; none of them was opened."""
    found = [
        (row["path"], row["first_seen_at"], row["reason"])
        for row in sorted(ledger.strays(), key=lambda row: row["path"])
        if _within(row["path"], system, unit)
    ]
    if not found:
        console.print("No strays: every name that was seen is a delivery.")
    for reason in StrayReason:
        mine = [(path, f"{seen:%Y-%m-%d %H:%M}") for path, seen, why in found if why == reason]
        if mine:
            vi, en = REASONS[reason]
            console.print(f"[bold]{reason}[/bold], {len(mine):,}\n  {vi}\n  {en}", highlight=False)
            print_records(["first seen", "path"], [(seen, path) for path, seen in mine], 2)
            console.print()


def _within(path: str, system: str | None, unit: str | None) -> bool:
    parts = [*path.split("/"), ""]
    return (not system or parts[0] == system) and (not unit or parts[1] == unit)
