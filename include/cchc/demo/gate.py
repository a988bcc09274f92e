"""Which dossier files of the quarter depart from their form, and how: one of each kind that the gate knows.

Drawn from streams of their own, so that every other file of the quarter stays as it was.
"""

from __future__ import annotations

from datetime import date

import numpy as np

#: Rows that are held, each in one row of its file.
RULES = ("unknown_value", "after_export_date", "contradiction", "ragged_row")
#: Files that are refused whole.
REFUSALS = (
    "wrong_unit",
    "incomplete_export",
    "several_members",
    "repeated_column",
    "rows_lost",
    "protected_workbook",
    "unreadable_workbook",
)
#: Files that mean what they would have meant without, and earn a warning.
WARNINGS = (
    "sep_line",
    "text_above_headings",
    "two_line_headings",
    "repeated_headings",
    "bare_carriage_returns",
    "trailing_cells",
    "loose_quotes",
    "missing_optional_column",
    "unreadable_value",
    "subtotal",
    "total_differs",
    "text_below_total",
    "marks_inside",
    "double_gzip",
    "zipped",
    "two_names",
    "web_table",
    "date_without_time",
    "stand_in_date",
    "null_literal",
    "excel_text",
    "decimal_code",
)
#: Strays whose names are nearly right, beside a file that is.
NEAR_NAMES = ("near_day", "near_name")

_CELLS = ("date_without_time", "stand_in_date", "null_literal")
_TABLE = (
    *("unknown_value", "after_export_date", "ragged_row"),
    *("incomplete_export", "repeated_column", "rows_lost"),
    *("sep_line", "text_above_headings", "two_line_headings", "repeated_headings", "bare_carriage_returns"),
    *("trailing_cells", "loose_quotes", "missing_optional_column", "unreadable_value"),
    *("subtotal", "total_differs", "text_below_total"),
    *("two_names", "excel_text", *_CELLS),
)
_RECORDS = ("unknown_value", "after_export_date", "contradiction", "incomplete_export", *_CELLS)
BY_EXT = {
    "csv": (*_TABLE, "several_members", "zipped", *NEAR_NAMES),
    "csv.gz": (*_TABLE, "double_gzip"),
    "json": (*_RECORDS, "wrong_unit", "several_members", "decimal_code", "zipped", *NEAR_NAMES),
    "jsonl.gz": (*_RECORDS, "marks_inside", "double_gzip"),
    "xlsx": ("protected_workbook", "unreadable_workbook", "several_members", "zipped", "web_table"),
}
LEAST_ROWS = 5  # of a file that departs
_LONG = 20  # delivery days from which on there is room for two of a kind

Place = tuple[str, date]


def drawn(places: list[Place], ext: str, days: int, rng: np.random.Generator) -> dict[Place, str]:
    """The kind of each chosen file of an outlet, at most half of them: two of a kind in a quarter, one in few days.

    A file that is refused costs a day of its unit, so what many outlets have is refused once in each.
    """
    kinds = BY_EXT.get(ext, ())
    again = [kind for kind in kinds if kind not in REFUSALS or sum(kind in fit for fit in BY_EXT.values()) == 1]
    rounds = [kinds, again] if days >= _LONG else [kinds]
    order = [names[at] for names in rounds for at in rng.permutation(len(names))]
    chosen = rng.permutation(len(places))[: len(places) // 2]
    return {places[at]: kind for at, kind in zip(chosen, order, strict=False)}
