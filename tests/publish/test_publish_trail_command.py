"""``cchc trail`` as a person reads it on a terminal, and the file with everything."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest
from publish_world import FORMULA

from cchc.cli import progress, trailing
from cchc.publish.trail import trail
from cchc.settings import Settings

FIGURE = ("H50.100", "PROCESSING_ON_TIME", "2026-Q3")


def shown(settings: Settings, capsys: pytest.CaptureFixture[str], width: int, limit: int = 20) -> list[str]:
    before = progress.console.width
    progress.console.width = width
    try:
        trailing.show_trail(settings, *FIGURE, None, limit)
    finally:
        progress.console.width = before
    return capsys.readouterr().out.splitlines()


def test_at_a_hundred_columns_nothing_is_folded(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(settings, capsys, 100)
    assert lines[0] == "H50.100 PROCESSING_ON_TIME 2026-Q3: 2 / 3, 3 rows"
    assert lines[2].split() == ["dossier", "received", "due", "ended", "counted"]
    assert lines[-2].split() == ["H50.100-3", "2026-09-02", "08:03", "0", "/", "1"]
    assert lines[-1] == "  10 Đã trả kết quả · onestop-a/H50.100/2026-09-02/hoso.csv, revision 1 · row 3"
    assert max(map(len, lines)) <= 100


def test_a_wide_terminal_shows_a_row_in_a_line(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(settings, capsys, 160, limit=2)
    assert lines[2].split()[-2:] == ["file", "row"]
    assert lines[3].endswith("onestop-a/H50.100/2026-09-02/hoso.csv, revision 1  row 1")
    assert lines[-1].startswith("1 more: ")


def test_the_file_has_everything_and_no_formula(settings: Settings, tmp_path: Path) -> None:
    with duckdb.connect(str(settings.served_path)) as con:
        con.execute("update pub.dossier_trail_v1 set dossier_code = ? where row_number = 1", [FORMULA])
    out = tmp_path / "new" / "trail.csv"
    trailing.show_trail(settings, *FIGURE, out, 1)
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    whole = trail(settings, *FIGURE[:2], *trailing.period_of(FIGURE[2])).rows
    assert len(rows) == len(whole) == 3 and list(rows[0]) == list(whole[0])
    assert {row["code"] for row in rows} == {"'" + FORMULA, "H50.100-2", "H50.100-3"}
    assert [path.name for path in out.parent.iterdir()] == ["trail.csv"]


def test_a_declared_figure_shows_its_evidence(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with duckdb.connect(str(settings.served_path)) as con:
        con.execute("update pub.unit_indicator_v1 set source = 'declared', numerator = 3, denominator = 4")
        con.execute(
            "insert into pub.declared_trail_v1 by name select 'H50.100' as unit_code, "
            "date '2026-07-01' as period_start, date '2026-09-30' as period_end, 'PROCESSING_ON_TIME' as criterion, "
            "3 as numerator, 4 as denominator, date '2026-09-30' as declared_date, "
            "repeat('ab', 32) as evidence_sha256, true as is_current, "
            "'declared-province/H50/2026-09-30/declared.csv' as path, 1 as revision, 5 as row_number"
        )
    lines = shown(settings, capsys, 200)
    assert lines[0] == "H50.100 PROCESSING_ON_TIME 2026-Q3: 3 / 4, 1 rows"
    assert "ab" * 32 in lines[3] and "declared.csv, revision 1" in lines[3] and lines[3].endswith("row 5")
