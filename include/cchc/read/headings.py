"""From a heading row to canonical columns: which columns to keep, which are personal, which are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cchc.errors import FileRefused
from cchc.read.columns import REQUIRED, TEXT_COLUMNS
from cchc.registry.model import normalise_heading

PERSONAL = "personal:"


@dataclass(frozen=True)
class Columns:
    """``kept``: position in the file -> canonical name. ``extra``: how many columns no map knows."""

    kept: dict[int, str]
    extra: int


def known_in(row: Sequence[str | None], headings: Mapping[str, str]) -> int:
    """How many cells of a row are headings of the map: tells a heading row from a title row."""
    return sum(1 for cell in row if cell and normalise_heading(cell) in headings)


def match(row: Sequence[str | None], headings: Mapping[str, str], dataset: str) -> Columns:
    """Map a heading row; refuses the file (``missing_column``) when a required column is not there.

    Headings no map knows may be anybody's text, so messages count them and never repeat them.
    """
    kept: dict[int, str] = {}
    extra = 0
    for position, cell in enumerate(row):
        if not cell or not cell.strip():
            continue
        canonical = headings.get(normalise_heading(cell))
        if canonical is None:
            extra += 1
        elif (
            not canonical.startswith(PERSONAL) and canonical in TEXT_COLUMNS[dataset] and canonical not in kept.values()
        ):
            kept[position] = canonical
    missing = [name for name in REQUIRED[dataset] if name not in kept.values()]
    if missing:
        raise FileRefused("missing_column", ", ".join(missing))
    return Columns(kept, extra)
