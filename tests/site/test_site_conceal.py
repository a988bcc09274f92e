"""No hidden count that is too small can be found out from what is shown: attacked by exact algebra and by bounds."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc.site.conceal import Cell, Line, determined, hidden_cells, is_small

LEAST = 5
Cells = Mapping[Cell, Mapping[str, Decimal]]


def cell(unit: str, period: str = "q") -> Cell:
    return unit, period, "dossiers"


def counts(**values: int) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in values.items()}


def solved(lines: Sequence[Line], cells: Cells, hidden: set[Cell], measure: str) -> set[Cell]:
    """An attacker's first try: the cells whose value the equations fix, by elimination in exact fractions."""
    order = sorted(hidden)
    rows: list[list[Fraction]] = []
    for line in lines:
        row = [Fraction(0)] * (len(order) + 1)
        for each, sign in [(line.total, -1), *((part, 1) for part in line.parts)]:
            if each in hidden:
                row[order.index(each)] += sign
            else:
                row[-1] -= sign * Fraction(cells[each].get(measure, Decimal(0)))
        if any(row[:-1]):
            rows.append(row)
    lead = 0
    for column in range(len(order)):
        pivot = next((r for r in range(lead, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[lead], rows[pivot] = rows[pivot], rows[lead]
        rows[lead] = [value / rows[lead][column] for value in rows[lead]]
        for r, row in enumerate(rows):
            if r != lead and row[column]:
                rows[r] = [a - row[column] * b for a, b in zip(row, rows[lead], strict=True)]
        lead += 1
    return {order[columns[0]] for row in rows if len(columns := [n for n, value in enumerate(row[:-1]) if value]) == 1}


def bounds(lines: Sequence[Line], cells: Cells, hidden: set[Cell], measure: str) -> dict[Cell, tuple[Decimal, Decimal]]:
    """The second try: nothing is negative, and every line narrows its hidden cells until no line narrows any more."""
    most = Decimal(10**9)
    found = {each: (Decimal(0), most) for each in hidden}

    def of(each: Cell) -> tuple[Decimal, Decimal]:
        value = cells[each].get(measure, Decimal(0))
        return found[each] if each in hidden else (value, value)

    for _ in range(50):
        before = dict(found)
        for line in lines:
            low, high = sum(of(part)[0] for part in line.parts), sum(of(part)[1] for part in line.parts)
            if line.total in hidden:
                now = found[line.total]
                found[line.total] = (max(now[0], Decimal(low)), min(now[1], Decimal(high)))
            for part in line.parts:
                if part in hidden:
                    rest_low, rest_high = low - of(part)[0], high - of(part)[1]
                    now = found[part]
                    least, most_of = (
                        max(now[0], of(line.total)[0] - rest_high),
                        min(now[1], of(line.total)[1] - rest_low),
                    )
                    found[part] = (least, most_of)
                    low, high = sum(of(p)[0] for p in line.parts), sum(of(p)[1] for p in line.parts)
        if found == before:
            return found
    return found


def attack(cells: Cells, lines: Sequence[Line], hidden: set[Cell], least: int) -> None:
    """Fails where a count that is too small is shown, or is found out."""
    for each, values in cells.items():
        assert each in hidden or not is_small(values, least), f"{each} is shown"
    for measure in sorted({name for values in cells.values() for name in values}):
        fixed = solved(lines, cells, hidden, measure)
        between = bounds(lines, cells, hidden, measure)
        for each in hidden:
            value = cells[each].get(measure, Decimal(0))
            if value and is_small(cells[each], least):
                assert each not in fixed, f"{each} {measure} follows from the equations"
                low, high = between[each]
                assert high - low >= 1, f"{each} {measure} is {value}: bounds {low} to {high}"


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
    assert determined(lines, {x, y, z}) == {z}
    cells = {x: counts(n=20), y: counts(n=9), z: counts(n=3), s: counts(n=29), t: counts(n=32)}
    hidden = hidden_cells(cells, lines, LEAST, start={x, y})
    attack(cells, lines, hidden, LEAST)


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
