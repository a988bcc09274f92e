"""``cchc status``: the delivery board and the strays on the terminal, and the note to a unit."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from rich.text import Text

from cchc.cli.progress import console, print_records, print_table
from cchc.deliveries import FETCH_REASONS, REASONS, STATUSES, FetchReason, StrayReason, board, never_delivered
from cchc.engines import engine_of
from cchc.ledger import Ledger
from cchc.notes import Asked, held_rows, letter
from cchc.reasons import LANGUAGES
from cchc.registry.open import Registry, open_registry
from cchc.settings import Settings
from cchc.table_file import whole_file
from cchc.validate.explain import explain_refusal

#: Refused files whose remedy is spelled out; with ``--unit`` these are the unit's own.
MOST_EXPLAINED = 5
#: Files and folders not fetched that are listed a reason.
MOST_UNFETCHED = 50

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
    if shown:
        console.print("Every code: docs/what_can_go_wrong.md; to write to a unit: cchc status --letter UNIT")
    _show_unfetched(ledger, first, last, system, unit)
    silent = [code for code in never_delivered(registry, ledger, last) if not system or code == system]
    if silent:
        console.print(f"Registered, and never delivered anything: {', '.join(silent)}", highlight=False)


def _show_unfetched(ledger: Ledger, first: date, last: date, system: str | None, unit: str | None) -> None:
    """What the last looks could not fetch, by reason; a later look that can takes it off the list."""
    found = ledger.unfetched(first, last, system, unit)
    for reason in FetchReason:
        mine = [row for row in found if row["reason"] == reason]
        if mine:
            vi, en = FETCH_REASONS[reason]
            head = f"[bold]Not fetched: {reason}[/bold], {len(mine):,}\n  {vi}\n  {en}"
            console.print(head, highlight=False, soft_wrap=True)
            rows = [
                (f"{row['first_failed_at']:%Y-%m-%d %H:%M}", row["path"] or _folder(row), row["detail"])
                for row in mine[:MOST_UNFETCHED]
            ]
            print_records(["since", "file or folder", "what was said"], rows, 2)
            if len(mine) > MOST_UNFETCHED:
                console.print(f"and {len(mine) - MOST_UNFETCHED:,} more: narrow it down by --system or --unit")


def _folder(row: dict[str, Any]) -> str:
    return f"{row['system']}/{row['unit']}/{row['export_date']}"


def show_strays(ledger: Ledger, system: str | None, unit: str | None) -> None:
    """Every name under the export root that is no delivery, by reason; none of them was opened.

    Of made-up names the ledger keeps only what may be shown; the rest is a shape (letters a, digits d).
    """
    found = [
        (row["path"], row["first_seen_at"], row["reason"], row["likely"])
        for row in sorted(ledger.strays(), key=lambda row: row["path"])
        if _within(row["path"], system, unit)
    ]
    if not found:
        console.print("No strays: every name that was seen is a delivery.")
    for reason in StrayReason:
        mine = [(f"{seen:%Y-%m-%d %H:%M}", path, likely) for path, seen, why, likely in found if why == reason]
        if mine:
            vi, en = REASONS[reason]
            head = f"[bold]{reason}[/bold], {len(mine):,}\n  {vi}\n  {en}"
            console.print(head, highlight=False, soft_wrap=True)
            rows = [(seen, path, f"like {likely}" if likely else "") for seen, path, likely in mine]
            print_records(["first seen", "path", "likely meant"], rows, 2)
            console.print()


def write_letter(settings: Settings, ledger: Ledger, asked: Asked, out: Path | None) -> None:
    """The note to a unit: into a file, or printed as it would be sent."""
    # before the first load there is no warehouse, and nothing can be held
    held = held_rows(settings) if engine_of(settings).may_answer() else []
    text = letter(asked, open_registry(settings.registry_dir), ledger, held, settings.expectations)
    if out is None:
        console.print(Text(text.rstrip("\n")), soft_wrap=True)
        return
    with whole_file(out) as part:
        part.write_text(text, encoding="utf-8")
    console.print(str(out), highlight=False, soft_wrap=True)


def _within(path: str, system: str | None, unit: str | None) -> bool:
    parts = [*path.split("/"), ""]
    return (not system or parts[0] == system) and (not unit or parts[1] == unit)
