"""Lists of claims as CSV files: the shipped ones, and anyone's in the same columns.

Out beside the columns that came in: ``verdict``, ``recomputed``, ``explanation``. Raises ``PermanentError`` for a
file that is no such list, naming the columns; a row that cannot be read stays in the list, and its explanation names
the field.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import fields
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from cchc.claims.denominators import named, source_of
from cchc.claims.model import COLUMNS, Claim, Judged
from cchc.claims.texts import explanation
from cchc.claims.verdict import judge
from cchc.errors import PermanentError
from cchc.table_file import write_csv

#: The shipped lists: figures of the press and of offices, and those of the five articles this project began with.
SHIPPED = ("public", "seeds")
ANSWERS = ("verdict", "recomputed", "explanation")
_NEEDED = ("statement_type", "numerator", "denominator", "value")


def read_claims(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """The heading of a list and its rows."""
    return _read(path)


def shipped_rows() -> list[dict[str, str]]:
    """Every shipped claim as a row, with ``list`` (public, seeds), ``expected_verdict`` and ``reason``."""
    folder = resources.files("cchc.claims").joinpath("data")
    return [{"list": name, **row} for name in SHIPPED for row in _read(folder.joinpath(f"{name}.csv"))[1]]


def claims_of(rows: Iterable[dict[str, str]]) -> list[Claim]:
    """The rows of a list as claims; columns that a claim does not know are left out."""
    known = [each.name for each in fields(Claim) if each.name != "row"]
    return [
        Claim(**{name: row[name].strip() for name in known if row.get(name)}, row=number)
        for number, row in enumerate(rows, start=2)
    ]


def judge_all(claims: Sequence[Claim]) -> list[Judged]:
    """Every claim against itself, with the denominators that its source names elsewhere."""
    denominators = named(claims)
    return [judge(claim, denominators.get(source_of(claim), ())) for claim in claims]


def shipped() -> list[Judged]:
    """The shipped claims, judged."""
    return judge_all(claims_of(shipped_rows()))


def write_judged(
    path: Path, names: Sequence[str], rows: Sequence[dict[str, str]], judged: Sequence[Judged], language: str = "vi"
) -> Path:
    """The list as it came, with the three columns of the answer in place of any that were there."""
    kept = [name for name in names if name not in ANSWERS]
    answers = ((each.verdict.value, each.recomputed, explanation(each, language)) for each in judged)
    return write_csv(
        path,
        [*kept, *ANSWERS],
        ([*(row[name] for name in kept), *answer] for row, answer in zip(rows, answers, strict=True)),
    )


def _read(path: Path | Traversable) -> tuple[list[str], list[dict[str, str]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PermanentError(f"{path}: not UTF-8 (byte {error.start}); save it as CSV UTF-8") from error
    except OSError as error:
        raise PermanentError(f"{path}: cannot be read: {error.strerror}") from error
    heading = text.partition("\n")[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","  # Excel in Vietnamese writes semicolons
    reader = csv.DictReader(text.splitlines(keepends=True), restval="", strict=True, delimiter=delimiter)
    try:
        names = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = names
        rows = list(reader)
    except csv.Error as error:
        raise PermanentError(f"{path}, line {reader.line_num}: no CSV: {error}") from error
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        wanted = ", ".join(COLUMNS)
        raise PermanentError(f"{path}: no list of claims: {', '.join(missing)} missing; its columns are {wanted}")
    long = next((number for number, row in enumerate(rows, start=2) if None in row), None)
    if long is not None:
        raise PermanentError(f"{path}: row {long} has more cells than the heading; a text with commas needs quotes")
    return names, rows
