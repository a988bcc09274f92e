"""From a heading row to canonical columns: which columns to keep, which are personal, which are missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from cchc.datasets import DATASETS
from cchc.datasets.dialects import DIALECTS, Keys, is_mapped
from cchc.errors import FileRefused
from cchc.read.opened import Opened
from cchc.registry.model import DatasetSpec, normalise_heading
from cchc.registry.open import Registry

Row = Sequence[str | None]


@dataclass(frozen=True)
class Columns:
    """``kept``: position in the file -> canonical name. ``width``: how many cells of the row are headings."""

    kept: dict[int, str]
    width: int
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Headings:
    """Where the headings of a table stand: ``row`` has one heading a column, rows from ``below`` on are the table's."""

    row: Row
    above: int
    below: int
    known: int


def headings_of(spec: DatasetSpec, registry: Registry) -> Mapping[str, str]:
    """Normalised heading -> canonical column: the dialect's own, or those of the registry's heading map."""
    if is_mapped(spec.dataset, spec.dialect):
        return registry.headings[spec.headings or ""]
    fixed = DIALECTS[spec.dialect].key_of(spec.dataset)
    return {normalise_heading(heading): column for column, heading in fixed.items()}


def _fixed(spec: DatasetSpec) -> Keys | None:
    """The headings of the dialect itself, also those that are known and not taken over; None where it has none."""
    return DIALECTS[spec.dialect].keys[spec.dataset]


def known_in(row: Row, headings: Mapping[str, str]) -> int:
    """How many cells of a row are headings of the map: tells a heading row from a title row."""
    return _known(row, headings, _strange_to(headings))


def _known(row: Row, headings: Mapping[str, str], strange: Callable[[str], object]) -> int:
    return sum(1 for cell in row if cell and not strange(cell) and normalise_heading(cell) in headings)


def _strange_to(headings: Mapping[str, str]) -> Callable[[str], object]:
    """Tells texts that are no heading of the map by a digit that none of them has: most codes, days and numbers.

    Comparing keeps digits as they are, and costs a hundred times as much; the first rows of every file are asked.
    """
    absent = sorted(set("0123456789").difference(*headings))
    return re.compile(f"[{''.join(absent)}]" if absent else "(?!)").search


def find_headings(rows: Sequence[Row], headings: Mapping[str, str]) -> Headings | None:
    """The row with the most known headings; or two rows, where a group's name stands over the names of its columns."""
    best: Headings | None = None
    strange = _strange_to(headings)
    for number, row in enumerate(rows):
        known = _known(row, headings, strange)
        if known and (best is None or known > best.known):
            best = Headings(row, number, number + 1, known)
    if best is None:
        return None
    for upper in (best.above - 1, best.above):
        if 0 <= upper < len(rows) - 1:
            both = _two_lines(rows[upper], rows[upper + 1], headings)
            known = _known(both, headings, strange)
            if known > best.known:
                best = Headings(both, upper, upper + 2, known)
    return best


def _two_lines(upper: Row, lower: Row, headings: Mapping[str, str]) -> list[str | None]:
    """One heading a column: the lower cell, the upper one, or both together; a group's name reaches to the next one."""
    row: list[str | None] = []
    group: str | None = None
    strange = _strange_to(headings)
    for above, below in zip_longest(upper, lower):
        group = above or group
        choices = [below, above, f"{group} {below}" if group and below else None]
        known = [cell for cell in choices if cell and not strange(cell) and normalise_heading(cell) in headings]
        row.append(known[0] if known else below or above)
    return row


def missing_columns(columns: Sequence[str], spec: DatasetSpec, registry: Registry) -> FileRefused:
    """The refusal of a file without these columns, each also under the names that the sender knows."""
    return FileRefused("missing_column", named(columns, spec, registry))


def named(columns: Sequence[str], spec: DatasetSpec, registry: Registry) -> str:
    """Canonical names, each with the names that the sender knows."""
    said = []
    for column in columns:
        names = registry.names_of(spec, column)
        said.append(f"{column} ({' / '.join(names)})" if names else column)
    return ", ".join(said)


def lacking(found: set[str], promised: set[str], file: Opened, registry: Registry) -> list[str]:
    """Warnings for columns that a file lacks; refuses it (``missing_column``) where one may decide a figure.

    ``promised``: the columns that a sender's files have by its heading map or dialect. The registry may say from which
    day on a system's files may lack one of them (``optional``).
    """
    spec, dataset = file.spec, DATASETS[file.spec.dataset]
    absent = [column for column in dataset.file_columns if column.name in promised - found]
    day = file.revision.key.export_date
    needed = [
        column.name for column in absent if column.required or (column.decides and not spec.may_lack(column.name, day))
    ]
    if needed:
        raise missing_columns(needed, spec, registry)
    return ["missing_optional_column"] if absent else []


def match(row: Row, file: Opened, registry: Registry) -> Columns:
    """Map a heading row; refuses the file where a column that is needed lacks, or one stands twice.

    Headings no map knows may be anybody's text, so messages count them and never repeat them.
    """
    spec = file.spec
    headings, dataset = headings_of(spec, registry), DATASETS[spec.dataset]
    unused = {normalise_heading(key) for key, column in (_fixed(spec) or {}).items() if column is None}
    kept: dict[int, str] = {}
    extra = width = 0
    repeated: list[str] = []
    for position, cell in enumerate(row):
        if not cell or not cell.strip():
            continue
        width = position + 1
        canonical = headings.get(normalise_heading(cell))
        if canonical is None:
            extra += normalise_heading(cell) not in unused
        elif canonical in dataset.text_columns:  # others are personal
            if canonical in kept.values():
                repeated.append(canonical)
            kept[position] = canonical
    if repeated:
        raise FileRefused("repeated_column", named(repeated, spec, registry))
    promised = set(headings.values()) | set(dataset.required)
    warnings = lacking(set(kept.values()), promised, file, registry)
    return Columns(kept, width, warnings + (["extra_column"] if extra else []))
