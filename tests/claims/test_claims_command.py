"""``cchc claims``: the same rules at the command line, with and without a warehouse."""

from __future__ import annotations

import csv
from importlib import resources
from pathlib import Path

import pytest
from claim_reports import write_docx
from claim_world import fill_duckdb
from typer.testing import CliRunner

from cchc.cli import app
from cchc.errors import PermanentError
from cchc.settings import Settings

LINE = "Trong quý III/2026, tiếp nhận 1.279 hồ sơ, đã giải quyết 1.183 hồ sơ, đang giải quyết 114 hồ sơ."


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("CCHC_WORKDIR", str(tmp_path / "work"))
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_check_a_list(run: CliRunner, tmp_path: Path) -> None:
    source = resources.files("cchc.claims").joinpath("data", "public.csv").read_text(encoding="utf-8")
    given = tmp_path / "claims.csv"
    given.write_text(source, encoding="utf-8")
    done = run.invoke(app, ["claims", "check", str(given), "--out", str(tmp_path / "out.csv")])
    assert done.exit_code == 0, done.output
    assert "94 claims" in done.output and "No warehouse here" in done.output
    assert all(row["verdict"] == row["expected_verdict"] for row in rows(tmp_path / "out.csv"))


def test_a_list_needs_a_file_to_write(run: CliRunner, tmp_path: Path) -> None:
    done = run.invoke(app, ["claims", "check", str(tmp_path / "claims.csv")])
    assert done.exit_code == 2 and "--out" in done.output


@pytest.mark.parametrize("ending", ["txt", "docx"])
def test_check_a_report(run: CliRunner, tmp_path: Path, ending: str) -> None:
    report = tmp_path / f"report.{ending}"
    if ending == "txt":
        report.write_text(LINE, encoding="utf-8")
    else:
        write_docx(report, [LINE])
    said = run.invoke(app, ["claims", "check", str(report)])
    assert said.exit_code == 0 and said.output.count("sửa  [1.1]") == 1 and "1.279 → 1.297" in said.output
    done = run.invoke(app, ["claims", "check", str(report), "--out", str(tmp_path / "out.csv"), "--lang", "en"])
    assert "1 sửa" in done.output
    (row,) = rows(tmp_path / "out.csv")
    assert (row["answer"], row["text"]) == ("sửa", LINE) and "The parts give 1,297" in row["explanation"]


def test_a_report_and_a_list_beside_a_warehouse(run: CliRunner, tmp_path: Path) -> None:
    fill_duckdb(Settings(workdir=tmp_path / "work", exports="").served_path)
    report = tmp_path / "report.txt"
    report.write_text("UBND phường Đông Hà\nTrong quý III/2026, đã tiếp nhận 1.279 hồ sơ.", encoding="utf-8")
    said = run.invoke(app, ["claims", "check", str(report)])
    assert said.exit_code == 0 and "1.279 → 1.297" in said.output and "No warehouse" not in said.output
    given = tmp_path / "in.csv"
    given.write_text(
        "statement_type,numerator,denominator,value,place,period,stated_text\n"
        "bare,,,1279,phường Đông Hà,2026-Q3,tiếp nhận 1.279 hồ sơ\n",
        encoding="utf-8",
    )
    assert run.invoke(app, ["claims", "check", str(given), "--out", str(tmp_path / "out.csv")]).exit_code == 0
    assert [row["verdict"] for row in rows(tmp_path / "out.csv")] == ["contradicts_warehouse"]


def test_list_what_ships(run: CliRunner, tmp_path: Path) -> None:
    done = run.invoke(app, ["claims", "list"])
    assert done.exit_code == 0 and "LD20-01" in done.output and "contradicts_itself" in done.output
    run.invoke(app, ["claims", "list", "--out", str(tmp_path / "all.csv")])
    assert {row["list"] for row in rows(tmp_path / "all.csv")} == {"public", "seeds"}


def test_write_the_page(run: CliRunner, tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("id,statement_type,numerator,denominator,value\nmine,sum,1+2,,4\n", encoding="utf-8")
    for arguments, wanted in (([], "LD20-01"), (["--from", str(own)], "mine")):
        done = run.invoke(app, ["claims", "page", "--out", str(tmp_path / "page.html"), *arguments])
        assert done.exit_code == 0 and f'id="{wanted}"' in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_another_file_is_refused(run: CliRunner, tmp_path: Path) -> None:
    done = run.invoke(app, ["claims", "check", str(tmp_path / "report.pdf")])
    assert isinstance(done.exception, PermanentError)
