"""What the ledger is asked and told of a night does not grow with the files: rows in bulk, few transactions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from ledger_rows import KEY, arrival, result

from cchc.ledger import Ledger


@contextmanager
def asked(ledger: Ledger) -> Iterator[Counter[str]]:
    """Statements and transactions until the block ends; one statement of many rows counts once."""
    seen: Counter[str] = Counter()

    def statement(*_: Any) -> None:
        seen["statements"] += 1

    def commit(*_: Any) -> None:
        seen["commits"] += 1

    heard = {"before_cursor_execute": statement, "commit": commit}
    for name, hear in heard.items():
        sa.event.listen(ledger.engine, name, hear)
    yield seen
    for name, hear in heard.items():
        sa.event.remove(ledger.engine, name, hear)


def night(ledger: Ledger, files: int, province: str) -> Counter[str]:
    """So many units deliver, once more unchanged, and are judged."""
    arrivals = [arrival("a", replace(KEY, unit=f"{province}.{101 + n}")) for n in range(files)]
    with asked(ledger) as seen:
        assert ledger.record_arrivals(arrivals)[0] == files
        assert ledger.record_arrivals([replace(each, fingerprint="later") for each in arrivals])[1] == files
        results = [result(revision) for revision in ledger.undecided()]
        ledger.standing(results)
        ledger.warn_short_deliveries(results)
        ledger.record_results(results)
    return seen


def test_four_hundred_files_ask_as_often_as_two(ledger: Ledger) -> None:
    few, many = night(ledger, 2, "H50"), night(ledger, 400, "H51")
    assert few == many
    assert few["commits"] <= 3


@pytest.mark.parametrize("files", [2, 40])
def test_of_other_systems_nothing_is_read_again(files: int, ledger: Ledger) -> None:
    other = replace(KEY, system="igate-quangtri")
    ledger.record_arrivals([arrival("a", replace(other, unit=f"H50.{101 + n}")) for n in range(files)])
    read: list[int] = []

    def fetched(_: Any, cursor: Any, statement: str, parameters: Any, *__: Any) -> None:
        if statement.startswith("SELECT file_revision.system"):
            read.append(len(cursor.connection.execute(statement, parameters).fetchall()))

    sa.event.listen(ledger.engine, "after_cursor_execute", fetched)
    ledger.record_arrivals([arrival("b")])
    sa.event.remove(ledger.engine, "after_cursor_execute", fetched)
    assert read == [0]
