"""``cchc trail``: the rows behind a figure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cchc.cli.progress import console, print_records
from cchc.errors import PermanentError
from cchc.settings import Settings
from cchc.table_file import plain, write_csv

Row = dict[str, Any]

#: What a person asks of a row, by kind of record: heading -> column of the trail. Then: how many stand on the first
#: line where the terminal is too narrow for one.
_SHOWN: dict[str, tuple[dict[str, str], int]] = {
    "dossier": ({"dossier": "code", "received": "received_at", "due": "due_at", "ended": "ended_at"}, 5),
    "payment": ({"payment": "code", "dossier": "dossier_code", "paid": "paid_at"}, 4),
    "feedback": (
        {"petition": "code", "kind": "kind", "received": "received_at", "due": "due_at", "answered": "answered_at"},
        6,
    ),
    "vneid": ({"commune": "code", "unit": "unit_code", "as of": "as_of_date", "level 2": "activated_level2"}, 5),
    "declared": (
        {"criterion": "code", "unit": "unit_code", "declared": "declared_date", "evidence": "evidence_sha256"},
        4,
    ),
    "procedure": ({"procedure": "code", "dossier": "dossier_code", "received": "received_at"}, 4),
    "portal": (
        {"criterion": "code", "unit": "unit_code", "percent": "published_percent", "points": "published_score"},
        5,
    ),
}
#: Records whose status the registry has a label for.
_WITH_STATUS = ("dossier",)


def period_of(text: str) -> tuple[date, date]:
    """First and last day of ``2026-09``, ``2026-Q3``, ``2026`` or ``2026-07-01..2026-09-30``."""
    if match := re.fullmatch(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", text):
        return date.fromisoformat(match[1]), date.fromisoformat(match[2])
    if match := re.fullmatch(r"(\d{4})(?:-(?:Q([1-4])|(\d\d)))?", text):
        year = int(match[1])
        first, last = 1, 12
        if match[2]:
            first, last = int(match[2]) * 3 - 2, int(match[2]) * 3
        elif match[3]:
            first = last = int(match[3])
        if 1 <= first <= 12:
            return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])
    raise PermanentError(f"{text!r} is no period; write 2026-09, 2026-Q3, 2026 or START..END")


def show_trail(settings: Settings, unit: str, indicator: str, period: str, out: Path | None, limit: int) -> None:
    """Print the figure and what a person asks of its rows, or write all there is of the rows to a CSV file."""
    from cchc.publish.trail import trail
    from cchc.registry.open import open_registry

    found = trail(settings, unit, indicator, *period_of(period))
    figure = f"{plain(found.numerator)} / {plain(found.denominator)}"
    console.print(f"{unit} {indicator} {period}: {figure}, {len(found.rows):,} rows", highlight=False)
    if out is not None:
        columns = list(dict.fromkeys(name for row in found.rows for name in row))
        write_csv(out, columns, ([row.get(name) for name in columns] for row in found.rows))
        console.print(f"Written: {out}", highlight=False, soft_wrap=True, markup=False)
        return
    labels = open_registry(settings.registry_dir).label_texts.get("status", {})
    shown = found.rows[:limit]
    for record in dict.fromkeys(row["record"] for row in shown):
        console.print()
        _print(record, [row for row in shown if row["record"] == record], labels)
    if len(found.rows) > len(shown):
        console.print(f"\n{len(found.rows) - len(shown):,} more: --limit N shows them, --out FILE.csv writes them all")


def _print(record: str, rows: list[Row], labels: Mapping[str, str]) -> None:
    asked, beside = _SHOWN[record]
    names = [*asked, "counted", *(["status"] if record in _WITH_STATUS else []), "file", "row"]
    print_records(names, [[_cell(row, name, asked, labels) for name in names] for row in rows], beside)


def _cell(row: Row, name: str, asked: Mapping[str, str], labels: Mapping[str, str]) -> str:
    if name == "counted":
        return f"{plain(row['in_numerator'])} / {plain(row['in_denominator'])}"
    if name == "status":
        return f"{row['status']} {labels.get(str(row['status']), '')}".strip()
    if name == "file":
        return f"{row['path']}, revision {row['revision']}"
    if name == "row":
        return f"row {row['row_number']}"
    value = row.get(asked[name])
    return value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else plain(value)
