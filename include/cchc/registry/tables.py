"""The registry -> Arrow tables ``reg_*``, columns and types as docs/architecture.md lists them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from cchc.registry.catalogue import Registry
from cchc.registry.indices import digits
from cchc.registry.model import Selector, Unit

_SCORE, _PERCENT, _FIGURE = pa.decimal128(9, 2), pa.decimal128(9, 4), pa.decimal128(18, 4)
_WEIGHT = pa.decimal128(7, 6)


def _schema(text: str, **types: pa.DataType) -> pa.Schema:
    """Columns in order; text unless a type is given or the name says it is a date."""
    dates = ("valid_from", "valid_to", "effective_from", "period_from", "period_to", "period_start", "period_end")

    def kind(name: str) -> pa.DataType:
        return types.get(
            name, pa.date32() if name in (*dates, "day", "known_from", "decided_on", "published_at") else pa.string()
        )

    return pa.schema([(name, kind(name)) for name in text.split()])


SCHEMAS: dict[str, pa.Schema] = {
    "reg_units": _schema(
        "agency_code admin_code kind name level parent valid_from valid_to is_invented_code source",
        is_invented_code=pa.bool_(),
    ),
    "reg_mergers": _schema(
        "old_admin_code old_name old_level new_admin_code new_name effective_from source weight weight_source unlisted",
        weight=_WEIGHT,
    ),
    "reg_procedures": _schema(
        "procedure_code name field level fee_vnd max_days day_kind online_level paper_result "
        "valid_from valid_to source",
        fee_vnd=pa.int64(),
        max_days=pa.int32(),
        paper_result=pa.bool_(),
    ),
    "reg_system_units": _schema(
        "system system_name dataset dialect unit valid_from valid_to due_days due_time", due_days=pa.int32()
    ),
    "reg_systems": _schema("system name_vi name_en valid_from valid_to"),
    "reg_system_datasets": _schema(
        "system dataset dialect ext delimiter encoding headings optional code_patterns not_tolerated "
        "units due_days due_time expected",
        due_days=pa.int32(),
    ),
    "reg_headings": _schema("headings heading canonical"),
    "reg_labels": _schema("field label canonical"),
    "reg_codes": _schema("dialect field code canonical"),
    "reg_portal_answers": _schema("answer group_name criterion numerator_keys denominator_keys"),
    "reg_methods": _schema(
        "method name_vi name_en source valid_from valid_to is_default max_score late_days objection_days tie_rule "
        "rounding least_volume least_deliveries_percent least_coverage_percent nearest_peers",
        is_default=pa.bool_(),
        max_score=_SCORE,
        late_days=pa.int32(),
        objection_days=pa.int32(),
        least_volume=pa.int32(),
        least_deliveries_percent=_PERCENT,
        least_coverage_percent=_PERCENT,
        nearest_peers=pa.int32(),
    ),
    "reg_volume_classes": _schema("method lower_bound", lower_bound=pa.int64()),
    "reg_groups": _schema(
        "method group_name position name_vi name_en max_score", position=pa.int32(), max_score=_SCORE
    ),
    "reg_criteria": _schema(
        "method criterion group_name position max_score full_at_percent zero_denominator name_vi name_en source",
        position=pa.int32(),
        max_score=_SCORE,
        full_at_percent=_PERCENT,
    ),
    "reg_bands": _schema(
        "method band name_vi name_en lower_bound upper_bound valid_from valid_to source",
        lower_bound=_SCORE,
        upper_bound=_SCORE,
    ),
    "reg_band_conditions": _schema("method band valid_from criterion least_percent", least_percent=_PERCENT),
    "reg_adjustments": _schema(
        "adjustment unit_code method period_start period_end criterion points reason evidence approved_by decided_on",
        points=_SCORE,
    ),
    "reg_indicators": _schema(
        "indicator name_vi name_en dataset numerator_rule denominator_rule numerator_rule_en denominator_rule_en "
        "unit_of_measure source additivity"
    ),
    "reg_targets": _schema(
        "indicator unit_code level period_from period_to operator target_percent source verified note",
        target_percent=_PERCENT,
        verified=pa.bool_(),
    ),
    "reg_calendar": _schema(
        "day is_working_day holiday_vi holiday_en known_from verified source",
        is_working_day=pa.bool_(),
        verified=pa.bool_(),
    ),
    "reg_periods": _schema("kind period_start period_end label_vi label_en series"),
    "reg_published": _schema(
        "figure_id source_document unit_code scope period_start period_end measure published_value published_text "
        "operator decimals unit_of_measure flag suggested_value note",
        published_value=_FIGURE,
        suggested_value=_FIGURE,
        decimals=pa.int32(),
    ),
    "reg_timeliness_rules": _schema(
        "rule_set name_vi name_en compare minus_supplement several_supplements without_due withdrawn waiting source",
        minus_supplement=pa.bool_(),
    ),
    "reg_ending_rules": _schema(
        "rule_set status position end_basis expects_date",
        status=pa.int32(),
        position=pa.int32(),
        expects_date=pa.bool_(),
    ),
    "reg_rules_in_force": _schema("rule_set valid_from valid_to source"),
    "reg_integrity_signals": _schema(
        "signal name_vi name_en limit_days limit_minutes limit_cases limit_percent note_vi note_en "
        "valid_from valid_to source",
        limit_days=pa.int32(),
        limit_minutes=pa.int32(),
        limit_cases=pa.int32(),
        limit_percent=_PERCENT,
    ),
    "reg_corrections": _schema(
        "number dataset system key column_name expected_old new_value reason status objection decided_by decided_on "
        "valid_from valid_to",
        number=pa.int32(),
        decided_on=pa.date32(),
    ),
    "reg_templates": _schema(
        "template criteria_of name_vi name_en note_vi note_en valid_from valid_to source",
    ),
    "reg_declarables": _schema(
        "criterion template position name_vi name_en part part_vi answer answer_vi numerator_vi denominator_vi "
        "exhaustive valid_from valid_to source",
        position=pa.int32(),
        exhaustive=pa.bool_(),
    ),
    "reg_index_schemes": _schema(
        "scheme family name_vi name_en level issuer decision valid_from valid_to source verified note",
        verified=pa.bool_(),
    ),
    "reg_index_nodes": _schema(
        "scheme node parent position kind name_vi name_en max_score max_basis valid_from valid_to source verified note",
        position=pa.int32(),
        max_score=_FIGURE,
        verified=pa.bool_(),
    ),
    "reg_index_figures": _schema("scheme node indicator valid_from valid_to source verified", verified=pa.bool_()),
    "reg_index_editions": _schema(
        "edition scheme year revision period_start period_end published_at ranked_units unit_set mean_percent "
        "mean_change source note",
        year=pa.int32(),
        revision=pa.int32(),
        ranked_units=pa.int32(),
        mean_percent=_PERCENT,
        mean_change=_PERCENT,
    ),
    "reg_index_values": _schema(
        "edition unit_code node raw_value normalised norm_low norm_high self_score recognised_score score score_digits "
        "percent percent_digits rank rank_of rank_change published_text evidence_name evidence_sha256 source note",
        **dict.fromkeys(("raw_value", "normalised", "norm_low", "norm_high"), _FIGURE),
        **dict.fromkeys(("self_score", "recognised_score", "score"), _FIGURE),
        percent=_PERCENT,
        **dict.fromkeys(("score_digits", "percent_digits", "rank", "rank_of", "rank_change"), pa.int32()),
    ),
}


def build_tables(registry: Registry) -> dict[str, pa.Table]:
    """One Arrow table for each name of :data:`SCHEMAS`."""
    methods = registry.methods.values()
    rows: dict[str, Iterable[Any]] = {
        "reg_units": registry.units,
        "reg_mergers": registry.mergers,
        "reg_procedures": registry.procedures,
        "reg_system_units": system_units(registry),
        "reg_systems": [{**vars(system), "system": system.code} for system in registry.systems.values()],
        "reg_system_datasets": [
            {
                **vars(spec),
                "system": system.code,
                "units": _units_text(spec.units),
                "optional": _pairs(spec.optional),
                "code_patterns": _pairs(spec.code_patterns),
                "not_tolerated": " ".join(spec.not_tolerated) or None,
            }
            for system in registry.systems.values()
            for spec in system.datasets
        ],
        "reg_headings": registry.heading_rows,
        "reg_labels": registry.label_rows,
        "reg_codes": registry.code_rows,
        "reg_portal_answers": [
            {
                **vars(answer),
                "numerator_keys": " ".join(answer.numerator_keys) or None,
                "denominator_keys": " ".join(answer.denominator_keys) or None,
            }
            for answer in registry.portal_answers
        ],
        "reg_methods": [
            {
                **vars(method),
                "least_deliveries_percent": method.completeness.deliveries_percent,
                "least_coverage_percent": method.completeness.coverage_percent,
            }
            for method in methods
        ],
        "reg_volume_classes": [
            {"method": method.method, "lower_bound": bound}
            for method in methods
            for bound in (0, *method.volume_classes)
        ],
        "reg_groups": [
            {**vars(group), "method": method.method, "group_name": group.group, "position": position}
            for method in methods
            for position, group in enumerate(method.groups, start=1)
        ],
        "reg_criteria": [
            {"method": method.method, "group_name": group.group, "position": position, **criterion.model_dump()}
            for method in methods
            for position, (group, criterion) in enumerate(method.criteria(), start=1)
        ],
        "reg_bands": registry.bands,
        "reg_band_conditions": [
            {"method": band.method, "band": band.band, "valid_from": band.valid_from, **vars(condition)}
            for band in registry.bands
            for condition in band.conditions
        ],
        "reg_adjustments": registry.adjustments,
        "reg_indicators": registry.indicators,
        "reg_targets": [
            {**item.model_dump(), "source": item.source if item.verified else f"{item.source} (chưa kiểm chứng)"}
            for item in registry.targets
        ],
        "reg_calendar": registry.calendar,
        "reg_periods": registry.periods,
        "reg_published": registry.published_figures,
        "reg_timeliness_rules": registry.timeliness_rules,
        "reg_ending_rules": registry.ending_rules,
        "reg_rules_in_force": registry.rules_in_force,
        "reg_integrity_signals": registry.integrity_signals,
        "reg_corrections": [{**vars(each), "column_name": each.column} for each in registry.corrections],
        "reg_templates": registry.templates,
        "reg_declarables": registry.declarables,
        "reg_index_schemes": registry.index_schemes,
        "reg_index_nodes": registry.index_nodes,
        "reg_index_figures": registry.index_figures,
        "reg_index_editions": registry.index_editions,
        "reg_index_values": [
            {**vars(each), "score_digits": digits(each.score), "percent_digits": digits(each.percent)}
            for each in registry.index_values
        ],
    }
    return {name: _table(rows[name], schema) for name, schema in SCHEMAS.items()}


def _table(rows: Iterable[Any], schema: pa.Schema) -> pa.Table:
    listed = list(rows)

    def cell(row: Any, name: str) -> Any:
        return row[name] if isinstance(row, Mapping) else getattr(row, name)

    return pa.table([pa.array([cell(row, f.name) for row in listed], f.type) for f in schema], schema=schema)


def _pairs(told: Mapping[str, object]) -> str | None:
    """``column=value`` for each column, parted by spaces."""
    return " ".join(f"{name}={value}" for name, value in sorted(told.items())) or None


def _units_text(units: tuple[str, ...] | Selector) -> str:
    """Units as the registry says them: codes, or the level below a unit."""
    return f"{units.level} below {units.under}" if isinstance(units, Selector) else " ".join(units)


def system_units(registry: Registry) -> list[dict[str, Any]]:
    """Which system delivers what for which unit, when. Where nothing is due daily, due days and time are null."""
    versions: dict[str, list[Unit]] = {}
    for unit in registry.units:
        versions.setdefault(unit.agency_code, []).append(unit)
    rows = []
    for system in registry.systems.values():
        for spec in system.datasets:
            if isinstance(spec.units, Selector):
                wanted = [u for u in registry.units if u.level == spec.units.level]
                codes = sorted({u.agency_code for u in wanted if _is_below(registry, u, spec.units.under)})
            else:
                codes = sorted(set(spec.units))
            daily = spec.expected == "daily"
            for code in codes:
                for start, end in _spans(versions.get(code, []), system.valid_from, system.valid_to):
                    rows.append(
                        {
                            "system": system.code,
                            "system_name": system.name_vi,
                            "dataset": spec.dataset,
                            "dialect": spec.dialect,
                            "unit": code,
                            "valid_from": start,
                            "valid_to": end,
                            "due_days": spec.due_days if daily else None,
                            "due_time": spec.due_time if daily else None,
                        }
                    )
    return rows


def _is_below(registry: Registry, unit: Unit, under: str) -> bool:
    return unit.agency_code in registry.units_below(under, unit.level, unit.valid_from)


def _spans(units: list[Unit], first: date, last: date | None) -> list[tuple[date, date | None]]:
    """The validity of a unit's versions within the system's, versions that touch made one."""
    spans: list[tuple[date, date | None]] = []
    for unit in sorted(units, key=lambda item: item.valid_from):
        start = max(unit.valid_from, first)
        end = min((day for day in (unit.valid_to, last) if day is not None), default=None)
        if end is not None and end < start:
            continue
        if spans and spans[-1][1] is not None and (start - spans[-1][1]).days == 1:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans
