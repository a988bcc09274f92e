"""``cchc actions`` and ``cchc whatif`` on either engine, on a terminal of a hundred columns, and as a file."""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from publish_world import HOSTILE, World

from cchc.cli import acting, progress, supposing
from cchc.errors import PermanentError
from cchc.publish import action_list
from cchc.settings import Settings
from cchc.whatif import change, fewest_cases, read_standing


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """What a command prints, line by line, on a terminal of a hundred columns."""

    def lines(command: Callable[..., None], *arguments: object) -> list[str]:
        before = progress.console.width
        progress.console.width = 100
        try:
            command(*arguments)
        finally:
            progress.console.width = before
        return capsys.readouterr().out.splitlines()

    return lines


def test_the_most_points_come_first(any_settings: Settings) -> None:
    with action_list(any_settings, "H50.100", None) as found:
        listed = [dict(zip(found.names, row, strict=True)) for row in found.rows]
        assert found.period.label == "2026-09"
        assert found.due_outside == 2
    assert [row["action"] for row in listed] == ["due_soon", "electronic_result", "apology_letter"]
    assert [(row["action"], row["dossiers"]) for row in found.counts] == [(row["action"], 1) for row in listed]
    assert [row["points_unrounded"] for row in found.counts] == [row["points_unrounded"] for row in listed]


def test_a_list_fits_the_terminal(settings: Settings, shown: Callable[..., list[str]]) -> None:
    lines = shown(acting.show_actions, settings, "H50.100", "2026-09", None, 2)
    assert lines[0] == "H50.100 2026-09, as of 2026-09-28: 3 actions"
    assert max(map(len, lines)) <= 100
    (first,) = [n for n, line in enumerate(lines) if line.startswith("due_soon")]
    assert lines[first].split() == ["due_soon", "H50.100-2", "1.001193", "2026-09-30", "17:00", "1.23", "1.2345"]
    assert lines[first + 1].endswith("onestop-a/H50.100/2026-09-02/hoso.csv, revision 1 · row 2")
    assert lines[first + 2].split()[-2:] == ["0.00", "0.0042"]
    assert lines[-2].startswith("1 more: ")
    assert lines[-1].startswith("2 more due soon were received outside the period")


def test_the_file_is_the_model_whole(settings: Settings, tmp_path: Path, world: World) -> None:
    out = tmp_path / "actions.csv"
    acting.show_actions(settings, "H50.100", None, out, 1)
    with out.open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    assert len(listed) == len(world["pub_action"]) - 2 == 3
    asked = {"unit_code", "action", "dossier_code", "procedure_code", "deadline", "criterion", "points"}
    assert asked | {"path", "revision", "row_number"} < set(listed[0])
    assert (listed[0]["points"], listed[0]["points_unrounded"]) == ("1.23", "1.2345")


def test_who_has_nothing_to_do_is_told_so(settings: Settings, shown: Callable[..., list[str]], tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(str(settings.served_path)) as con:
        con.execute("delete from pub.action_v1")
    (line,) = shown(acting.show_actions, settings, "H50.100", None, None, 5)
    assert line.startswith("H50.100 2026-09: nothing to be done")


def test_a_standing_is_read_from_either_engine(any_settings: Settings) -> None:
    standing = read_standing(any_settings, "H50.103", "2026-Q3")
    assert (standing.rank, standing.ranked_level, len(standing.others)) == (4, "commune", 4)
    assert sum(measure.score for measure in standing.measures) == standing.total
    assert [band.lower_bound for band in standing.bands] == [0, 70, 80]
    assert all(measure.rule.zero_denominator == "zero" for measure in standing.measures)
    assert len(standing.measures) == 5
    for goal in fewest_cases(standing):
        assert goal.cheapest is None or goal.cases[goal.cheapest] == min(filter(None, goal.cases.values()))
    idle = read_standing(any_settings, "H50.105", "2026-Q3")
    assert (idle.rank, idle.bands, change(idle, {}).band) == (None, (), None)


def test_what_if_fits_the_terminal(settings: Settings, shown: Callable[..., list[str]]) -> None:
    question = (settings, "H50.103", "2026-Q3")
    lines = shown(supposing.show_whatif, *question, [])
    assert max(map(len, lines)) <= 100
    assert " ".join(lines).startswith(f"H50.103 {HOSTILE}"[:60])
    text = "\n".join(lines)
    for goal in fewest_cases(read_standing(*question)):
        assert f"\n{goal.name}: {goal.text}" in text
        assert goal.cheapest is None or f"cheapest {goal.cheapest} +{goal.cases[goal.cheapest]}" in text


def test_given_cases_show_before_and_after(settings: Settings, shown: Callable[..., list[str]]) -> None:
    lines = shown(supposing.show_whatif, settings, "H50.100", "2026-Q3", ["processing_on_time=+1"])
    (row,) = [line for line in lines if "PROCESSING_ON_TIME" in line]
    assert [cell.strip() for cell in row.strip("│").split("│")] == [
        "PROCESSING_ON_TIME", "+1", "2/3", "3/3", "13.33", "20.00",
    ]  # fmt: skip
    (total,) = [line for line in lines if line.startswith("│ total")]
    standing = read_standing(settings, "H50.100", "2026-Q3")
    assert str(standing.total + Decimal("6.67")) in total and str(standing.total) in total


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        (["ONLINE_DOSSIER"], "write CRITERION=+N"),
        (["ONLINE_DOSSIER=1.5"], "write CRITERION=+N"),
        (["ONLINE_DOSSIER=1", "online_dossier=+2"], "ONLINE_DOSSIER twice"),
    ],
)
def test_cases_that_are_not_said_well_are_refused(texts: list[str], says: str) -> None:
    with pytest.raises(PermanentError, match=says.replace("+", r"\+")):
        supposing.cases_of(texts)
