"""What a template looks like to who fills it in: instructions, drop-downs, what is locked, and what it refuses."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from cchc.cli import app
from cchc.datasets.dialects import DIALECTS
from cchc.errors import PermanentError
from cchc.registry.open import Registry
from cchc.templates import items_of, template_of, write_template
from cchc.templates.items import periods_to_choose, units_to_choose
from cchc.templates.write import SPARE_ROWS, TOLD

DAY = date(2026, 11, 5)
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
HEADINGS = DIALECTS["workbook"].key_of("declared")


@pytest.fixture(scope="module")
def book(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("book") / "tasks.xlsx"
    assert write_template(registry, "tasks", path, DAY, ["H50.101", "H50.102"], OCTOBER) == 48
    return openpyxl.load_workbook(path)


def chosen(book: Any, heading: str) -> list[Any]:
    """What the drop-down of a column offers."""
    sheet = book["Số liệu"]
    at = next(cell for cell in sheet[4] if cell.value == heading)
    for validation in sheet.data_validations.dataValidation:
        if validation.type == "list" and f"{at.column_letter}5" in validation.sqref:
            name, area = validation.formula1.replace("$", "").lstrip("=").split("!")
            return [row[0].value for row in book[name.strip("'")][area]] if ":" in area else []
    raise AssertionError(f"no drop-down under {heading}")


def test_headings_are_those_that_the_gate_reads(book: Any) -> None:
    names = [cell.value for cell in book["Số liệu"][4]]
    assert set(names) == set(HEADINGS.values()) | set(TOLD.values())
    # what is told is known to the dialect and not read
    known = DIALECTS["workbook"].keys["declared"] or {}
    assert [known[heading] for heading in TOLD.values()] == [None] * len(TOLD)


def test_only_what_is_filled_in_is_open(book: Any) -> None:
    sheet = book["Số liệu"]
    assert sheet.protection.sheet and book["Hướng dẫn"].protection.sheet
    assert book["Danh sách"].sheet_state == "hidden"
    columns = {cell.value: cell.column for cell in sheet[4]}
    assert all(cell.protection.locked for cell in sheet[4])
    for heading, column in columns.items():
        locked = sheet.cell(5, column).protection.locked
        assert locked == (heading in {*TOLD.values(), HEADINGS["criterion"]}), heading
        spare = sheet.cell(4 + 48 + SPARE_ROWS, column).protection.locked
        assert spare == (heading in TOLD.values()), heading


def test_drop_downs_offer_what_the_registry_has(book: Any, registry: Registry) -> None:
    units = [unit.agency_code for unit in units_to_choose(registry, DAY)]
    assert chosen(book, HEADINGS["unit"]) == chosen(book, HEADINGS["declared_by"]) == units
    assert {"H50", "H50.101", "H50.178"} <= set(units) and not any(code.startswith("H49") for code in units)
    criteria = [item.criterion for item in items_of(registry, template_of(registry, "tasks", DAY), DAY)]
    assert chosen(book, HEADINGS["criterion"]) == criteria
    starts, ends = chosen(book, HEADINGS["period_start"]), chosen(book, HEADINGS["period_end"])
    assert datetime(2026, 10, 1) in starts and datetime(2026, 9, 30) in ends and datetime(2026, 12, 31) in ends
    assert starts == sorted(set(starts)) and ends == sorted(set(ends))


def test_every_area_and_state_has_its_row_filled_in_for_each_unit(book: Any, registry: Registry) -> None:
    sheet = book["Số liệu"]
    columns = {cell.value: cell.column for cell in sheet[4]}
    read = [HEADINGS["unit"], *TOLD.values(), HEADINGS["criterion"], HEADINGS["period_start"], HEADINGS["period_end"]]
    rows = [[sheet.cell(row, columns[name]).value for name in read] for row in range(5, 5 + 48)]
    items = items_of(registry, template_of(registry, "tasks", DAY), DAY)
    assert rows == [
        [
            unit,
            item.name,
            item.part,
            item.answer,
            item.criterion,
            *(datetime.combine(d, datetime.min.time()) for d in OCTOBER),
        ]
        for unit in ("H50.101", "H50.102")
        for item in items
    ]
    assert len({row[2] for row in rows}) == 6 and len({row[3] for row in rows}) == 4


def test_the_guide_says_what_is_counted(book: Any) -> None:
    text = "\n".join(str(cell.value) for row in book["Hướng dẫn"].iter_rows() for cell in row if cell.value)
    assert "không ghi tỷ lệ phần trăm" in text and "Tổng số nhiệm vụ của lĩnh vực trong kế hoạch" in text
    assert "Phường" in text or "Xã" in text  # the units are named


def test_the_portal_template_asks_for_what_no_system_exports(registry: Registry) -> None:
    items = items_of(registry, template_of(registry, "portal", DAY), DAY)
    by_name = {each.indicator: each.dataset for each in registry.indicators}
    assert len(items) == 7 and {by_name[item.criterion] for item in items} == {"portal"}
    assert all(item.numerator and item.denominator for item in items)


def test_the_same_template_is_the_same_file(registry: Registry, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_template(registry, "survey", tmp_path / name, DAY)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_periods_are_months_quarters_and_years(registry: Registry) -> None:
    found = periods_to_choose(registry, DAY)
    assert len(found) >= 2 * (12 + 4 + 1)
    assert {(date(2026, 1, 1), date(2026, 12, 31)), (date(2025, 12, 1), date(2025, 12, 31))} <= set(found)
    assert (date(2026, 10, 1), date(2026, 12, 31)) in found and OCTOBER in found


@pytest.mark.parametrize(
    ("name", "out", "units", "said"),
    [
        ("nothing", "t.xlsx", (), "no template nothing .* documents, tasks"),
        ("tasks", "t.csv", (), "name it .xlsx"),
        ("tasks", "t.xlsx", ("H99",), "no unit H99"),
        ("tasks", "t.xlsx", ("H50.D470",), "no unit H50.D470"),  # a district that ended
    ],
)
def test_what_cannot_be_written_is_said(
    name: str, out: str, units: tuple[str, ...], said: str, registry: Registry, tmp_path: Path
) -> None:
    with pytest.raises(PermanentError, match=said):
        write_template(registry, name, tmp_path / out, DAY, units)
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_it(tmp_path: Path) -> None:
    out = tmp_path / "documents.xlsx"
    told = ["template", "documents", "--out", str(out), "--unit", "H50.101", "--period", "2026-10"]
    done = CliRunner().invoke(app, [*told, "--workdir", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "2 rows to fill in" in done.output
    assert openpyxl.load_workbook(out)["Số liệu"]["A5"].value == "H50.101"
