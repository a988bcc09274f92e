"""What if, asked of a standing made by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cchc.errors import PermanentError
from cchc.publish import Period
from cchc.whatif import Goal, Measure, Standing, change, fewest_cases
from cchc.whatif.points import Band, Criterion, score

QUARTER = Period("q", "quarter", False, date(2026, 7, 1), date(2026, 9, 30), None, True, "Quý III/2026", "Q3 2026")
BANDS = tuple(Band(c, c, c.title(), Decimal(low)) for c, low in [("weak", 0), ("average", 50), ("good", 80)])


def measure(code: str, most: int, full: int, numerator: int, denominator: int, source: str = "exports") -> Measure:
    rule = Criterion(code, Decimal(most), Decimal(full), "zero")
    counts = Decimal(numerator), Decimal(denominator)
    return Measure(rule, *counts, score(rule, *counts), source)


def standing(*others: str, rank: int | None = None, reason: str | None = None) -> Standing:
    """21.67 of 38 points: ON_TIME 13.33 of 20, ONLINE 3.00 of 6 (full at 50 %), PAID 1.34 of 6, SYNC 4.00 of 6."""
    measures = (
        measure("ON_TIME", 20, 100, 200, 300),
        measure("ONLINE", 6, 50, 75, 300),
        measure("PAID", 6, 100, 67, 300),
        measure("SYNC", 6, 100, 2, 3, "portal"),
    )
    totals = tuple(map(Decimal, others))
    total = sum((m.score for m in measures), Decimal(0))
    rank = rank or (1 + sum(t > total for t in totals) if reason is None else None)
    return Standing("X.1", "Unit", QUARTER, "m", total, Decimal(38), "commune", rank, reason, totals, BANDS, measures)


def goals(found: list[Goal]) -> dict[str, Goal]:
    return {goal.name: goal for goal in found}


def test_more_cases_give_points_total_band_and_rank() -> None:
    now = standing("30.40", "25.67", "21.67", "5.00")
    assert (now.total, now.rank) == (Decimal("21.67"), 3)
    found = change(now, {"ON_TIME": 60})
    assert [(c.measure.score, c.score) for c in found.changed] == [(Decimal("13.33"), Decimal("17.33"))]
    assert (found.total, found.rank, found.band) == (Decimal("25.67"), 2, BANDS[1])
    better = change(now, {"ON_TIME": 100, "ONLINE": 75})
    assert (better.total, better.rank) == (Decimal("31.34"), 1)
    assert better.band == BANDS[2], "31.34 of 38 is more than 80 in a hundred"


def test_fewer_cases_cost() -> None:
    found = change(standing("21.60"), {"ON_TIME": -200, "SYNC": 1})
    assert (found.total, found.rank, found.band) == (Decimal("10.34"), 2, BANDS[0])


def test_the_fewest_cases_of_every_goal() -> None:
    found = goals(fewest_cases(standing("30.40", "21.68")))
    assert found["full"].cases == {"ON_TIME": 100, "ONLINE": 75, "PAID": 233}
    assert found["full"].cheapest == "ONLINE"
    assert (found["band"].text, found["band"].total) == ("Good (good)", Decimal("30.40"))
    assert found["band"].cases == {"ON_TIME": None, "ONLINE": None, "PAID": None}
    assert found["band"].cheapest is None
    assert (found["rank"].text, found["rank"].total) == ("rank 2", Decimal("21.68"))
    assert found["rank"].cases == {"ON_TIME": 1, "ONLINE": 1, "PAID": 1}
    assert found["rank"].cheapest == "ON_TIME", "of equals the first of the method"


def test_every_answer_is_enough_and_one_less_is_not() -> None:
    now = standing("30.40", "24.00", "23.00")
    for goal in fewest_cases(now)[1:]:
        for code, number in goal.cases.items():
            if number:
                assert goal.total is not None
                assert change(now, {code: number}).total >= goal.total > change(now, {code: number - 1}).total


def test_what_is_reached_needs_nothing_and_is_no_cheapest_way() -> None:
    first = standing("5.00")
    assert set(goals(fewest_cases(first))) == {"full", "band"}, "no better rank than the first"
    assert set(goals(fewest_cases(standing(reason="no_dossiers")))) == {"full", "band"}
    full = change(first, {"ONLINE": 75}).changed[0]
    there = measure("ONLINE", 6, 50, 150, 300)
    assert full.score == there.score == Decimal(6)
    done = Standing(**{**vars(first), "measures": (there, measure("PAID", 6, 100, 299, 300))})
    assert goals(fewest_cases(done))["full"].cases == {"ONLINE": 0, "PAID": 0 if done.measures[1].score == 6 else 1}
    assert goals(fewest_cases(done))["full"].cheapest == "PAID"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"NO_SUCH": 1}, "scores no NO_SUCH .* there are ON_TIME, ONLINE, PAID, SYNC"),
        ({"ON_TIME": 101}, r"200 of 300: it takes from -200 to \+100, not \+101"),
        ({"SYNC": -3}, r"2 of 3: it takes from -2 to \+1, not -3"),
    ],
)
def test_what_can_not_be_is_refused(more: dict[str, int], says: str) -> None:
    with pytest.raises(PermanentError, match=says):
        change(standing(), more)
