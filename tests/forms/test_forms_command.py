"""``cchc form``: one form, those of all units, which layouts there are, and what it says of wrong questions."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from served_forms import fill, installation
from test_forms_count import LETTERS, UNITS, trail
from typer.testing import CliRunner

from cchc.cli import app
from cchc.errors import PermanentError
from cchc.registry.forms import FormColumn, Identity

PERIOD = ("--from", "2026-09-01", "--to", "2026-09-30")


@pytest.fixture(scope="module")
def workdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = installation(tmp_path_factory.mktemp("command") / "var")
    fill(settings, UNITS | {"dossier_trail": trail(), "delivery_board": pd.DataFrame(LETTERS)})
    return settings.workdir


def said(workdir: Path, *arguments: str) -> str:
    outcome = CliRunner().invoke(app, ["form", *arguments, "--workdir", str(workdir)], catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


def test_the_layouts_are_listed_with_what_was_read_of_them(workdir: Path) -> None:
    text = said(workdir, "list")
    assert all(name in text for name in ("II.06a", "hanoi-weekly", "hanoi-period"))
    assert text.count("not held") == 3


def test_the_ending_decides_between_workbook_and_page(workdir: Path, tmp_path: Path) -> None:
    for name, start in (("form.xlsx", b"PK"), ("form.html", b"<!DOCTYPE html>")):
        text = said(workdir, "hanoi-weekly", "--unit", "P.101", *PERIOD, "--out", str(tmp_path / name))
        assert (tmp_path / name).read_bytes().startswith(start)
        assert "8 = 13 before: đúng" in text


def test_all_units_and_those_below_one(workdir: Path, tmp_path: Path) -> None:
    text = said(workdir, "II.06a", "--all", *PERIOD, "--out", str(tmp_path / "all"))
    assert "4 forms written" in text
    named = {path.name for path in (tmp_path / "all").iterdir()}
    assert named == {f"II.06a_{unit}_2026-09-01_2026-09-30.xlsx" for unit in ("P", "P.01", "P.101", "P.102")}
    one = said(workdir, "II.06a", "--all", "--unit", "P.01", *PERIOD, "--out", str(tmp_path / "one"))
    assert "1 forms written" in one


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("--unit", "P", *PERIOD), "--from, --to and --out"),
        (("--unit", "P", *PERIOD, "--out", "form.pdf"), "written as .xlsx or .html"),
        ((*PERIOD, "--out", "form.xlsx"), "name a unit"),
    ],
)
def test_what_is_missing_is_named(workdir: Path, arguments: tuple[str, ...], wanted: str) -> None:
    with pytest.raises(PermanentError, match=wanted):
        said(workdir, "II.06a", *arguments)


numbers = st.integers(1, 99)
identities = st.one_of(
    st.builds(Identity, numbers, st.lists(numbers, min_size=2, max_size=6).map(tuple)),
    st.builds(Identity, numbers, st.tuples(numbers), st.just(True)),
)


@given(st.lists(identities, min_size=1, max_size=4).map(tuple))
def test_an_identity_reads_as_it_is_written(written: tuple[Identity, ...]) -> None:
    row = {"layout": "a", "valid_from": "2026-01-01", "column": 1, "heading": "A", "key": "stt"}
    column = FormColumn.model_validate(row | {"identities": "; ".join(map(str, written))})
    assert column.identities == written
