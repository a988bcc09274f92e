"""From a figure back to its rows: every dossier, petition, payment or count, with file, revision and row number.

In: ``unit_indicator_v1`` for the figure, ``pub.*_trail_v1`` for the rows. Out: rows whose parts add up to the figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from cchc.errors import PermanentError
from cchc.publish.document import number
from cchc.publish.read import Reader, open_reader
from cchc.settings import Settings

Row = dict[str, Any]

_LATE = "coalesce(x.overdue_from_date <= ?, false)"
_APOLOGISED = "coalesce(x.first_apology_date <= ?, false)"

#: Of dossiers: what counts into the numerator and into the denominator. ``{late}``: overdue at the period's
#: as_of; ``{apologised}``: with a sent letter signed by then.
_DOSSIERS: dict[str, tuple[str, str]] = {
    "PROCESSING_ON_TIME": ("not {late}", "x.timeliness is distinct from 'not_judged'"),
    "ONLINE_DOSSIER": ("x.channel = 'online'", "true"),
    "PAYMENT_ONLINE_DOSSIER": ("x.is_obligated and x.is_paid_online", "x.is_obligated"),
    "PAYMENT_TRANSACTION_ONLINE": ("false", "x.is_obligated"),
    "ORIGINAL_RESULT_AVAILABLE": ("x.has_electronic_result", "true"),
    "SO_HOA_GIAY_TO_GIAI_QUYET": ("x.has_digitised_parts", "true"),
    "REUSED_DIGITIZED_DATA": ("x.has_reused_part", "true"),
    "SYNCED_WITH_DVCQG_PERSONAL_STORAGE": ("x.is_from_personal_store", "true"),
    "CITIZEN_DATA_CONNECTED_DOSSIER": ("x.is_vneid_verified", "true"),
    "OVERDUE_WITH_APOLOGY": ("{late} and {apologised}", "{late}"),
    "DOSSIER_RECEIVING_SATISFACTION": ("not {late} and not x.is_dissatisfied", "true"),
}
#: Of petitions, the numerator; all of them are the denominator.
_PETITIONS: dict[str, str] = {
    "PETITION_PROCESSING_ON_TIME": "not {late}",
    "PETITION_HANDLING_SATISFACTION": "not {late} and coalesce(x.is_satisfied, true)",
}

_FILE = "x.path, x.revision, x.row_number, x.export_date, x.revision_id, x.sha256"
#: What is said of a dossier, whatever the indicator.
_FLAGS = (
    "x.procedure_code, x.channel, x.status, x.received_at, x.due_at, x.ended_at, x.end_basis, x.ended_at_net, "
    "x.is_without_due_at, x.is_ended_without_date, x.is_obligated, x.is_paid_online, x.n_succeeded_transactions, "
    "x.has_electronic_result, x.has_digitised_parts, x.has_reused_part, x.is_from_personal_store, "
    "x.is_vneid_verified, x.is_dissatisfied, x.first_apology_date, x.corrections"
)
_BELOW = (
    "join pub.unit_ancestry_v1 a on a.unit_code = ? and a.descendant_code = x.{unit} "
    "and x.{day} between a.holds_from and a.holds_to "
)


def dossier_parts(indicator: str, as_of: date, supposed: Mapping[str, str] | None = None) -> tuple[str, str] | None:
    """SQL conditions on ``dossier_trail_v1 x``: whether a dossier counts into numerator and denominator at a day.

    ``supposed``: conditions that take the place of columns (``x.channel``) or of ``late`` and ``apologised``. None
    where the indicator does not count dossiers.
    """
    if indicator not in _DOSSIERS or indicator == "PAYMENT_TRANSACTION_ONLINE":
        return None
    supposed = supposed or {}
    day = f"date '{as_of}'"
    late = supposed.get("late", _LATE.replace("?", day))
    apologised = supposed.get("apologised", _APOLOGISED.replace("?", day))
    numerator, denominator = (part.format(late=late, apologised=apologised) for part in _DOSSIERS[indicator])
    for column, value in supposed.items():
        if not column.startswith("x."):
            continue
        numerator, denominator = numerator.replace(column, value), denominator.replace(column, value)
    return f"({denominator}) and ({numerator})", f"({denominator})"


@dataclass
class Trail:
    """A figure and the rows behind it. ``in_numerator`` and ``in_denominator`` of the rows sum up to the figure."""

    unit: str
    indicator: str
    period_start: date
    period_end: date
    as_of: date | None
    numerator: Decimal | None
    denominator: Decimal | None
    score: Decimal | None
    method: str | None
    source: str
    rows: list[Row] = field(default_factory=list)


def trail(settings: Settings, unit: str, indicator: str, period_start: date, period_end: date) -> Trail:
    """The figure of a unit, indicator and period, and every row behind it; a parent has those of the units below."""
    with open_reader(settings) as reader:
        found = _figure(reader, unit, indicator, period_start, period_end)
        if found.source == "portal":
            found.rows = _portal(reader, found)
        elif found.source == "declared":
            found.rows = _declared(reader, found)
        elif indicator == "PAYMENT_TRANSACTED_PROCEDURE":
            found.rows = _fee_procedures(reader, found)
        elif indicator in _DOSSIERS:
            found.rows = _dossiers(reader, found)
            if indicator == "PAYMENT_TRANSACTION_ONLINE":
                found.rows += _payments(reader, found)
        elif indicator in _PETITIONS:
            found.rows = _petitions(reader, found)
        elif indicator == "VNEID_ACTIVATED":
            found.rows = _vneid(reader, found)
        return found


def _figure(reader: Reader, unit: str, indicator: str, start: date, end: date) -> Trail:
    figures = reader.rows(
        "select as_of_date, numerator, denominator, score, method, source from pub.unit_indicator_v1 "
        "where unit_code = ? and indicator = ? and period_start = ? and period_end = ? "
        "order by is_default_method desc",
        [unit, indicator, start, end],
    )
    if not figures:
        raise PermanentError(f"no figure {indicator} of {unit} for {start} to {end}")
    first = figures[0]
    return Trail(
        unit,
        indicator,
        start,
        end,
        first["as_of_date"],
        first["numerator"],
        first["denominator"],
        first["score"],
        first["method"],
        first["source"],
    )


def _one(condition: str) -> str:
    return f"case when {condition} then 1 else 0 end"


def _late(expression: str, found: Trail) -> tuple[str, list[Any]]:
    """The expression with the day filled in, and its parameters."""
    filled = expression.format(late=_LATE, apologised=_APOLOGISED)
    return filled, [found.as_of] * filled.count("?")


def _rows(reader: Reader, sql: str, parameters: Sequence[Any]) -> list[Row]:
    return [{name: number(value) for name, value in row.items()} for row in reader.rows(sql, parameters)]


def _dossiers(reader: Reader, found: Trail) -> list[Row]:
    numerator, days = _late(_DOSSIERS[found.indicator][0], found)
    denominator, more_days = _late(_DOSSIERS[found.indicator][1], found)
    return _rows(
        reader,
        f"select 'dossier' as record, x.dossier_code as code, x.handling_unit as unit_code, "
        f"{_one(numerator)} as in_numerator, {_one(denominator)} as in_denominator, x.system, {_FILE}, "
        f"{_LATE} as is_overdue, {_FLAGS} "
        f"from pub.dossier_trail_v1 x {_BELOW.format(unit='handling_unit', day='received_date')}"
        f"where x.received_date between ? and ? and ({denominator}) order by x.received_at, x.dossier_code, x.system",
        [*days, *more_days, found.as_of, found.unit, found.period_start, found.period_end, *more_days],
    )


def _payments(reader: Reader, found: Trail) -> list[Row]:
    """Transactions of the obligated dossiers, with the columns of the dossiers' rows and those of the payment."""
    return _rows(
        reader,
        "select 'payment' as record, x.transaction_code as code, d.handling_unit as unit_code, "
        f"1 as in_numerator, 0 as in_denominator, x.system, {_FILE}, "
        f"{_LATE.replace('x.', 'd.')} as is_overdue, {_FLAGS.replace('x.', 'd.')}, "
        "d.dossier_code, x.paid_at, x.amount_vnd "
        "from pub.payment_trail_v1 x join pub.dossier_trail_v1 d on x.dossier_key = d.dossier_key "
        f"{_BELOW.format(unit='handling_unit', day='received_date').replace('x.', 'd.')}"
        "where d.received_date between ? and ? and d.is_obligated and x.outcome = 'succeeded' and not x.is_refunded "
        "order by x.paid_at, x.transaction_code",
        [found.as_of, found.unit, found.period_start, found.period_end],
    )


def _petitions(reader: Reader, found: Trail) -> list[Row]:
    numerator, days = _late(_PETITIONS[found.indicator], found)
    return _rows(
        reader,
        f"select 'feedback' as record, x.feedback_code as code, x.unit_code, {_one(numerator)} as in_numerator, "
        f"1 as in_denominator, x.system, {_FILE}, x.kind, x.dossier_code, x.join_status, x.received_at, x.due_at, "
        f"x.answered_at, {_LATE} as is_overdue, x.is_without_due_at, x.is_satisfied "
        f"from pub.feedback_trail_v1 x {_BELOW.format(unit='unit_code', day='received_date')}"
        "where x.received_date between ? and ? and x.kind in ('regulation', 'staff') "
        "order by x.received_at, x.feedback_code",
        [*days, found.as_of, found.unit, found.period_start, found.period_end],
    )


def _vneid(reader: Reader, found: Trail) -> list[Row]:
    """The last row of each commune in the period; a parent leaves out communes that ended before the as_of date."""
    return _rows(
        reader,
        "with last_rows as (select *, row_number() over (partition by unit_code order by export_date desc) as position "
        "from pub.vneid_trail_v1 where unit_code is not null and export_date between ? and ?) "
        "select 'vneid' as record, x.commune_code as code, x.unit_code, x.activated as in_numerator, "
        f"x.chip_card_holders as in_denominator, x.system, {_FILE}, "
        "x.as_of_date, x.activated_level1, x.activated_level2 "
        f"from last_rows x {_BELOW.format(unit='unit_code', day='export_date')}"
        "where x.position = 1 and (a.depth = 0 or x.unit_valid_to >= ?) order by x.unit_code",
        [found.period_start, found.period_end, found.unit, found.as_of],
    )


def _portal(reader: Reader, found: Trail) -> list[Row]:
    """The portal's own figure; where it publishes a ratio without its parts, the ratio stands as x of 100."""
    bare = "x.numerator is null and x.denominator is null and x.published_percent is not null"
    return _rows(
        reader,
        "select 'portal' as record, x.criterion as code, x.unit_code, "
        f"coalesce(case when {bare} then x.published_percent else x.numerator end, 0) as in_numerator, "
        f"coalesce(case when {bare} then 100 else x.denominator end, 0) as in_denominator, {_FILE}, "
        "x.published_percent, x.published_score, x.max_score from pub.portal_trail_v1 x "
        "where x.unit_code = ? and x.criterion = ? and x.period_id = ?",
        [found.unit, found.indicator, f"{found.period_start}_{found.period_end}"],
    )


def _declared(reader: Reader, found: Trail) -> list[Row]:
    """The declaration in force, then those of the same period that it replaced, which count nothing."""
    return _rows(
        reader,
        "select 'declared' as record, x.criterion as code, x.unit_code, "
        "case when x.is_current then x.numerator else 0 end as in_numerator, "
        f"case when x.is_current then x.denominator else 0 end as in_denominator, x.system, {_FILE}, "
        "x.is_current, x.declared_by, x.declared_date, x.evidence_name, x.evidence_sha256, "
        "x.numerator as declared_numerator, x.denominator as declared_denominator from pub.declared_trail_v1 x "
        "where x.unit_code = ? and x.criterion = ? and x.period_start = ? and x.period_end = ? "
        "order by x.is_current desc, x.declared_date desc, x.export_date desc, x.row_number",
        [found.unit, found.indicator, found.period_start, found.period_end],
    )


def _fee_procedures(reader: Reader, found: Trail) -> list[Row]:
    """Each fee-bearing procedure once, by one dossier of it: the first that was paid online, else the first."""
    return _rows(
        reader,
        "with paid as (select x.*, x.is_paid_online or x.n_succeeded_transactions > 0 as is_paid "
        f"from pub.dossier_trail_v1 x {_BELOW.format(unit='handling_unit', day='received_date')}"
        "where x.received_date between ? and ? and x.is_fee_bearing), "
        "firsts as (select *, row_number() over (partition by procedure_code "
        "order by is_paid desc, received_at, dossier_code, system) as position from paid) "
        f"select 'procedure' as record, x.procedure_code as code, {_one('x.is_paid')} as in_numerator, "
        f"1 as in_denominator, x.handling_unit as unit_code, x.dossier_code, x.received_at, x.system, {_FILE}, "
        "x.is_paid_online, x.n_succeeded_transactions from firsts x where x.position = 1 order by x.procedure_code",
        [found.unit, found.period_start, found.period_end],
    )
