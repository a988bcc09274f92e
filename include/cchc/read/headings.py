"""From a heading row to canonical columns: which columns to keep, which are personal, which are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cchc.datasets import DATASETS
from cchc.datasets.dialects import DIALECTS, is_mapped
from cchc.errors import FileRefused
from cchc.registry.model import DatasetSpec, normalise_heading
from cchc.registry.open import Registry


@dataclass(frozen=True)
class Columns:
    """``kept``: position in the file -> canonical name. ``extra``: how many columns no map knows."""

    kept: dict[int, str]
    extra: int


def headings_of(spec: DatasetSpec, registry: Registry) -> Mapping[str, str]:
    """Normalised heading -> canonical column: the dialect's own, or those of the registry's heading map."""
    if is_mapped(spec.dataset, spec.dialect):
        return registry.headings[spec.headings or ""]
    fixed = DIALECTS[spec.dialect].key_of(spec.dataset)
    return {normalise_heading(heading): column for column, heading in fixed.items()}


def known_in(row: Sequence[str | None], headings: Mapping[str, str]) -> int:
    """How many cells of a row are headings of the map: tells a heading row from a title row."""
    return sum(1 for cell in row if cell and normalise_heading(cell) in headings)


def missing_columns(columns: Sequence[str], spec: DatasetSpec, registry: Registry) -> FileRefused:
    """The refusal of a file without these columns, each also under the names that the sender knows."""
    said = []
    for column in columns:
        names = registry.names_of(spec, column)
        said.append(f"{column} ({' / '.join(names)})" if names else column)
    return FileRefused("missing_column", ", ".join(said))


def match(row: Sequence[str | None], spec: DatasetSpec, registry: Registry) -> Columns:
    """Map a heading row; refuses the file (``missing_column``) when a required column is not there.

    Headings no map knows may be anybody's text, so messages count them and never repeat them.
    """
    headings, dataset = headings_of(spec, registry), DATASETS[spec.dataset]
    kept: dict[int, str] = {}
    extra = 0
    for position, cell in enumerate(row):
        if not cell or not cell.strip():
            continue
        canonical = headings.get(normalise_heading(cell))
        if canonical is None:
            extra += 1
        elif canonical in dataset.text_columns and canonical not in kept.values():  # others are personal
            kept[position] = canonical
    missing = [name for name in dataset.required if name not in kept.values()]
    if missing:
        raise missing_columns(missing, spec, registry)
    return Columns(kept, extra)
