"""Rows of an open relation without the counts that are hidden, each marked: hidden is not unknown."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from cchc.conceal.build import Hidden
from cchc.conceal.cells import KINDS, RESTATED
from cchc.conceal.classes import DOSSIERS, SCOPES, SUPPRESSED, Counts, classes, family

#: The column that says of a row that counts of it are hidden.
MARK = "is_suppressed"
_BETWEEN = "\x1f"


def covers(relation: str) -> bool:
    """Whether a relation counts cases."""
    return bool(classes().relations.get(relation, Counts()).counts)


def cover(relation: str, rows: pa.Table, hidden: Hidden) -> pa.Table:
    """The rows with null for every hidden count, and the column ``is_suppressed``, in which something was there."""
    rule = classes().relations[relation]
    taken: pa.ChunkedArray = pa.chunked_array([pa.repeat(False, rows.num_rows)])
    hit: dict[tuple[str, ...], pa.ChunkedArray] = {}
    for name in rule.blanked:
        families = rule.families(name)
        if families not in hit:
            hit[families] = _is_hidden(rule, rows, families, hidden)
        column = rows[name]
        taken = pc.or_(taken, pc.and_(hit[families], pc.is_valid(column)))
        blank = pc.if_else(hit[families], pa.scalar(None, column.type), column)
        rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), blank)
    if "null_reason" in rows.column_names and rule.family:
        reason = pc.if_else(taken, pa.scalar(SUPPRESSED), rows["null_reason"])
        rows = rows.set_column(rows.schema.get_field_index("null_reason"), rows.schema.field("null_reason"), reason)
    return rows.append_column(pa.field(MARK, pa.bool_()), taken)


def _is_hidden(rule: Counts, rows: pa.Table, families: Iterable[str], hidden: Hidden) -> pa.ChunkedArray:
    """Of each row, whether any of its families is hidden."""
    period = rows[rule.period] if rule.period else _period(rows)
    values = pa.array(sorted(_BETWEEN.join(cell) for cell in hidden.cells), pa.string())
    found: pa.ChunkedArray = pa.chunked_array([pa.repeat(False, rows.num_rows)])
    for of in [_families(rule, rows, hidden)] if rule.family else [pa.scalar(each) for each in families]:
        keys = pc.binary_join_element_wise(rows["unit_code"], period, of, _BETWEEN)
        found = pc.or_(found, pc.fill_null(pc.is_in(keys, value_set=values), False))
    return found


def _period(rows: pa.Table) -> pa.ChunkedArray:
    """The period of a figure, by its first and last day."""
    start, end = (rows[name].cast(pa.string()) for name in ("period_start", "period_end"))
    return pc.binary_join_element_wise(start, end, "_")


def _families(rule: Counts, rows: pa.Table, hidden: Hidden) -> pa.ChunkedArray:
    """By row its family."""
    if rule.family == "scope":
        names = pa.array(list(SCOPES))
        after = pa.array([DOSSIERS + KINDS[kind] for kind in SCOPES.values()])
        return pc.take(after, pc.index_in(rows["scope"], value_set=names))
    pairs = pc.binary_join_element_wise(rows["indicator"], pc.fill_null(rows["source"], ""), _BETWEEN)
    known = pc.unique(pairs)
    after = KINDS[RESTATED] if rule.family == "restated" else ""
    said = []
    for pair in known.to_pylist():
        indicator, _, source = (pair or "").partition(_BETWEEN)
        said.append(family(indicator, source, hidden.datasets) + after)
    return pc.take(pa.array(said, pa.string()), pc.index_in(pairs, value_set=known))
