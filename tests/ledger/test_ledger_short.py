"""Deliveries far below the usual size of a unit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ledger_rows import DAY, KEY, arrival, result

from cchc.contracts import DeliveryKey, Result
from cchc.ledger import Ledger


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
