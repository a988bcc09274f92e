"""``cchc integrity``: what the office should look at, with the files that show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from cchc.cli.progress import console, print_records, print_table
from cchc.settings import Settings
from cchc.table_file import plain, write_csv

#: Heading -> column of a case; the first ``_BESIDE`` stand on the first line of a narrow terminal.
_SHOWN = {"signal": "signal", "dossier": "dossier_code", "unit": "handling_unit", "days": "days"}
_BESIDE = 4


def show_integrity(
    settings: Settings, unit: str | None, period: str | None, signal: str | None, out: Path | None, limit: int
) -> None:
    """Print how often each signal stands and the first cases, or write all cases to a CSV file."""
    from cchc.publish.integrity import integrity_list

    with integrity_list(settings, unit, period, signal) as found:
        if out is not None:
            write_csv(out, found.names, found.rows)
            console.print(f"{found.total:,} cases written: {out}", highlight=False, soft_wrap=True, markup=False)
            return
        shown = [dict(zip(found.names, row, strict=True)) for row in islice(found.rows, limit)]
        _show_counts(found.counts, bool(unit and period))
    if shown:
        print_records([*_SHOWN, "earlier", "later"], [_cells(row) for row in shown], _BESIDE)
    if found.total > len(shown):
        console.print(f"\n{found.total - len(shown):,} more: --limit N shows them, --out FILE.csv writes them all")
    console.print(
        "For the office only. Each is a question to the unit, not a finding · cần xem lại, không phải kết luận"
    )


def _show_counts(counts: list[Mapping[str, Any]] | list[dict[str, Any]], one: bool) -> None:
    if not counts:
        console.print("Nothing to be looked at · không có dấu hiệu cần xem lại")
        return
    if one:
        columns = ["signal", "criterion", "cases", "of_cases", "percent_of_cases", "province_percent"]
        cells = [[plain(row[column]) for column in columns] for row in counts]
        print_table("To be looked at · Cần xem lại", columns, cells)
        return
    units = Counter(row["signal"] for row in {(r["signal"], r["unit_code"]): r for r in counts}.values())
    names = {row["signal"]: row["signal_en"] for row in counts}
    print_table(
        "To be looked at · Cần xem lại",
        ["signal", "units", "what"],
        [[signal, number, names[signal]] for signal, number in sorted(units.items())],
    )


def _cells(row: Mapping[str, Any]) -> list[str]:
    earlier, later = (_place(row, side) for side in ("earlier", "later"))
    return [*(plain(row[column]) for column in _SHOWN.values()), earlier, later]


def _place(row: Mapping[str, Any], side: str) -> str:
    number = row[f"{side}_row_number"]
    where = "in no row" if number is None else f"row {number}"
    return f"{row[f'{side}_path']}, revision {row[f'{side}_revision']}, {where}"
