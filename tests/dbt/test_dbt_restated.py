"""Restated series: sums of whole units, weights where known, reasons elsewhere; rankings are of their day."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import restated_world as w
from dbt_warehouse import dbt, duckdb_environment
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from restated_sql import Compiled, merger, unit
from test_dbt_build import assert_equal, rebuilt, tables

from cchc.load import open_warehouse
from cchc.settings import Settings

pytestmark = pytest.mark.slow
Series = dict[tuple[str, str], tuple[Any, ...]]


def series(path: Path, indicator: str = "PROCESSING_ON_TIME") -> Series:
    """(unit, period) -> numerator, denominator, grade, reason, sources."""
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "select unit_code, period_id, cast(numerator as varchar), cast(denominator as varchar), grade, "
            "grade_reason, source_codes from publish.pub_restated_indicator where indicator = ?",
            [indicator],
        ).fetchall()
    found = {(unit, period): (_plain(n), _plain(d), *rest) for unit, period, n, d, *rest in rows}
    assert len(found) == len(rows)
    return found


def _plain(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, dict[str, str]]:
    folder = tmp_path_factory.mktemp("restated")
    settings = Settings(workdir=folder, exports="")
    with open_warehouse(settings) as warehouse:
        w.fill(warehouse, w.write_registry(folder / "registry"))
    env = duckdb_environment(folder, settings.duckdb_path)
    dbt(env, "build", "--full-refresh", "--exclude-resource-type", "unit_test")
    return settings, env


@pytest.fixture(scope="module")
def found(merged: tuple[Settings, dict[str, str]]) -> Series:
    return series(merged[0].duckdb_path)


def test_whole_mergers_are_the_sum_of_the_parts_over_several_steps(found: Series) -> None:
    parts = ["Q50.D1.A", "Q50.D1.B", "Q50.D2.F"]
    assert found["Q50.108", w.P_MAY] == (*w.summed(w.MAY, parts), "whole", None, ", ".join(parts))
    assert found["Q50.108", w.P_AUGUST][:4] == (*w.summed(w.AUGUST, ["Q50.101", "Q50.106"]), "whole", None)
    both = [sum(pair) for pair in zip(found["Q50.108", w.P_MAY][:2], found["Q50.108", w.P_AUGUST][:2], strict=True)]
    assert list(found["Q50.108", w.P_2025][:4]) == [*both, "whole", None]
    assert found["Q50.108", w.P_LAST][:4] == (6, 8, "same", None)


def test_a_province_is_the_sum_of_its_predecessors(found: Series) -> None:
    assert found["Q50", w.P_MAY] == (*w.summed(w.MAY, w.COUNTS[w.MAY]), "whole", None, "Q46, Q50")
    assert found["Q50", w.P_AUGUST][2:] == ("same", None, "Q50")


def test_a_reused_code_joins_nothing(merged: tuple[Settings, dict[str, str]], found: Series) -> None:
    """44 was Q46's until June 2025 and is Q50's since: only the merger brings them together, never the code."""
    assert not any(unit == "Q46" for unit, _ in found)
    with duckdb.connect(str(merged[0].duckdb_path), read_only=True) as connection:
        steps = connection.execute(
            "select old_span_key, new_span_key, is_merging from marts.dim_unit_succession "
            "where new_span_key like 'Q50:%'"
        ).fetchall()
    assert sorted(steps) == [("Q46:2020-01-01", "Q50:2025-07-01", True), ("Q50:2020-01-01", "Q50:2025-07-01", True)]


def test_a_split_unit_is_absent_without_a_weight_and_parted_with_one(found: Series) -> None:
    for part in ("Q50.102", "Q50.103"):
        assert found[part, w.P_MAY] == (None, None, "not_comparable", "split_without_weight", "Q50.D1.C")
    assert found["Q50.104", w.P_MAY][:4] == (Decimal("0.75"), Decimal("1.75"), "weighted", None)
    assert found["Q50.105", w.P_MAY][:4] == (Decimal("2.25"), Decimal("5.25"), "weighted", None)
    assert found["Q50.102", w.P_AUGUST][:4] == (1, 1, "same", None)


def test_a_gap_is_no_zero_and_a_desk_has_no_successor(found: Series) -> None:
    gap = found["Q50.107", w.P_MAY]
    assert gap == (None, None, "not_comparable", "predecessor_without_data", "Q50.D2.G, Q50.D2.H")
    assert found["Q50.D1", w.P_MAY][:4] == (None, None, "not_comparable", "task_moved")


def test_a_change_of_name_and_kind_is_no_change_of_territory(found: Series) -> None:
    assert found["Q50.109", w.P_MAY][:4] == (2, 3, "renamed", None)
    assert found["Q50.109", w.P_LAST][:4] == (2, 2, "same", None)


def test_counts_of_different_things_are_not_summed(merged: tuple[Settings, dict[str, str]]) -> None:
    """Of an indicator that no sum gives a unit that stayed as it was keeps its figure."""
    settings, _ = merged
    with duckdb.connect(str(settings.duckdb_path), read_only=True) as connection:
        kinds = dict(connection.execute("select indicator, additivity from marts.dim_indicator").fetchall())
    assert {kinds[name] for name in ("PUBLISH_ON_TIME", "ONLINE_SERVICE_USED", "DOSSIER_SYNC")} == {"none"}
    assert (kinds["VNEID_ACTIVATED"], kinds["PROCESSING_ON_TIME"]) == ("stock", "flow")


def test_scores_are_of_the_method_in_force_and_in_no_ranking(merged: tuple[Settings, dict[str, str]]) -> None:
    with duckdb.connect(str(merged[0].duckdb_path), read_only=True) as connection:
        scores = connection.execute(
            "select restated_method, restated_score, max_score from publish.pub_restated_indicator "
            f"where unit_code = 'Q50.108' and period_id = '{w.P_MAY}' and indicator = 'PROCESSING_ON_TIME'"
        ).fetchall()
        ranked = connection.execute(
            f"select count(*) from scoring.fct_ranking where unit_code = 'Q50.108' and period_id = '{w.P_MAY}'"
        ).fetchall()
    numerator, denominator = w.summed(w.MAY, ["Q50.D1.A", "Q50.D1.B", "Q50.D2.F"])
    points = (Decimal(20) * numerator / denominator).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    assert scores == [("qd766-portal-2026", points, Decimal("20.00"))]
    assert ranked == [(0,)]


def test_units_are_ranked_among_those_of_their_day(merged: tuple[Settings, dict[str, str]]) -> None:
    with duckdb.connect(str(merged[0].duckdb_path), read_only=True) as connection:
        rows = connection.execute(
            "select unit_code, period_id, province_code, rank, ranked_units, null_reason from publish.pub_ranking "
            "where method = 'qd766-portal-2026' and level in ('district', 'commune')"
        ).fetchall()
    ranking = {(unit, period): rest for unit, period, *rest in rows}
    assert ranking["Q46.D3", w.P_MAY][:1] + ranking["Q46.D3", w.P_MAY][2:] == ["Q46", 1, None]
    assert {ranking[unit, w.P_MAY][2] for unit in ("Q50.D1", "Q50.D2")} == {2}
    of_may = {unit for (unit, period), rest in ranking.items() if period == w.P_MAY and rest[1] is not None}
    assert of_may == {"Q46.D3", "Q50.D1", "Q50.D2", "Q50.D1.A", "Q50.D1.B", "Q50.D1.C", "Q50.D2.E", "Q50.D2.F",
                      "Q50.D2.G", "Q50.109"}  # fmt: skip
    # the year holds both: those in force at its end are ranked, the others say why not
    of_2025 = {unit for (unit, period), rest in ranking.items() if period == w.P_2025 and rest[1] is not None}
    assert of_2025 == {"Q50.101", "Q50.102", "Q50.104", "Q50.106", "Q50.109"}
    assert ranking["Q50.D1.A", w.P_2025][3] == "not_in_force"


def test_a_later_merger_a_name_and_a_kind_are_data_only(
    merged: tuple[Settings, dict[str, str]], tmp_path: Path
) -> None:
    """Rows of two files, and a build of what changed: the figures follow, and equal those of a full build."""
    settings = Settings(workdir=tmp_path, exports="")
    shutil.copy(merged[0].duckdb_path, settings.duckdb_path)
    env = duckdb_environment(tmp_path, settings.duckdb_path)
    units = w.UNITS.replace("Xã C Đông,commune,Q50,2025-07-01,", "Xã C Đông,commune,Q50,2025-07-01,2026-08-14")
    units = units.replace("Tỉnh Nam,province,,2025-07-01,", "Tỉnh Nam,province,,2025-07-01,2026-07-31")
    units += "Q50,44,thành phố,Thành phố Nam,province,,2026-08-01,\n"
    units += "Q50.102,01003,xã,Xã C Mới,commune,Q50,2026-08-15,\n"
    units = units.replace("Xã GH,commune,Q50,2025-07-01,", "Xã GH,commune,Q50,2025-07-01,2026-07-31")
    mergers = w.MERGERS + "01008,Xã GH,commune,02001,Xã Lớn,2026-08-01,test,,,\n"
    with open_warehouse(settings) as warehouse:
        warehouse.begin_build()
        warehouse.finish_build()
        assert warehouse.sync_registry(
            w.registry_tables_of(w.write_registry(tmp_path / "registry", units, mergers)), "second"
        )
        assert not warehouse.begin_build()["full_refresh"]
    dbt(env, "run", "--selector", "daily_build")
    after = series(settings.duckdb_path)
    joined = ["Q50.D1.A", "Q50.D1.B", "Q50.D2.F", "Q50.D2.G", "Q50.D2.H"]
    assert after["Q50.108", w.P_MAY] == (None, None, "not_comparable", "predecessor_without_data", ", ".join(joined))
    assert after["Q50.108", w.P_LAST][:4] == (6 + 3, 8 + 3, "whole", None)  # what still came under the old code
    assert after["Q50.102", w.P_AUGUST][:4] == (1, 1, "renamed", None)
    assert after["Q50", w.P_AUGUST][2:4] == ("renamed", None)
    assert not any(unit == "Q50.107" for unit, _ in after)
    assert_equal(tables(settings.duckdb_path), rebuilt(settings, env))


@pytest.fixture(scope="module")
def compiled(merged: tuple[Settings, dict[str, str]]) -> Compiled:
    return Compiled(Path(merged[1]["DBT_TARGET_PATH"]))


START, FIRST, SECOND, END = date(2020, 1, 1), date(2022, 1, 1), date(2023, 1, 1), date(2023, 12, 31)
PERIODS = [
    ("before", START, date(2021, 12, 31)),
    ("between", FIRST, date(2022, 12, 31)),
    ("after", SECOND, END),
    ("all", START, END),
]
FLOW = [("F", "flow", "dossiers")]


@dataclass
class Now:
    """A unit at one step of a forest: its open row, and every agency whose territory it has."""

    code: str
    admin: str
    row: list[Any]
    members: set[str] = field(default_factory=set)


@dataclass
class Forest:
    units: list[list[Any]]
    mergers: list[list[Any]]
    figures: list[list[Any]]
    trees: dict[str, set[str]]


@st.composite
def forests(draw: st.DrawFn) -> Forest:
    """Units that come together whole, in two steps. Codes wander freely: a new unit may have any code that is free."""
    rows: list[list[Any]] = []
    mergers: list[list[Any]] = []
    now: list[Now] = []
    for number in range(draw(st.integers(1, 8))):
        row = unit(f"U{number}", f"{number:05d}", START, None)
        rows.append(row)
        now.append(Now(f"U{number}", f"{number:05d}", row, {f"U{number}"}))
    for step, day in enumerate((FIRST, SECOND)):
        groups: dict[int, list[Now]] = {}
        for one in now:
            groups.setdefault(draw(st.integers(0, 5)), []).append(one)
        staying = [group[0] for group in groups.values() if len(group) == 1 and draw(st.booleans())]
        changing = [group for group in groups.values() if group[0] not in staying]
        free = draw(st.permutations([one.admin for group in changing for one in group]))
        now = list(staying)
        for number, group in enumerate(changing):
            code = draw(st.sampled_from([f"N{step}{number}", *(one.code for one in group)]))
            admin = free[number]
            goes_on = next((one for one in group if (one.code, one.admin) == (code, admin)), None)
            for one in group:
                if one is not goes_on:
                    one.row[7] = day - timedelta(days=1)
                if one is not goes_on or draw(st.booleans()):  # that a unit goes on as itself may be said or not
                    mergers.append(merger(one.admin, admin, day))
            row = goes_on.row if goes_on else unit(code, admin, day, None)
            if not goes_on:
                rows.append(row)
            now.append(Now(code, admin, row, {code}.union(*(one.members for one in group))))
    figures = []
    for period, first, last in PERIODS:
        valid = {row[0] for row in rows if row[6] <= last and (row[7] or END) >= first}
        for code in sorted(valid):
            whole = draw(st.integers(1, 40))
            figures.append([code, period, "F", "exports", draw(st.integers(0, whole)), whole, True])
    return Forest(rows, mergers, figures, {one.code: one.members for one in now})


@examples(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(forest=forests())
def test_sums_over_whole_mergers_conserve_totals(compiled: Compiled, forest: Forest) -> None:
    found = compiled.series(
        stg_units=forest.units,
        reg_mergers=forest.mergers,
        dim_period=[[*period, period[2]] for period in PERIODS],
        dim_indicator=FLOW,
        fct_unit_indicator=forest.figures,
    )
    assert {row[6] for row in found} == {None}
    expected = {}
    for code, members in forest.trees.items():
        for period, *_ in PERIODS:
            parts = [(row[4], row[5]) for row in forest.figures if row[0] in members and row[1] == period]
            if parts:
                expected[code, period] = (sum(n for n, _ in parts), sum(d for _, d in parts))
    assert {(row[0], row[1]): (row[3], row[4]) for row in found} == expected
    for period, *_ in PERIODS:
        assert sum(row[4] for row in found if row[1] == period) == sum(r[5] for r in forest.figures if r[1] == period)


def test_a_code_alone_never_joins(compiled: Compiled) -> None:
    """Without the merger nobody knows: not by 44, and not by the agency code that got another number."""
    found = compiled.series(
        stg_units=[
            unit("H46", "44", START, date(2021, 12, 31), "province"),
            unit("H50", "45", START, date(2021, 12, 31), "province"),
            unit("H50", "44", FIRST, None, "province"),
        ],
        dim_period=[["before", START, date(2021, 12, 31), date(2021, 12, 31)], ["after", FIRST, END, END]],
        dim_indicator=FLOW,
        fct_unit_indicator=[
            ["H46", "before", "F", "exports", 1, 2, True],
            ["H50", "before", "F", "exports", 3, 4, True],
            ["H50", "after", "F", "exports", 5, 6, True],
        ],
    )
    assert [(row[0], row[1], row[4], row[6]) for row in found] == [
        ("H46", "before", None, "succession_unknown"),
        ("H50", "after", 6, None),
        ("H50", "before", None, "succession_unknown"),
    ]


def ratio(compiled: Compiled, additivity: str, source: str, figures: list[list[Any]], **more: Any) -> Any:
    """A and B come together as N; the row of N before that."""
    eve = date(2021, 12, 31)
    found = compiled.series(
        stg_units=[unit("A", "1", START, eve), unit("B", "2", START, eve), unit("N", "1", FIRST, None)],
        reg_mergers=[merger("1", "1", FIRST), merger("2", "1", FIRST), *more.pop("mergers", [])],
        dim_period=[["before", START, eve, eve], ["all", START, END, END]],
        dim_indicator=[("F", additivity, "dossiers")],
        fct_unit_indicator=[[code, period, "F", source, n, d, True] for code, period, n, d in figures],
        **more,
    )
    return {row[1]: row[3:] for row in found if row[0] == "N"}


def test_what_cannot_be_summed_says_why(compiled: Compiled) -> None:
    both = [["A", "before", 1, 2], ["B", "before", 3, 4]]
    assert ratio(compiled, "flow", "exports", both)["before"] == (4, 6, "whole", None)
    assert ratio(compiled, "none", "exports", both)["before"] == (None, None, "not_comparable", "not_additive")
    assert ratio(compiled, "flow", "exports", both[:1])["before"][3] == "predecessor_without_data"
    bare = [["A", "before", 50, 100], ["B", "before", 60, 100]]
    portal = [["A", "before", "F", None, None, 50], ["B", "before", "F", None, None, 60]]
    assert ratio(compiled, "flow", "portal", bare, fct_portal_figure=portal)["before"][3] == "portal_without_parts"
    unlisted = ratio(compiled, "flow", "exports", both, mergers=[merger("9", "1", FIRST)])
    assert unlisted["before"][2:] == ("not_comparable", "predecessor_unlisted")


def test_a_stock_counts_those_who_stand_at_the_end(compiled: Compiled) -> None:
    """The people of A and B are N's by the end of a period that holds the merger; nobody is counted twice."""
    figures = [
        ["A", "all", 1, 10],
        ["B", "all", 2, 20],
        ["N", "all", 4, 31],
        ["A", "before", 1, 10],
        ["B", "before", 2, 20],
    ]
    found = ratio(compiled, "stock", "exports", figures)
    assert (found["all"][:2], found["before"][:2]) == ((4, 31), (3, 30))
    assert ratio(compiled, "flow", "exports", figures)["all"][:2] == (7, 61)


def test_a_split_that_came_together_again_is_whole(compiled: Compiled) -> None:
    eve, second_eve = date(2021, 12, 31), date(2022, 12, 31)
    units = [unit("A", "1", START, eve), unit("B", "2", FIRST, second_eve), unit("C", "3", FIRST, second_eve)]
    figures = [["A", "before", "F", "exports", 1, 2, True]]
    period = [["before", START, eve, eve], ["after", SECOND, END, END]]
    split = [merger("1", "2", FIRST), merger("1", "3", FIRST)]
    again = [merger("2", "4", SECOND), merger("3", "4", SECOND)]
    known = {"dim_period": period, "dim_indicator": FLOW, "fct_unit_indicator": figures}
    found = compiled.series(stg_units=[*units, unit("D", "4", SECOND, None)], reg_mergers=[*split, *again], **known)
    assert [row[:2] + row[3:] for row in found] == [("D", "before", 1, 2, "whole", None)]
    units = [units[0], unit("B", "2", FIRST, None), unit("C", "3", FIRST, None)]
    found = compiled.series(stg_units=units, reg_mergers=split, **known)
    assert [(row[0], row[6]) for row in found] == [("B", "split_without_weight"), ("C", "split_without_weight")]
