"""Real DAG runs on small exports; ``harness.py`` says what was done, in which order."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = pytest.mark.slow

Seen = dict[str, Any]


def test_found_by_airflow(seen: Seen) -> None:
    assert sorted(seen["dags"]) == [
        "approve_rankings",
        "backfill_exports",
        "build_warehouse",
        "ingest_exports",
        "publish_rankings",
        "upkeep",
        "watch",
    ]
    assert seen["mapped"] == ["collect_units", "judge"]
    assert seen["touched_at_import"] == []


def test_unknown_unit_fails_the_run_at_once(seen: Seen) -> None:
    run = seen["nothing_known"]
    assert run["state"] == "failed"
    assert run["tasks"]["plan_collect"] == ["failed"]


def test_few_tasks_and_one_failed_unit_fails_nothing(seen: Seen) -> None:
    run = seen["ingest"]
    assert run["state"] == "success"
    assert run["tasks"]["collect_units"] == ["success"] * 2  # CCHC_COLLECT_TASKS
    assert run["tasks"]["judge"] == ["success"]  # CCHC_JUDGE_TASKS
    assert run["tasks"]["announce"] == ["success"]
    assert seen["looped_files"] == 0  # the unit whose folder can't be listed
    assert seen["units_with_files"] > 70
    assert run["outcomes"] == ["accepted", "refused"]  # nor does one broken file


def test_the_build_says_what_it_did(seen: Seen) -> None:
    run = seen["build"]
    assert run["state"] == "success"
    assert run["tasks"] == {task: ["success"] for task in ("prepare", "dbt", "publish", "finish")}
    assert seen["rows"] > 0
    assert seen["pending_after_build"] == 0
    assert seen["served"] == ["pub.duckdb"]
    said = seen["build_said"].splitlines()
    assert any(re.fullmatch(r"INFO cchc.model: \d+ of \d+ models and tests", line) for line in said)
    assert any(re.fullmatch(r"fct_dossier +[\d,]* +\d+\.\d\d", line) for line in said)
    assert any(re.fullmatch(r"\d+ models, (\d+) of \1 tests passed, .*", line) for line in said)


@pytest.mark.parametrize(
    ("run", "line"),
    [
        ("ingest", r"INFO cchc.extract: mcdt-quangtri: \d+ units, \d+ files new, .* 1 units not reached, [\d.]+ s"),
        ("ingest", r"INFO cchc.land: mcdt-quangtri: \d+ files fetched, [\d,]+ bytes"),
        ("ingest", r"INFO cchc.read: dossiers/dvcqg2022: \d+ files, [\d,]+ rows, \d+ files refused, [\d.]+ s"),
        ("ingest", r"WARNING cchc.read: refused: H50\S*, file \S+/H50\S*: .* \(\w+\)\..* What to do: .*"),
        ("ingest", r"INFO cchc.normalise: dossiers/dvcqg2022: [\d,]+ rows, [\d.]+ s"),
        ("ingest", r"INFO cchc.validate: dossiers/dvcqg2022: [\d,]+ rows, .* quarantined.*, \d+ duplicate.*, [\d.]+ s"),
        ("ingest", r"INFO cchc.load: raw.dossiers: [\d,]+ rows of \d+ batches"),
        ("ingest", r"INFO cchc.load: \d+ revisions loaded, 0 replaced, .*, [\d.]+ s"),
        ("build", r"INFO cchc.model: to build: everything"),
        ("build", r"INFO cchc.load: raw.deliveries: \d+ file revisions copied from the ledger"),
        ("publish", r"INFO cchc.publish: 2 pages of 1 periods, [\d.]+ s"),
    ],
)
def test_every_task_says_what_it_did(seen: Seen, run: str, line: str) -> None:
    assert seen[run]["state"] == "success"
    found = [said for said in seen[f"{run}_said"].splitlines() if re.fullmatch(line, said)]
    assert found
    # not only said: it stands where Airflow writes the log of a task
    assert found[0].partition(": ")[2] in seen["output"]


def test_both_doors_run_the_same(seen: Seen) -> None:
    assert seen["full_by_dag"] == seen["full_by_command"]
    assert seen["build_replayed"]["state"] == "success"
    assert seen["daily_by_dag"] == seen["daily_by_command"]
    left_out = set(seen["full_by_dag"]) - set(seen["daily_by_dag"])
    models = {name.split(".")[2] for name in left_out if name.startswith("model.")}
    assert set(seen["views"]) < models, "they say another thing only when a model's SQL changed"
    assert {"dim_unit", "dim_method"} < models, "the registry stayed as it was"
    assert not {"dim_period", "fct_dossier", "fct_ranking"} & models
    tests = {name.split(".")[2] for name in left_out if name.startswith("test.")}
    assert {"every_dossier_is_current_once", "holds_fct_dossier_dossier_key"} < tests, "they read all history"
    assert not set(seen["daily_by_dag"]) - set(seen["full_by_dag"])
    assert not [name for name in seen["full_by_dag"] if name.startswith("unit_test.")]


def test_nothing_new_is_skipped(seen: Seen) -> None:
    assert seen["again"]["state"] == seen["build_again"]["state"] == "success"
    assert seen["again"]["tasks"]["announce"] == ["skipped"]
    assert seen["again"]["files"] == seen["ingest"]["files"]
    assert seen["build_again"]["tasks"]["finish"] == ["skipped"]
    assert seen["build_again"]["tasks"]["dbt"] == ["skipped"]


def test_replaying_a_unit_changes_nothing(seen: Seen) -> None:
    assert seen["replay"]["state"] == "success"
    assert seen["replay"]["tasks"]["judge"] == ["success"]
    assert seen["rows_after_replay"] == seen["rows"]


def test_a_file_whose_bytes_are_gone_leaves_the_others_alone(seen: Seen) -> None:
    run = seen["lost_batch"]  # the landed bytes of one payments file are gone: it can't be judged
    assert re.search(r"ERROR cchc.read: the landed bytes of 1 files are gone, first pay-\w+/", seen["lost_said"])
    assert run["tasks"]["load_all"] == ["success"]
    assert seen["rows_after_lost_batch"] == seen["rows"]
    assert (run["state"], run["tasks"]["check"]) == ("success", ["success"])


def test_past_the_stated_share_the_run_fails(seen: Seen) -> None:
    run = seen["only_lost"]
    assert (run["state"], run["tasks"]["judge"], run["tasks"]["check"]) == ("failed", ["failed"], ["failed"])


def test_other_dags_can_wait_for_what_readers_see(seen: Seen) -> None:
    rows = seen["rankings"]
    assert seen["events"]["pub.ranking_v1"] == {"build_no": 1, "rows": rows, "written": rows}
    assert rows > 0
    assert len(seen["events"]) > 20
    assert all(event["written"] > 0 for event in seen["events"].values())


def test_a_failed_data_test_fails_the_run(seen: Seen) -> None:
    run = seen["broken_test"]
    assert run["state"] == "failed"
    assert run["tasks"]["dbt"] == ["failed"]
    assert run["tasks"]["publish"] == run["tasks"]["finish"] == ["upstream_failed"]
    assert "ERROR cchc.model: test unique_key_stg_dossiers_revision_id__row_number: fail" in seen["broken_said"]

    assert "unique_key_stg_dossiers_revision_id__row_number" in seen["output"]
    assert seen["still_due"] == 1  # the next build does it again


def test_logs_hold_no_personal_data(seen: Seen) -> None:
    for name in seen["people"]:
        assert name not in seen["output"]


def test_one_message_for_two_failed_tasks_of_one_run_and_one_when_a_later_run_succeeds(seen: Seen) -> None:
    assert seen["only_lost"]["tasks"]["judge"] == seen["only_lost"]["tasks"]["check"] == ["failed"]
    assert seen["watch"]["state"] == "success"
    ((subject, text),) = seen["watch"]["mails"]
    assert subject.startswith("[CCHC] MỚI · NEW: ") and "DAG ingest_exports" in subject
    said = " ".join(text.split())
    assert re.search(r"bước: (judge, check|check, judge) ", said)
    assert re.search(r"- check: (\d+) of \1 files not judged", said) and "- judge: " in said
    assert seen["watch_again"]["mails"] == []
    assert seen["mended"]["state"] == "success"
    ((subject, _),) = seen["watch_mended"]["mails"]
    assert subject.startswith("[CCHC] ĐÃ HẾT · OVER: ") and "ingest_exports" in subject


def test_a_failed_build_is_told_with_the_test_that_failed(seen: Seen) -> None:
    ((subject, text),) = seen["watch_broken"]["mails"]
    assert "MỚI · NEW: Dựng kho bị lỗi: DAG build_warehouse" in subject
    assert "unique_key_stg_dossiers_revision_id__row_number" in text
