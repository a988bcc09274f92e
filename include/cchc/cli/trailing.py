"""``cchc trail``: the rows behind a figure."""

from __future__ import annotations

import calendar
import csv
import re
from datetime import date
from pathlib import Path

from cchc.cli.progress import console, print_table
from cchc.errors import PermanentError
from cchc.settings import Settings


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
    """Print the figure and its rows, or write the rows to a CSV file."""
    from cchc.publish.exports import plain
    from cchc.publish.trail import trail

    found = trail(settings, unit, indicator, *period_of(period))
    figure = f"{plain(found.numerator)} / {plain(found.denominator)}"
    console.print(f"{unit} {indicator} {period}: {figure}, {len(found.rows):,} rows", highlight=False)
    if not found.rows:
        return
    columns = list(found.rows[0])
    if out is not None:
        with out.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            writer.writerows(found.rows)
        console.print(f"Written: {out}", highlight=False, soft_wrap=True)
        return
    print_table("Rows", columns, [[row[name] for name in columns] for row in found.rows[:limit]])
