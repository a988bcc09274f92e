"""What a dataset is made of: its columns, and what follows from them for every stage.

A column says once what it holds, whether a file must have it, what its texts may stand for, and what quarantine may
show of it. Lists that a stage needs (text columns, required ones, coded ones) are derived, never written down again.
Source: the export contract, sections 2, 4 and 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

TEXT, FLAG, DAY, MOMENT = pa.string(), pa.bool_(), pa.date32(), pa.timestamp("us")
CODE, COUNT, AMOUNT = pa.int16(), pa.int32(), pa.int64()

#: What codes look like, for ``Column.shown``.
NUMBER_OF = r"[A-Z0-9][A-Z0-9./-]{3,60}"
AGENCY = r"[A-Z]\d\d(\.[A-Z0-9]{1,6}){0,4}"
PROCEDURE = r"\d\.\d{6}"
COMMUNE = r"\d{5}"
#: What a code looks like where the registry says nothing closer: letters, digits and marks without space, a digit among
#: them; and no number in scientific notation, which a spreadsheet makes of many codes at once.
CODE_LIKE = r"[\p{Latin}\d][\p{Latin}\d._/-]*"

#: Columns every loaded row carries: where it came from, down to the row of the file.
LINEAGE = pa.schema(
    [
        ("revision_id", TEXT),
        ("row_number", COUNT),  # data rows of the file, from 1
        ("system", TEXT),
        ("delivering_unit", TEXT),
        ("export_date", DAY),
    ]
)


@dataclass(frozen=True)
class Column:
    """One canonical column.

    ``required``: a file that has no such column is refused; ``known_later``: its value may lack in a row, and a dialect
    that leaves out keys without a value may lack the key. ``values``: what a code or label of the registry may stand
    for. ``made``: no column of a file, the normalise stage makes it of others. ``shown``: what quarantine may show of
    a text: False nothing, a pattern only what looks like it, True everything (only where no file text can stand). A
    text column that says nothing is never shown; typed and coded values always are, for they can't hold free text.
    """

    name: str
    type: pa.DataType = TEXT
    required: bool = False
    known_later: bool = False
    values: frozenset[str] | None = None
    made: bool = False
    shown: bool | str = False
    decides: bool = True
    rule: str | None = None
    identifies: bool = False
    event: bool = False
    deadline: bool = False

    @property
    def is_coded(self) -> bool:
        """Whether its text is a code or a label that the registry's maps translate."""
        return not self.made and (self.values is not None or self.type == FLAG)

    @property
    def is_moment(self) -> bool:
        """Whether it holds a date, with or without time."""
        return self.type in (MOMENT, DAY)

    @property
    def may_be_empty(self) -> bool:
        """Whether a row may have no value in it."""
        return not self.required or self.known_later

    @property
    def is_typed(self) -> bool:
        """Whether its values are numbers, dates, flags or entries of a closed list."""
        return self.type != TEXT or self.values is not None


@dataclass(frozen=True)
class Dataset:
    """One dataset. ``recompute_by``: the column whose values tell an incremental build which rows changed."""

    name: str
    columns: tuple[Column, ...]
    recompute_by: str

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @cached_property
    def canonical(self) -> pa.Schema:
        """Names and types of all columns, in the order of the warehouse table."""
        return pa.schema([(column.name, column.type) for column in self.columns])

    @cached_property
    def raw_schema(self) -> pa.Schema:
        """Columns of the warehouse table ``raw.<name>``: lineage, then canonical columns."""
        return pa.schema([*LINEAGE, *self.canonical])

    @cached_property
    def text_columns(self) -> tuple[str, ...]:
        """The columns that the read stage takes from a file, as text."""
        return tuple(column.name for column in self.columns if not column.made)

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Without one of these columns a file is refused."""
        return tuple(column.name for column in self.columns if column.required)

    @cached_property
    def file_columns(self) -> tuple[Column, ...]:
        """The columns that stand in a file."""
        return tuple(column for column in self.columns if not column.made)

    @cached_property
    def coded(self) -> tuple[str, ...]:
        """The columns whose text goes through the registry's labels or codes."""
        return tuple(column.name for column in self.columns if column.is_coded)


def one_of(*values: str) -> frozenset[str]:
    """A closed list."""
    return frozenset(values)
