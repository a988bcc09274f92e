"""Each template filled in with openpyxl goes through extract, read, normalise and validate like any export."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from cchc.datasets.dialects import DIALECTS
from cchc.registry.open import Registry
from cchc.templates import items_of, template_of, write_template
from support.world import DAY, World, world

pytestmark = pytest.mark.xdist_group("great_expectations")

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
HEADINGS = DIALECTS["workbook"].key_of("declared")
#: Template -> the unit that fills it in.
NAMES = {"documents": "H50.101", "tasks": "H50.102", "investment": "H50.103", "survey": "H50.104", "portal": "H50.105"}

Rows = list[dict[str, Any]]


def sheet_of(book: openpyxl.Workbook) -> tuple[Worksheet, dict[str, int], int]:
    """The sheet that is filled in, column -> position, and the first row below the headings."""
    sheet = book["Số liệu"]
    for row in sheet.iter_rows(max_row=10):
        names = {cell.value: cell.column for cell in row if cell.value}
        if set(HEADINGS.values()) <= set(names):
            return sheet, {column: names[heading] for column, heading in HEADINGS.items()}, row[0].row + 1
    raise AssertionError("no headings")


def filled(path: Path, fill: Callable[[int, dict[str, Any]], dict[str, Any]]) -> bytes:
    """The workbook with what ``fill`` says of each row that asks for a criterion: number, row -> changed cells."""
    book = openpyxl.load_workbook(path)
    sheet, at, first = sheet_of(book)
    for number, row in enumerate(range(first, sheet.max_row + 1)):
        if not sheet.cell(row, at["criterion"]).value:
            break
        cells = {column: sheet.cell(row, position).value for column, position in at.items()}
        for column, value in ({"declared_at": date(2026, 11, 4), "declared_by": "H50"} | fill(number, cells)).items():
            sheet.cell(row, at[column]).value = value
    out = path.with_name(f"filled-{path.name}")
    book.save(out)
    return out.read_bytes()


def sound(number: int, row: dict[str, Any]) -> dict[str, Any]:
    """Counts that hold together: answers and states of a part make up its total; money may be much."""
    if row["criterion"].startswith("TASK_"):
        return {"numerator": (3, 1, 2, 0)[number % 4], "denominator": 6}
    if row["criterion"].startswith("SURVEY_") and row["criterion"] != "SURVEY_RETURNED":
        return {"numerator": (50, 30, 10, 6, 4)[(number - 1) % 5], "denominator": 100}
    if row["criterion"] == "INVESTMENT_DISBURSED":
        return {"numerator": 12_345_678_901_234, "denominator": 23_456_789_012_345}
    return {"numerator": number + 1, "denominator": 20, "evidence_name": "MC-1.pdf", "evidence_sha256": "a" * 64}


def broken(number: int, row: dict[str, Any]) -> dict[str, Any]:
    """The first row of each kind is wrong in its own way."""
    good = sound(number, row)
    if row["criterion"] == "TASK_PROCEDURES_DONE_LATE":
        return good | {"numerator": 2}  # seven of six
    if row["criterion"] == "SURVEY_ACCESS_NEUTRAL":
        return good | {"numerator": "10%"}
    if row["criterion"] == "DOCUMENT_EXCHANGED_ONLINE":
        return good | {"numerator": 21}
    if row["criterion"] == "INVESTMENT_DISBURSED":
        return good | {"numerator": -1}
    if row["criterion"] == "DOSSIER_SYNC":
        return good | {"unit": "H50.999"}
    if row["criterion"] == "PUBLISH_ON_TIME":
        return good | {"period_start": date(2026, 11, 1)}
    if row["criterion"] == "ELECTRONIC_CERTIFIED_COPY":
        return good | {"evidence_sha256": "abc"}
    return good


#: Template -> criterion -> the rules under which its row is held.
HELD = {
    "documents": {"DOCUMENT_EXCHANGED_ONLINE": "numerator_over_denominator"},
    "tasks": dict.fromkeys(
        (f"TASK_PROCEDURES_{state}" for state in ("DONE_ON_TIME", "DONE_LATE", "RUNNING_IN_TIME", "RUNNING_OVERDUE")),
        "parts_not_whole",
    ),
    "investment": {"INVESTMENT_DISBURSED": "negative_amount"},
    "survey": {
        "SURVEY_ACCESS_NEUTRAL": "bad_amount",
        **dict.fromkeys(
            (f"SURVEY_ACCESS_{a}" for a in ("VERY_SATISFIED", "SATISFIED", "DISSATISFIED", "VERY_DISSATISFIED")),
            "parts_not_whole",
        ),
    },
    "portal": {
        "DOSSIER_SYNC": "unknown_unit",
        "PUBLISH_ON_TIME": "bad_date",
        "ELECTRONIC_CERTIFIED_COPY": "unknown_value",
    },
}


def ingested(folder: Path, registry: Registry, fill: Callable[[int, dict[str, Any]], dict[str, Any]]) -> World:
    here = world(folder, registry)
    for name, unit in NAMES.items():
        path = folder / f"{name}.xlsx"
        write_template(registry, name, path, DAY, [unit], OCTOBER)
        here.deliver(f"declared-units/{unit}/declared.xlsx", filled(path, fill))
    here.ingest()
    return here


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> World:
    return ingested(tmp_path_factory.mktemp("good"), registry, sound)


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> World:
    return ingested(tmp_path_factory.mktemp("bad"), registry, broken)


@pytest.mark.parametrize("name", NAMES)
def test_a_sound_template_is_accepted_whole_and_without_a_warning(name: str, good: World, registry: Registry) -> None:
    asked = items_of(registry, template_of(registry, name, DAY), DAY)
    rows = good.rows(
        "select criterion, numerator, denominator, period_start, period_end, declared_at, declared_by "
        f"from raw.declared where unit = '{NAMES[name]}' order by row_number"
    )
    assert [row[0] for row in rows] == [item.criterion for item in asked]
    for number, row in enumerate(rows):
        told = sound(number, {"criterion": row[0]})
        assert row[1:] == (told["numerator"], told["denominator"], *OCTOBER, date(2026, 11, 4), "H50")
    (file,) = [each for each in good.ledger.find() if each["unit"] == NAMES[name]]
    assert (file["outcome"], file["warnings"], file["rows_quarantined"]) == ("accepted", "", 0)
    assert file["rows_read"] == file["rows_accepted"] == len(asked)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_wrong_is_held_with_its_rule_and_nothing_else(name: str, bad: World, registry: Registry) -> None:
    asked = [item.criterion for item in items_of(registry, template_of(registry, name, DAY), DAY)]
    held = bad.rows(
        f"select payload, rule from raw.quarantine where delivering_unit = '{NAMES[name]}' order by row_number"
    )
    assert {json.loads(payload)["criterion"]: rule for payload, rule in held} == HELD[name]
    kept = bad.rows(f"select criterion from raw.declared where delivering_unit = '{NAMES[name]}' order by row_number")
    assert [row[0] for row in kept] == [criterion for criterion in asked if criterion not in HELD[name]]


def test_a_survey_is_counts_that_make_up_their_answers(good: World) -> None:
    """No per cent is declared: what people answered stands there, answer by answer."""
    rows = good.rows(
        "select substr(criterion, 1, 14), sum(numerator), min(denominator), max(denominator) from raw.declared "
        "where criterion like 'SURVEY_%' and criterion <> 'SURVEY_RETURNED' group by 1"
    )
    assert len(rows) == 5
    assert {row[1:] for row in rows} == {(100, 100, 100)}
