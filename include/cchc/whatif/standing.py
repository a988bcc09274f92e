"""How a unit stands in a period by its default method, with all that an answer needs, from the relations ``pub.*``."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cchc.errors import PermanentError
from cchc.publish import Period, Reader, one_period, open_reader
from cchc.settings import Settings
from cchc.whatif.points import Band, Criterion


@dataclass(frozen=True)
class Measure:
    """A criterion as measured. ``source``: ``exports`` (counted here), ``portal`` (published) or ``declared``."""

    rule: Criterion
    numerator: Decimal
    denominator: Decimal
    score: Decimal
    source: str


@dataclass(frozen=True)
class Standing:
    """A unit in a period. ``others``: totals of the units ranked together with it (level and province); ``rank`` is
    None where it is not ranked, and ``null_reason`` says why."""

    unit_code: str
    unit_name: str
    period: Period
    method: str
    total: Decimal
    max_attainable: Decimal
    ranked_level: str | None
    rank: int | None
    null_reason: str | None
    others: tuple[Decimal, ...]
    bands: tuple[Band, ...]
    measures: tuple[Measure, ...]
    tie_rule: str = "shared"


def read_standing(settings: Settings, unit: str, period: str) -> Standing:
    """The standing of a unit; ``PermanentError`` where the period is unknown or the unit has no score in it."""
    with open_reader(settings) as reader:
        found = one_period(reader, period)
        ranked = reader.rows(
            "select unit_name, method, total, max_attainable, ranked_level, province_code, rank, null_reason, dossiers "
            "from pub.ranking_v1 where unit_code = ? and period_id = ? and is_default_method",
            [unit, found.id],
        )
        if not ranked:
            raise PermanentError(f"no score of {unit} in {found.label}: is the agency code right?")
        row = ranked[0]
        others = reader.rows(
            "select total from pub.ranking_v1 where period_id = ? and method = ? and province_code = ? "
            "and ranked_level = ? and rank is not null and unit_code <> ?",
            [found.id, row["method"], row["province_code"], row["ranked_level"], unit],
        )
        return Standing(
            unit_code=unit,
            unit_name=row["unit_name"],
            period=found,
            method=row["method"],
            total=row["total"],
            max_attainable=row["max_attainable"],
            ranked_level=row["ranked_level"],
            rank=row["rank"],
            null_reason=row["null_reason"],
            others=tuple(other["total"] for other in others),
            # as the models: a unit without dossiers has no band
            bands=() if not row["dossiers"] else _bands(reader, row["method"], found),
            measures=_measures(reader, unit, found, row["method"]),
            tie_rule=_tie_rule(reader, row["method"]),
        )


def _tie_rule(reader: Reader, method: str) -> str:
    return str(reader.rows("select tie_rule from pub.method_v1 where method = ?", [method])[0]["tie_rule"])


def _bands(reader: Reader, method: str, period: Period) -> tuple[Band, ...]:
    rows = reader.rows(
        "select band, band_vi, band_en, lower_bound from pub.method_band_v1 where method = ? "
        "and valid_from <= ? and (valid_to is null or valid_to >= ?) order by lower_bound",
        [method, period.end, period.end],
    )
    return tuple(Band(row["band"], row["band_vi"], row["band_en"], row["lower_bound"]) for row in rows)


def _measures(reader: Reader, unit: str, period: Period, method: str) -> tuple[Measure, ...]:
    rows = reader.rows(
        "select c.criterion, c.max_score, c.full_at_percent, c.zero_denominator, "
        "i.numerator, i.denominator, i.score, i.source "
        "from pub.unit_indicator_v1 i "
        "join pub.method_criterion_v1 c on i.method = c.method and i.indicator = c.criterion "
        "where i.unit_code = ? and i.period_id = ? and i.method = ? and i.score is not null "
        "order by c.position, c.criterion",
        [unit, period.id, method],
    )
    return tuple(
        Measure(
            Criterion(row["criterion"], row["max_score"], row["full_at_percent"], row["zero_denominator"]),
            row["numerator"],
            row["denominator"],
            row["score"],
            row["source"],
        )
        for row in rows
    )
