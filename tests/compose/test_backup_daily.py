"""The backup of every day: which day is due, what stays, what a failed one leaves."""

from __future__ import annotations

import sys
from datetime import date, datetime, time
from pathlib import Path

import pytest
from resolved import PROJECT

sys.path.insert(0, str(PROJECT / "scripts"))
import backup_daily


@pytest.mark.parametrize(("hour", "day"), [(21, 27), (22, 28)])
def test_the_due_day_changes_at_the_hour(hour: int, day: int) -> None:
    assert backup_daily.due(datetime(2026, 11, 28, hour), time(22)) == date(2026, 11, day)


@pytest.mark.slow
def test_the_newest_stay_and_nothing_else_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("2026-11-01", "2026-11-02", "2026-11-03", "by-hand"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}", "utf-8")
    (tmp_path / "2026-10-01").mkdir()  # no manifest: not a whole one, and not ours to remove
    workdir = tmp_path / "var"
    (workdir / "landing").mkdir(parents=True)
    monkeypatch.setenv("CCHC_WORKDIR", str(workdir))
    assert backup_daily.back_up(tmp_path, date(2026, 11, 4), 2)
    left = sorted(each.name for each in tmp_path.iterdir() if each.is_dir())
    assert left == ["2026-10-01", "2026-11-03", "2026-11-04", "by-hand", "var"]


@pytest.mark.slow
def test_one_that_fails_leaves_no_backup_of_the_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_WORKDIR", str(tmp_path / "nowhere"))
    assert not backup_daily.back_up(tmp_path, date(2026, 11, 4), 2)
    assert backup_daily.whole(tmp_path) == []
