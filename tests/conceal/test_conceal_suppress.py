"""No hidden count that is too small can be found out from what is shown: attacked by exact algebra and by bounds."""

from __future__ import annotations

import random
from decimal import Decimal

import numpy as np
import pytest
from concealing import LEAST, Cell, Line, attack, counts, hidden_cells
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc.conceal.given_away import given_away
from cchc.conceal.lines import Lines


def cell(unit: str, period: str = "q") -> Cell:
    return unit, period, "dossiers"


def test_the_only_small_part_of_a_total_takes_the_smallest_other_with_it() -> None:
    cells = {cell("p"): counts(n=60), cell("a"): counts(n=3), cell("b"): counts(n=17), cell("c"): counts(n=40)}
    lines = [Line(cell("p"), (cell("a"), cell("b"), cell("c")))]
    assert hidden_cells(cells, lines, LEAST) == {cell("a"), cell("b")}


def test_two_small_parts_are_not_enough_where_their_sum_is_small() -> None:
    cells = {cell("p"): counts(n=33), cell("a"): counts(n=1), cell("b"): counts(n=2), cell("c"): counts(n=30)}
    lines = [Line(cell("p"), (cell("a"), cell("b"), cell("c")))]
    assert hidden_cells(cells, lines, LEAST) == {cell("a"), cell("b"), cell("c")}
    few = {cell("p"): counts(n=9), cell("a"): counts(n=4), cell("b"): counts(n=5)}
    assert hidden_cells(few, [Line(cell("p"), (cell("a"), cell("b")))], LEAST) == {cell("a"), cell("b")}


def test_the_other_part_of_a_whole_counts_as_a_count() -> None:
    cells = {cell("a"): {"n": Decimal(498), "of n": Decimal(500), "not n": Decimal(2)}}
    assert hidden_cells(cells, [], LEAST) == {cell("a")}


def test_nothing_is_hidden_where_nothing_is_small_and_zero_is_not() -> None:
    cells = {cell("p"): counts(n=25), cell("a"): counts(n=0), cell("b"): counts(n=25)}
    assert hidden_cells(cells, [Line(cell("p"), (cell("a"), cell("b")))], LEAST) == set()


def test_a_month_cannot_be_had_from_its_quarter() -> None:
    cells = {cell("a", "q"): counts(n=60)} | {
        cell("a", month): counts(n=n) for month, n in (("jul", 3), ("aug", 27), ("sep", 30))
    }
    lines = [Line(cell("a", "q"), tuple(cell("a", month) for month in ("jul", "aug", "sep")))]
    assert hidden_cells(cells, lines, LEAST) == {cell("a", "jul"), cell("a", "aug")}


def test_what_two_lines_give_away_together_is_found() -> None:
    """x + y and x + y + z are both known: z is, although two cells of each line are hidden."""
    x, y, z, s, t = (cell(name) for name in "xyzst")
    lines = [Line(s, (x, y)), Line(t, (x, y, z))]
    equations = Lines.of(5, [(3, [0, 1]), (4, [0, 1, 2])])  # x, y, z, s, t
    hidden = np.array([True, True, True, False, False])
    values = np.array([[20.0], [9], [3], [29], [32]])
    assert given_away(equations, values, hidden, values[:, 0] < LEAST, set()).tolist() == [2]
    cells = {x: counts(n=20), y: counts(n=9), z: counts(n=3), s: counts(n=29), t: counts(n=32)}
    attack(cells, lines, hidden_cells(cells, lines, LEAST, start={x, y}), LEAST)


@pytest.mark.parametrize("leaky", ["shown", "alone"])
def test_the_attack_finds_what_is_not_protected(leaky: str) -> None:
    cells = {cell("p"): counts(n=60), cell("a"): counts(n=3), cell("b"): counts(n=57)}
    lines = [Line(cell("p"), (cell("a"), cell("b")))]
    with pytest.raises(AssertionError):
        attack(cells, lines, set() if leaky == "shown" else {cell("a")}, LEAST)


@given(st.integers(2, 7), st.integers(0, 3), st.integers(2, 7), st.randoms(use_true_random=False))
@settings(max_examples=120, deadline=None)
def test_no_small_count_of_a_province_can_be_found_out(
    units: int, districts: int, least: int, chance: random.Random
) -> None:
    """Units below districts below a province, three months and their quarter: every line of the public's copy."""
    months, names = ("jul", "aug", "sep"), [f"u{n}" for n in range(units)]
    below = {name: f"d{chance.randrange(districts)}" if districts else "p" for name in names}
    below |= {f"d{n}": "p" for n in range(districts)}
    cells: dict[Cell, dict[str, Decimal]] = {}
    for month in months:
        for name in names:
            denominator = chance.choice([0, 1, 2, 3, 6, 12, 40, 300])
            numerator = chance.randint(0, denominator)
            parts = {"n": numerator, "of n": denominator, "not n": denominator - numerator}
            above: str | None = name
            while above:
                for period in (month, "q"):
                    mine = cells.setdefault(cell(above, period), {})
                    for measure, value in parts.items():
                        mine[measure] = mine.get(measure, Decimal(0)) + value
                above = below.get(above)
    periods = (*months, "q")
    parents = sorted(set(below.values()))
    lines = [
        Line(cell(parent, period), tuple(sorted(cell(name, period) for name in below if below[name] == parent)))
        for parent in parents
        for period in periods
    ]
    lines = [line for line in lines if line.total in cells]
    lines = [Line(line.total, tuple(part for part in line.parts if part in cells)) for line in lines]
    lines += [
        Line(cell(unit, "q"), tuple(cell(unit, month) for month in months)) for unit, p, _ in list(cells) if p == "q"
    ]
    attack(cells, lines, hidden_cells(cells, lines, least), least)
