"""Progress and closing tables on the terminal."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

console = Console()


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
    """A small table; None is shown as an empty cell."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for number, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[number], (int, float)) or row[number] is None for row in rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*["" if cell is None else f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row])
    console.print(table)
