"""The ledger on SQLite and on a real PostgreSQL server: schema, constraints, revisions, repeats, what is in force."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from cchc.contracts import DeliveryKey, Result, Revision
from cchc.ledger import Arrival, Ledger, open_ledger
from cchc.ledger import tables as t

DAY = date(2026, 11, 5)
KEY = DeliveryKey("mcdt-quangtri", "H50.101", DAY, "dossiers")
HASH = {name: (name * 64)[:64] for name in "abcdef"}


@pytest.fixture(params=["sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'new' / 'ledger.sqlite'}"
    else:
        url = request.getfixturevalue("postgres_url").replace("postgresql://", "postgresql+psycopg://")
    opened = open_ledger(url)
    yield opened
    opened.engine.dispose()


def path_of(key: DeliveryKey) -> str:
    return f"{key.system}/{key.unit}/{key.export_date}/{key.dataset}.json"


def arrival(letter: str, key: DeliveryKey = KEY, mark: str = "", tells: bool = True) -> Arrival:
    return Arrival(key, path_of(key), mark or letter, HASH[letter], 10, datetime(2026, 11, 6, 0, 30), tells)


def result(revision: Revision, outcome: str = "accepted", rows: int = 5, reason: str | None = None) -> Result:
    done = Result(revision, stage_ms={"read": 3, "validate": 4})
    if outcome == "refused":
        done.refuse(reason or "invalid_json", "detail")
    else:
        done.outcome, done.rows_read, done.rows_accepted = "accepted", rows, rows
    return done


def decide(ledger: Ledger, **outcomes: str) -> None:
    """Decide every undecided revision by the letter of its hash."""
    ledger.record_results([result(r, outcomes[r.sha256[0]]) for r in ledger.undecided()])


def in_force(ledger: Ledger) -> list[int]:
    return [row["revision"] for row in ledger.find(in_force=True)]


# -- schema ----------------------------------------------------------------


def test_migrations_make_the_tables_the_code_uses(ledger: Ledger) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with ledger.engine.connect() as connection:
        # SQLite gives defaults back as text in quotes of its own
        options = {"compare_type": True, "compare_server_default": connection.dialect.name != "sqlite"}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), t.metadata)
    # autogenerate does not look at CHECK constraints
    assert differences == []
    inspector = sa.inspect(ledger.engine)
    for table in t.metadata.tables.values():
        made = {check["name"] for check in inspector.get_check_constraints(table.name)}
        wanted = {c.name for c in table.constraints if isinstance(c, sa.CheckConstraint)}
        assert wanted <= made


def test_opening_again_changes_nothing(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a")])
    ledger.migrate()
    assert len(ledger.find()) == 1


def test_downgrade_and_upgrade(ledger: Ledger) -> None:
    from importlib.resources import files

    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("cchc.ledger") / "migrations"))
    with ledger.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert set(sa.inspect(ledger.engine).get_table_names()) <= {"alembic_version"}
    ledger.migrate()
    assert set(t.metadata.tables) <= set(sa.inspect(ledger.engine).get_table_names())


@pytest.mark.parametrize(
    "values",
    [
        {"rows_read": 5, "rows_accepted": 4},
        {"rows_read": 5, "rows_accepted": 5, "rows_duplicate": 1},
        {"rows_quarantined": 1},
        {"outcome": "refused", "reason": "zero_bytes", "rows_read": 1, "rows_accepted": 1},
        {"outcome": "refused"},
        {"outcome": "repeat"},
    ],
)
def test_the_database_itself_refuses_counts_that_do_not_balance(values: dict[str, object], ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a")])
    with pytest.raises(sa.exc.IntegrityError), ledger.engine.begin() as connection:
        connection.execute(sa.update(t.file_revision).values(**values))
    assert ledger.find()[0]["outcome"] == "landed"


def test_a_result_that_does_not_balance_is_written_nowhere(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a")])
    wrong = result(ledger.undecided()[0])
    wrong.rows_quarantined = 1
    with pytest.raises(sa.exc.IntegrityError):
        ledger.record_results([wrong])
    assert ledger.find()[0]["outcome"] == "landed" and in_force(ledger) == []


def test_stages_belong_to_a_revision(ledger: Ledger) -> None:
    row = {"revision_id": "nobody", "stage": "read", "outcome": "done", "recorded_at": datetime(2026, 11, 6)}
    with pytest.raises(sa.exc.IntegrityError), ledger.engine.begin() as connection:
        connection.execute(sa.insert(t.stage_outcome).values(**row))


# -- arrivals --------------------------------------------------------------


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
    assert ledger.fingerprints(DAY, DAY) == {path_of(KEY): "4"}
    assert ledger.fingerprints(DAY + timedelta(1), DAY + timedelta(9)) == {}
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
    assert len(ledger.fingerprints(DAY, DAY)) == 1500
    ledger.record_results([result(revision) for revision in ledger.undecided()])
    assert len(ledger.find(in_force=True)) == 1500


def test_a_stray_is_reported_once(ledger: Ledger) -> None:
    assert ledger.record_strays([("a/b/c/x.tmp", "unknown file name")]) == 1
    assert ledger.record_strays([("a/b/c/x.tmp", "unknown file name"), ("a/b/c/y", "?"), ("a/b/c/y", "?")]) == 1
    assert sorted(row["path"] for row in ledger.strays()) == ["a/b/c/x.tmp", "a/b/c/y"]


# -- in force --------------------------------------------------------------


def test_refused_first_then_good(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a")])
    decide(ledger, a="refused")
    assert in_force(ledger) == []
    ledger.record_arrivals([arrival("b")])
    decide(ledger, b="accepted")
    assert in_force(ledger) == [2]


def test_good_then_refused_keeps_the_good_one(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a")])
    decide(ledger, a="accepted")
    ledger.record_arrivals([arrival("b")])
    decide(ledger, b="refused")
    assert in_force(ledger) == [1]


def test_a_newer_good_one_replaces_the_older(ledger: Ledger) -> None:
    for letter in "abc":
        ledger.record_arrivals([arrival(letter)])
        decide(ledger, **{letter: "accepted"})
    assert in_force(ledger) == [3]


def test_two_revisions_decided_at_once(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a"), arrival("b")])
    decide(ledger, a="accepted", b="accepted")
    assert in_force(ledger) == [2]


def test_an_older_revision_judged_again_does_not_come_back(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a"), arrival("b")])
    first, second = ledger.undecided()
    ledger.record_results([result(second)])
    ledger.record_results([result(first)])
    assert in_force(ledger) == [2]


def test_the_newest_refused_when_judged_again_gives_way(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a"), arrival("b")])
    decide(ledger, a="accepted", b="accepted")
    assert ledger.reopen(DAY, DAY) == 2
    decide(ledger, a="accepted", b="refused")
    assert in_force(ledger) == [1]
    assert ledger.reopen(DAY, DAY) == 2
    decide(ledger, a="refused", b="refused")
    assert in_force(ledger) == []


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


def test_what_changed_since(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a")])
    assert ledger.changed_since(0) == []  # nobody has judged it yet
    decide(ledger, a="accepted")
    (row,) = ledger.changed_since(0)
    assert row["in_force"] and ledger.changed_since(row["change_no"]) == []
    ledger.record_arrivals([arrival("a", mark="again")])
    (repeated,) = ledger.changed_since(row["change_no"])
    assert repeated["repeats"] == 1
    ledger.record_arrivals([arrival("b")])
    decide(ledger, b="accepted")
    changed = {row["revision"]: row["in_force"] for row in ledger.changed_since(repeated["change_no"])}
    assert changed == {1: False, 2: True}


def test_a_clock_that_was_put_back_hides_no_change(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.record_arrivals([arrival("a")])
    decide(ledger, a="accepted")
    (before,) = ledger.changed_since(0)
    monkeypatch.setattr("time.time_ns", lambda: 1)
    ledger.record_arrivals([arrival("a", mark="again")])
    (after,) = ledger.changed_since(before["change_no"])
    assert after["repeats"] == 1


def test_change_numbers_follow_the_order_of_commits(ledger: Ledger) -> None:
    """A change with the smaller number must not become visible after one with the greater: a copy would miss it."""
    ledger.record_arrivals([arrival("a")])
    decide(ledger, a="accepted")
    (before,) = ledger.changed_since(0)
    with ThreadPoolExecutor(1) as pool, ledger.engine.begin() as slow:
        number = slow.execute(
            sa.update(t.change_counter).values(last=t.change_counter.c.last + 1).returning(t.change_counter.c.last)
        ).scalar_one()
        later = pool.submit(ledger.record_arrivals, [arrival("a", mark="again")])
        with pytest.raises(TimeoutError):
            later.result(0.5)
        assert ledger.changed_since(before["change_no"]) == []
        slow.commit()
        later.result(30)
    (after,) = ledger.changed_since(before["change_no"])
    assert after["change_no"] > number


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


# -- waivers and runs ------------------------------------------------------


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


# -- short deliveries ------------------------------------------------------


def deliveries(ledger: Ledger, sizes: list[int], key: DeliveryKey = KEY) -> list[Result]:
    """One delivery a day from ``DAY`` on, judged day by day as a daily run does."""
    done = []
    for number, rows in enumerate(sizes):
        mine = DeliveryKey(key.system, key.unit, key.export_date + timedelta(number), key.dataset)
        ledger.record_arrivals([arrival("abcdef"[number % 6], mine)])
        (revision,) = ledger.undecided()
        judged = result(revision, rows=rows)
        ledger.warn_short_deliveries([judged])
        ledger.record_results([judged])
        done.append(judged)
    return done


def short(results: list[Result]) -> list[int]:
    return [number for number, judged in enumerate(results) if "short_delivery" in judged.warnings]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([1000] * 5 + [799], [5]),
        ([1000] * 5 + [800], []),  # 80 % is enough
        ([1000] * 4 + [1], []),  # four deliveries tell nothing
        ([200] * 5 + [150], []),  # 50 rows short is not over 50
        ([200] * 5 + [149], [5]),
        ([60] * 5 + [0], [5]),
        ([50] * 5 + [0], []),
        ([1000, 10, 1000, 10, 1000, 500], [5]),  # the median, not the mean
        ([1000] * 6 + [100] * 3, [6, 7, 8]),
        ([1000] * 5 + [100] * 31, list(range(5, 10))),  # with as many small ones as large ones the median is lower
    ],
)
def test_short_deliveries(sizes: list[int], expected: list[int], ledger: Ledger) -> None:
    found = short(deliveries(ledger, sizes))
    assert found[: len(expected)] == expected
    if len(sizes) < 30:
        assert found == expected


def test_only_the_last_thirty_count(ledger: Ledger) -> None:
    assert short(deliveries(ledger, [1000] * 20 + [100] * 31)[-1:]) == []


def test_a_whole_history_at_once_is_judged_as_day_by_day(ledger: Ledger) -> None:
    sizes = [1000] * 6 + [100, 1000, 700]
    keys = [DeliveryKey(KEY.system, KEY.unit, DAY + timedelta(n), KEY.dataset) for n in range(len(sizes))]
    ledger.record_arrivals([arrival("a", key) for key in keys])
    judged = [result(r, rows=sizes[(r.key.export_date - DAY).days]) for r in ledger.undecided()]
    assert ledger.warn_short_deliveries(judged) == 2
    assert sorted((r.revision.key.export_date - DAY).days for r in judged if r.warnings) == [6, 8]


def test_other_units_and_later_days_do_not_count(ledger: Ledger) -> None:
    deliveries(ledger, [1000] * 6, DeliveryKey(KEY.system, "H50.105", DAY, KEY.dataset))
    assert short(deliveries(ledger, [10] * 6)) == []
    early = DeliveryKey(KEY.system, "H50.105", DAY - timedelta(1), KEY.dataset)
    assert short(deliveries(ledger, [10], early)) == []


def test_a_refused_delivery_is_neither_short_nor_history(ledger: Ledger) -> None:
    deliveries(ledger, [1000] * 4)
    key = DeliveryKey(KEY.system, KEY.unit, DAY + timedelta(4), KEY.dataset)
    ledger.record_arrivals([arrival("a", key)])
    refused = result(ledger.undecided()[0], "refused")
    assert ledger.warn_short_deliveries([refused]) == 0
    ledger.record_results([refused])
    late = DeliveryKey(KEY.system, KEY.unit, DAY + timedelta(5), KEY.dataset)
    ledger.record_arrivals([arrival("b", late)])
    judged = result(ledger.undecided()[0], rows=1)
    assert ledger.warn_short_deliveries([judged]) == 0


def test_a_corrected_delivery_is_compared_with_the_days_before_not_with_itself(ledger: Ledger) -> None:
    deliveries(ledger, [1000] * 5 + [100])
    key = DeliveryKey(KEY.system, KEY.unit, DAY + timedelta(5), KEY.dataset)
    ledger.record_arrivals([arrival("e", key)])
    judged = result(ledger.undecided()[0], rows=990)
    assert ledger.warn_short_deliveries([judged]) == 0
