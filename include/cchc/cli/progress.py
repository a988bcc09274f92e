"""Progress and closing tables on the terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

console = Console()
#: Columns between records; of a frame, for each column of a table; least width of a column of sentences.
_GAP, _FRAME, _SENTENCE = 2, 3, 15


def speaker(quiet: bool) -> Callable[[str, str], None]:
    """A function that prints one line a step: seconds since the start, stage, what happened."""
    started = time.perf_counter()

    def say(stage: str, text: str) -> None:
        if not quiet:
            console.print(
                f"[dim]{time.perf_counter() - started:6.1f} s[/dim]  [bold]{stage:<8}[/bold] {text}", highlight=False
            )

    return say


def print_table(title: str, columns: list[str], rows: list[list[Any]]) -> None:
    """A small table; None is shown as an empty cell. Codes, days and numbers stay whole, sentences fold.

    Where that is too wide for the terminal the frame goes; where it still is, the last columns go to a second line.
    """
    shown = [[_shown(cell) for cell in row] for row in rows]
    texts = [[name, *(row[number] for row in shown)] for number, name in enumerate(columns)]
    folds = [any(" " in text.strip() for text in cells[1:]) for cells in texts]
    least = sum(_SENTENCE if fold else _widest(cells) for cells, fold in zip(texts, folds, strict=True))
    framed = least + _FRAME * len(columns) + 1 <= console.width
    if not framed and least + _FRAME * len(columns) - 1 > console.width:
        console.print(title, style="italic", highlight=False)
        print_records(columns, rows, len(columns))
        return
    table = Table(title=Text(title), title_justify="left", header_style="bold", pad_edge=framed)
    table.box = box.HEAVY_HEAD if framed else box.SIMPLE_HEAD
    for number, column in enumerate(columns):
        cells = [row[number] for row in rows]
        numeric = bool(rows) and all(isinstance(cell, (int, float)) or cell is None for cell in cells)
        justify: Literal["left", "right"] = "right" if numeric else "left"
        table.add_column(column, justify=justify, overflow="fold", no_wrap=not folds[number])
    for row in shown:
        table.add_row(*map(Text, row))
    console.print(table)


def print_records(columns: Sequence[str], rows: Sequence[Sequence[Any]], beside: int) -> None:
    """Rows of which nothing may be folded: one line each where the terminal is wide enough, else two.

    Of those that then stand under their names, at most the first ``beside`` columns, the others go to a second line.
    """
    shown = [[_shown(cell) for cell in row] for row in rows]
    widths = [_widest([name, *(row[number] for row in shown)]) for number, name in enumerate(columns)]
    first = len(columns)
    while first > 1 and sum(widths[:first]) + _GAP * (first - 1) > console.width:
        first = min(first - 1, beside)
    _line([_padded(name, width) for name, width in zip(columns[:first], widths, strict=False)], "bold")
    for cells in shown:
        _line([_padded(text, width) for text, width in zip(cells[:first], widths, strict=False)])
        if rest := " · ".join(text for text in cells[first:] if text):
            _line(["", rest], "dim")


def _widest(texts: Sequence[str]) -> int:
    return max(map(cell_len, texts))


def _line(cells: Sequence[str], style: str = "") -> None:
    console.print(Text((" " * _GAP).join(cells).rstrip(), style=style), soft_wrap=True)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _shown(cell: Any) -> str:
    """A cell as text. File names come from elsewhere: what would steer the terminal shows as a question mark."""
    text = "" if cell is None else f"{cell:,}" if isinstance(cell, int) else str(cell)
    return "".join(letter if letter.isprintable() else "?" for letter in text)
