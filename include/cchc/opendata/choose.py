"""Which relations are open, and what they are called in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import yaml

from cchc.conceal import MARK, covers, unclassed
from cchc.errors import PermanentError
from cchc.serve import Column, Relation

#: Columns of one case, one file or one person. A relation that has any is never open, whatever its ``meta`` says.
CLOSED = frozenset(
    {
        *("dossier_code", "dossier_codes", "dossier_key", "new_dossier_code", "feedback_code", "transaction_code"),
        *("payment_key", "letter_key", "letter_number", "objection_key", "objection_number", "correction_number"),
        *("path", "sha256", "revision", "revision_id", "row_number", "earlier_path", "later_path", "payload"),
        *("declared_by", "decided_by", "approved_by", "answered_by", "answer_note", "evidence", "evidence_name"),
        *("evidence_sha256", "signal", "handling_unit", "receiving_unit"),
    }
)
#: What every relation with counts has in the package beside what is served.
_MARKED = Column(
    MARK,
    "boolean",
    "Whether counts of this row are hidden (empty, though they are known): one of them, or one that they would tell, "
    "is smaller than the least that is published. · Có số đếm của dòng này được che (để trống dù đã biết): chính nó, "
    "hoặc số mà nó để lộ, nhỏ hơn mức công bố.",
)


@dataclass(frozen=True)
class Titles:
    """Vietnamese titles, see ``titles.yaml``."""

    relations: dict[str, str]
    columns: dict[str, str]

    def of(self, relation: str, column: str) -> str:
        """The title of a column; its name where it has none."""
        return self.columns.get(f"{relation}.{column}") or self.columns.get(column, column)


@cache
def titles() -> Titles:
    """What open relations and columns are called."""
    found = yaml.safe_load(files("cchc.opendata").joinpath("titles.yaml").read_text("utf-8"))
    return Titles(found["relations"], found["columns"])


def open_relations(relations: Iterable[Relation]) -> list[Relation]:
    """Those whose model says ``meta.open: true``; nothing is open that does not say so.

    Raises ``PermanentError`` where one of them holds rows of single cases, files or persons, or numbers of which nobody
    said whether they count cases.
    """
    chosen = [each for each in relations if each.is_open]
    for each in chosen:
        found = sorted(CLOSED.intersection(column.name for column in each.columns))
        if found or each.rows_of:
            raise PermanentError(
                f"{each.source} says open: true and holds rows of single cases ({', '.join(found) or each.rows_of}); "
                "take the flag away, nothing was written"
            )
    loose = [f"{each.source}.{column}" for each in chosen for column in unclassed(each.name, _numbers(each))]
    if loose:
        raise PermanentError(
            f"conceal/counts.yaml does not say whether these columns count cases: {', '.join(loose)}; "
            "name them there, nothing was written"
        )
    return sorted(chosen, key=lambda each: each.name)


def as_written(relation: Relation) -> Relation:
    """The relation as the package has it: with counts, it says of every row whether any is hidden."""
    return replace(relation, columns=(*relation.columns, _MARKED)) if covers(relation.name) else relation


def _numbers(relation: Relation) -> list[str]:
    return [each.name for each in relation.columns if each.data_type.startswith(("integer", "bigint", "decimal"))]
