"""The contract's samples through the whole pipeline: all indicators and files equal, nothing personal outside."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from contract_samples import needs_samples, sample_arguments
from running import SAMPLES, SHARED, cchc, export_indicators, export_ledger, ledger_tables, query, warehouse_tables

pytestmark = needs_samples

PERSONAL = re.compile(rb"CANARY|(?<!\d)999\d{9}(?!\d)", re.IGNORECASE)


def checked(workdir: Path, *flags: str) -> int:
    sys.path.insert(0, str(SHARED / "contract"))
    import check

    truth = ["--truth", str(SAMPLES / "truth.json")]
    results = ["--indicators", str(export_indicators(workdir)), "--ledger", str(export_ledger(workdir))]
    return int(check.main([*truth, *results, *flags]))


def test_every_indicator_and_every_file_equals_the_truth(sample_run: Path) -> None:
    assert checked(sample_run) == 0


def test_a_second_run_changes_nothing(sample_run: Path) -> None:
    before = warehouse_tables(sample_run), ledger_tables(sample_run)
    cchc(*sample_arguments(sample_run))
    after = warehouse_tables(sample_run), ledger_tables(sample_run)
    assert after == before


def test_the_final_state_alone_gives_the_same_figures(tmp_path: Path) -> None:
    arguments = [a for a in sample_arguments(tmp_path) if a not in ("--schedule", SAMPLES / "schedule.json")]
    cchc(*arguments, "--no-pages")
    assert checked(tmp_path, "--final-only") == 0


def test_nothing_personal_is_found_outside_landing(sample_run: Path) -> None:
    files = [
        path for path in sample_run.rglob("*") if path.is_file() and "landing" not in path.relative_to(sample_run).parts
    ]
    assert any(path.suffix == ".html" for path in files), "no page was written: the test would see nothing"
    dirty = [str(path) for path in files if PERSONAL.search(path.read_bytes())]
    assert dirty == []


def test_nothing_personal_hides_in_compressed_tables(sample_run: Path) -> None:
    tables = {**warehouse_tables(sample_run), **ledger_tables(sample_run)}
    assert len(tables["raw.quarantine"]) == 18
    dirty = {name for name, rows in tables.items() for row in rows if PERSONAL.search(row.encode())}
    assert dirty == set()


def test_the_search_for_personal_data_can_find_something(sample_run: Path) -> None:
    landed = [path for path in (sample_run / "landing").rglob("*") if path.is_file()]
    assert any(PERSONAL.search(path.read_bytes()) for path in landed)


def test_stray_names_are_reported_and_never_opened(sample_run: Path) -> None:
    strays = ledger_tables(sample_run)["stray_file"]
    assert len(strays) == 3 and all("unknown_file_name" in row for row in strays)


def test_a_refused_file_leaves_the_last_readable_revision_in_force(sample_run: Path) -> None:
    in_force = query(
        sample_run,
        "select revision, outcome, in_force from raw.deliveries where system = 'igate-quangtri' "
        "and export_date = date '2026-11-03' order by revision",
    )
    assert in_force == [(1, "refused", False), (2, "accepted", True)]


@pytest.mark.parametrize("command", [["status", "--all"], ["quarantine", "list"], ["doctor"]])
def test_looking_commands_show_no_personal_data(sample_run: Path, command: list[str]) -> None:
    env_exports = ["--workdir", str(sample_run)]
    shown = cchc(*command, *env_exports, check=False).stdout
    assert shown and not PERSONAL.search(shown.encode())


def test_a_figure_leads_to_its_rows_and_files(sample_run: Path) -> None:
    shown = cchc(
        "trail",
        "--unit",
        "H50.08",
        "--indicator",
        "PROCESSING_ON_TIME",
        "--period",
        "2026-11-03..2026-11-05",
        "--workdir",
        sample_run,
    ).stdout
    assert "16 / 16, 16 rows" in shown
