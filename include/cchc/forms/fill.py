"""A layout, units and a period -> filled forms: lines, totals, identities, and where it all comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from typing import Any

from cchc.errors import PermanentError
from cchc.forms.cell import Cell
from cchc.forms.count import Counted, count
from cchc.forms.identities import Check, check_row
from cchc.forms.layout import Layout, layout_on
from cchc.forms.measures import LEFT_OUT
from cchc.forms.words import LEVELS, TOTAL, UNKNOWN_FIELD, UNKNOWN_LEVEL
from cchc.publish import open_reader
from cchc.publish.read import Reader
from cchc.registry.open import Registry
from cchc.settings import Settings

#: Levels of procedures as a form orders them; what is not known stands last.
_ORDER = tuple(LEVELS)


@dataclass(frozen=True)
class Line:
    """One row of a form. ``group``: the level it stands under, where the layout has rows by level.

    ``before``: how many of it were running at the end of the period before. ``left_out``: by why, in no column.
    """

    label: str
    group: str | None
    cells: Mapping[str, Cell]
    left_out: Mapping[str, int]
    before: Cell


@dataclass(frozen=True)
class Origin:
    """What the figures stand on: the build, the last day of its data, files not readable, rows held back.

    ``silent``: names of the units in it of which no file of dossiers could be read in the period.
    """

    build: int
    last_day: date | None
    files_missing: int
    rows_held: int
    silent: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """A filled form of one unit and period. ``is_aggregate``: other units stand below it."""

    layout: Layout
    unit: str
    unit_name: str
    is_aggregate: bool
    first: date
    last: date
    lines: tuple[Line, ...]
    total: Line
    origin: Origin

    @property
    def title(self) -> str:
        """What the form is called: an aggregate only follows the layout."""
        return self.layout.item.aggregate_vi if self.is_aggregate else self.layout.item.title_vi

    @property
    def name(self) -> str:
        """A name for its files."""
        return f"{self.layout.item.layout}_{self.unit}_{self.first}_{self.last}"

    def checks(self, line: Line) -> list[Check]:
        """Every identity in one line or in the total."""
        return check_row(self.layout, line.label, line.cells, line.left_out, line.before)


def fill_forms(
    settings: Settings, registry: Registry, layout: str, first: date, last: date, unit: str | None, every: bool = False
) -> list[Form]:
    """The form of a unit; with ``every`` those of all units below it too, or of all there are where ``unit`` is None.

    ``every`` leaves out units of which nothing was ever counted. ``PermanentError``: no such layout or unit, or a
    period that ends before it begins.
    """
    if last < first:
        raise PermanentError(f"the period ends before it begins: {first} to {last}")
    if unit is None and not every:
        raise PermanentError("name a unit (--unit), or ask for all (--all)")
    version = layout_on(registry, layout, last)
    day_before = first - timedelta(days=1)
    running = replace(version, columns=tuple(c for c in version.columns if c.key == "proc_total"))
    with open_reader(settings) as reader:
        tree = _Tree(reader, last)
        if unit is not None and unit not in tree.names:
            raise PermanentError(f"no unit {unit} in the registry: is the agency code right?")
        now = _by_unit(count(reader, registry, version, first, last, unit, every))
        then = _by_unit(count(reader, registry, running, day_before, day_before, unit, every))
        origins = _origins(reader, first, last)
        wanted = sorted(now) if every or unit is None else [unit]
        return [
            _form(version, code, tree, first, last, now.get(code, []), then.get(code, []), origins) for code in wanted
        ]


class _Tree:
    """Names of units and who has others below, as of one day."""

    def __init__(self, reader: Reader, day: date) -> None:
        self.names: dict[str, str] = {}
        versions = reader.rows("select unit_code, unit_name, valid_from, valid_to from pub.unit_v1 order by valid_from")
        for row in versions:
            if row["unit_code"] not in self.names or row["valid_from"] <= day:
                self.names[row["unit_code"]] = row["unit_name"]
        below = reader.rows(
            "select unit_code, descendant_code from pub.unit_ancestry_v1 "
            "where depth > 0 and holds_from <= ? and holds_to >= ? order by descendant_code",
            [day, day],
        )
        self.below: dict[str, list[str]] = {}
        for row in below:
            self.below.setdefault(row["unit_code"], []).append(row["descendant_code"])

    def ends(self, unit: str) -> list[str]:
        """The units in a form that have none below them: the unit itself where it is one."""
        return [code for code in self.below.get(unit, [unit]) if code not in self.below]


def _by_unit(rows: Iterable[Counted]) -> dict[str, list[Counted]]:
    found: dict[str, list[Counted]] = {}
    for row in rows:
        found.setdefault(row.unit, []).append(row)
    return found


def _form(
    layout: Layout,
    unit: str,
    tree: _Tree,
    first: date,
    last: date,
    now: list[Counted],
    then: list[Counted],
    origins: Mapping[str | None, dict[str, Any]],
) -> Form:
    running = {row.row: row.cells["proc_total"] for row in then}
    counted = {row.row: row for row in now}
    for row in then:  # what ran before and is not carried over shows as a difference, not as nothing
        if row.row not in counted and row.cells["proc_total"] != Cell():
            counted[row.row] = replace(row, cells=_empty(layout), left_out=dict.fromkeys(LEFT_OUT, 0))
    build, own = origins[None], origins.get(unit, {})
    blank = _empty(layout, is_unsaid=not (own.get("readable") or any(map(_has_new, now))))
    lines = tuple(
        Line(
            label,
            group,
            {key: cell + blank[key] for key, cell in row.cells.items()},
            row.left_out,
            running.get(row.row, Cell()),
        )
        for label, group, row in sorted(
            (
                (*_label(layout, tree, row.row), row)
                for row in counted.values()
                if _says(row, running.get(row.row, Cell()))
            ),
            key=lambda found: _place(layout, found[2].row[0], found[2].row[1], found[0]),
        )
    )
    zeros = Line(TOTAL, None, blank, dict.fromkeys(LEFT_OUT, 0), Cell())
    return Form(
        layout=layout,
        unit=unit,
        unit_name=tree.names.get(unit, unit),
        is_aggregate=unit in tree.below,
        first=first,
        last=last,
        lines=lines,
        total=reduce(_sum, lines, zeros),
        origin=Origin(
            build=int(build["build_no"]),
            last_day=build.get("last_business_day"),
            files_missing=int(own.get("missing", 0)),
            rows_held=int(own.get("held", 0)),
            silent=tuple(tree.names[code] for code in tree.ends(unit) if not origins.get(code, {}).get("readable")),
        ),
    )


def _has_new(row: Counted) -> bool:
    """Whether a dossier of the period is in it: then some file told of the period, of whichever day."""
    received, carried = (row.cells.get(key, Cell()).known for key in ("recv_total", "recv_carry"))
    return received > carried


def _says(row: Counted, before: Cell) -> bool:
    """Whether a row has anything in the columns of this layout: dossiers may be in the period and in none of them."""
    figures = [*row.cells.values(), before]
    return any(cell.known or cell.unknown for cell in figures) or any(row.left_out.values())


def _place(layout: Layout, head: str | None, part: str | None, label: str) -> tuple[int, bool, str]:
    """By level where the layout has levels, then by name, what is not known last."""
    if layout.item.rows == "unit":
        return 0, head is None, label
    return _ORDER.index(head) if head in _ORDER else len(_ORDER), part is None, label


def _label(layout: Layout, tree: _Tree, row: tuple[str | None, str | None]) -> tuple[str, str | None]:
    """What a row is called, and the level it stands under."""
    if layout.item.rows == "unit":
        return tree.names.get(row[0] or "", row[0] or UNKNOWN_FIELD), None
    return row[1] or UNKNOWN_FIELD, LEVELS.get(row[0] or "", UNKNOWN_LEVEL)


def _empty(layout: Layout, is_unsaid: bool = False) -> dict[str, Cell]:
    return {column.key: Cell(is_unsaid=is_unsaid) for column in layout.measures}


def _sum(total: Line, line: Line) -> Line:
    return replace(
        total,
        cells={key: cell + line.cells[key] for key, cell in total.cells.items()},
        left_out={why: number + line.left_out[why] for why, number in total.left_out.items()},
        before=total.before + line.before,
    )


def subtotal(label: str, lines: Iterable[Line]) -> Line:
    """The sum of some lines, at least one."""
    found = list(lines)
    return replace(reduce(_sum, found), label=label)


def _origins(reader: Reader, first: date, last: date) -> dict[str | None, dict[str, Any]]:
    """By unit, of it and those below: files of dossiers that are missing or were refused, readable ones, rows held.

    Under None: the build.
    """
    rows = reader.rows(
        "select a.unit_code, sum(case when b.status in ('missing', 'refused') then 1 else 0 end) as missing, "
        "sum(case when b.rows_read is not null then 1 else 0 end) as readable, "
        "sum(coalesce(b.rows_quarantined, 0)) as held from pub.delivery_board_v1 as b "
        "inner join pub.unit_ancestry_v1 as a on b.unit_code = a.descendant_code "
        "and b.export_date between a.holds_from and a.holds_to "
        "where b.dataset = 'dossiers' and b.export_date between ? and ? group by a.unit_code",
        [first, last],
    )
    build = reader.rows("select * from pub.build_v1")[0]
    return {None: build, **{row["unit_code"]: row for row in rows}}
