"""Runs that somebody else drives, and open alerts, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from cchc.ledger import Ledger, Told

AT = datetime(2026, 11, 7, 8, 0)


def test_a_failed_run_keeps_its_tasks_and_a_finished_one_ends_it(ledger: Ledger) -> None:
    for task in ("judge", "judge", "check"):
        ledger.note_failed_task("dag x", "r1", task, f"{task}: boom", "ShareExceeded")
    ledger.note_failed_task("dag x", "r2", "other", "of another run", "BuildError")
    ledger.end_run("dag x", "r1", "failed", AT)
    last = ledger.last_runs()["dag x"]
    assert last["outcome"] == "failed" and last["summary"]["error_kind"] == "ShareExceeded"
    assert last["summary"]["tasks"] == {"judge": "judge: boom", "check": "check: boom"}
    since = ledger.failing_since("dag x")
    assert since == last["finished_at"]
    ledger.end_run("dag x", "r2", "failed", AT)
    assert ledger.failing_since("dag x") == since
    assert ledger.last_runs()["dag x"]["summary"]["tasks"] == {"other": "of another run"}
    ledger.end_run("dag x", "r3", "finished", AT)
    assert ledger.failing_since("dag x") is None and ledger.last_runs()["dag x"]["outcome"] == "finished"


def test_a_run_over_old_days_or_one_that_broke_is_no_look(ledger: Ledger) -> None:
    assert ledger.last_look(["ingest"]) is None
    ledger.finish_run(ledger.start_run("ingest", date(2020, 1, 1), date(2020, 1, 2)), "finished", {})
    ledger.finish_run(ledger.start_run("ingest", None, None), "failed", {"error_kind": "MachineError"})
    ledger.start_run("ingest", None, None)
    assert ledger.last_look(["ingest"]) is None
    ledger.end_run("dag ingest_exports", "r", "finished", AT)
    assert ledger.last_look(["ingest", "dag ingest_exports"]) == AT


def test_an_alert_is_open_until_it_is_closed(ledger: Ledger) -> None:
    told = Told("disk", "a" * 16, "disk", {"vi": "Ổ đĩa"}, frozenset(), AT, failed_at=AT)
    ledger.keep_alert(told, "down")
    assert ledger.open_alerts() == [told]
    taken = replace(told, items=frozenset({"limit", "95%"}), told_at=AT, failed_at=None)
    ledger.keep_alert(taken)
    assert ledger.open_alerts() == [taken]
    ledger.close_alert(taken, AT)
    assert ledger.open_alerts() == []
    ledger.keep_alert(replace(told, opened_at=datetime(2026, 11, 8)))
    assert len(ledger.open_alerts()) == 1
