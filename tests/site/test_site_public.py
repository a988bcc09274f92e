"""The public's copy: no dossier, no count that is too small, and none that follows from what is shown."""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from publish_world import contract
from site_world import Built, now

from cchc.conceal import family, hidden_of_build
from cchc.conceal.classes import PROCEDURES, of_procedures
from cchc.publish import list_periods, open_reader
from cchc.site import Copy
from cchc.site.counts import public_tables

#: As the ministries write it: the agency, then what it counts; the world's are shorter and still of this shape.
DOSSIER = re.compile(r"\bH\d{2}(?:\.\w+)*-\d+")
LEAST = 5
STATE = "H50/2026-09/qd766-portal-2026/now"


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def document(page: Path) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert found is not None
    content: dict[str, Any] = json.loads(found[1])
    return content


def test_no_file_of_the_public_copy_has_a_dossier_code(built: Built) -> None:
    seen = 0
    for path in files(built.public):
        codes = DOSSIER.findall(path.read_text(encoding="utf-8"))
        assert not codes, f"{path.relative_to(built.public)}: {codes[:3]}"
        seen += 1
    assert seen > 100
    assert any(DOSSIER.search(path.read_text(encoding="utf-8")) for path in files(built.office)), "the office has them"


def test_no_free_text_about_a_case_leaves_the_office(built: Built) -> None:
    for said in ("đã trả", "sai <i>quy định", "BB 12/2026", "Trần Thị B"):
        told = (said, said.replace("<", "\\u003c").replace(">", "\\u003e"), html.escape(said))
        assert any(each in path.read_text("utf-8") for path in files(built.office) for each in told), said
        for path in files(built.public):
            text = path.read_text("utf-8")
            assert not any(each in text for each in told), f"{path}: {said}"


def test_hidden_counts_are_in_no_table(built: Built) -> None:
    """What is hidden, and that it cannot be computed, is ``cchc.conceal``'s; here that no table of the copy has it."""
    with open_reader(built.settings) as reader:
        hidden = hidden_of_build(reader, built.registry, built.editions)
        periods = list_periods(reader)
    assert hidden.datasets == {}, "the world names no datasets: all are counted over dossiers"
    assert len({cell for cell in hidden.cells if cell[2] == "dossiers"}) > 3
    seen = 0
    for period in periods:
        folder = built.public / "H50" / period.label / "qd766-portal-2026" / "now"
        for row in rows(folder / "indicators.csv"):
            is_hidden = (row["unit_code"], period.id, family(row["indicator"], row["source"], {})) in hidden
            blank = row["numerator"] == row["denominator"] == row["ratio"] == ""
            assert (row["null_reason"] == "suppressed") == is_hidden and (blank or not is_hidden)
            seen += is_hidden
        for row in rows(folder / "ranking.csv"):
            assert (row["unit_code"], period.id, "dossiers") not in hidden or row["dossiers"] == ""
    assert seen


def test_every_state_of_a_period_hides_the_same(built: Built) -> None:
    folder = built.public / "H50" / "2026-09" / "qd766-portal-2026"
    found = {
        state: {
            (row["unit_code"], row["indicator"]) for row in rows(folder / state / "indicators.csv") if not row["ratio"]
        }
        for state in ("now", "r1", "r2")
    }
    assert found["now"] == found["r1"] == found["r2"] != set()


def test_the_interactive_page_hides_what_the_tables_hide(built: Built) -> None:
    public, office = (document(each / "H50" / "2026-09" / "index.html") for each in (built.public, built.office))
    hidden = {
        row["unit_code"]
        for row in rows(built.public / STATE / "ranking.csv")
        if not row["dossiers"] and row["null_reason"] != "no_dossiers"
    }
    assert hidden
    names = [unit[0] for unit in public["units"]]
    for at, figures in enumerate(public["facts"]):
        for fact in figures:
            if names[at] in hidden:
                assert fact[1:4] == [None, None, None] and fact[5] == "suppressed"
    for state, document_of in (("public", public), ("office", office)):
        assert bool(document_of["actions"]) == (state == "office")
        assert bool(document_of["volumes"]["rows"]) == (state == "office")
    assert all(values[4] is None for intervals in public["intervals"] for values in intervals.values())
    assert all(line[3] is None for units in public["changes"]["units"] for unit in units.values() for line in unit[-1])
    scores = [[fact[7:] for fact in unit] for unit in public["facts"]]
    assert scores == [[fact[7:] for fact in unit] for unit in office["facts"]], "scores are shown in full"


def test_the_columns_of_the_public_copy_are_columns(built: Built) -> None:
    """What is named is there; what a table of an edition gains later stays in the office until it is named."""
    tables = now(built.settings, built.registry).tables
    for name, rule in public_tables().items():
        if tables.get(name):
            assert set(rule.columns) <= set(tables[name][0]), name
    blanked = {name: set(rule.counts.blanked) & set(rule.columns) for name, rule in public_tables().items()}
    assert {name: columns for name, columns in blanked.items() if columns} == {
        "ranking": {"dossiers"},
        "indicators": {"numerator", "denominator", "ratio"},
        "completeness": {"dossiers_in_exports", "dossiers_on_portal", "coverage_percent"},
        "intervals": {"one_dossier_points"},
    }
    assert "corrections" not in public_tables() and "objection_effects" not in public_tables()
    secret = {"dossier_code", "dossier_codes", "path", "objection_reason", "answer_note", "reason", "evidence"}
    assert not secret & {column for rule in public_tables().values() for column in rule.columns}


def test_counts_of_procedures_say_nothing_of_people(built: Built) -> None:
    """Every code is an indicator of the registry, from whichever source."""
    for source in ("exports", "portal"):
        assert family("PAYMENT_TRANSACTED_PROCEDURE", source, {}) == PROCEDURES
    assert of_procedures() <= {indicator.indicator for indicator in built.registry.indicators}


def test_the_threshold_is_the_methods(built: Built) -> None:
    for path in (Path(__file__).parents[2] / "include/cchc/registry/data/methods").glob("*.yaml"):
        assert yaml.safe_load(path.read_text("utf-8"))["least_published"] == LEAST
    assert built.registry.methods["qd766-portal-2026"].least_published == LEAST
    assert f"số đếm dưới {LEAST}" in (built.public / STATE / "H50.101.html").read_text("utf-8")


def test_small_counts_are_hidden_from_the_first_one_on(built: Built) -> None:
    """H50.100 has three dossiers: its page shows scores and rank and none of its counts."""
    page = (built.public / STATE / "H50.100.html").read_text("utf-8")
    figures = rows(built.public / STATE / "H50.100.figures.csv")
    assert {row["denominator"] for row in figures} == {""}
    assert {row["null_reason"] for row in figures} == {"suppressed"}
    assert all(row["score"] for row in figures)
    assert '<abbr title="số đếm nhỏ, không công bố">*</abbr>' in page
    assert Decimal(next(row["score"] for row in figures)) > 0
    assert "pub_ranking" in contract()


def test_what_was_taken_away_is_not_shown_as_nothing(built: Built) -> None:
    """Rows read and held are the office's; a zero in their place would be said of every unit."""
    public, office = (document(each / "H50" / "2026-09" / "index.html") for each in (built.public, built.office))
    assert {row[4] for row in public["board"]["rows"]} == {None}
    assert None not in {row[4] for row in office["board"]["rows"]}


@pytest.mark.parametrize("copy", list(Copy))
def test_a_number_below_zero_is_a_number(built: Built, copy: Copy) -> None:
    below = [
        cell
        for path in (built.public if copy is Copy.PUBLIC else built.office).rglob("*.csv")
        for row in rows(path)
        for cell in row.values()
        if re.fullmatch(r"'?-[0-9.]+", cell or "")
    ]
    assert below
    assert not [cell for cell in below if cell.startswith("'")]
