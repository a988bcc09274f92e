"""Ranks by the compiled model: ties share one, the order of rows decides nothing, more points never cost a place.

What makes a total is proved elsewhere; here only what becomes of totals.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt_warehouse import Built
from hypothesis import given, settings
from hypothesis import strategies as st

TABLES = {
    "scoring.fct_unit_score": "unit_code varchar, period_id varchar, method varchar, criterion varchar, "
    "numerator decimal(18, 4), denominator decimal(18, 4), max_score decimal(9, 2), score decimal(9, 2)",
    "marts.dim_adjustment": "unit_code varchar, period_id varchar, method varchar, points decimal(9, 2)",
    "marts.dim_method": "method varchar, tie_rule varchar, least_volume integer, "
    "least_deliveries_percent decimal(9, 4), least_coverage_percent decimal(9, 4)",
    "marts.dim_unit_period": "unit_code varchar, period_id varchar, unit_name varchar, level varchar, "
    "province_code varchar, ranked_level varchar, is_in_force boolean",
    "marts.dim_period": "period_id varchar, period_kind varchar, period_series varchar, period_start date, "
    "period_end date",
    "scoring.fct_unit_completeness": "unit_code varchar, period_id varchar, deliveries_due bigint, "
    "deliveries_readable bigint, dossiers_in_exports bigint, dossiers_on_portal bigint",
    "indicators.fct_unit_indicator": "unit_code varchar, period_id varchar, indicator varchar, source varchar, "
    "is_used boolean",
    "marts.dim_band_condition": "method varchar, band varchar, valid_from date, criterion varchar, "
    "least_percent decimal(9, 4)",
    "marts.dim_band": "method varchar, band varchar, name_vi varchar, name_en varchar, lower_bound decimal(9, 2), "
    "valid_from date, valid_to date",
}
POINTS = st.integers(0, 400).map(lambda n: Decimal(n).scaleb(-1))


@pytest.fixture(scope="module")
def ranking(built: Built) -> str:
    """The model as dbt compiled it, without the name of the database."""
    folder = Path(built.env["DBT_TARGET_PATH"]) / "compiled" / "cchc" / "models" / "scoring"
    return (folder / "fct_ranking.sql").read_text(encoding="utf-8").replace(f'"{built.path.stem}".', "")


def ranked(ranking: str, totals: list[tuple[str, Decimal]], tie_rule: str) -> dict[str, dict[str, Any]]:
    """Units with a total each, in one period, method and level, through the model."""
    rows: dict[str, list[tuple[Any, ...]]] = {
        "scoring.fct_unit_score": [(u, "p", "m", "PROCESSING_ON_TIME", 1, 1, 100, total) for u, total in totals],
        "marts.dim_method": [("m", tie_rule, 0, 0, 0)],
        "marts.dim_unit_period": [(u, "p", u, "commune", "X", "commune", True) for u, _ in totals],
        "marts.dim_period": [("p", "month", "month", "2026-09-01", "2026-09-30")],
        "marts.dim_band": [
            ("m", name, name, name, bound, "2026-01-01", None) for name, bound in (("high", 25), ("low", 0))
        ],
    }
    con = duckdb.connect()
    for schema in ("indicators", "scoring", "marts"):
        con.execute(f"create schema {schema}")
    for name, columns in TABLES.items():
        con.execute(f"create table {name} ({columns})")
        if rows.get(name):
            con.executemany(f"insert into {name} values ({', '.join('?' * len(rows[name][0]))})", rows[name])
    found = con.execute(ranking)
    names = [column[0] for column in found.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}


@settings(max_examples=60, deadline=None)
@given(
    totals=st.lists(POINTS, min_size=1, max_size=9),
    tie_rule=st.sampled_from(["shared", "dense"]),
    order=st.randoms(use_true_random=False),
)
def test_ties_share_and_the_order_of_rows_decides_nothing(
    ranking: str, totals: list[Decimal], tie_rule: str, order: Any
) -> None:
    units = [(f"X.{n}", total) for n, total in enumerate(totals)]
    found = ranked(ranking, units, tie_rule)
    for unit, total in units:
        better = [other for other in totals if other > total]
        assert found[unit]["rank"] == 1 + len(set(better) if tie_rule == "dense" else better)
        assert found[unit]["ranked_units"] == len(totals)
        assert found[unit]["band"] == ("high" if total >= 25 else "low")
    order.shuffle(units)
    assert ranked(ranking, units, tie_rule) == found


@settings(max_examples=60, deadline=None)
@given(totals=st.lists(POINTS, min_size=2, max_size=9), more=POINTS, tie_rule=st.sampled_from(["shared", "dense"]))
def test_more_points_never_cost_a_place(ranking: str, totals: list[Decimal], more: Decimal, tie_rule: str) -> None:
    units = [(f"X.{n}", total) for n, total in enumerate(totals)]
    before = ranked(ranking, units, tie_rule)["X.0"]["rank"]
    after = ranked(ranking, [("X.0", totals[0] + more), *units[1:]], tie_rule)["X.0"]["rank"]
    assert after <= before
