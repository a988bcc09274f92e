"""An attacker of concealed counts: exact algebra, then bounds; and the rule over cells that have names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from cchc.conceal.lines import Lines
from cchc.conceal.suppress import hide

LEAST = 5
#: Unit, period, family.
Cell = tuple[str, str, str]
Cells = Mapping[Cell, Mapping[str, Decimal]]


@dataclass(frozen=True)
class Line:
    """Parts that add up to a total."""

    total: Cell
    parts: tuple[Cell, ...]


def counts(**values: int) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in values.items()}


def is_small(values: Mapping[str, Decimal], least: int) -> bool:
    """Whether any count is too small."""
    return any(0 < value < least for value in values.values())


def hidden_cells(cells: Cells, lines: Sequence[Line], least: int, start: Collection[Cell] = ()) -> set[Cell]:
    """The cells that are hidden; of a line only what there is."""
    names = sorted(cells)
    number = {name: n for n, name in enumerate(names)}
    measures = sorted({measure for values in cells.values() for measure in values})
    values = np.array([[float(cells[name].get(measure, 0)) for measure in measures] for name in names])
    known = [(number[line.total], [number[part] for part in line.parts if part in number]) for line in lines]
    hidden = hide(
        values.reshape(len(names), len(measures)),
        Lines.of(len(names), [line for line in known if line[1]]),
        least,
        np.array([name in start for name in names], dtype=bool),
    )
    return {name for name, is_hidden in zip(names, hidden, strict=True) if is_hidden}


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
