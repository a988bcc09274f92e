"""The tables of an edition: which columns of which published view, in which order of rows.

Nothing of the clock is among them: the same inputs give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cchc.publish import Period, Reader


@dataclass(frozen=True)
class Table:
    """One table, whole: a province has a few hundred units."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


_RANKING = (
    *("unit_code", "unit_name", "level", "ranked_level", "dossiers", "computed_total", "adjustment", "total"),
    *("max_attainable", "percent_of_attainable", "rank", "ranked_units", "band", "previous_rank", "rank_change"),
    *("is_few_dossiers", "null_reason"),
)
_INDICATORS = (
    *("unit_code", "unit_name", "level", "indicator", "numerator", "denominator", "ratio", "group_name"),
    *("score", "max_score", "source", "null_reason", "legal_source"),
)
_GROUPS = ("unit_code", "unit_name", "level", "group_name", "score", "max_attainable", "max_score", "is_complete")
_COMPLETENESS = (
    *("unit_code", "deliveries_due", "deliveries_readable", "deliveries_percent"),
    *("dossiers_in_exports", "dossiers_on_portal", "coverage_percent"),
)
_ADJUSTMENTS = (
    *("adjustment", "unit_code", "unit_name", "criterion", "points", "reason", "evidence", "approved_by", "decided_on"),
)
_DELIVERIES = (
    *("system", "unit_code", "export_date", "dataset", "revision", "path", "sha256", "size_bytes"),
    *("rows_read", "rows_accepted", "rows_quarantined", "rows_duplicate"),
)
_OF = "province_code = ? and period_id = ? and method = ?"


def tables(reader: Reader, period: Period, method: str, province: str) -> list[Table]:
    """Every table of a province's edition."""
    of = (province, period.id, method)
    units = f"select unit_code from publish.pub_ranking where {_OF}"
    return [
        _table(
            reader, "ranking", _RANKING, f"from publish.pub_ranking where {_OF} order by rank nulls last, unit_code", of
        ),
        _table(
            reader,
            "indicators",
            _INDICATORS,
            f"from publish.pub_unit_indicator where {_OF} order by unit_code, indicator",
            of,
        ),
        _table(
            reader,
            "groups",
            _GROUPS,
            f"from publish.pub_unit_score_group where period_id = ? and method = ? and unit_code in ({units}) "
            "order by unit_code, group_name",
            (period.id, method, *of),
        ),
        _table(
            reader,
            "completeness",
            _COMPLETENESS,
            f"from publish.pub_unit_completeness where period_id = ? and unit_code in ({units}) order by unit_code",
            (period.id, *of),
        ),
        _table(reader, "adjustments", _ADJUSTMENTS, f"from publish.pub_adjustment where {_OF} order by adjustment", of),
        _table(
            reader,
            "deliveries",
            _DELIVERIES,
            "from publish.pub_delivery_file order by system, unit_code, export_date, dataset, revision",
        ),
    ]


def _table(reader: Reader, name: str, columns: tuple[str, ...], rest: str, of: Sequence[Any] = ()) -> Table:
    _, rows = reader.stream(f"select {', '.join(columns)} {rest}", of)
    return Table(name, columns, list(rows))
