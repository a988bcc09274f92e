"""What landed, how it was judged, and what a person decided, as the ledger numbers and keeps it."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from ledger_rows import DAY, HASH, KEY, arrival, decide, path_of, result

from cchc.contracts import DeliveryKey, Revision
from cchc.ledger import Ledger
from cchc.ledger import tables as t


def test_revisions_and_repeats(ledger: Ledger) -> None:
    assert ledger.record_arrivals([arrival("a", mark="1")]) == (1, 0)
    assert ledger.record_arrivals([arrival("a", mark="2")]) == (0, 1)
    assert ledger.record_arrivals([arrival("b", mark="3")]) == (1, 0)
    assert ledger.record_arrivals([arrival("a", mark="4")]) == (1, 0)  # the first bytes come back: a third revision
    assert [(row["revision"], row["sha256"][0], row["repeats"]) for row in ledger.find()] == [
        (1, "a", 1),
        (2, "b", 0),
        (3, "a", 0),
    ]
    assert ledger.seen(DAY, DAY) == {path_of(KEY): ("4", "a" * 64)}
    assert ledger.seen(DAY + timedelta(1), DAY + timedelta(9)) == {}
    assert [r.number for r in ledger.undecided()] == [1, 2, 3]
    assert ledger.undecided()[0].id == Revision(KEY, path_of(KEY), 1, HASH["a"], 10).id == ledger.find()[0]["id"]


def test_several_changes_in_one_look(ledger: Ledger) -> None:
    assert ledger.record_arrivals([arrival("a"), arrival("b"), arrival("b", mark="x")]) == (2, 1)
    assert [row["repeats"] for row in ledger.find()] == [0, 1]
    assert ledger.record_arrivals([]) == (0, 0)


def test_a_source_that_cannot_tell_gives_no_repeats(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a", tells=False)])
    assert ledger.record_arrivals([arrival("a", mark="later", tells=False)]) == (0, 0)
    assert ledger.find()[0]["repeats"] == 0


def test_many_arrivals(ledger: Ledger) -> None:
    keys = [DeliveryKey("s", f"H{n}", DAY, "dossiers") for n in range(1500)]
    assert ledger.record_arrivals([arrival("a", key) for key in keys]) == (1500, 0)
    assert ledger.record_arrivals([arrival("a", key, mark="2") for key in keys]) == (0, 1500)
    assert len(ledger.seen(DAY, DAY)) == 1500
    ledger.record_results([result(revision) for revision in ledger.undecided()])
    assert len(ledger.find(in_force=True)) == 1500


def test_a_stray_is_reported_once(ledger: Ledger) -> None:
    assert ledger.record_strays([("a/b/c/x.tmp", "unknown file name")]) == 1
    assert ledger.record_strays([("a/b/c/x.tmp", "unknown file name"), ("a/b/c/y", "?"), ("a/b/c/y", "?")]) == 1
    assert sorted(row["path"] for row in ledger.strays()) == ["a/b/c/x.tmp", "a/b/c/y"]


def test_reopening_is_narrowed_by_range_system_and_unit(ledger: Ledger) -> None:
    keys = [
        KEY,
        DeliveryKey("mcdt-quangtri", "H50.105", DAY, "dossiers"),
        DeliveryKey("pay-dvcqg", "H50.101", DAY, "payments"),
        DeliveryKey("mcdt-quangtri", "H50.101", DAY + timedelta(1), "dossiers"),
    ]
    ledger.record_arrivals([arrival("a", key) for key in keys])
    decide(ledger, a="accepted")
    assert ledger.undecided() == []
    assert ledger.reopen(DAY, DAY, "mcdt-quangtri", "H50.101") == 1
    assert [revision.key for revision in ledger.undecided()] == [KEY]
    assert ledger.reopen(DAY, DAY) == 2  # what is open already is not opened again
    assert ledger.reopen(DAY, DAY + timedelta(9)) == 1


def test_one_row_a_stage(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a")])
    for _ in range(2):
        ledger.record_results([result(Revision(KEY, path_of(KEY), 1, HASH["a"], 10))])
    with ledger.engine.connect() as connection:
        rows = connection.execute(sa.select(t.stage_outcome).order_by(t.stage_outcome.c.stage)).all()
    assert [(row.stage, row.outcome, row.row_count, row.duration_ms) for row in rows] == [
        ("land", "landed", 0, 0),
        ("read", "done", 5, 3),
        ("validate", "done", 5, 4),
    ]


def test_waivers(ledger: Ledger) -> None:
    ledger.waive(HASH["a"], 3, "due_before_received", "checked on paper", "A")
    ledger.waive(HASH["a"], 3, "due_before_received", "checked again", "B")
    assert ledger.waivers() == {(HASH["a"], 3, "due_before_received")}


def test_runs(ledger: Ledger) -> None:
    number = ledger.start_run("run", DAY, DAY)
    ledger.finish_run(number, "finished", {"rows_read": 5})
    with ledger.engine.connect() as connection:
        (row,) = connection.execute(sa.select(t.run)).all()
    assert (row.id, row.outcome, row.summary) == (number, "finished", '{"rows_read": 5}')
    assert ledger.start_run("run", None, None) != number
