"""The tables of an edition: which columns of which published view, in which order of rows.

Nothing of the clock is among them: the same inputs give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any

from cchc.objections import Effect, effects
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
_INTERVALS = (
    *("unit_code", "unknown_dossiers", "unknown_petitions", "score_low", "score_high", "rank_best", "rank_worst"),
    *("one_dossier_points", "is_distinguishable_from_next", "is_few_dossiers"),
)
_PEERS = ("unit_code", "peer_group", "peer_value", "rank", "ranked_units")
_ADJUSTMENTS = (
    *("adjustment", "unit_code", "unit_name", "criterion", "points", "reason", "evidence", "approved_by", "decided_on"),
)
_DELIVERIES = (
    *("system", "unit_code", "export_date", "dataset", "revision", "path", "sha256", "size_bytes"),
    *("rows_read", "rows_accepted", "rows_quarantined", "rows_duplicate"),
)
_OBJECTIONS = (
    *("unit_code", "objection_number", "criterion", "objection_reason", "dossiers", "dossier_codes", "filed_on"),
    *("window_ends", "is_late", "state", "answered_on", "answered_by", "answer_note", "path", "sha256"),
)
_CORRECTIONS = (
    *("correction_number", "dataset", "system", "dossier_code", "handling_unit", "column_name", "expected_old"),
    *("new_value", "delivered_value", "effect", "rows_applied", "correction_reason", "correction_status"),
    *("objection_key", "decided_by", "decided_on"),
)
_EFFECTS = tuple(field.name for field in fields(Effect))
_OF = "province_code = ? and period_id = ? and method = ?"


def tables(reader: Reader, period: Period, method: str, province: str) -> list[Table]:
    """Every table of a province's edition.

    Corrections are those of dossiers received in the period by a unit of the province.
    """
    of = (province, period.id, method)
    units = f"select unit_code from pub.ranking_v1 where {_OF}"
    return [
        _table(reader, "ranking", _RANKING, f"from pub.ranking_v1 where {_OF} order by rank nulls last, unit_code", of),
        _table(
            reader,
            "indicators",
            _INDICATORS,
            f"from pub.unit_indicator_v1 where {_OF} order by unit_code, indicator",
            of,
        ),
        _table(
            reader,
            "groups",
            _GROUPS,
            f"from pub.unit_score_group_v1 where period_id = ? and method = ? and unit_code in ({units}) "
            "order by unit_code, group_name",
            (period.id, method, *of),
        ),
        _table(
            reader,
            "completeness",
            _COMPLETENESS,
            f"from pub.unit_completeness_v1 where period_id = ? and unit_code in ({units}) order by unit_code",
            (period.id, *of),
        ),
        _table(
            reader,
            "intervals",
            _INTERVALS,
            f"from pub.rank_interval_v1 where period_id = ? and method = ? and unit_code in ({units}) "
            "order by unit_code",
            (period.id, method, *of),
        ),
        _table(
            reader,
            "peers",
            _PEERS,
            f"from pub.peer_rank_v1 where period_id = ? and method = ? and unit_code in ({units}) "
            "order by unit_code, peer_group",
            (period.id, method, *of),
        ),
        _table(reader, "adjustments", _ADJUSTMENTS, f"from pub.adjustment_v1 where {_OF} order by adjustment", of),
        _table(
            reader,
            "deliveries",
            _DELIVERIES,
            "from pub.delivery_file_v1 order by system, unit_code, export_date, dataset, revision",
        ),
        _table(
            reader,
            "objections",
            _OBJECTIONS,
            f"from pub.objection_v1 where period_id = ? and unit_code in ({units}) "
            "order by unit_code, objection_number",
            (period.id, *of),
        ),
        _effects(reader, period, method, units, of),
        _table(
            reader,
            "corrections",
            _CORRECTIONS,
            "from pub.correction_v1 c where exists (select 1 from pub.dossier_trail_v1 x "
            "where x.system = c.system and x.dossier_code = c.dossier_code and x.received_date between ? and ? "
            f"and x.handling_unit in ({units})) order by correction_number",
            (period.start, period.end, *of),
        ),
    ]


def _effects(reader: Reader, period: Period, method: str, units: str, of: Sequence[Any]) -> Table:
    """What each objection would change if it were upheld, unit by unit."""
    listed = reader.rows(
        f"select * from pub.objection_v1 where period_id = ? and unit_code in ({units}) "
        "order by unit_code, objection_number",
        (period.id, *of),
    )
    found = [effect for objection in listed for effect in effects(reader, objection, method)]
    return Table("objection_effects", _EFFECTS, [astuple(effect) for effect in found])


def _table(reader: Reader, name: str, columns: tuple[str, ...], rest: str, of: Sequence[Any] = ()) -> Table:
    _, rows = reader.stream(f"select {', '.join(columns)} {rest}", of)
    return Table(name, columns, list(rows))
