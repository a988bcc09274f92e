"""Counts of the states as cells, and in which lines they add up; then the tables as the public's copy has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from cchc.publish import Period
from cchc.site.conceal import Cell, Line, hidden_cells
from cchc.site.states import Row, State, decimal

#: Everything that is counted over the dossiers of a unit: who knows one denominator has them all.
DOSSIERS = "dossiers"
#: The portal's own count of a unit's dossiers is the denominator of this figure of its.
PORTAL_DOSSIERS = "portal:PROCESSING_ON_TIME"
#: What counts procedures says nothing of a person, and is shown.
PROCEDURES = "procedures"
#: Datasets of indicators that are counted over a unit's dossiers.
_OVER_DOSSIERS = ("", "dossiers", "payments", "apologies")
#: The reason that stands for a figure which is there and not shown.
SUPPRESSED = "suppressed"
_CENT = Decimal("0.01")

Cells = dict[Cell, dict[str, Decimal]]


def family(row: Mapping[str, Any], datasets: Mapping[str, str]) -> str:
    """Of an indicator's row. What the portal publishes or a unit declares is counted over cases of its own."""
    if row["indicator"] in of_procedures():
        return PROCEDURES
    if row["source"] != "exports":
        return f"{row['source']}:{row['indicator']}"
    dataset = datasets.get(row["indicator"], "")
    return DOSSIERS if dataset in _OVER_DOSSIERS else dataset


def cells(state: State, datasets: Mapping[str, str]) -> Cells:
    """The counts of a state by unit, period and family; of a part of a whole also the other part."""
    found: Cells = defaultdict(dict)
    period = state.period.id
    for row in state.tables["indicators"]:
        numerator, denominator = decimal(row["numerator"]), decimal(row["denominator"])
        of = family(row, datasets)
        if numerator is None or denominator is None or of == PROCEDURES:
            continue
        mine, name = found[row["unit_code"], period, of], row["indicator"]
        mine[name] = numerator
        mine[f"of {name}"] = denominator
        mine[f"not {name}"] = abs(denominator - numerator)
    for table, columns in (("ranking", ("dossiers",)), ("completeness", ("dossiers_in_exports", "dossiers_on_portal"))):
        for row in state.tables.get(table, ()):
            for column in columns:
                if (count := decimal(row[column])) is not None:
                    found[row["unit_code"], period, DOSSIERS][column] = count
    return found


def lines_of_units(found: Iterable[Cell], parents: Mapping[str, str]) -> list[Line]:
    """Units below one parent, by period and family."""
    parts: dict[Cell, list[Cell]] = defaultdict(list)
    for unit, period, of in found:
        if unit in parents:
            parts[parents[unit], period, of].append((unit, period, of))
    return [Line(total, tuple(sorted(each))) for total, each in parts.items()]


def lines_of_periods(found: Cells, periods: Sequence[Period]) -> list[Line]:
    """Periods of one kind within a longer one, by unit and family, where they make up any count of it."""
    kinds = sorted({each.kind for each in periods})
    inside = {
        long.id: [
            shorter for kind in kinds if (shorter := [p.id for p in periods if p.kind == kind and _within(p, long)])
        ]
        for long in periods
    }
    lines = []
    for unit, period, of in sorted(found):
        for shorter in inside.get(period, ()):
            parts = tuple(cell for each in shorter if (cell := (unit, each, of)) in found)
            if parts and _adds_up(found[unit, period, of], [found[part] for part in parts]):
                lines.append(Line((unit, period, of), parts))
    return lines


def _adds_up(total: Mapping[str, Decimal], parts: Sequence[Mapping[str, Decimal]]) -> bool:
    return any(count and count == sum(part.get(name, 0) for part in parts) for name, count in total.items())


def _within(short: Period, long: Period) -> bool:
    return (
        short.id != long.id
        and long.start <= short.start
        and min(short.end, short.as_of or short.end) <= long.end
        and (short.start, short.end) != (long.start, long.end)
    )


def hidden(states: Sequence[State], datasets: Mapping[str, str], parents: Mapping[str, str]) -> set[Cell]:
    """What the public's copy hides, in every state of a period alike: what one shows, another need not hide."""
    layers: dict[str, list[State]] = defaultdict(list)
    for state in states:
        layers[state.name].append(state)
    prepared = []
    for of in layers.values():
        mine: Cells = {}
        for state in of:
            for cell, counts in cells(state, datasets).items():
                mine.setdefault(cell, {}).update({f"{state.method} {name}": count for name, count in counts.items()})
        periods = list({state.period.id: state.period for state in of}.values())
        lines = lines_of_units(mine, parents) + lines_of_periods(mine, periods)
        prepared.append((mine, lines, max(state.least_published for state in of)))
    found: set[Cell] = set()
    while True:
        before = len(found)
        for mine, lines, least in prepared:
            found |= hidden_cells(mine, lines, least, found)
        if len(found) == before:
            return found


@cache
def of_procedures() -> frozenset[str]:
    """Indicators that count procedures and not cases."""
    found: list[str] = yaml.safe_load(files("cchc.site").joinpath("procedures.yaml").read_text("utf-8"))
    return frozenset(found)


@cache
def columns() -> dict[str, dict[str, list[str]]]:
    """``public.yaml``: what the public's copy has of each table."""
    found: dict[str, dict[str, list[str]]] = yaml.safe_load(
        files("cchc.site").joinpath("public.yaml").read_text("utf-8")
    )
    return found


def for_the_public(state: State, concealed: set[Cell], datasets: Mapping[str, str]) -> State:
    """The state with the tables and columns that are everybody's, and without the counts that are hidden."""
    shown = {
        name: [_cut(name, row, rule, state, concealed, datasets) for row in state.tables[name]]
        for name, rule in columns().items()
        if name in state.tables
    }
    return replace(state, tables=shown)


def _cut(
    table: str,
    row: Row,
    rule: Mapping[str, list[str]],
    state: State,
    concealed: set[Cell],
    datasets: Mapping[str, str],
) -> Row:
    found = {name: row[name] for name in rule["columns"] if name in row}
    for name in rule.get("two_decimals", ()):
        if found.get(name):
            found[name] = str(Decimal(found[name]).quantize(_CENT, ROUND_HALF_UP))
    if "counts" in rule:
        of = family(row, datasets) if table == "indicators" else DOSSIERS
        if (row["unit_code"], state.period.id, of) in concealed:
            had = any(found.get(name) for name in rule["counts"])
            found |= {name: "" for name in rule["counts"] if name in found}
            if had and table == "indicators":
                found["null_reason"] = SUPPRESSED
    if table == "completeness" and (row["unit_code"], state.period.id, PORTAL_DOSSIERS) in concealed:
        found |= {name: "" for name in ("dossiers_on_portal", "coverage_percent") if name in found}
    return found
