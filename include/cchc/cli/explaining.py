"""``cchc explain``: why a unit's score moved."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from cchc.cli.progress import console, print_table
from cchc.publish.decompose import Cause, Side
from cchc.publish.explain import Explanation, Standing
from cchc.table_file import plain

_COLUMNS = ["criterion", "from", "to", "cause", "points"]


def show_explanation(found: Explanation, out: Path | None) -> None:
    """Print what moved, by criterion and cause, with both totals and ranks; also write the causes to a CSV file."""
    before, after = found.before, found.after
    methods = ", then by ".join(dict.fromkeys((before.method, after.method)))
    _say(f"{found.unit} {after.unit_name}: {before.period.label} to {after.period.label}, by {methods}")
    if rows := _rows(found):
        print_table("Criteria that moved", _COLUMNS, rows)
    else:
        _say("No criterion moved.")
    if found.groups:
        _say("By group: " + ", ".join(f"{group} {points:+.2f}" for group, points in found.groups.items()))
    totals = f"{before.total} to {after.total}, {found.change:+.2f}"
    _say(f"Total: {totals}; rank {_rank(before)} to {_rank(after)}")
    if out is not None:
        _say(f"Written: {found.write(out)}")


def _rows(found: Explanation) -> list[list[Any]]:
    """The criterion and its scores stand beside its first cause."""
    widest = max((len(_signed(part.points)) for part in found.parts), default=0)
    rows: list[list[Any]] = []
    for criterion in found.criteria:
        beside: list[str | None] = [criterion.name, _score(criterion.before), _score(criterion.after)]
        for part in criterion.parts:
            rows.append([*beside, part.cause, _signed(part.points).rjust(widest)])
            beside = [None, None, None]
    for part in found.parts:
        if part.cause == Cause.ADJUSTMENT:
            sides = [f"{each.adjustment:+.2f}" for each in (found.before, found.after)]
            rows.append(["Adjustment", *sides, part.cause, _signed(part.points).rjust(widest)])
    return rows


def _score(side: Side) -> str:
    """``19.44 = 423/435``; a dash where nothing was scored."""
    if side.score is None or side.figure is None:
        return "-" if side.score is None else str(side.score)
    return f"{side.score} = {plain(side.figure.numerator)}/{plain(side.figure.denominator)}"


def _rank(standing: Standing) -> str:
    return "(not ranked)" if standing.rank is None else f"{standing.rank} of {standing.ranked_units}"


def _signed(points: Decimal) -> str:
    return f"{points:+.4f}"


def _say(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
