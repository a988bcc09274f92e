"""``cchc scheme`` on either engine: nodes of the year, values as published, and offers beside what was declared."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from cchc.cli import app
from cchc.errors import PermanentError
from cchc.publish.schemes import Figure, Offer, list_schemes, offers, show_scheme
from cchc.settings import Settings

QUARTER = (date(2026, 7, 1), date(2026, 9, 30))


def test_schemes_say_what_editions_there_are(any_settings: Settings) -> None:
    found = {row["scheme"]: (row["family"], row["editions"], row["last_year"]) for row in list_schemes(any_settings)}
    assert found == {"own": ("PAR_INDEX", 3, 2026), "asked": ("SIPAS", 0, None)}


def test_nodes_are_those_of_the_year_parents_first(any_settings: Settings) -> None:
    now = show_scheme(any_settings, "own")
    assert [(row["node"], row["depth"]) for row in now.nodes] == [("total", 0), ("tthc", 1), ("mot-cua", 2), ("so", 1)]
    assert [row["max_score"] for row in now.nodes if row["node"] == "so"] == [30]
    assert [row["edition"] for row in now.editions] == ["own-2026", "own-2025-2", "own-2025"]
    before = show_scheme(any_settings, "own", year=2025)
    assert [row["max_score"] for row in before.nodes if row["node"] == "so"] == [20]
    assert [row["edition"] for row in before.values] == ["own-2025"]
    assert show_scheme(any_settings, "asked").editions == []


def test_values_are_of_the_unit_that_is_asked_for(any_settings: Settings) -> None:
    assert len(show_scheme(any_settings, "own").values) == 3
    (row,) = show_scheme(any_settings, "own", unit="H50.102").values
    assert (row["node"], row["rank"], row["score"]) == ("mot-cua", 2, None)


@pytest.mark.parametrize(
    ("scheme", "year", "said"),
    [("none", None, "no scheme none .there are: asked, own"), ("own", 2024, "no edition of 2024 .there are: 2026")],
)
def test_what_is_not_there_is_said(settings: Settings, scheme: str, year: int | None, said: str) -> None:
    with pytest.raises(PermanentError, match=said):
        show_scheme(settings, scheme, year=year)


def test_an_offer_has_its_origin_and_the_difference(any_settings: Settings) -> None:
    found = {each.indicator: each for each in offers(any_settings, "own", "H50.101", *QUARTER)}
    assert set(found) == {"PROCESSING_ON_TIME", "ONLINE_DOSSIER", "DOSSIER_SYNC"}, "what is asked on that day"
    on_time = found["PROCESSING_ON_TIME"]
    assert on_time.computed is not None and on_time.declared is not None
    assert (on_time.computed.source, on_time.computed.origin) == ("exports", "build 7")
    assert on_time.declared.origin == "2026-10-05, declared-units/H50.101/2026-10-05/declared.xlsx:1"
    assert on_time.declared.numerator == 26, "the declaration in force"
    assert (on_time.is_different, on_time.node_vi, on_time.is_verified) == (True, "Phần tthc", False)
    mine, theirs = on_time.computed, on_time.declared
    exact = (mine.numerator / mine.denominator - theirs.numerator / theirs.denominator) * 100
    assert on_time.difference is not None and abs(on_time.difference - exact) <= Decimal("0.005")
    assert found["ONLINE_DOSSIER"].is_verified
    sync = found["DOSSIER_SYNC"]  # the warehouse counts nothing of it
    assert (sync.computed, sync.null_reason, sync.difference, sync.is_different) == (None, "no_figure", None, None)
    assert sync.declared is not None and sync.declared.percent == Decimal("87.50")


def test_a_unit_that_declared_nothing_is_offered_the_figures_all_the_same(any_settings: Settings) -> None:
    found = offers(any_settings, "own", "H50.102", *QUARTER)
    assert [each.declared for each in found] == [None, None, None]
    assert sum(each.computed is not None for each in found) == 2


def test_a_scheme_that_asks_for_nothing_says_so(settings: Settings) -> None:
    with pytest.raises(PermanentError, match="asked asks for no figure of the warehouse"):
        offers(settings, "asked", "H50.101", *QUARTER)


def offer(mine: tuple[int, int], theirs: tuple[int, int]) -> Offer:
    computed, declared = (Figure(Decimal(n), Decimal(d), "exports", "build 1") for n, d in (mine, theirs))
    return Offer("a", "A", "X", "X", True, computed, declared, None)


@pytest.mark.parametrize(
    ("mine", "theirs", "difference", "differs"),
    [
        ((1, 2), (1, 2), "0.00", False),
        ((1, 2), (2, 4), "0.00", True),  # the same per cent of other counts is another figure
        ((1, 8), (0, 8), "12.50", True),
        ((1, 800), (0, 800), "0.13", True),  # half-up: 0.125
        ((0, 800), (1, 800), "-0.13", True),
        ((2, 3), (1, 3), "33.33", True),
    ],
)
def test_differences_are_exact_and_half_up(
    mine: tuple[int, int], theirs: tuple[int, int], difference: str, differs: bool
) -> None:
    found = offer(mine, theirs)
    assert (str(found.difference), found.is_different) == (difference, differs)


@given(st.tuples(*[st.integers(0, 10**6), st.integers(1, 10**6)] * 2))
def test_a_difference_turned_round_is_its_opposite(counts: tuple[int, int, int, int]) -> None:
    a, b, c, d = counts
    one, other = offer((a, b), (c, d)).difference, offer((c, d), (a, b)).difference
    assert one is not None and other is not None and one == -other
    exact = (Decimal(a) / b - Decimal(c) / d) * 100
    assert abs(one - exact) <= Decimal("0.0051")


def test_no_per_cent_of_a_zero_denominator() -> None:
    found = offer((0, 0), (1, 2))
    assert found.computed is not None
    assert (found.computed.percent, found.difference, found.is_different) == (None, None, True)


def test_the_commands(settings: Settings, tmp_path: Path) -> None:
    def said(*told: str) -> str:
        done = CliRunner().invoke(app, ["scheme", *told, "--workdir", str(settings.workdir)])
        assert done.exit_code == 0, done.output
        return done.output

    assert "PAR_INDEX" in said("list") and "2,026" not in said("list")
    shown = said("show", "own", "--unit", "H50.101")
    assert "not verified" in shown and "28.8105 to below 28.8135" in shown and "2 of 6 (+1)" in shown
    asked = said("offer", "own", "--unit", "H50.101", "--period", "2026-Q3")
    assert "exports, build 7" in asked and "26/41" in asked and "index_figures.csv" in asked
    out = tmp_path / "offer.csv"
    said("offer", "own", "--unit", "H50.101", "--period", "2026-Q3", "--out", str(out))
    with out.open(encoding="utf-8") as file:
        rows = {row["indicator"]: row for row in csv.DictReader(file)}
    assert rows["DOSSIER_SYNC"]["warehouse"] == "" and rows["DOSSIER_SYNC"]["declared_percent"] == "87.5"
