"""Count the cells of forms over ``pub.*``: all rows of all units asked for with one query, on either engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from string import Template

from cchc.forms.cell import Cell
from cchc.forms.layout import Layout
from cchc.forms.measures import LEFT_OUT, MEASURES, UNSAID
from cchc.publish import Reader
from cchc.registry.forms import STATES
from cchc.registry.open import Registry

#: How a row of a form is told from the others, by the layout's kind: two columns of the query.
_ROWS = {"field": ("d.procedure_level", "d.procedure_field"), "unit": ("d.handling_unit", "cast(null as varchar)")}


@dataclass(frozen=True)
class Counted:
    """One row of a unit's form. ``row``: level and field of procedures, or a unit's code and None."""

    unit: str
    row: tuple[str | None, str | None]
    cells: Mapping[str, Cell]
    left_out: Mapping[str, int]


def count(
    reader: Reader, registry: Registry, layout: Layout, first: date, last: date, units: str | None, below: bool = False
) -> list[Counted]:
    """The rows of the form of a unit (``below``: and of every unit below it), or of all units where it is None."""
    counted = [column.key for column in layout.measures if column.key in MEASURES]
    conditions = {key: MEASURES[key] for key in counted} | LEFT_OUT
    measures, sums = [], []
    for key, condition in conditions.items():
        measures.append(f"count(*) filter (where {condition}) as {key}")
        measures.append(f"count(*) filter (where ({condition}) is null) as {key}_unknown")
        sums += [f"cast(sum(d.{name}) as bigint) as {name}" for name in (key, f"{key}_unknown")]
    row = _ROWS[layout.item.rows]
    where, asked = "true", []
    if units is not None:
        below_it = "a.unit_code in (select s.descendant_code from pub.unit_ancestry_v1 as s where s.unit_code = ?)"
        where, asked = (below_it if below else "a.unit_code = ?"), [units]
    sql = Template((files("cchc.forms") / "sql" / "count.sql").read_text("utf-8")).substitute(
        measures=",\n        ".join(measures),
        sums=",\n    ".join(sums),
        row=f"{row[0]} as row_head, {row[1]} as row_part",
        units=where,
    )
    places = [layout.rules[state].place for state in STATES]
    parameters = [first, last, late_before(registry, last, layout.item.receive_days), *places, *asked]
    return [
        Counted(
            unit=found["unit_code"],
            row=(found["row_head"], found["row_part"]),
            cells={key: Cell(int(found[key]), int(found[f"{key}_unknown"])) for key in counted}
            | {column.key: Cell(is_unsaid=True) for column in layout.measures if column.key in UNSAID},
            left_out={key: int(found[key]) for key in LEFT_OUT},
        )
        for found in reader.rows(sql, parameters)
    ]


def late_before(registry: Registry, last: date, days: int) -> date:
    """Dossiers filed online before this day have waited ``days`` working days by the end of the last day.

    Calendar days where the calendar does not reach back far enough.
    """
    working = sorted((day.day for day in registry.calendar if day.is_working_day and day.day <= last), reverse=True)
    return working[days - 1] if len(working) >= days else date.fromordinal(last.toordinal() - days + 1)
