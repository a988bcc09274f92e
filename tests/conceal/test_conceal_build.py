"""How cells hang together: parents by period, own desks, movers; and that editions hide in what is now."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from conceal_world import METHOD, MOVER, ONE, OTHER, PERIODS, PROVINCE, count, fill, world_of
from concealing import LEAST

from cchc.conceal.build import hidden_of_build
from cchc.conceal.cells import BELOW, MOVED, OWN, WHOLE, Cells, Counted
from cchc.conceal.read import above_of, counted_now, datasets_of, span_of
from cchc.conceal.structure import NONE, SEVERAL, Above, Span, lines_of_periods, lines_of_units
from cchc.conceal.suppress import hide
from cchc.editions import Edition
from cchc.publish import list_periods, open_reader
from cchc.registry.open import open_registry
from cchc.settings import Settings

UNITS, MONTHS = ["A", "B", "x", "y", "z"], ["jul", "aug"]


def cells_of(figures: dict[tuple[str, str], int], kind: int = WHOLE, measure: str = "received") -> Counted:
    """Cells of one measure by unit and period."""
    counted = Counted()
    units, periods = counted.units.of(UNITS), counted.periods.of(MONTHS)
    number, at = dict(zip(UNITS, units, strict=True)), dict(zip(MONTHS, periods, strict=True))
    for (unit, month), value in figures.items():
        counted.add("f", kind, measure, np.array([number[unit]]), np.array([at[month]]), np.array([float(value)]))
    return counted


def below(parents: dict[tuple[str, str], str]) -> Above:
    """Units above by unit and month."""
    found = np.full((len(UNITS), len(MONTHS)), NONE, dtype=np.int64)
    for (unit, month), parent in parents.items():
        found[UNITS.index(unit), MONTHS.index(month)] = UNITS.index(parent)
    return Above(found)


def named(cells: Cells, hidden: np.ndarray) -> set[tuple[str, str, int]]:
    kinds, units, periods = cells.place(np.flatnonzero(hidden))
    return {(UNITS[u], MONTHS[p], int(k)) for k, u, p in zip(kinds, units, periods, strict=True)}


def test_a_unit_is_below_whoever_was_above_it_in_the_period() -> None:
    """x goes from A to B: in July a part of A is hidden with it, in August one of B."""
    figures = {("A", "jul"): 53, ("B", "jul"): 30, ("x", "jul"): 3, ("y", "jul"): 50, ("z", "jul"): 30}
    figures |= {("A", "aug"): 50, ("B", "aug"): 33, ("x", "aug"): 3, ("y", "aug"): 50, ("z", "aug"): 30}
    cells = cells_of(figures).cells("f")
    parents = {("x", "jul"): "A", ("x", "aug"): "B"}
    parents |= {(unit, month): above for month in MONTHS for unit, above in (("y", "A"), ("z", "B"))}
    structure = lines_of_units(cells, below(parents))
    hidden = named(cells, hide(cells.counts, structure.lines, LEAST, None, structure.together))
    assert hidden == {(unit, month, WHOLE) for unit, month in (("x", "jul"), ("y", "jul"), ("x", "aug"), ("z", "aug"))}


def test_what_the_units_below_leave_over_is_an_own_desk() -> None:
    """A counts two more than x and y: nobody prints the two, everybody can subtract."""
    cells = cells_of({("A", "jul"): 42, ("x", "jul"): 20, ("y", "jul"): 20}).cells("f")
    structure = lines_of_units(cells, below({("x", "jul"): "A", ("y", "jul"): "A"}))
    hidden = named(cells, hide(cells.counts, structure.lines, LEAST))
    assert ("A", "jul", OWN) in hidden and len(hidden) == 2


def test_what_does_not_add_up_leaves_nothing_over() -> None:
    """Distinct counts: what a province has beside its communes' is no count of anything."""
    counted = cells_of({("A", "jul"): 42, ("x", "jul"): 20, ("y", "jul"): 20})
    counted.not_additive = {"received"}
    cells = counted.cells("f")
    structure = lines_of_units(cells, below({("x", "jul"): "A", ("y", "jul"): "A"}))
    assert not len(structure.lines) and not hide(cells.counts, structure.lines, LEAST).any()


def test_periods_that_do_not_make_one_up_give_nothing_away() -> None:
    """Of a quarter only August has figures: what July was, nobody is told."""
    spans = [
        (0, Span("jul", "quarter", date(2026, 7, 1), date(2026, 9, 30), date(2026, 9, 30))),
        (1, Span("aug", "month", date(2026, 8, 1), date(2026, 8, 31), date(2026, 8, 31))),
    ]
    for whole, number in ((60, 0), (20, 1)):
        cells = cells_of({("x", "jul"): whole, ("x", "aug"): 20}).cells("f")
        assert len(lines_of_periods(cells, cells.at[WHOLE], spans)) == number


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return fill(tmp_path_factory.mktemp("build"), world_of(count(1)))


def test_who_moved_within_a_period_is_hidden_with_what_it_was_below_each(settings: Settings) -> None:
    quarter, august = "2026-07-01_2026-09-30", "2026-08-01_2026-08-31"
    with open_reader(settings) as reader:
        counted = counted_now(reader, datasets_of(reader))
        spans = {counted.periods.numbers[each.id]: span_of(each) for each in list_periods(reader)}
        above = above_of(reader, counted, spans)
    unit, period = counted.units.numbers, counted.periods.numbers
    july, september = sorted(set(PERIODS) - {quarter, august})
    mover = above.parent[unit[MOVER]]
    assert [mover[period[each]] for each in (july, august, quarter, september)] == [
        *(unit[ONE], SEVERAL, SEVERAL, unit[OTHER])
    ]
    assert set(above.moved) == {(unit[MOVER], period[each]) for each in (august, quarter)}
    cells = counted.cells("dossiers")
    structure = lines_of_units(cells, above)
    groups = [set(zip(*(each.tolist() for each in cells.place(group)), strict=True)) for group in structure.together]
    wanted = {(MOVED, unit[each], period[quarter]) for each in (ONE, OTHER)} | {(WHOLE, unit[MOVER], period[quarter])}
    assert any(wanted <= group for group in groups)
    for total, part in ((PROVINCE, BELOW), (ONE, OWN)):
        assert cells.at[part, unit[total], period[quarter]] >= 0


def test_what_an_edition_hides_is_hidden_now(settings: Settings, tmp_path: Path) -> None:
    """A commune that had three dossiers when the edition was approved, and whose siblings have not changed since."""
    registry, period = open_registry(None), "2026-07-01_2026-07-31"
    with open_reader(settings) as reader:
        before = hidden_of_build(reader, registry)
        shown = reader.rows(
            "select * from pub.unit_indicator_v1 where period_id = ? and indicator = 'ONLINE_DOSSIER'", [period]
        )
        unit = next(row["unit_code"] for row in shown if (row["unit_code"], period, "dossiers") not in before)
        edition = _edition(tmp_path, [{**row, "denominator": 3} if row["unit_code"] == unit else row for row in shown])
        after = hidden_of_build(reader, registry, [edition])
    assert (unit, period, "dossiers") in after
    assert set(before.cells) < set(after.cells)


def test_the_same_figures_hide_the_same_cells_in_whatever_order_they_come(settings: Settings, tmp_path: Path) -> None:
    """Two files of one build that hid other cells would together show what each of them hides."""
    turned = fill(tmp_path, world_of(count(1)))
    with duckdb.connect(str(turned.served_path)) as connection:
        for name in ("unit_indicator_v1", "unit_volume_v1", "restated_indicator_v1", "unit_ancestry_v1"):
            connection.execute(f"create table t as select * from {name} order by rowid desc")
            connection.execute(f"delete from {name}")
            connection.execute(f"insert into {name} select * from t order by unit_code desc")
            connection.execute("drop table t")
    found = []
    for each in (settings, turned):
        with open_reader(each) as reader:
            found.append(hidden_of_build(reader, open_registry(None)).cells)
    assert found[0] == found[1] != set()


def _edition(folder: Path, rows: list[dict[str, Any]]) -> Edition:
    manifest = {"province": PROVINCE, "method": METHOD, "data_as_of": "2026-07-31"}
    manifest["period"] = {"label": "2026-07", "kind": "month", "start": "2026-07-01", "end": "2026-07-31"}  # type: ignore[assignment]
    for name, content in (("manifest", manifest), ("approval", {}), ("method", {"least_published": LEAST})):
        (folder / f"{name}.json").write_text(json.dumps(content), "utf-8")
    for name in ("indicators", "ranking", "completeness"):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(
                file, ["unit_code", "indicator", "source", "numerator", "denominator"], extrasaction="ignore"
            )
            writer.writeheader()
            writer.writerows(rows if name == "indicators" else [])
    return Edition(folder, 1)


def test_the_least_count_is_the_methods(settings: Settings) -> None:
    """Of the methods that the warehouse scores by, not of whatever the registry has."""
    registry = open_registry(None)
    strict = registry.methods[METHOD].model_copy(update={"least_published": 12})
    with open_reader(settings) as reader:
        usual = hidden_of_build(reader, registry)
        registry.methods[METHOD] = strict
        found = hidden_of_build(reader, registry)
    assert (usual.least, found.least) == (LEAST, 12)
    assert len(usual.cells) < len(found.cells)
