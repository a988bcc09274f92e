"""Points of actions and what-if answers are those that the models give when the table is changed."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt_warehouse import Built, dbt, duckdb_environment, served_by

from cchc.errors import PermanentError
from cchc.load import open_warehouse
from cchc.model.what_if import score_file
from cchc.publish import Period, action_list, open_reader
from cchc.registry.open import Registry
from cchc.settings import Settings
from cchc.whatif import Measure, Standing, change, fewest_cases, read_standing
from cchc.whatif.points import Band, Criterion, score

Row = dict[str, Any]


def rows(settings: Settings, sql: str, parameters: tuple[Any, ...] = ()) -> list[Row]:
    with open_reader(settings) as reader:
        return reader.rows(sql, parameters)


def test_the_arithmetic_gives_every_score_of_the_warehouse(built: Built) -> None:
    with duckdb.connect(str(built.path), read_only=True) as working:
        answer = working.execute(
            "select s.*, c.full_at_percent, c.zero_denominator from scoring.fct_unit_score s "
            "join marts.dim_criterion c on s.method = c.method and s.criterion = c.criterion",
        )
        names = [column[0] for column in answer.description]
        found = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    assert len({row["score"] for row in found}) > 50
    for row in found:
        rule = Criterion(row["criterion"], row["max_score"], row["full_at_percent"], row["zero_denominator"])
        assert score(rule, row["numerator"], row["denominator"]) == row["score"], row


def test_standings_have_the_totals_bands_and_ranks_of_the_warehouse(built: Built) -> None:
    ranked = rows(built.settings, "select * from pub.ranking_v1 where is_default_method and period_kind = 'month'")
    assert {row["band"] for row in ranked} >= {"good", "weak"} and {row["rank"] for row in ranked} >= {1, 2, 3, None}
    for row in ranked:
        standing = read_standing(built.settings, row["unit_code"], f"{row['period_start']:%Y-%m}")
        as_it_is = change(standing, {})
        assert sum(measure.score for measure in standing.measures) == as_it_is.total == row["total"]
        assert (as_it_is.band.code if as_it_is.band else None) == row["band"]
        assert as_it_is.rank == row["rank"]
        assert row["rank"] is None or len(standing.others) + 1 == row["ranked_units"]


def test_who_is_not_there_has_no_standing_and_no_list(built: Built) -> None:
    for unit, period, says in (("X1.999", "2026-10", "no score of X1.999"), ("X1.101", "2027-01", "no period")):
        with pytest.raises(PermanentError, match=says):
            read_standing(built.settings, unit, period)
    for unit, asked, says in (
        ("X1.999", None, "no month"),
        ("X1.999", "2026-10", "no dossiers"),
        ("X1", "month", "names"),
    ):
        with pytest.raises(PermanentError, match=says), action_list(built.settings, unit, asked):
            pass


def test_points_of_actions_are_differences_of_scores(built: Built) -> None:
    """Each row against the plain arithmetic; the list of a parent has its own points for the dossiers below."""
    measured = {
        (row["unit_code"], row["period_id"], row["criterion"]): row
        for row in rows(
            built.settings,
            "select i.unit_code, i.period_id, c.*, i.numerator, i.denominator from pub.unit_indicator_v1 i "
            "join pub.method_criterion_v1 c on i.method = c.method and i.indicator = c.criterion "
            "where i.is_default_method and i.score is not null",
        )
    }
    listed = rows(built.settings, "select * from pub.action_v1")
    assert {row["action"] for row in listed} >= {"apology_letter", "electronic_result", "pay_online"}
    assert {row["unit_code"] for row in listed} > {"X1", "X1.02", "X1.101"}
    assert any(0 < row["points"] < 1 for row in listed)
    for row in (row for row in listed if row["action"] != "due_soon"):
        figure = measured.get((row["unit_code"], row["period_id"], row["criterion"]))
        assert row["is_scored"] == (figure is not None)
        gained = exact = Decimal(0)
        if figure is not None:
            rule = Criterion("", figure["max_score"], figure["full_at_percent"], "zero")
            counts = figure["numerator"], figure["denominator"]
            gained = score(rule, counts[0] + 1, counts[1]) - score(rule, *counts)
            exact = min(rule.max_score, rule.max_score * (counts[0] + 1) * 100 / counts[1] / rule.full_at_percent)
            exact -= min(rule.max_score, rule.max_score * counts[0] * 100 / counts[1] / rule.full_at_percent)
        assert row["points"] == row["criterion_points"] == gained
        assert abs(row["points_unrounded"] - exact) <= Decimal("0.00005")


def test_done_and_built_again_the_total_moves_by_the_points(built: Built, tmp_path: Path) -> None:
    """An overdue dossier of one commune gets a due time that is near, one of another commune is paid online."""
    settings = Settings(workdir=tmp_path, exports="")
    shutil.copy(built.path, settings.duckdb_path)
    served_by(settings, built.env, anew=True)
    paid, *_ = rows(
        settings,
        "select * from pub.action_v1 where action = 'pay_online' and unit_code = 'X1.101' "
        "and period_kind = 'month' and period_start = date '2026-10-01' order by dossier_code",
    )
    late, *_ = rows(
        settings,
        "select revision_id, row_number, dossier_code from pub.dossier_trail_v1 where handling_unit = 'X1.103' "
        "and timeliness like 'running%' and status in (2, 4) and overdue_from_date <= date '2026-10-31' "
        "and received_date >= date '2026-10-01' and not is_dissatisfied order by dossier_code",
    )
    units = ("X1.101", "X1.103")
    before = {unit: read_standing(settings, unit, "2026-10").total for unit in units}
    with open_warehouse(settings) as warehouse:
        for row, says in ((paid, "online_payment = 1"), (late, "due_at = timestamp '2026-11-03 17:00:00'")):
            warehouse.execute(
                f"update raw.dossiers set {says} where revision_id = '{row['revision_id']}' "
                f"and row_number = {row['row_number']}"
            )
            warehouse.execute(f"insert into raw.building values ('dossiers', '{row['dossier_code']}')")
    env = duckdb_environment(tmp_path, settings.duckdb_path)
    dbt(env, "run")
    served_by(settings, env, anew=False)
    after = {unit: read_standing(settings, unit, "2026-10").total for unit in units}
    assert after["X1.101"] - before["X1.101"] == paid["points"] > 0

    with action_list(settings, "X1.103", None) as found:
        assert found.period.label == "2026-10"
        first = [dict(zip(found.names, row, strict=True)) for row in found.rows]
    (due,) = [row for row in first if row["action"] == "due_soon" and row["dossier_code"] == late["dossier_code"]]
    assert after["X1.103"] - before["X1.103"] == due["points"] > due["criterion_points"] > 0
    assert (due["deadline"], due["working_days_left"]) == (datetime(2026, 11, 3, 17), 2)
    assert (due["revision_id"], due["row_number"]) == (late["revision_id"], late["row_number"])
    unrounded = [row["points_unrounded"] for row in first]
    assert unrounded == sorted(unrounded, reverse=True)
    assert not any(row["dossier_code"] == paid["dossier_code"] and row["action"] == "pay_online" for row in first)


def test_answers_hold_when_the_changed_table_is_scored(registry: Registry, tmp_path: Path) -> None:
    """`cchc score` over one unit an answer: the fewest cases reach the goal, one case less does not."""
    now = _standing(registry)
    goals = fewest_cases(now)
    assert [goal.name for goal in goals] == ["full", "band", "rank"]
    file, out = tmp_path / "asked.csv", tmp_path / "scored.csv"
    asked: dict[str, tuple[Any, str, int]] = {}
    for goal in goals:
        for code, number in goal.cases.items():
            for more in (number, number - 1) if number else ():
                asked[f"{goal.name}:{code}:{more}"] = (goal, code, more)
    assert len(asked) > 20
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["unit_code", "criterion", "numerator", "denominator"])
        for unit, (_, code, more) in asked.items():
            for measure in now.measures:
                numerator = measure.numerator + (more if measure.rule.code == code else 0)
                writer.writerow([unit, measure.rule.code, numerator, measure.denominator])
    score_file(Settings(workdir=tmp_path, exports=""), registry, file, now.method, out)
    scores: dict[str, dict[str, Decimal]] = defaultdict(dict)
    with out.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if not row["criterion"].startswith("GROUP:"):
                scores[row["unit_code"]][row["criterion"]] = Decimal(row["score"])
    for unit, (goal, code, more) in asked.items():
        total = sum(scores[unit].values())
        assert total == change(now, {code: more}).total
        reached = scores[unit][code] == _maximum(now, code) if goal.total is None else total >= goal.total
        assert reached == (more == goal.cases[code]), unit


def _maximum(standing: Standing, code: str) -> Decimal:
    return next(measure.rule.max_score for measure in standing.measures if measure.rule.code == code)


def _standing(registry: Registry) -> Standing:
    """A unit under the packaged method: 313 dossiers, every criterion of the exports at some share."""
    method = registry.methods["qd766-portal-2026"]
    shares = {"PETITION_PROCESSING_ON_TIME": (5, 7), "PETITION_HANDLING_SATISFACTION": (4, 7)}
    measures = []
    for n, (_, criterion) in enumerate(method.criteria()):
        rule = Criterion(
            criterion.criterion, criterion.max_score, criterion.full_at_percent, criterion.zero_denominator
        )
        numerator, denominator = map(Decimal, shares.get(rule.code, (97 + 11 * n, 313)))
        measures.append(Measure(rule, numerator, denominator, score(rule, numerator, denominator), "exports"))
    total = sum((measure.score for measure in measures), Decimal(0))
    most = sum((measure.rule.max_score for measure in measures), Decimal(0))
    bands = [Band(str(n), str(n), str(n), (total / most * 100).quantize(Decimal("0.01")) + n) for n in (-5, 1, 9)]
    quarter = Period("q", "quarter", False, date(2026, 7, 1), date(2026, 9, 30), None, True, "", "")
    others = (total + Decimal("0.37"), total + 5, total - 1)
    return Standing(
        "U", "U", quarter, method.method, total, most, "commune", 3, None, others, tuple(bands), tuple(measures)
    )


def test_the_key_of_the_action_list_follows_from_what_it_joins(built: Built, tmp_path: Path) -> None:
    # no build looks it up among all rows (tens of millions where there are ten million dossiers)
    key = "unit_code, period_id, action, system, dossier_code"
    twice = f"select {key} from publish.pub_action group by all having count(*) > 1"
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(built.path, path)
    env = duckdb_environment(tmp_path, path)
    with duckdb.connect(str(path)) as working:
        assert working.execute("select 1 from publish.pub_action limit 1").fetchall()
        assert working.execute(twice).fetchall() == []
        working.execute(
            "insert into marts.dim_unit_ancestry select * replace (holds_from + 1 as holds_from) "
            "from marts.dim_unit_ancestry where holds_from < holds_to"
        )
        assert working.execute(twice).fetchall() != []
    told = dbt(env, "test", "--select", "no_unit_is_twice_above_another_on_a_day", expect_success=False)
    assert [str(result.status) for result in told.results] == ["fail"]
