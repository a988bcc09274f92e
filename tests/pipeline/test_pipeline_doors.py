"""The command line and an orchestrator's tasks reach the same rules: what they write and what they say is equal."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cchc.errors import ShareExceeded
from cchc.pipeline import orders, run, tasks
from cchc.pipeline.judging import judge_batches
from cchc.pipeline.run import ingest
from cchc.registry.open import Registry
from cchc.settings import Settings
from support.world import DAY, G2, World, g2_file, world

pytestmark = pytest.mark.xdist_group("great_expectations")

BROKEN = "mcdt-quangtri/H50.105/dossiers.json"


def through_the_command_line(here: World) -> None:
    summary = ingest(here.settings, here.registry, here.ledger, DAY, DAY)
    assert summary.quality == here.settings.quality / "index.html" or not summary.results
    summary.share().check(here.settings.fail_share)


def through_the_tasks(here: World) -> None:
    def step(value: Any) -> Any:
        return json.loads(json.dumps(value))

    days = {"day_from": DAY.isoformat(), "day_to": DAY.isoformat()}
    planned = step(tasks.plan_collect(*days.values()))
    collected = [step(tasks.collect_units(batch)) for batch in planned]
    batches = step(tasks.plan_judge())
    loaded = step(tasks.load_all([step(tasks.judge(batch)) for batch in batches]))
    orders.check(planned, collected, batches, loaded)


@pytest.fixture(params=[through_the_command_line, through_the_tasks], ids=["cchc", "tasks"])
def door(request: pytest.FixtureRequest) -> Callable[[World], None]:
    found: Callable[[World], None] = request.param
    return found


@pytest.fixture
def here(tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> World:
    made = world(tmp_path, registry)
    for name in ("CCHC_REGISTRY", "CCHC_WAREHOUSE", "CCHC_LEDGER", "CCHC_FAIL_SHARE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CCHC_WORKDIR", str(made.settings.workdir))
    monkeypatch.setenv("CCHC_EXPORTS", made.settings.exports)
    return made


def test_judging_ends_with_the_quality_report(here: World, door: Callable[[World], None]) -> None:
    here.deliver(G2, g2_file(1, 2))
    door(here)
    index = (here.settings.quality / "index.html").read_text(encoding="utf-8")
    assert len(re.findall(r'href="validations/dossiers/', index)) == 1
    assert list((here.settings.quality / "validations" / "dossiers").glob("*/*/*.html"))
    door(here)  # nothing new: the report stays as it was
    assert (here.settings.quality / "index.html").read_text(encoding="utf-8") == index


def test_judging_does_not_wait_until_great_expectations_has_started(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    judging, started = threading.Event(), threading.Event()
    was_judging: list[bool] = []

    def start(quality: Path | None) -> None:
        was_judging.append(judging.wait(60))
        started.set()

    def judge(*given: Any) -> Any:
        judging.set()
        return judge_batches(*given)

    monkeypatch.setattr(run, "warm_up", start)
    monkeypatch.setattr(run, "judge_batches", judge)
    here.deliver(G2, g2_file(1, 2))
    through_the_command_line(here)
    assert started.wait(60) and was_judging == [True]


def test_dbt_starts_when_there_is_something_to_judge_and_not_else(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Settings] = []
    handed_on: list[bool] = []

    @contextmanager
    def waiting(settings: Settings) -> Iterator[object]:
        started.append(settings)
        yield object()

    monkeypatch.setattr(run, "waiting_dbt", waiting)
    monkeypatch.setattr(run, "finish", lambda *given: handed_on.append(given[-1] is not None))
    here.deliver(G2, g2_file(1, 2))
    run.run(here.settings, None, DAY, DAY)
    run.run(here.settings, None, DAY, DAY)  # nothing new
    assert len(started) == 1
    assert handed_on == [True, False]


def test_refused_files_fail_the_run_by_name(here: World, door: Callable[[World], None]) -> None:
    here.deliver(BROKEN, b"{")
    here.deliver("mcdt-quangtri/H50.106/dossiers.json", b"")
    here.deliver(G2, g2_file(1))
    with pytest.raises(ShareExceeded) as failure:
        door(here)
    assert str(failure.value) == (
        f"2 of 3 files refused: mcdt-quangtri/H50.105/{DAY}/dossiers.json: invalid_json Input data was truncated; "
        f"mcdt-quangtri/H50.106/{DAY}/dossiers.json: zero_bytes. Allowed is a share of 0.5 (CCHC_FAIL_SHARE)"
    )
    assert here.rows("select count(*) from raw.dossiers") == [(1,)]  # what could be read is loaded all the same


def test_half_of_the_files_refused_is_no_failure(here: World, door: Callable[[World], None]) -> None:
    here.deliver(BROKEN, b"{")
    here.deliver(G2, g2_file(1))
    door(here)
    assert [row["outcome"] for row in here.ledger.find()] == ["accepted", "refused"]


def test_units_that_were_not_reached_are_named_as_such(
    here: World, door: Callable[[World], None], registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code, system in registry.systems.items():
        lost = system.model_copy(update={"root": str(here.settings.workdir / "no such folder")})
        monkeypatch.setitem(registry.systems, code, lost)
    monkeypatch.setattr(tasks, "open_registry", lambda _: registry)
    with pytest.raises(ShareExceeded, match=r"^(\d+) of \1 units not reached: \S+/H50\S*: export root .* is no folder"):
        door(here)
