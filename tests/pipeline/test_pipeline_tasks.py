"""The steps an orchestrator calls: JSON in and out, and one bad unit never fails the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cchc.contracts import DeliveryKey, Revision
from cchc.errors import PermanentError, ShareExceeded
from cchc.extract import HttpSource
from cchc.pipeline import orders, tasks
from cchc.registry.open import Registry
from support.server import Exports, serving
from support.world import DAY, G2, World, g2_file, world

pytestmark = pytest.mark.xdist_group("great_expectations")

DAYS = (DAY.isoformat(), DAY.isoformat())


@pytest.fixture
def here(tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> World:
    made = world(tmp_path, registry)
    for name in ("CCHC_REGISTRY", "CCHC_WAREHOUSE", "CCHC_LEDGER", "CCHC_FAIL_SHARE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CCHC_WORKDIR", str(made.settings.workdir))
    monkeypatch.setenv("CCHC_EXPORTS", made.settings.exports)
    return made


def through(value: Any) -> Any:
    """What an orchestrator does with a result on the way to the next task."""
    return json.loads(json.dumps(value))


def test_a_whole_run_through_json(here: World) -> None:
    here.deliver(G2, g2_file(1, 2, 2))
    here.deliver("mcdt-quangtri/H50.105/dossiers.json", b"{")
    here.deliver("pay-dvcqg/H50/stray.tmp", b"CANARY")
    plan = through(tasks.plan_collect(*DAYS))
    collected = [through(tasks.collect_units(batch)) for batch in plan]
    assert sum(part["new"] for part in collected) == 2 and sum(part["strays"] for part in collected) == 1
    assert sum(part["units"] for part in collected) == sum(len(batch["units"]) for batch in plan)
    (part,) = parts = through(tasks.plan_judge())
    assert [len(batch["revisions"]) for batch in part["batches"]] == [2]
    judged = [through(tasks.judge(part)) for part in parts]
    loaded = through(tasks.load_all(judged))
    assert loaded == {
        "files_accepted": 1,
        "files_refused": 1,
        "rows_read": 3,
        "rows_accepted": 2,
        "rows_quarantined": 0,
        "rows_duplicate": 1,
        "refused": [["mcdt-quangtri/H50.105/2026-11-05/dossiers.json", "invalid_json Input data was truncated"]],
    }
    assert here.rows("select count(*) from raw.dossiers") == [(2,)]
    tasks.check_share(collected, loaded)
    assert tasks.plan_judge() == []
    assert through(tasks.load_all([])) == {**dict.fromkeys(loaded, 0), "refused": []}
    text = json.dumps([plan, collected, parts, judged, loaded])
    assert "CANARY" not in text and "999000000001" not in text


def test_judging_a_batch_twice_and_storing_both_is_one_load(here: World) -> None:
    """An orchestrator may run a task again after it succeeded."""
    here.deliver(G2, g2_file(1, 2))
    here.collect()
    (batch,) = through(tasks.plan_judge())
    tasks.judge(batch)
    tasks.load_all([through(tasks.judge(batch))])
    assert here.rows("select count(*) from raw.dossiers") == [(2,)]


def stored(here: World) -> list[list[tuple[Any, ...]]]:
    return [
        here.rows("select revision_id, row_number from raw.dossiers order by all"),
        here.rows("select revision_id, row_number, rule from raw.quarantine order by all"),
    ]


def test_what_two_workers_judged_is_loaded_once(here: World) -> None:
    """The same part twice in one load: handed over twice, or planned twice and judged by two workers."""
    here.deliver(G2, g2_file(1, 2, 2))
    here.collect()
    (part,), (planned_again,) = through(tasks.plan_judge()), through(tasks.plan_judge())
    assert part["token"] != planned_again["token"]
    first, same, other = (through(tasks.judge(each)) for each in (part, part, planned_again))
    loaded = tasks.load_all([first, same, other])
    assert loaded["files_accepted"] == 1 and loaded["rows_accepted"] == 2 and loaded["rows_duplicate"] == 1
    once = stored(here)
    assert len(once[0]) == 2
    assert tasks.plan_judge() == []
    tasks.load_all([other, first])
    assert stored(here) == once


def test_parts_that_share_some_revisions_lose_and_double_nothing(here: World) -> None:
    """A second worker took what the first had, and a file that came since."""
    here.deliver("mcdt-quangtri/H50.101/dossiers.json", g2_file(1, 2))
    here.collect()
    (early,) = through(tasks.plan_judge())
    here.deliver("mcdt-quangtri/H50.105/dossiers.json", g2_file(3))
    here.collect()
    (late,) = through(tasks.plan_judge())
    judged = [through(tasks.judge(part)) for part in (early, late)]
    assert [len(each["results"]) for each in judged] == [1, 2]
    loaded = tasks.load_all(judged)
    assert (loaded["files_accepted"], loaded["files_refused"], loaded["rows_read"]) == (1, 1, 2)  # 105's holds 101's
    dossiers, quarantined = stored(here)
    assert len(dossiers) == 2 and quarantined == []
    assert tasks.plan_judge() == []


def test_staged_files_are_named_without_the_workers_own_folder(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever loads may see the staged files under another path than who judged."""
    here.deliver(G2, g2_file(1, 2))
    here.collect()
    (part,) = through(tasks.plan_judge())
    judged = through(tasks.judge(part))
    assert str(here.settings.workdir) not in json.dumps(judged["files"])
    elsewhere = here.settings.workdir.with_name("elsewhere")
    here.settings.workdir.rename(elsewhere)
    monkeypatch.setenv("CCHC_WORKDIR", str(elsewhere))
    assert tasks.load_all([judged])["rows_accepted"] == 2
    assert not [path for path in (elsewhere / "staged").rglob("*") if path.is_file()]


def test_units_are_cut_into_few_parts(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [pair for part in tasks.plan_collect(*DAYS) for pair in part["units"]]
    assert len({tuple(pair) for pair in whole}) == len(whole) > 100
    assert {system for system, _ in whole} <= set(here.registry.systems)
    for tasks_wanted in (1, 2, 4):
        monkeypatch.setenv("CCHC_COLLECT_TASKS", str(tasks_wanted))
        plan = tasks.plan_collect(*DAYS)
        assert [pair for part in plan for pair in part["units"]] == whole
        sizes = [len(part["units"]) for part in plan]
        assert len(sizes) <= tasks_wanted and min(sizes[:-1], default=max(sizes)) == max(sizes)
    plan = tasks.plan_collect(*DAYS, batch_units=7)
    assert max(len(part["units"]) for part in plan) == 7
    assert tasks.plan_collect(*DAYS, system="mcdt-quangtri", unit="H50.101") == [
        {"units": [["mcdt-quangtri", "H50.101"]], "day_from": DAYS[0], "day_to": DAYS[1]}
    ]
    assert tasks.plan_collect(*DAYS, system="none") == []


def test_files_are_cut_into_one_part_a_worker(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for n, unit in enumerate(("H50.101", "H50.105", "H50.106")):
        here.deliver(f"mcdt-quangtri/{unit}/dossiers.json", g2_file(n))
    here.collect()
    monkeypatch.setenv("CCHC_BATCH_FILES", "1")
    monkeypatch.setenv("CCHC_JUDGE_TASKS", "2")
    parts = through(tasks.plan_judge())
    assert sorted(len(part["batches"]) for part in parts) == [1, 2]
    tasks.load_all([through(tasks.judge(part)) for part in parts])
    assert here.rows("select count(*) from raw.dossiers") == [(1,)]  # of one unit: the others' codes are not theirs
    assert tasks.plan_judge() == []


def test_no_worker_is_left_without_a_batch_where_there_are_files_for_it(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n, unit in enumerate(("H50.101", "H50.105", "H50.106", "H50.107")):
        here.deliver(f"mcdt-quangtri/{unit}/dossiers.json", g2_file(n))
    here.collect()
    monkeypatch.setenv("CCHC_JUDGE_TASKS", "4")
    assert [len(part["batches"]) for part in tasks.plan_judge()] == [1]  # too few for a second batch
    monkeypatch.setattr(tasks, "FEWEST_FILES", 1)
    parts = through(tasks.plan_judge())
    assert [[len(batch["revisions"]) for batch in part["batches"]] for part in parts] == [[1]] * 4
    monkeypatch.setenv("CCHC_JUDGE_TASKS", "2")
    assert [[len(batch["revisions"]) for batch in part["batches"]] for part in tasks.plan_judge()] == [[2]] * 2


def test_a_batch_that_cannot_be_judged_leaves_the_others_alone(
    here: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for n, unit in enumerate(("H50.101", "H50.105")):
        here.deliver(f"mcdt-quangtri/{unit}/dossiers.json", g2_file(n))
    here.collect()
    monkeypatch.setenv("CCHC_BATCH_FILES", "1")
    lost = next(row for row in here.ledger.find() if row["unit"] == "H50.105")
    (here.settings.landing / lost["sha256"][:2] / lost["sha256"]).unlink()
    (part,) = parts = through(tasks.plan_judge())
    judged = through(tasks.judge(part))
    assert [result["revision"]["key"]["unit"] for result in judged["results"]] == ["H50.101"]
    assert "dossiers/dvcqg2022: batch of 1 files not judged: " in caplog.text
    loaded = tasks.load_all([judged])
    assert orders.check([], [], parts, loaded)["files_failed"] == 1
    (left,) = tasks.plan_judge()
    with pytest.raises(Exception, match=lost["sha256"]):  # nothing else to judge: the task fails
        tasks.judge(left)


def test_no_unit_is_looked_at_before_its_system_was_in_use(here: World) -> None:
    assert tasks.plan_collect("2010-01-01", "2010-01-02") == []


@pytest.fixture
def http(here: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Exports]:
    for retried in (HttpSource._download, HttpSource._get):
        monkeypatch.setattr(retried.retry, "wait", lambda state: 0)
    with serving(Exports()) as served:
        monkeypatch.setenv("CCHC_EXPORTS", served.url)
        yield served


def test_a_unit_that_cannot_be_reached_does_not_fail_the_others(here: World, http: Exports) -> None:
    units = ["H50.101", "H50.105", "H50.106", "H50.107"]
    for number, unit in enumerate(units):
        http.files[f"mcdt-quangtri/{unit}/{DAY}/dossiers.json"] = g2_file(number)
    http.tricks[f"GET mcdt-quangtri/{units[1]}/{DAY}/dossiers.json"] = lambda _: (503, {}, b"", None)
    http.tricks[f"GET mcdt-quangtri/{units[2]}/{DAY}/"] = lambda _: (403, {}, b"", None)
    batch = {"units": [["mcdt-quangtri", unit] for unit in units], "day_from": DAYS[0], "day_to": DAYS[1]}
    collected = through(tasks.collect_units(batch))
    assert (collected["new"], collected["units"]) == (2, 4)
    assert sorted(item[1] for item in collected["failed"]) == ["H50.105", "H50.106"]
    http.tricks.clear()
    again = through(tasks.collect_units(batch))
    assert again["failed"] == [] and again["new"] == 2


def test_a_system_whose_own_root_is_wrong_does_not_fail_the_others(
    here: World, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = registry.systems["pay-dvcqg"].model_copy(update={"root": str(tmp_path / "no such folder")})
    monkeypatch.setitem(registry.systems, "pay-dvcqg", lost)
    here.deliver(G2, g2_file(1))
    collected = here.collect()
    assert collected.new == 1
    assert {system for system, _, _ in collected.failed} == {"pay-dvcqg"}


def test_a_common_root_that_is_wrong_says_so_at_once(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_EXPORTS", "/no/such/root")
    with pytest.raises(PermanentError, match="no folder"):
        tasks.collect_units({"units": [["pay-dvcqg", "H50"]], "day_from": DAYS[0], "day_to": DAYS[1]})


@pytest.mark.parametrize(
    ("failed", "refused", "share", "raises"),
    [
        (0, 0, 0.5, False),
        (5, 0, 0.5, False),
        (6, 0, 0.5, True),
        (0, 4, 0.5, False),
        (0, 5, 0.5, True),
        (1, 0, 0.0, True),
    ],
)
def test_the_share_above_which_a_run_fails(
    failed: int, refused: int, share: float, raises: bool, here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCHC_FAIL_SHARE", str(share))
    lost = [["s", f"H{n}", "HTTP 503"] for n in range(failed)]
    collected = [{"units": 4, "failed": lost[:1]}, {"units": 6, "failed": lost[1:]}]
    named = [[f"s/H{n}/2026-11-05/dossiers.json", "zero_bytes"] for n in range(refused)][:3]
    loaded = {"files_accepted": 8 - refused, "files_refused": refused, "refused": named}
    if raises:
        with pytest.raises(ShareExceeded):
            tasks.check_share(collected, loaded)
    else:
        tasks.check_share(collected, loaded)


def test_nothing_to_do_is_no_failure(here: World) -> None:
    tasks.check_share([], {"files_accepted": 0, "files_refused": 0, "refused": []})


def test_replay_opens_the_deliveries_again(here: World) -> None:
    here.deliver(G2, g2_file(1))
    here.ingest()
    assert tasks.plan_judge() == []
    assert tasks.replay(*DAYS, system="pay-dvcqg", unit=None) == 0
    assert tasks.replay(*DAYS, system="mcdt-quangtri", unit="H50.101") == 1
    (batch,) = tasks.plan_judge()
    tasks.load_all([through(tasks.judge(through(batch)))])
    assert here.rows("select count(*) from raw.dossiers") == [(1,)]


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ("2026-11-02", ["2026-10"]),
        ("2026-10-01", ["2026-09", "2026-Q3"]),
        ("2027-01-01", ["2026-12", "2026-Q4", "2026"]),
        ("2027-01-31T17:30:00+00:00", ["2026-12", "2026-Q4", "2026"]),
        ("2026-03-31", ["2026-02"]),
        ("2026-04-01", ["2026-03", "2026-Q1"]),
    ],
)
def test_periods_due(day: str, due: list[str]) -> None:
    assert tasks.periods_due(day) == due


def test_revisions_travel_as_json() -> None:
    key = DeliveryKey("s", "H50", date(2026, 11, 5), "dossiers")
    revision = Revision(key, "s/H50/2026-11-05/dossiers.json", 3, "a" * 64, 5_000_000_000)
    assert tasks.revision_from_json(through(tasks.revision_to_json(revision))) == revision
    assert tasks.revision_from_json(through(tasks.revision_to_json(revision))).id == revision.id
