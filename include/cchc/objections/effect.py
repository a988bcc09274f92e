"""What an objection changes if it is upheld: scores, totals and ranks, of every unit that moves.

Upheld means that what the objection says of its dossiers is true: they count in the numerator of its criterion, and in
that of every other criterion that looks at the same fact (a due date decides about satisfaction, too); a dossier that
is not the unit's leaves all its figures. Which dossiers count is told by the conditions of ``cchc trail``, the points
by the arithmetic of ``cchc.whatif``; tests hold both against the models, and the whole against a rebuilt warehouse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cchc.publish import Reader
from cchc.publish.trail import dossier_parts
from cchc.whatif.points import Criterion, rank_of, score

#: Criterion -> what is true of a dossier if an objection to it is upheld.
_SUPPOSED: dict[str, dict[str, str]] = {
    "PROCESSING_ON_TIME": {"late": "false"},
    "ONLINE_DOSSIER": {"x.channel": "'online'"},
    "PAYMENT_ONLINE_DOSSIER": {"x.is_paid_online": "true"},
    "ORIGINAL_RESULT_AVAILABLE": {"x.has_electronic_result": "true"},
    "SO_HOA_GIAY_TO_GIAI_QUYET": {"x.has_digitised_parts": "true"},
    "REUSED_DIGITIZED_DATA": {"x.has_reused_part": "true"},
    "SYNCED_WITH_DVCQG_PERSONAL_STORAGE": {"x.is_from_personal_store": "true"},
    "CITIZEN_DATA_CONNECTED_DOSSIER": {"x.is_vneid_verified": "true"},
    "DOSSIER_RECEIVING_SATISFACTION": {"late": "false", "x.is_dissatisfied": "false"},
}
NOT_OURS = "not_ours"


@dataclass(frozen=True)
class Effect:
    """A unit as it stands and as it would stand. Figures are of the objection's criterion; ``None`` where there is no
    such figure or rank. ``unknown``: why nothing can be computed, then of the objecting unit alone; else None.
    """

    objection_key: str
    unit_code: str
    unit_name: str | None
    unknown: str | None
    numerator: Decimal | None = None
    numerator_if: Decimal | None = None
    denominator: Decimal | None = None
    denominator_if: Decimal | None = None
    score: Decimal | None = None
    score_if: Decimal | None = None
    total: Decimal | None = None
    total_if: Decimal | None = None
    rank: int | None = None
    rank_if: int | None = None


#: Of a unit: criterion -> how many cases more its numerator and its denominator have.
_Moved = dict[str, dict[str, tuple[Decimal, Decimal]]]


def effects(reader: Reader, objection: Mapping[str, Any], method: str | None = None) -> list[Effect]:
    """The effect of one row of ``objection_v1`` (by the period's default method, or the one named), the objecting
    unit first, then every other unit whose total or rank changes, by code. It is measured from what is published now:
    once a correction is in, nothing is left to change."""
    key, unit, criterion = objection["objection_key"], objection["unit_code"], objection["criterion"]
    ranking = _ranking(reader, objection["period_id"], method)
    own = ranking.get(unit)
    if own is None:
        return [Effect(key, unit, None, "no_score")]
    figures = _figures(reader, objection["period_id"], own["method"])
    mine = figures.get((unit, criterion))
    if mine is None:
        return [Effect(key, unit, own["unit_name"], "not_scored")]
    supposed = _SUPPOSED.get(criterion)
    if mine["source"] != "exports" or (supposed is None and objection["objection_reason"] != NOT_OURS):
        unknown = "not_from_dossiers"
    elif not objection["dossier_codes"]:
        unknown = "no_dossiers_named"
    else:
        unknown = None
    if unknown:
        return [_effect(key, criterion, unknown, own, figures, {}, {unit: own["rank"]})]
    moved = _moved(reader, objection, own["as_of_date"], {c for _, c in figures}, supposed or {})
    return _rerun(key, criterion, own, ranking, figures, moved)


def _ranking(reader: Reader, period_id: str, method: str | None) -> dict[str, dict[str, Any]]:
    chosen = "method = ?" if method else "is_default_method"
    rows = reader.rows(
        "select unit_code, unit_name, method, province_code, ranked_level, as_of_date, total, rank "
        f"from pub.ranking_v1 where period_id = ? and {chosen} order by unit_code",
        [period_id, *([method] if method else [])],
    )
    return {row["unit_code"]: row for row in rows}


def _figures(reader: Reader, period_id: str, method: str) -> dict[tuple[str, str], dict[str, Any]]:
    rows = reader.rows(
        "select i.unit_code, i.indicator, i.numerator, i.denominator, i.score, i.source, c.max_score, "
        "c.full_at_percent, c.zero_denominator from pub.unit_indicator_v1 i "
        "join pub.method_criterion_v1 c on i.method = c.method and i.indicator = c.criterion "
        "where i.period_id = ? and i.method = ? and i.score is not null",
        [period_id, method],
    )
    return {(row["unit_code"], row["indicator"]): row for row in rows}


def _moved(
    reader: Reader, objection: Mapping[str, Any], as_of: Any, scored: set[str], supposed: Mapping[str, str]
) -> _Moved:
    """How the named dossiers of the unit move the figures of it and of every unit above it."""
    leaves = objection["objection_reason"] == NOT_OURS
    columns, counted = [], []
    for criterion in sorted(scored):
        before = dossier_parts(criterion, as_of)
        after = ("false", "false") if leaves else dossier_parts(criterion, as_of, supposed)
        if before is None or after is None:
            continue
        counted.append(criterion)
        for then, now in zip(after, before, strict=True):
            columns.append(f"sum(case when {then} then 1 else 0 end) - sum(case when {now} then 1 else 0 end)")
    codes = objection["dossier_codes"].split()
    _, rows = reader.stream(
        f"select above.unit_code, {', '.join(columns)} from pub.dossier_trail_v1 x "
        "join pub.unit_ancestry_v1 mine on mine.unit_code = ? and mine.descendant_code = x.handling_unit "
        "and x.received_date between mine.holds_from and mine.holds_to "
        "join pub.unit_ancestry_v1 above on above.descendant_code = x.handling_unit "
        "and x.received_date between above.holds_from and above.holds_to "
        f"where x.received_date between ? and ? and x.dossier_code in ({', '.join('?' * len(codes))}) "
        # whose dossier it is in truth the objection does not say, so that nobody else's figures can be told
        f"{'and above.unit_code = mine.unit_code ' if leaves else ''}group by above.unit_code",
        [objection["unit_code"], objection["period_start"], objection["period_end"], *codes],
    )
    return {
        unit: {
            criterion: (Decimal(found[2 * n]), Decimal(found[2 * n + 1]))
            for n, criterion in enumerate(counted)
            if found[2 * n] or found[2 * n + 1]
        }
        for unit, *found in rows
    }


def _rerun(
    key: str,
    criterion: str,
    own: Mapping[str, Any],
    ranking: Mapping[str, dict[str, Any]],
    figures: Mapping[tuple[str, str], dict[str, Any]],
    moved: _Moved,
) -> list[Effect]:
    """Score the moved figures anew, and rank the units anew that are ranked with one that moved."""
    totals = {
        unit: row["total"]
        + sum(
            (
                _scored(figures, moved, unit, c) - figures[unit, c]["score"]
                for c in moved.get(unit, {})
                if _counts(figures, unit, c)
            ),
            Decimal(0),
        )
        for unit, row in ranking.items()
    }
    ranks = {unit: row["rank"] for unit, row in ranking.items()}
    fields = {(row["province_code"], row["ranked_level"]) for unit, row in ranking.items() if unit in moved}
    for field in fields:
        together = [
            unit
            for unit, row in ranking.items()
            if (row["province_code"], row["ranked_level"]) == field and row["rank"] is not None
        ]
        left = [unit for unit in together if not _is_empty(figures, moved, unit)]
        for unit in together:
            others = [totals[other] for other in left if other != unit]
            ranks[unit] = rank_of(totals[unit], others) if unit in left else None
    changed = [
        unit
        for unit, row in ranking.items()
        if unit != own["unit_code"] and (totals[unit] != row["total"] or ranks[unit] != row["rank"])
    ]
    listed = [own, *(ranking[unit] for unit in changed)]
    return [_effect(key, criterion, None, row, figures, moved, ranks, totals[row["unit_code"]]) for row in listed]


def _effect(
    key: str,
    criterion: str,
    unknown: str | None,
    row: Mapping[str, Any],
    figures: Mapping[tuple[str, str], dict[str, Any]],
    moved: _Moved,
    ranks: Mapping[str, int | None],
    total_if: Decimal | None = None,
) -> Effect:
    unit = row["unit_code"]
    figure = figures.get((unit, criterion))
    more = moved.get(unit, {}).get(criterion, (Decimal(0), Decimal(0))) if _counts(figures, unit, criterion) else (0, 0)
    known = figure is not None and unknown is None
    return Effect(
        key,
        unit,
        row["unit_name"],
        unknown,
        figure["numerator"] if figure else None,
        figure["numerator"] + more[0] if figure and known else None,
        figure["denominator"] if figure else None,
        figure["denominator"] + more[1] if figure and known else None,
        figure["score"] if figure else None,
        _scored(figures, moved, unit, criterion) if known else None,
        row["total"],
        total_if,
        row["rank"],
        ranks[unit] if unknown is None else None,
    )


def _counts(figures: Mapping[tuple[str, str], dict[str, Any]], unit: str, criterion: str) -> bool:
    """Whether the unit's figure comes from the exports; one of the portal does not move with a dossier."""
    return (unit, criterion) in figures and figures[unit, criterion]["source"] == "exports"


def _scored(figures: Mapping[tuple[str, str], dict[str, Any]], moved: _Moved, unit: str, criterion: str) -> Decimal:
    figure = figures[unit, criterion]
    if not _counts(figures, unit, criterion) or criterion not in moved.get(unit, {}):
        found: Decimal = figure["score"]
        return found
    numerator, denominator = moved[unit][criterion]
    rule = Criterion(criterion, figure["max_score"], figure["full_at_percent"], figure["zero_denominator"])
    return score(rule, figure["numerator"] + numerator, figure["denominator"] + denominator)


def _is_empty(figures: Mapping[tuple[str, str], dict[str, Any]], moved: _Moved, unit: str) -> bool:
    """Whether a unit has no dossier left: then it is not ranked (``fct_ranking``)."""
    figure = figures.get((unit, "PROCESSING_ON_TIME"))
    more = moved.get(unit, {}).get("PROCESSING_ON_TIME", (Decimal(0), Decimal(0)))[1]
    return figure is not None and bool(figure["denominator"] + more == 0)
