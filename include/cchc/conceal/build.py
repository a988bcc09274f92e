"""What of a build is hidden, in all that leaves the office alike: of the warehouse now and of approved editions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from cchc.conceal.cells import BELOW, KINDS, OWN, RESTATED, WHOLE, Cells, Counted
from cchc.conceal.classes import DOSSIERS, UNKNOWN, classes
from cchc.conceal.lines import Lines, Numbers
from cchc.conceal.read import above_of, counted_now, counted_of, datasets_of, span_of, state_of
from cchc.conceal.restated import Sources, with_restated
from cchc.conceal.structure import NONE, Above, Span, Structure, lines_of_periods, lines_of_units
from cchc.conceal.suppress import hide
from cchc.editions import Edition
from cchc.publish import Reader, list_periods
from cchc.registry.open import Registry

#: Unit, period, family; a family of report forms or of restated counts says so (``cells.KINDS``).
Cell = tuple[str, str, str]


@dataclass(frozen=True)
class Hidden:
    """``cells``: what is hidden; ``least``: the smallest count that is shown; ``datasets``: of the indicators."""

    cells: Collection[Cell] = frozenset()
    least: int = 0
    datasets: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, cell: object) -> bool:
        return cell in self.cells

    def hides(self, relation: str, column: str, unit: str, period: str) -> bool:
        """Whether a column of a relation, in which each has its families, is blank for a unit and period."""
        return any((unit, period, of) in self.cells for of in classes().relations[relation].families(column))


@dataclass
class _Family:
    """One family of one state: what is needed to hide in it, and what is hidden so far."""

    name: str
    cells: Cells
    structure: Structure
    least: int
    restated: npt.NDArray[np.int64]
    hidden: npt.NDArray[np.bool_] | None = None

    def hide(self, start: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Hide what has to be hidden beside ``start``, by unit and period; returns the same of what is hidden."""
        at = self.cells.at[WHOLE]
        begin = np.zeros(len(self.cells.counts), dtype=bool) if self.hidden is None else self.hidden.copy()
        begin[at[start & (at >= 0)]] = True
        if self.hidden is None or (begin & ~self.hidden).any():
            self.hidden = hide(self.cells.counts, self.structure.lines, self.least, begin, self.structure.together)
        return self.where(at)

    def where(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which of the cells of some rows are hidden; those that are none are not."""
        assert self.hidden is not None, "hide first"
        return (rows >= 0) & self.hidden[rows]


def hidden_of_build(reader: Reader, registry: Registry, editions: Sequence[Edition] = ()) -> Hidden:
    """Every cell that nothing of the build shows to the public.

    ``editions``: the approved ones that verify. The rule is applied to everything that anybody may have, whatever of it
    is written: who has one of two files may get the other.
    """
    datasets = datasets_of(reader)
    known = list_periods(reader)
    now = counted_now(reader, datasets)
    states = [state_of(edition, {period.label: period for period in known}) for edition in editions]
    layers: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for state in states:
        layers[state["name"]].append(state)
    counted = [(now, _least(reader, registry))]
    counted += [(counted_of(mine, datasets, now), max(each["least"] for each in mine)) for mine in layers.values()]
    spans = {now.periods.numbers.setdefault(each.id, len(now.periods)): span_of(each) for each in known}
    spans |= {now.periods.numbers.setdefault(each["period"], len(now.periods)): each["span"] for each in states}
    above = above_of(reader, now, spans)
    today = _today(reader, now)
    families = [
        _family(each, name, least, above, spans, today if each is now else None, reader)
        for each, least in counted
        for name in sorted(each.figures)
    ]
    hidden = _everywhere(families, len(now.units), len(now.periods))
    return Hidden(_named(families, hidden, now), counted[0][1], datasets)


def _least(reader: Reader, registry: Registry) -> int:
    """The least count of the methods that the warehouse scores by: the greatest of them."""
    methods = [row["method"] for row in reader.rows("select distinct method from pub.method_v1")]
    rules = registry.methods
    least = [rules[method].least_published for method in methods if method in rules]
    return max(least or [method.least_published for method in rules.values()])


def _family(
    counted: Counted,
    name: str,
    least: int,
    above: Above,
    spans: Mapping[int, Span],
    today: Numbers | None,
    reader: Reader,
) -> _Family:
    cells = counted.cells(name)
    structure = lines_of_units(cells, above)
    lines, together = structure.lines, structure.together
    rows = cells.at[RESTATED]
    if today is not None and (rows >= 0).any():
        restated, rows = with_restated(cells, _sources(reader, counted), today)
        lines, together = _wider(lines, len(cells.counts)) + restated.lines, together + restated.together
    lines = _wider(lines, len(cells.counts))
    listed = sorted(spans.items())
    own = cells.at[OWN]
    # an own desk that was a unit without others below it in some period was the unit
    has_own = (own >= 0).any(axis=1, keepdims=True)
    desks = np.where((own < 0) & has_own & (cells.at[BELOW] < 0), cells.at[WHOLE], own)
    for each in (cells.at[WHOLE], desks, cells.at[BELOW], rows):
        lines += lines_of_periods(cells, each, listed)
    return _Family(name, cells, Structure(lines, together), least, rows)


def _wider(lines: Lines, cells: int) -> Lines:
    return Lines(cells, lines.totals, lines.starts, lines.parts)


def _everywhere(families: Sequence[_Family], units: int, periods: int) -> dict[str, npt.NDArray[np.bool_]]:
    """By family the units hidden in each period, in every state alike: what one shows, another need not hide."""
    found: dict[str, npt.NDArray[np.bool_]] = {each.name: np.zeros((units, periods), dtype=bool) for each in families}
    moved = True
    while moved:
        moved = False
        for each in families:
            mine = found[each.name]
            # what is not known of a unit, beside its score, says how many dossiers it has
            start = mine | found[DOSSIERS] if each.name == UNKNOWN and DOSSIERS in found else mine
            now = each.hide(start)
            moved |= bool((now & ~mine).any())
            mine |= now
    return found


def _named(families: Sequence[_Family], hidden: Mapping[str, npt.NDArray[np.bool_]], now: Counted) -> set[Cell]:
    units, periods = list(now.units.numbers), list(now.periods.numbers)
    flags: dict[str, npt.NDArray[np.bool_]] = {name: mine.copy() for name, mine in hidden.items()}
    for each in families:
        for kind in (OWN, BELOW):
            at = each.cells.at[kind]
            # without a cell of its own it is the whole unit's
            mine = np.where(at >= 0, each.where(at), hidden[each.name])
            flags.setdefault(each.name + KINDS[kind], np.zeros_like(mine))
            flags[each.name + KINDS[kind]] |= mine
        mine = each.where(each.restated)
        flags.setdefault(each.name + KINDS[RESTATED], np.zeros_like(mine))
        flags[each.name + KINDS[RESTATED]] |= mine
    return {
        (units[unit], periods[period], name)
        for name, mine in flags.items()
        for unit, period in zip(*(each.tolist() for each in np.nonzero(mine)), strict=True)
    }


def _today(reader: Reader, counted: Counted) -> Numbers:
    """The units above the units of today."""
    parents = np.full(len(counted.units), NONE, dtype=np.int64)
    number = counted.units.numbers
    for row in reader.rows("select unit_code, parent_code from pub.unit_latest_v1 where parent_code is not null"):
        if row["unit_code"] in number and row["parent_code"] in number:
            parents[number[row["unit_code"]]] = number[row["parent_code"]]
    return parents


def _sources(reader: Reader, counted: Counted) -> Sources:
    found: Sources = {}
    number = counted.units.numbers
    for row in reader.rows(
        "select distinct unit_code, period_id, source_codes, grade from pub.restated_indicator_v1 "
        "where numerator is not null and source_codes is not null"
    ):
        key = number[row["unit_code"]], counted.periods.numbers[row["period_id"]]
        codes = [number[code] for code in row["source_codes"].split(", ") if code in number]
        before, in_full = found.get(key, ([], True))
        found[key] = sorted({*before, *codes}), in_full and row["grade"] != "weighted"
    return found
