"""Whatever happens on the way, the warehouse ends as one clean run would have left it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cchc.load import open_warehouse
from cchc.pipeline import load_judged
from cchc.registry.open import Registry
from support.world import DAY, G2, World, g2_file, world

pytestmark = pytest.mark.xdist_group("great_expectations")

NEXT = date(2026, 11, 6)


@pytest.fixture(params=["duckdb", "postgres"])
def here(request: pytest.FixtureRequest, tmp_path: Path, registry: Registry) -> World:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    return world(tmp_path, registry, warehouse=url)


def codes(world: World) -> list[str]:
    return [row[0][-4:] for row in world.rows("select dossier_code from raw.dossiers order by 1")]


def ended(world: World) -> list[tuple[Any, ...]]:
    return [(row["revision"], row["outcome"], row["in_force"]) for row in world.ledger.find()]


def test_a_second_run_changes_nothing(here: World) -> None:
    here.deliver(G2, g2_file(1, 2))
    here.ingest()
    before, content = here.ledger.find(), here.content()
    seen = here.collect()
    assert (seen.new, seen.repeats) == (0, 0)
    assert here.judge() == [] and here.load([]) == []
    assert here.ledger.find() == before and here.content() == content


def test_corrected_broken_and_corrected_again(here: World) -> None:
    for number, (content, expected) in enumerate(
        [
            (b"<html>", []),
            (g2_file(1, 2), ["0001", "0002"]),
            (b"{", ["0001", "0002"]),
            (g2_file(2, 3), ["0002", "0003"]),
            (g2_file(), []),
        ]
    ):
        here.deliver(G2, content + b"\n" * number)
        here.ingest()
        assert codes(here) == expected
    assert ended(here) == [
        (1, "refused", False),
        (2, "accepted", False),
        (3, "refused", False),
        (4, "accepted", False),
        (5, "accepted", True),
    ]


def test_two_revisions_judged_in_one_run(here: World) -> None:
    here.deliver(G2, g2_file(1))
    here.collect()
    here.deliver(G2, g2_file(2) + b" ")
    here.collect()
    here.load(here.judge())
    assert codes(here) == ["0002"]
    assert ended(here) == [(1, "accepted", False), (2, "accepted", True)]


def test_a_crash_between_the_warehouse_and_the_ledger_repeats_the_load(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.deliver(G2, g2_file(1, 2))
    here.ingest()
    here.deliver(G2, g2_file(2, 3) + b" ")
    here.collect()
    judged = here.judge()

    class Killed(BaseException):
        pass

    ledger = here.ledger

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(ledger, "record_results", die)
    with pytest.raises(Killed), open_warehouse(here.settings) as warehouse:
        load_judged(warehouse, ledger, judged)
    assert codes(here) == ["0002", "0003"]  # the warehouse has it, the ledger does not know
    assert ended(here) == [(1, "accepted", True), (2, "landed", False)]
    here.load(here.judge())
    assert codes(here) == ["0002", "0003"]
    assert ended(here) == [(1, "accepted", False), (2, "accepted", True)]


def test_a_load_whose_success_nobody_heard_of_is_not_repeated(here: World) -> None:
    """The task died after its work: the staged files are gone, and the next attempt is handed the same batches."""
    here.deliver(G2, g2_file(1, 2))
    here.collect()
    judged = here.judge()
    first = here.load(judged)
    before = here.content(), ended(here)
    assert not any(path.exists() for batch in judged for paths in batch.files.values() for path in paths)
    assert here.load(judged) == first
    assert (here.content(), ended(here)) == before


def test_after_such_a_crash_a_still_newer_revision_wins(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    here.deliver(G2, g2_file(1))
    here.collect()
    ledger = here.ledger
    monkeypatch.setattr(ledger, "record_results", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt), open_warehouse(here.settings) as warehouse:
        load_judged(warehouse, ledger, here.judge())
    here.deliver(G2, g2_file(2) + b" ")
    here.ingest()
    assert codes(here) == ["0002"]
    here.deliver(G2, b"{")
    here.ingest()
    assert codes(here) == ["0002"]


def test_a_crash_in_the_load_leaves_the_older_rows(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    here.deliver(G2, g2_file(1))
    here.ingest()
    here.deliver(G2, g2_file(2) + b" ")
    here.collect()
    judged = here.judge()
    with open_warehouse(here.settings) as warehouse:
        monkeypatch.setattr(type(warehouse), "append_parquet", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            load_judged(warehouse, here.ledger, judged)
    monkeypatch.undo()
    assert codes(here) == ["0001"]
    here.load(here.judge())
    assert codes(here) == ["0002"]


def test_replaying_gives_the_same_rows(here: World) -> None:
    here.deliver(G2, g2_file(1))
    here.ingest()
    here.deliver(G2, g2_file(2, 3) + b" ")
    here.deliver(G2, g2_file(9), NEXT)
    here.ingest(DAY, NEXT)
    content, ends = here.content(), ended(here)
    assert here.ledger.reopen(DAY, NEXT) == 3
    here.load(here.judge())
    assert here.content() == content and ended(here) == ends
    assert here.ledger.reopen(NEXT, NEXT) == 1
    here.load(here.judge())
    assert here.content() == content and ended(here) == ends


def test_a_replay_in_two_halves_never_brings_back_the_older_revision(here: World) -> None:
    here.deliver(G2, g2_file(1))
    here.ingest()
    here.deliver(G2, g2_file(2) + b" ")
    here.ingest()
    here.ledger.reopen(DAY, DAY)
    judged = here.judge()
    (batch,) = judged
    newest = [result for result in batch.results if result.revision.number == 2]
    assert len(batch.results) == 2 and newest
    here.load(judged)
    assert codes(here) == ["0002"] and ended(here) == [(1, "accepted", False), (2, "accepted", True)]


def test_a_refusal_of_what_was_good_takes_its_rows_away(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A replay after the rules became stricter: the only revision is refused now."""
    from cchc.errors import FileRefused
    from cchc.read import batch as reader

    here.deliver(G2, g2_file(1))
    here.ingest()
    here.ledger.reopen(DAY, DAY)

    def refuse(*_: object, **__: object) -> None:
        raise FileRefused("invalid_json")

    monkeypatch.setattr(reader, "unpack", refuse)
    here.load(here.judge())
    assert codes(here) == [] and ended(here) == [(1, "refused", False)]


def test_keys_of_replaced_rows_are_recomputed(here: World) -> None:
    here.deliver(G2, g2_file(1, 2))
    here.ingest()
    with open_warehouse(here.settings) as warehouse:
        warehouse.begin_build()
        warehouse.finish_build()
    here.deliver(G2, g2_file(2, 3) + b" ")
    here.ingest()
    keys = here.rows("select distinct business_key from raw.pending order by 1")
    assert [key[0][-4:] for key in keys] == ["0001", "0002", "0003"]


def test_staged_files_are_gone_after_the_load(here: World) -> None:
    here.deliver(G2, g2_file(1))
    here.ingest()
    assert not list(here.settings.staged.rglob("*.parquet"))
