"""Our figures beside the portal's, and dossier codes on three sides."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from cchc.cli import app
from cchc.errors import PermanentError
from cchc.publish.reconcile import missing_codes, read_codes, reconcile
from cchc.settings import Settings

CODES = "dossier_code,note\nh50.100-1 ,\nH50.100-2,\nH50.100-9,the portal alone\n"


@pytest.fixture
def codes(tmp_path: Path) -> Path:
    path = tmp_path / "portal.csv"
    path.write_text(CODES, encoding="utf-8")
    return path


def test_the_differing_figures_come_first_and_are_counted_by_class(any_settings: Settings) -> None:
    found = reconcile(any_settings, "2026-09")
    assert found.counts == {"equal": 1, "not_synchronised": 1, "ministry_system": 1, "portal_only": 1}
    assert found.rows[-1]["difference"] == "equal"
    assert [row["unit_code"] for row in found.rows] == ["H50.101", "H50.102", "H50.102", "H50.100"]


def test_a_unit_has_those_below_it(any_settings: Settings) -> None:
    assert len(reconcile(any_settings, "2026-09", "H50").rows) == 4
    (only,) = reconcile(any_settings, "2026-09", "H50.100").rows
    assert only["difference"] == "equal"
    with pytest.raises(PermanentError, match="nothing of H50\\.02"):
        reconcile(any_settings, "2026-09", "H50.02")


def test_codes_that_a_side_lacks(any_settings: Settings, codes: Path) -> None:
    """Three dossiers are here, all of them from the unit's own files; the portal has two of them and one more."""
    found = missing_codes(any_settings, "2026-09", codes)
    assert found.known == {"unit_export": 3, "provincial_system": 0, "portal": 3}
    assert found.sides == ["unit_export", "portal"]
    assert [(row["dossier_code"], row["unit_code"], row["missing_on"]) for row in found.rows] == [
        ("H50.100-3", "H50.100", "portal"),
        ("H50.100-9", None, "unit_export"),
    ]


def test_a_code_of_another_unit_is_left_out(any_settings: Settings, codes: Path) -> None:
    other = missing_codes(any_settings, "2026-09", codes, "H50.102")
    assert (other.known["portal"], other.rows) == (1, [])


def test_a_code_of_another_period_is_said_so(settings: Settings, codes: Path) -> None:
    with duckdb.connect(str(settings.served_path)) as connection:
        connection.execute(
            "update dossier_trail_v1 set received_date = date '2026-08-31' where dossier_code = 'H50.100-1'"
        )
    found = missing_codes(settings, "2026-09", codes)
    assert {row["dossier_code"]: row["missing_on"] for row in found.rows} == {
        "H50.100-1": "other_period",
        "H50.100-3": "portal",
        "H50.100-9": "unit_export",
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [("code\nA\n", "no column dossier_code"), ("dossier_code\n\n ,\n", "row"), ("dossier_code\n", "no")],
)
def test_a_list_that_is_none(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PermanentError, match=why):
        read_codes(path)


def test_the_command_says_and_writes_both(settings: Settings, codes: Path, tmp_path: Path) -> None:
    asked = ["reconcile", "--period", "2026-09", "--workdir", str(settings.workdir)]
    said = CliRunner().invoke(app, asked)
    assert said.exit_code == 0, said.output
    assert "4 figures of the portal" in said.output
    assert "ministry_system" in said.output
    written = CliRunner().invoke(app, [*asked, "--codes", str(codes), "--out", str(tmp_path / "out.csv")])
    assert written.exit_code == 0, written.output
    assert "provincial_system: no code of the period, so it is not compared" in written.output
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines()[0].startswith("dossier_code,unit_code,")
