"""Tables as CSV files, one way for every command: written whole or not at all, and no text acts as a formula; and whole
folders of files."""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

#: A cell that starts so is run by spreadsheet programs.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def spreadsheet_safe(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets a leading apostrophe; anything else is left alone."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def plain(value: Any) -> str:
    """One CSV cell: whole numbers without decimals, scores with two, ISO dates, true and false, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        if value.as_tuple().exponent == -2:
            return format(value, "f")
        return format(value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize(), "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(spreadsheet_safe(value))


def write_csv(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    """A heading row and the rows, in UTF-8; returns the path."""
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([spreadsheet_safe(name) for name in names])
        writer.writerows([plain(value) for value in row] for row in rows)
    return path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A file beside the target that takes its place when it is complete; for its owner alone (mode 0600)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def replace_folder(part: Path, folder: Path) -> None:
    """Put a whole folder in its place at once; one that is not empty can't be renamed over: the old one steps aside."""
    if not folder.exists():
        part.rename(folder)
        return
    aside = folder.with_name(f"{part.name}.old")
    folder.rename(aside)
    try:
        part.rename(folder)
    except OSError:
        with suppress(OSError):
            aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)
