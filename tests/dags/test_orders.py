"""What a run is asked to do: days, periods, and when enough failed to fail it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from cchc.errors import PermanentError, ShareExceeded
from cchc.pipeline import approvals, orders, tasks

NIGHT = datetime(2026, 9, 30, 18, 30, tzinfo=UTC)  # 01:30 of 1 October in Asia/Ho_Chi_Minh


def loaded(accepted: int, refused: int) -> dict[str, Any]:
    return {"files_accepted": accepted, "files_refused": refused, "rows_read": 0, "refused": []}


def test_the_last_seven_days_up_to_yesterday() -> None:
    assert orders.window({}, NIGHT) == ("2026-09-24", "2026-09-30")


def test_local_day_of_any_clock() -> None:
    assert orders.local_day(NIGHT) == orders.local_day(NIGHT.replace(tzinfo=None))
    assert orders.local_day(NIGHT.astimezone(timezone(timedelta(hours=-8)))).isoformat() == "2026-10-01"


def test_named_days_win() -> None:
    assert orders.window({"day_from": "2026-07-01", "day_to": "2026-07-02"}, NIGHT) == ("2026-07-01", "2026-07-02")
    assert orders.window({"day_to": "2026-07-07"}, NIGHT) == ("2026-07-01", "2026-07-07")
    assert orders.window({"day_from": "2026-09-01", "day_to": None}, NIGHT) == ("2026-09-01", "2026-09-30")


@pytest.mark.parametrize("given", [{"day_from": "2026-10-02"}, {"day_to": "30/09/2026"}, {"day_from": "2026-02-30"}])
def test_impossible_days_are_no_run(given: dict[str, str]) -> None:
    with pytest.raises(PermanentError):
        orders.window(given, NIGHT)


def test_periods_that_just_ended() -> None:
    assert orders.periods({}, NIGHT) == ["2026-09", "2026-Q3"]
    assert orders.periods({}, datetime(2026, 12, 31, 23, tzinfo=UTC)) == ["2026-12", "2026-Q4", "2026"]
    assert orders.periods({"period": "2026-Q1"}, NIGHT) == ["2026-Q1"]
    assert orders.periods({"period": "all"}, NIGHT) is None


def test_single_failures_pass_and_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_FAIL_SHARE", "0.5")
    planned = [{"units": ["a", "b"]}, {"units": ["c"]}]
    collected = [{"units": 2, "failed": [["s", "a", "timeout"]]}]
    batches = [{"batches": [{"revisions": [1, 2]}, {"revisions": [3, 4]}]}]
    with pytest.raises(ShareExceeded):  # one unit failed, and one batch with one unit: two of three
        orders.check(planned, collected, batches, loaded(4, 0))
    counts = orders.check(planned, [*collected, {"units": 1, "failed": []}], batches, loaded(2, 0))
    assert (counts["units_failed"], counts["files_failed"]) == (1, 2)


def test_files_of_a_lost_batch_count_as_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_FAIL_SHARE", "0.5")
    with pytest.raises(ShareExceeded, match="3 of 4 files not judged: their batch failed"):
        orders.check([], [], [{"batches": [{"revisions": [1, 2, 3, 4]}]}], loaded(1, 0))


def test_nothing_stored_is_an_error() -> None:
    with pytest.raises(PermanentError):
        orders.check([], [], [], None)  # type: ignore[arg-type]


def test_a_recheck_reaches_every_batch(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_EXPORTS", str(empty))
    given = {"system": "mcdt-quangtri", "day_from": "2026-09-29", "day_to": "2026-09-30"}
    assert all("recheck" not in batch for batch in orders.collecting(given, NIGHT))
    batches = orders.collecting({**given, "recheck": True}, NIGHT)
    assert batches and all(batch["recheck"] is True for batch in batches)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation in which nothing ever happened."""
    for name in ("CCHC_EXPORTS", "CCHC_REGISTRY", "CCHC_WAREHOUSE", "CCHC_LEDGER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CCHC_WORKDIR", str(tmp_path))
    return tmp_path


def test_on_a_first_start_there_is_nothing_to_do(empty: Path) -> None:
    assert orders.collecting({}, NIGHT) == orders.publishing({}, NIGHT) == approvals.due({}, NIGHT) == []
    assert tasks.prepare_build()["due"] is False
    assert tasks.publish([]) == []
    assert orders.publishing({"period": "2026-09"}, NIGHT) == ["2026-09"]  # who names one hears what is wrong


def test_an_export_root_that_was_named_has_to_be_there(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_EXPORTS", str(empty / "nowhere"))
    planned = orders.collecting({}, NIGHT)
    with pytest.raises(PermanentError, match="is no folder"):
        tasks.collect_units(planned[0])
    (empty / "exports").mkdir()
    monkeypatch.delenv("CCHC_EXPORTS")
    assert tasks.collect_units(orders.collecting({}, NIGHT)[0])["new"] == 0
