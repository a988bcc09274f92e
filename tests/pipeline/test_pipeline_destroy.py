"""Landed bytes that a law wants destroyed: which go, what stays, and that no crash and no delivery undoes it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from cchc import land
from cchc.cli import app
from cchc.contracts import DeliveryKey, Result
from cchc.doctor import examine
from cchc.errors import PermanentError
from cchc.ledger import Arrival, open_ledger
from cchc.pipeline import destroy as stage
from cchc.pipeline.destroy import Choice
from cchc.pipeline.run import ingest
from cchc.registry.open import Registry
from cchc.settings import Settings
from support.world import DAY, G2, World, g2_file, world

BASIS, BY = "Điều 14 Luật 91/2025/QH15, QĐ 12/QĐ-UBND", "Nguyễn Thị Duyệt"
OTHER = "mcdt-quangtri/H50.106/dossiers.json"
AFTER = date(2026, 11, 6)


def other_file(*numbers: int) -> bytes:
    """A file of the other unit."""
    file = json.loads(g2_file(*numbers))
    file["madonvi"] = OTHER.split("/")[1]
    return json.dumps(file, ensure_ascii=False).encode()


@pytest.fixture
def here(tmp_path: Path, registry: Registry) -> World:
    made = world(tmp_path, registry)
    made.deliver(G2, g2_file(1, 2))
    made.ingest()
    return made


def blobs(here: World) -> list[str]:
    return sorted(path.name for path in here.settings.landing.glob("??/*"))


def destroy(here: World, choice: Choice | None = None) -> int:
    return len(stage.destroy(here.settings, here.ledger, choice or Choice(before=AFTER), BASIS, BY))


def cchc(here: World, *arguments: str) -> str:
    said = CliRunner().invoke(app, [*arguments, "--workdir", str(here.settings.workdir)], catch_exceptions=False)
    assert said.exit_code == 0, said.output
    return " ".join(said.output.split())


def test_the_bytes_go_and_what_they_were_stays(here: World) -> None:
    (file,) = here.ledger.find()
    before = here.content()
    assert destroy(here) == 1
    assert blobs(here) == []
    (gone,) = here.ledger.destructions().values()
    assert (gone.sha256, gone.size_bytes) == (file["sha256"], file["size_bytes"])
    assert (gone.basis, gone.decided_by, gone.chosen) == (BASIS, BY, "exported before 2026-11-06")
    assert gone.destroyed_at is not None and gone.destroyed_at >= gone.decided_at
    assert here.content() == before  # rows loaded stay
    assert here.ledger.find()[0] | {"change_no": 0} == file | {"change_no": 0}
    assert destroy(here) == 0  # again: nothing more


@pytest.mark.parametrize(
    ("choice", "goes"),
    [
        (Choice(before=DAY), 0),
        (Choice(before=AFTER, dataset="payments"), 0),
        (Choice(before=AFTER, dataset="dossiers", system="mcdt-quangtri", unit="H50.101"), 1),
        (Choice(before=AFTER, unit="H50.106"), 0),
    ],
)
def test_a_rule_takes_what_it_says(here: World, choice: Choice, goes: int) -> None:
    assert destroy(here, choice) == goes
    assert len(blobs(here)) == 1 - goes


def test_bytes_of_several_revisions_go_when_all_of_them_are_chosen(here: World) -> None:
    here.deliver(G2, g2_file(1, 2), AFTER)  # the same file of the next day
    here.ingest(AFTER, AFTER)
    (sha256,) = blobs(here)
    ((why, _),) = stage.plan(here.ledger, Choice(before=AFTER)).kept.values()
    assert "H50.101/2026-11-06/dossiers.json, which is not chosen" in why
    assert destroy(here) == 0
    assert blobs(here) == [sha256]
    assert destroy(here, Choice(sha256=(sha256,))) == 1
    assert blobs(here) == []


def test_a_file_that_nobody_has_judged_is_kept(here: World) -> None:
    here.deliver(OTHER, other_file(7))
    here.collect()
    plan = stage.plan(here.ledger, Choice(before=AFTER))
    assert (len(plan.go), [why for why, _ in plan.kept.values()]) == (1, ["not judged yet: cchc ingest first"])
    assert destroy(here) == 1
    assert len(blobs(here)) == 1


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        (Choice(), "either --older-than"),
        (Choice(before=DAY, sha256=("a",)), "either --older-than"),
        (Choice(sha256=("a" * 64,)), "no landed file"),
        (Choice(sha256=("a" * 64,), unit="H50"), "belong to a rule"),
    ],
)
def test_a_choice_that_is_none_is_told(here: World, choice: Choice, told: str) -> None:
    with pytest.raises(PermanentError, match=told):
        stage.plan(here.ledger, choice)
    with pytest.raises(PermanentError, match="basis"):
        stage.destroy(here.settings, here.ledger, Choice(before=AFTER), " ", BY)
    assert len(blobs(here)) == 1


def test_a_crash_between_decision_and_deletion_is_finished(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (sha256,) = blobs(here)
    with monkeypatch.context() as patched:
        patched.setattr(land, "destroy", lambda *_: (_ for _ in ()).throw(OSError("power is gone")))
        with pytest.raises(OSError, match="power"):
            destroy(here)
    (open_one,) = here.ledger.destructions().values()
    assert (open_one.destroyed_at, blobs(here)) == (None, [sha256])
    assert here.ledger.changed_since(0)[0]["destroyed_on"] is None  # not told before it is true
    findings = {each.check: (each.status, each.found) for each in examine(here.settings)}
    assert findings["landing"][0] == "wrong" and sha256[:12] in findings["landing"][1]
    assert destroy(here) == 0  # the same call again
    assert blobs(here) == []
    assert here.ledger.destructions()[sha256].destroyed_at is not None
    assert here.ledger.changed_since(0)[0]["destroyed_basis"] == BASIS


def test_a_crash_after_deletion_is_closed_by_the_next_run(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(
            type(here.ledger), "close_destruction", lambda *_: (_ for _ in ()).throw(OSError("power is gone"))
        )
        with pytest.raises(OSError, match="power"):
            destroy(here)
    assert blobs(here) == []
    ingest(here.settings, here.registry, here.ledger, DAY, DAY)
    assert all(each.destroyed_at for each in here.ledger.destructions().values())


def test_a_killed_process_leaves_its_decision_on_the_disk(here: World) -> None:
    script = (
        "import os, sys; from datetime import date; from pathlib import Path; from cchc import land;"
        "from cchc.ledger import open_ledger; from cchc.pipeline import destroy; from cchc.settings import Settings;"
        "land.destroy = lambda *_: os._exit(9); s = Settings(Path(sys.argv[1]), '');"
        "destroy.destroy(s, open_ledger(s.ledger), destroy.Choice(before=date(2026, 11, 6)), 'basis', 'by')"
    )
    done = subprocess.run([sys.executable, "-c", script, str(here.settings.workdir)])
    assert done.returncode == 9
    assert [each.destroyed_at for each in here.ledger.destructions().values()] == [None]
    assert stage.finish(here.settings, here.ledger) == 1
    assert blobs(here) == []


def test_a_replay_leaves_a_destroyed_file_and_says_why(here: World) -> None:
    here.deliver(OTHER, other_file(7))
    here.ingest()
    (file,) = here.ledger.find(unit="H50.101")
    before = here.content()
    destroy(here, Choice(sha256=(file["sha256"],)))
    days = ("--from", "2026-11-05", "--to", "2026-11-05")
    said = cchc(here, "ingest", *days, "--exports", here.settings.exports, "--replay", "--quiet")
    assert "1 file revisions will be judged again" in said
    assert f"{file['path']} stays as it was judged: its bytes were destroyed by law ({BASIS}" in said
    assert here.content() == before
    assert {row["outcome"] for row in here.ledger.find()} == {"accepted"}


def test_the_same_file_delivered_again_does_not_come_back(here: World) -> None:
    destroy(here)
    here.deliver(G2, g2_file(1, 2))  # a new time, so it is fetched
    assert here.collect().repeats == 1
    assert blobs(here) == []
    here.deliver(G2, g2_file(1, 2), AFTER)  # the same bytes, of another delivery
    here.ingest(AFTER, AFTER)
    (file,) = here.ledger.find(export_date=AFTER)
    assert (file["outcome"], file["reason"], file["in_force"]) == ("refused", "bytes_destroyed", False)
    assert BASIS in file["detail"]
    assert blobs(here) == []
    assert here.ledger.undecided() == []


def test_a_corrected_file_replaced_by_the_destroyed_one_stays_in_force(here: World) -> None:
    (first,) = blobs(here)
    here.deliver(G2, g2_file(1, 2, 3))
    here.ingest()
    destroy(here, Choice(sha256=(first,)))
    here.deliver(G2, g2_file(1, 2))
    here.ingest()
    told = [(row["revision"], row["outcome"], row["in_force"]) for row in here.ledger.find()]
    assert told == [(1, "accepted", False), (2, "accepted", True), (3, "refused", False)]
    assert here.rows("select count(*) from raw.dossiers") == [(3,)]
    assert first not in blobs(here)


def test_a_held_row_of_a_destroyed_file_can_not_be_released(tmp_path: Path, registry: Registry) -> None:
    here = world(tmp_path, registry)
    here.deliver(G2, g2_file(1, received_at=datetime(2026, 11, 4, 8), finished_at=datetime(2026, 11, 3, 8)))
    here.ingest()
    ((revision, row),) = here.rows("select revision_id, row_number from raw.quarantine")
    destroy(here)
    said = cchc(here, "quarantine", "show", f"{revision}:{row}")
    assert f"Bytes: destroyed by law ({BASIS}" in said
    with pytest.raises(PermanentError, match="destroyed by law"):
        cchc(here, "quarantine", "release", f"{revision}:{row}", "--reason", "r", "--by", "b")
    assert here.ledger.waivers() == set()


def test_the_command_shows_first_and_destroys_with_yes(here: World, tmp_path: Path) -> None:
    arguments = ["land", "destroy", "--before", "2026-11-06", "--basis", BASIS, "--by", BY]
    for more in ([], ["--dry-run"], ["--dry-run", "--yes"]):
        said = cchc(here, *arguments, *more)
        assert "To destroy: 1 files of 1 revisions" in said and "1 are in force" in said
        assert "Nothing was destroyed." in said
        assert len(blobs(here)) == 1
    assert "Destroyed: 1 files" in cchc(here, *arguments, "--yes")
    assert blobs(here) == []
    cchc(here, "land", "destroyed", "--out", str(tmp_path / "list.csv"))
    assert BASIS in (tmp_path / "list.csv").read_text("utf-8")
    assert "1 files were destroyed before" in cchc(here, *arguments)


def test_older_than_counts_from_today(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cchc.pipeline.orders.today", lambda: date(2026, 11, 15))
    arguments = ["land", "destroy", "--basis", BASIS, "--by", BY, "--yes", "--older-than"]
    assert "Destroyed: 0 files" in cchc(here, *arguments, "10")
    assert "Destroyed: 1 files" in cchc(here, *arguments, "9")


def test_doctor_knows_destroyed_and_lost_bytes(here: World) -> None:
    (sha256,) = blobs(here)
    destroy(here)
    findings = {each.check: (each.status, each.found) for each in examine(here.settings)}
    assert findings["landing"] == ("ok", "0 files, 1 destroyed by law")
    here.deliver(OTHER, other_file(7))
    here.ingest()
    (lost,) = blobs(here)
    land.blob_path(here.settings.landing, lost).unlink()
    findings = {each.check: (each.status, each.found) for each in examine(here.settings)}
    assert findings["landing"][0] == "wrong" and OTHER.split("/")[1] in findings["landing"][1]
    assert sha256 not in findings["landing"][1]


DELIVERIES = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 6), st.booleans()), min_size=1, max_size=10)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deliveries=DELIVERIES, before=st.integers(1, 7))
def test_bytes_are_gone_exactly_where_every_revision_is_chosen_and_judged(
    deliveries: list[tuple[str, int, bool]], before: int
) -> None:
    """Deliveries as (content, day of November, is judged); one unit each, so that each is a revision of its own."""
    with tempfile.TemporaryDirectory() as folder:
        here = Settings(Path(folder), "")
        ledger = open_ledger(here.ledger)
        for number, (content, day, _) in enumerate(deliveries):
            landed = land.store(here.landing, [content.encode()])
            key = DeliveryKey("s", f"H50.{number}", date(2026, 11, day), "dossiers")
            ledger.record_arrivals([Arrival(key, f"s/{key.unit}", "", landed.sha256, 1, None)])
        judged = [each for each in ledger.undecided() if deliveries[int(each.key.unit[4:])][2]]
        ledger.record_results([Result(each, outcome="accepted") for each in judged])
        stage.destroy(here, ledger, Choice(before=date(2026, 11, before)), "basis", "by")
        gone = {
            content
            for content in "abcd"
            if (mine := [(day, is_judged) for other, day, is_judged in deliveries if other == content])
            and all(day < before and is_judged for day, is_judged in mine)
        }
        left = {path.read_bytes().decode() for path in here.landing.glob("??/*")}
        assert left == {content for content, _, _ in deliveries} - gone
        assert len(ledger.destructions()) == len(gone)
        ledger.engine.dispose()
