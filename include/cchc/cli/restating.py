"""``cchc restated``: a unit's past in today's boundaries."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from cchc.cli.progress import console, print_table
from cchc.settings import Settings
from cchc.table_file import plain

#: Grade or reason -> what it says, in both languages.
WORDS = {
    "same": "the unit as it is today · đơn vị không thay đổi",
    "renamed": "one unit under another name, kind or code · đổi tên, loại hoặc mã",
    "whole": "sum of whole units · cộng nguyên các đơn vị",
    "weighted": "by the weights in mergers.csv · theo trọng số",
    "task_moved": "the tasks of a district desk were parted anew · nhiệm vụ cấp huyện đã phân lại",
    "succession_unknown": "the registry does not say what became of it · chưa rõ đơn vị kế tiếp",
    "predecessor_unlisted": "a predecessor is not in units.csv · thiếu đơn vị cũ trong units.csv",
    "split_without_weight": "a predecessor was split, no weight is known · bị chia tách, không có trọng số",
    "not_additive": "sums of it mean nothing · chỉ số không cộng được",
    "portal_without_parts": "published without numerator and denominator · chỉ công bố tỷ lệ",
    "predecessor_without_data": "no data of a predecessor · thiếu số liệu của đơn vị cũ",
}
_COLUMNS = ["period", "indicator", "figure", "ratio", "score", "grade", "sources"]


def show_restated(settings: Settings, unit: str, indicator: str | None, out: Path | None, limit: int) -> None:
    """Print the series and how comparable it is, or write all of it to a CSV file."""
    from cchc.publish import restated

    found = restated(settings, unit, indicator)
    records = found.records()
    console.print(f"{unit} {found.unit_name}: {len(records):,} restated figures, not ranked", highlight=False)
    counts = Counter(row["grade_reason"] or row["grade"] for row in records)
    print_table(
        "Comparability · Khả năng so sánh",
        ["grade or reason", "figures", "meaning"],
        [[name, number, WORDS.get(name, "")] for name, number in counts.most_common()],
    )
    if out is not None:
        console.print(f"Written: {found.write(out)}", highlight=False, soft_wrap=True, markup=False)
        return
    print_table("Restated series · Chuỗi số liệu tính lại", _COLUMNS, [_cells(row) for row in records[:limit]])
    if len(records) > limit:
        console.print(f"{len(records) - limit:,} more: --limit N shows them, --out FILE.csv writes them all")


def _cells(row: dict[str, Any]) -> list[str]:
    figure = "" if row["numerator"] is None else f"{plain(row['numerator'])}/{plain(row['denominator'])}"
    score = "" if row["restated_score"] is None else f"{row['restated_score']} of {row['max_score']}"
    named = row["grade_reason"] or row["grade"]
    return [row["period_en"], row["indicator"], figure, plain(row["ratio"]), score, named, row["source_codes"] or ""]
