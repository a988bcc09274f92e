"""What changed, for whoever keeps a copy of the ledger; and which days are business days."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from ledger_rows import DAY, arrival, decide

from cchc.contracts import DeliveryKey
from cchc.ledger import Ledger
from cchc.ledger import tables as t


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


def test_business_days_and_first_days_leave_the_portal_out(ledger: Ledger) -> None:
    assert (ledger.last_day(), ledger.business_days(), ledger.first_days()) == (None, [], {})
    for days, system, dataset in ((2, "one", "dossiers"), (0, "one", "dossiers"), (1, "two", "payments")):
        ledger.record_arrivals([arrival("a", DeliveryKey(system, "H50", DAY + timedelta(days), dataset))])
    ledger.record_arrivals([arrival("a", DeliveryKey("portal", "H50", DAY + timedelta(9), "portal"))])
    assert ledger.business_days() == [DAY + timedelta(days) for days in range(3)]
    assert ledger.first_days() == {"one": DAY, "two": DAY + timedelta(1)}
    assert ledger.last_day() == DAY + timedelta(9)
