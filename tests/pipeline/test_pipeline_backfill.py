"""A back-fill: planned by the registry and the ledger, resumed after a kill, behind the nightly runs, and equal to one
run over everything."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cchc.cli import app
from cchc.errors import PermanentError, ShareExceeded, TransientError
from cchc.pipeline import orders, tasks
from cchc.pipeline.alone import NEXT, is_held, one_back_fill
from cchc.pipeline.backfill import Order, Plan, backfill, last_order, plan
from cchc.pipeline.run import ingest, sole_run
from cchc.registry.open import Registry, open_registry
from support.postgres_tables import CLOCKS
from support.registries import ENDS, two_systems
from support.surroundings import clean_environment
from support.world import World, g2_file, world

pytestmark = pytest.mark.xdist_group("great_expectations")

FIRST, LAST, TODAY = date(2026, 9, 28), date(2026, 10, 3), date(2026, 11, 5)
ORDER = Order(FIRST, LAST)
KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from cchc.ledger import open_ledger
from cchc.pipeline.backfill import Order, backfill, plan
from cchc.registry.open import open_registry
from cchc.settings import Settings
folder, made_up, stage, text = sys.argv[1:]
made_up = Path(made_up)
settings = Settings(Path(folder, "var"), str(Path(folder, "exports")), made_up, backfill_files=4)
here = settings, open_registry(made_up), open_ledger(settings.ledger)
slices = 0
def say(at, told):
    global slices
    slices += at == "slice"
    if at == stage and told.startswith(text) and slices >= 2:
        os.kill(os.getpid(), signal.SIGKILL)
order = Order(date(2026, 9, 28), date(2026, 10, 3))
backfill(*here, plan(*here, order, date(2026, 11, 5)), say)
"""


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_systems(tmp_path_factory.mktemp("made-up") / "registry", "2026-10-01")


@pytest.fixture(scope="module")
def known(made_up: Path) -> Registry:
    return open_registry(made_up)


@pytest.fixture
def here(tmp_path: Path, made_up: Path, known: Registry) -> World:
    """Two systems of which five files lie at the source: each day's of H50.101, and one of H50.106."""
    made = world(tmp_path, known)
    made.settings = replace(made.settings, registry=made_up, backfill_files=4)
    for day in (date(2026, 9, 29), date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 3)):
        made.deliver("mcdt-quangtri/H50.101/dossiers.json", g2_file(day.day, day.day + 1), day)
    of_other = g2_file(77).replace(b"H50.101", ENDS.encode())
    made.deliver(f"mcdt-quangtri/{ENDS}/dossiers.json", of_other, date(2026, 9, 30))
    return made


def silent(stage: str, text: str) -> None:
    pass


def planned(here: World, order: Order = ORDER, **how: Any) -> Plan:
    return plan(here.settings, here.registry, here.ledger, order, TODAY, **how)


def fill(here: World, found: Plan, say: Any = silent) -> None:
    backfill(here.settings, here.registry, here.ledger, found, say)


def spans(found: Plan) -> list[tuple[str, str, dict[str, int]]]:
    return [(f"{part.day_from:%m-%d}", f"{part.day_to:%m-%d}", dict(part.files)) for part in found.slices]


def standing(here: World) -> tuple[Any, Any]:
    """Everything loaded, and the ledger without clocks."""
    files = [{name: value for name, value in row.items() if name not in CLOCKS} for row in here.ledger.find()]
    return here.content(), files


def as_one_run(here: World, tmp_path: Path) -> tuple[Any, Any]:
    """What one run over everything makes of the same files."""
    calm = World(replace(here.settings, workdir=tmp_path / "calm"), here.registry)
    ingest(calm.settings, calm.registry, calm.ledger, FIRST, LAST)
    return standing(calm)


def test_the_plan_is_what_the_registry_expects_and_the_ledger_lacks(here: World) -> None:
    found = planned(here)
    assert (found.expected, found.came, found.nowhere, found.to_come, found.days_done) == (14, 0, 0, 14, 0)
    ingest(here.settings, here.registry, here.ledger, date(2026, 9, 29), date(2026, 9, 29))
    found = planned(here)
    assert (found.expected, found.came, found.nowhere, found.to_come, found.days_done) == (14, 1, 0, 13, 0)
    both = {"igate-quangtri": 1, "mcdt-quangtri": 2}
    assert spans(found) == [
        ("09-28", "09-29", {"igate-quangtri": 2, "mcdt-quangtri": 1}),
        ("09-30", "09-30", both),  # ends with the month
        ("10-01", "10-01", both),
        ("10-02", "10-03", {"igate-quangtri": 2, "mcdt-quangtri": 2}),  # H50.106 is no more
    ]
    of_one = planned(here, Order(FIRST, LAST, "mcdt-quangtri", ENDS))
    assert (of_one.expected, of_one.came, spans(of_one)[0]) == (3, 0, ("09-29", "09-30", {"mcdt-quangtri": 2}))
    assert planned(here, Order(FIRST, LAST, unit="H50")).expected == 14  # the province, and all below it


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (Order(LAST, FIRST), "lies after"),
        (Order(FIRST, TODAY), "may end with 2026-11-04"),
        (Order(FIRST, LAST, "nobody"), "no system nobody"),
        (Order(FIRST, LAST, None, "H99.1"), "no unit H99.1"),
        (Order(date(2019, 1, 1), date(2019, 2, 1)), "nothing to back-fill"),
    ],
)
def test_an_order_that_expects_nothing_is_refused(here: World, order: Order, said: str) -> None:
    with pytest.raises(PermanentError, match=said):
        planned(here, order)


def test_what_a_slice_looked_for_is_not_looked_for_again_unless_it_failed(here: World) -> None:
    folder = Path(here.settings.exports) / "igate-quangtri" / "H50.102" / LAST.isoformat()
    folder.parent.mkdir(parents=True)
    folder.symlink_to(folder.name)  # a link to itself: every look at it is an error
    fill(here, planned(here))
    found = planned(here)
    assert (found.came, found.nowhere, found.days_done) == (5, 8, 5)
    assert spans(found) == [("10-03", "10-03", {"igate-quangtri": 1})]
    folder.unlink()
    fill(here, found)
    assert planned(here).slices == []
    assert planned(here, Order(FIRST, LAST, "mcdt-quangtri", "H50.101")).slices == []  # a part of what was looked for
    assert planned(here, Order(FIRST, date(2026, 10, 4))).to_come == 2  # one day more
    assert planned(here, again=True).to_come == 9
    assert last_order(here.ledger) == ORDER


def test_killed_in_a_slice_and_between_slices_it_ends_as_one_run(here: World, made_up: Path, tmp_path: Path) -> None:
    for stage, text in (("judge", ""), ("slice", "3 of")):
        script = [sys.executable, "-c", KILLED, str(tmp_path), str(made_up), stage, text]
        done = subprocess.run(script, env=clean_environment(), capture_output=True, text=True)
        assert done.returncode == -signal.SIGKILL, done.stderr[-3000:]
    ended = [(run["outcome"], run["day_from"]) for run in here.ledger.runs()]
    assert [each for each in ended if each[0] == "died"], ended
    before = planned(here)
    assert 0 < before.days_done < 6
    fill(here, before)
    assert planned(here).slices == []
    assert standing(here) == as_one_run(here, tmp_path)


def test_a_nightly_run_goes_before_the_next_slice(here: World, tmp_path: Path) -> None:
    order: list[str] = []

    def night() -> None:
        with sole_run(here.settings):
            order.append("night")
            ingest(here.settings, here.registry, here.ledger, LAST, LAST)

    nightly = threading.Thread(target=night)

    def say(stage: str, text: str) -> None:
        if stage == "slice":
            order.append(text.split()[0])
        if stage == "judge" and not nightly.ident:
            nightly.start()
            end = time.monotonic() + 60
            while not is_held(here.settings.workdir, NEXT):  # it stands in front of the folder
                assert time.monotonic() < end
                time.sleep(0.01)

    fill(here, planned(here), say)
    nightly.join()
    assert order == ["1", "night", "2", "3", "4"]
    assert standing(here) == as_one_run(here, tmp_path)


def test_only_a_slice_is_waited_for(here: World) -> None:
    with sole_run(here.settings), pytest.raises(TransientError, match="another run"), sole_run(here.settings):
        pass
    with one_back_fill(here.settings.workdir), pytest.raises(TransientError, match="another back-fill"):
        fill(here, planned(here))


def test_a_slice_of_which_too_much_failed_stops_no_other(here: World) -> None:
    here.deliver("mcdt-quangtri/H50.101/dossiers.json", b"{", date(2026, 9, 29))
    with pytest.raises(ShareExceeded, match="1 of 4 slices failed: 2026-09-28 to 2026-09-29"):
        fill(here, planned(here))
    assert sorted(run["outcome"] for run in here.ledger.runs()) == ["failed", "finished", "finished", "finished"]
    assert planned(here).came == 5


def test_an_orchestrators_slices_are_the_same(here: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"CCHC_WORKDIR": here.settings.workdir, "CCHC_EXPORTS": here.settings.exports}
    variables |= {"CCHC_REGISTRY": here.settings.registry, "CCHC_BACKFILL_FILES": 4}
    for name, value in variables.items():
        monkeypatch.setenv(name, str(value))
    given = {"day_from": FIRST.isoformat(), "day_to": LAST.isoformat(), "system": None, "unit": "H50"}
    moment = orders.datetime(2026, 11, 5, tzinfo=orders.UTC)
    asked = json.loads(json.dumps(orders.backfilling(given, moment)))
    assert [(each["day_from"], each["day_to"]) for each in asked] == [
        (f"{part.day_from}", f"{part.day_to}") for part in planned(here).slices
    ]
    with pytest.raises(PermanentError, match="14 to look for in 4 slices"):
        orders.backfilled(given, moment)
    for params in asked:
        parts = orders.collecting(params, moment)
        collected = [tasks.collect_units(part) for part in parts]
        judging = orders.judging(params, moment)
        loaded = tasks.load_all([tasks.judge(part) for part in judging])
        lost = [{**part, "units": part["units"] - 1} for part in collected]
        with pytest.raises(PermanentError, match="not looked at"):
            orders.check(parts, lost, judging, loaded, params)
        orders.check(parts, collected, judging, loaded, params)
    assert orders.backfilled(given, moment) == {"expected": 14, "came": 5, "nowhere": 9}
    assert standing(here) == as_one_run(here, tmp_path)


def test_the_commands_show_plan_and_progress(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("CCHC_REGISTRY", str(here.settings.registry))
    monkeypatch.setenv("CCHC_EXPORTS", here.settings.exports)

    def say(command: str, *options: str) -> str:
        done = CliRunner().invoke(app, ["backfill", command, "--workdir", str(here.settings.workdir), *options])
        assert done.exit_code == 0, done.output
        return " ".join(done.output.split())

    days = ["--from", "2026-09-28", "--to", "2026-10-03", "--system", "mcdt-quangtri"]
    assert "No slice of a back-fill has ended here" in say("status")
    shown = say("plan", *days)
    assert "still to look for │ 8" in shown and "slices to go │ 2" in shown
    assert "Next: cchc build" in say("run", "--quiet", *days)
    shown = say("status")
    assert "2026-09-28 to 2026-10-03, system mcdt-quangtri:" in shown
    assert "came │ 5" in shown and "not at the source │ 3" in shown and "slices to go │ 0" in shown
