"""``cchc reconcile``: our figures and dossier codes beside the national portal's."""

from __future__ import annotations

from pathlib import Path

from cchc.cli.progress import console, print_table
from cchc.settings import Settings
from cchc.table_file import plain, write_csv

#: Class -> what it says, in both languages.
CLASSES = {
    "equal": "the same · khớp",
    "portal_only": "the exports measure no such thing · chỉ Cổng có",
    "other_period": "the portal's parts are ours of another period · số của kỳ khác",
    "other_rule": "the same cases, counted or scored otherwise · cùng số trường hợp, đếm hoặc chấm khác",
    "not_synchronised": "fewer there, its own backlog is enough for the gap · chưa đồng bộ",
    "not_delivered": "more there, files or rows are missing here · chưa giao đủ tệp",
    "ministry_system": "more there, although all that was due is here · xử lý trên hệ thống của bộ",
    "unexplained": "nothing explains it · chưa giải thích được",
}
_SHOWN = ("unit_code", "criterion", "ours", "portal", "our_score", "published_score", "difference")


def show_reconciliation(
    settings: Settings, period: str, unit: str | None, method: str | None, out: Path | None, limit: int
) -> None:
    """Print how many figures stand in which class and the first that differ, or write all of them to a CSV file."""
    from cchc.publish.reconcile import reconcile

    found = reconcile(settings, period, unit, method)
    console.print(
        f"{found.period.label}, by {found.method}: {len(found.rows):,} figures of the portal", highlight=False
    )
    print_table(
        "Classes · Loại chênh lệch",
        ["class", "figures", "which means"],
        [[name, number, CLASSES.get(name, "")] for name, number in found.counts.most_common()],
    )
    if out is not None:
        names = list(found.rows[0])
        write_csv(out, names, ([row[name] for name in names] for row in found.rows))
        console.print(f"Written: {out}", highlight=False, soft_wrap=True, markup=False)
        return
    differing = [row for row in found.rows if row["difference"] != "equal"]
    rows = [
        row
        | {
            "ours": f"{plain(row['our_numerator'])}/{plain(row['our_denominator'])}",
            "portal": f"{plain(row['portal_numerator'])}/{plain(row['portal_denominator'])}",
        }
        for row in differing[:limit]
    ]
    if rows:
        print_table("Differences · Chênh lệch", list(_SHOWN), [[plain(row[name]) for name in _SHOWN] for row in rows])
    if len(differing) > len(rows):
        console.print(f"{len(differing) - len(rows):,} more: --limit N shows them, --out FILE.csv writes them all")


def show_codes(settings: Settings, period: str, unit: str | None, codes: Path, out: Path | None, limit: int) -> None:
    """Print the dossier codes that a side lacks, or write them to a CSV file."""
    from cchc.publish.reconcile import SIDES, missing_codes

    found = missing_codes(settings, period, codes, unit)
    said = ", ".join(f"{side} {found.known[side]:,}" for side in found.sides)
    console.print(f"{found.period.label}: codes of {said}", highlight=False, soft_wrap=True)
    for side in SIDES:
        if side not in found.sides:
            console.print(f"{side}: no code of the period, so it is not compared", highlight=False)
    if not found.rows:
        console.print("No code is missing on any side · không thiếu mã nào")
        return
    names = list(found.rows[0])
    if out is not None:
        write_csv(out, names, ([row[name] for name in names] for row in found.rows))
        console.print(f"Written: {out} ({len(found.rows):,} codes)", highlight=False, soft_wrap=True, markup=False)
        return
    shown = [[plain(row[name]) for name in names] for row in found.rows[:limit]]
    print_table(f"{len(found.rows):,} codes missing on a side · thiếu ở một bên", names, shown)
