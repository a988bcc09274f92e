"""``cchc actions``: what a unit can do tomorrow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from cchc.cli.progress import console, print_records, print_table
from cchc.settings import Settings
from cchc.table_file import plain, write_csv

#: Code -> what is to be done, in both languages.
WORDS = {
    "due_soon": "finish, due in 3 working days · giải quyết, sắp đến hạn",
    "apology_letter": "send a letter of apology · gửi thư xin lỗi",
    "electronic_result": "issue the electronic result · cấp kết quả điện tử",
    "pay_online": "have it paid online · thanh toán trực tuyến",
}
#: Heading -> column; the first ``_BESIDE`` stand on the first line of a narrow terminal.
_SHOWN = {
    "action": "action",
    "dossier": "dossier_code",
    "procedure": "procedure_code",
    "deadline": "deadline",
    "points": "points",
    "unrounded": "points_unrounded",
    "criterion": "criterion",
}
_BESIDE = 6


def show_actions(settings: Settings, unit: str, period: str | None, out: Path | None, limit: int) -> None:
    """Print the counts by action and the first rows, or write the whole list to a CSV file."""
    from cchc.publish import action_list

    with action_list(settings, unit, period) as found:
        total = sum(row["dossiers"] for row in found.counts)
        if not total:
            console.print(f"{unit} {found.period.label}: nothing to be done · không có việc cần làm", highlight=False)
            _say_outside(found.due_outside)
            return
        day = found.counts[0]["as_of_date"]
        console.print(f"{unit} {found.period.label}, as of {day}: {total:,} actions", highlight=False)
        if out is not None:
            write_csv(out, found.names, found.rows)
            console.print(f"Written: {out}", highlight=False, soft_wrap=True, markup=False)
            _say_outside(found.due_outside)
            return
        print_table(
            "What can be done · Việc cần làm",
            ["action", "dossiers", "points each, at most", "what to do"],
            [[r["action"], r["dossiers"], _points(r), WORDS.get(r["action"], "")] for r in found.counts],
        )
        shown = [dict(zip(found.names, row, strict=True)) for row in islice(found.rows, limit)]
    if shown:
        print_records([*_SHOWN, "file", "row"], [_cells(row) for row in shown], _BESIDE)
    if total > len(shown):
        console.print(f"\n{total - len(shown):,} more: --limit N shows them, --out FILE.csv writes them all")
    _say_outside(found.due_outside)


def _say_outside(number: int) -> None:
    if number:
        console.print(
            f"{number:,} more due soon were received outside the period: see a longer --period, e.g. the year"
        )


def _points(row: Mapping[str, Any]) -> str:
    return f"{row['points']} ({row['points_unrounded']})"


def _cells(row: Mapping[str, Any]) -> list[str]:
    cells = [_text(row[column]) for column in _SHOWN.values()]
    return [*cells, f"{row['path']}, revision {row['revision']}", f"row {row['row_number']}"]


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return str(value) if isinstance(value, Decimal) else plain(value)  # points keep their zeros
