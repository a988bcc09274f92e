"""Text to the form in which it is compared: what nobody can see is folded, what stands for nothing becomes nothing."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cchc.datasets import Dataset
from cchc.datasets.shape import TEXT
from cchc.scratch import SPACES

#: What databases and spreadsheets write for "no value".
NULLS = ("NULL", "null", "Null", "None", "none", "nan", "NaN", "NAN", r"\N", "-")
#: Characters that no screen shows: never part of a code, a date or an amount.
_UNSEEN = r"[\p{Default_Ignorable_Code_Point}\p{Cf}]"
_SPACE = "[" + "".join(f"\\x{{{ord(char):x}}}" for char in SPACES) + "]"
#: A text that has something to trim.
_AT_AN_END = f"^{_SPACE}|{_SPACE}$"


def fold(frame: pl.DataFrame, dataset: Dataset) -> tuple[pl.DataFrame, dict[str, list[int]]]:
    """Trim every text column, make null what is empty; codes, dates and amounts also lose what nobody sees.

    Returns the frame and, by warning (``null_literal``, ``excel_text``), the ``file_no`` of the files with such cells.
    """
    names = [name for name in dataset.text_columns if frame.schema.get(name) == pl.String]
    exact = [name for name in names if _is_exact(dataset, name)]
    odd = _with_any(frame, pl.col(exact).str.len_bytes() != pl.col(exact).str.len_chars())
    frame = frame.with_columns(
        pl.col(odd).str.normalize("NFKC").str.replace_all(_UNSEEN, ""),
    )
    text = pl.col(names)
    # to trim a cell is to hold its ends against each of the many spaces, to look for one is not: few columns have any
    frame = frame.with_columns(pl.col(_with_any(frame, text.str.contains(_AT_AN_END))).str.strip_chars(SPACES))
    noticed: dict[str, list[int]] = {}
    quoted = _with_any(frame, text.str.starts_with('="'))
    if quoted:
        is_text = pl.any_horizontal(pl.col(quoted).str.contains(r'^="[^"]*"$'))
        noticed["excel_text"] = _files(frame, is_text)
        frame = frame.with_columns(pl.col(quoted).str.replace(r'^="([^"]*)"$', "$1").str.strip_chars(SPACES))
    nulls = _with_any(frame, text.is_in(NULLS))
    if nulls:
        noticed["null_literal"] = _files(frame, pl.any_horizontal(pl.col(nulls).is_in(NULLS)))
        frame = frame.with_columns(pl.when(~pl.col(nulls).is_in(NULLS)).then(pl.col(nulls)).name.keep())
    empty = pl.col(_with_any(frame, text == ""))
    frame = frame.with_columns(pl.when(empty != "").then(empty).name.keep())
    return frame, {warning: files for warning, files in noticed.items() if files}


def _with_any(frame: pl.DataFrame, tests: pl.Expr) -> list[str]:
    """The columns that pass a test of their own name in some row."""
    return [column.name for column in frame.select(tests.any()) if column.item()]


def _is_exact(dataset: Dataset, name: str) -> bool:
    column = dataset[name]
    return column.identifies or (not column.is_coded and (column.type != TEXT or bool(column.shown)))


def _files(frame: pl.DataFrame, which: pl.Expr) -> list[int]:
    found: Sequence[int] = frame.filter(which)["file_no"].unique().to_list()
    return list(found)
