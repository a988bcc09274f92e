"""In which columns a dossier stands, case by case, on both engines; and that whatever comes adds up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from served_forms import everything, fill, installation, tree

from cchc.forms.count import Counted, count, late_before
from cchc.forms.measures import LEFT_OUT, MEASURES
from cchc.publish import open_reader
from cchc.registry.forms import MEASURE_KEYS
from cchc.registry.open import Registry
from cchc.settings import Settings

FIRST, LAST = date(2026, 9, 1), date(2026, 9, 30)
UNITS = tree(
    ("P", "Tỉnh P", "province", None),
    ("P.01", "Sở", "department", "P"),
    ("P.101", "Xã Một", "commune", "P"),
    ("P.102", "Xã Hai", "commune", "P"),
    ("Q.101", "Xã tỉnh khác", "commune", "Q"),
    ("Q", "Tỉnh Q", "province", None),
)
LETTERS = [{"unit_code": "P.101", "dataset": "apologies", "export_date": date(2026, 9, 1), "system": "s"}]

#: a running, direct dossier of this month, not due yet, by a procedure without a fee
PLAIN: dict[str, Any] = {
    "system": "s",
    "procedure_level": "commune",
    "handling_unit": "P.101",
    "receiving_unit": "P.101",
    "channel": "direct",
    "status": 4,
    "received_date": date(2026, 9, 10),
    "timeliness": "running_in_time",
    "open_overdue_from_date": date(2026, 10, 10),
    "online_level": "full",
    "is_obligated": False,
    "is_paid_online": False,
    "online_payment": 0,
    "n_succeeded_transactions": 0,
    "has_only_electronic_result": False,
    "export_date": date(2026, 10, 31),
}
NEW = {"recv_total", "recv_direct", "recv_direct_postal"}
RUNS, LATE = {"proc_total", "proc_within"}, {"proc_total", "proc_late"}
ENDED = {"status": 10, "ended_at": datetime(2026, 9, 20, 16)}
EARLY = {"res_total", "res_before", "res_before_ontime"}
ON_TIME = {"res_total", "res_ontime", "res_before_ontime"}
GONE = {"received_date": date(2026, 8, 1)}

#: case -> what differs from the plain dossier, the columns it stands in, and those of which nothing tells
CASES: dict[str, tuple[dict[str, Any], set[str], set[str]]] = {
    "runs": ({}, NEW | RUNS, set()),
    "first day": ({"received_date": FIRST}, NEW | RUNS, set()),
    "last day": ({"received_date": LAST}, NEW | RUNS, set()),
    "day after": ({"received_date": date(2026, 10, 1)}, set(), set()),
    "carried": (GONE, {"recv_total", "recv_carry"} | RUNS, set()),
    "ended the day before": (GONE | ENDED | {"ended_at": datetime(2026, 8, 31, 23)}, set(), set()),
    "ended on the first day": (
        GONE | ENDED | {"ended_at": datetime(2026, 9, 1), "timeliness": "early"},
        {"recv_total", "recv_carry"} | EARLY,
        set(),
    ),
    "ended later": (ENDED | {"ended_at": datetime(2026, 10, 1), "timeliness": "overdue"}, NEW | RUNS, set()),
    "ended early": (ENDED | {"timeliness": "early"}, NEW | EARLY, set()),
    "ended on the day": (ENDED | {"timeliness": "on_the_day"}, NEW | ON_TIME, set()),
    "ended, not judged": (
        ENDED | {"timeliness": "not_judged", "open_overdue_from_date": None},
        NEW | {"res_total"},
        {"res_before", "res_ontime", "res_before_ontime", "res_late", "res_late_no_apology"},
    ),
    "ended late": (ENDED | {"timeliness": "overdue"}, NEW | {"res_total", "res_late", "res_late_no_apology"}, set()),
    "ended late with a letter": (
        ENDED | {"timeliness": "overdue", "first_apology_date": date(2026, 9, 12)},
        NEW | {"res_total", "res_late", "res_late_apology"},
        set(),
    ),
    "ended late, no letters delivered": (
        ENDED | {"timeliness": "overdue", "handling_unit": "P.102", "receiving_unit": "P.102"},
        NEW | {"res_total", "res_late"},
        {"res_late_apology", "res_late_no_apology"},
    ),
    "late": ({"open_overdue_from_date": LAST}, NEW | LATE | {"proc_late_no_apology"}, set()),
    "late the day after": ({"open_overdue_from_date": date(2026, 10, 1)}, NEW | RUNS, set()),
    "late, letter after the period": (
        {"open_overdue_from_date": LAST, "first_apology_date": date(2026, 10, 1)},
        NEW | LATE | {"proc_late_no_apology"},
        set(),
    ),
    "late, letter in time": (
        {"open_overdue_from_date": LAST, "first_apology_date": date(2026, 9, 29)},
        NEW | LATE | {"proc_late_apology"},
        set(),
    ),
    "no due time": ({"open_overdue_from_date": None}, NEW | RUNS, set()),
    "waits": (
        {"status": 5, "waiting_since_date": date(2026, 9, 15), "open_overdue_from_date": date(2026, 9, 12)},
        NEW | RUNS,
        set(),
    ),
    "waits since after the period": (
        {"status": 5, "waiting_since_date": date(2026, 10, 2), "open_overdue_from_date": date(2026, 9, 12)},
        NEW | LATE | {"proc_late_no_apology"},
        set(),
    ),
    "withdrawn": ({"status": 7, "ended_at": datetime(2026, 9, 20)}, NEW | {"withdrawn", "left_withdrawn"}, set()),
    "withdrawn without a date": (
        {"status": 7, "export_date": date(2026, 9, 21)},
        NEW | {"withdrawn", "left_withdrawn"},
        set(),
    ),
    "withdrawn later": ({"status": 7, "ended_at": datetime(2026, 10, 2)}, NEW | RUNS, set()),
    "stopped": ({"status": 8, "ended_at": datetime(2026, 9, 20)}, NEW | {"stopped", "left_stopped"}, set()),
    "rejected": ({"status": 3, "ended_at": datetime(2026, 9, 20)}, NEW | {"rejected", "left_rejected"}, set()),
    "rejected unreceived": (
        {"status": 3, "ended_at": datetime(2026, 9, 20), "received_date": None, "channel": "online"},
        {"rejected"},
        set(),
    ),
    "online full": ({"channel": "online"}, {"recv_total", "recv_online", "recv_online_full"} | RUNS, set()),
    "online partial": (
        {"channel": "online", "online_level": "partial"},
        {"recv_total", "recv_online", "recv_online_partial"} | RUNS,
        set(),
    ),
    "online otherwise": (
        {"channel": "online", "online_level": "none"},
        {"recv_total", "recv_online", "recv_online_other"} | RUNS,
        set(),
    ),
    "online, level not verified": (
        {"channel": "online", "online_level": "unverified"},
        {"recv_total", "recv_online"} | RUNS,
        {"recv_online_full", "recv_online_partial", "recv_online_other"},
    ),
    "by post": ({"channel": "postal"}, {"recv_total", "recv_postal", "recv_direct_postal"} | RUNS, set()),
    "at another commune's desk": ({"receiving_unit": "P.102"}, NEW | RUNS | {"recv_non_local"}, set()),
    "at the province's desk": ({"receiving_unit": "P"}, NEW | RUNS, set()),
    "in another province": ({"receiving_unit": "Q.101"}, NEW | RUNS | {"recv_non_local"}, set()),
    "of a department, at a commune's desk": ({"handling_unit": "P.01"}, NEW | RUNS, set()),
    "of a department, in another province": (
        {"handling_unit": "P.01", "receiving_unit": "Q.101"},
        NEW | RUNS | {"recv_non_local"},
        set(),
    ),
    "desk not known": ({"receiving_unit": None}, NEW | RUNS, {"recv_non_local"}),
    "paid online": (
        {"is_obligated": True, "is_paid_online": True, "online_payment": 1},
        NEW | RUNS | {"pay_total", "pay_online"},
        set(),
    ),
    "paid by a transaction": (
        {"is_obligated": True, "n_succeeded_transactions": 1},
        NEW | RUNS | {"pay_total", "pay_online"},
        set(),
    ),
    "owes, not paid online": ({"is_obligated": True}, NEW | RUNS, {"pay_total", "pay_direct"}),
    "owes, payment not said": (
        {"is_obligated": True, "online_payment": None},
        NEW | RUNS,
        {"pay_total", "pay_online", "pay_direct"},
    ),
    "procedure not in the catalogue": ({"online_level": None}, NEW | RUNS, {"pay_total", "pay_direct"}),
    "electronic alone": (
        ENDED | {"timeliness": "early", "has_only_electronic_result": True},
        NEW | EARLY | {"result_mismatch"},
        set(),
    ),
    "result not said": (
        ENDED | {"timeliness": "early", "has_only_electronic_result": None},
        NEW | EARLY,
        {"result_mismatch"},
    ),
    # 29 and 30 September 2026 are working days: at the end of the 30th one of the 29th has waited one
    "pending": (
        {"status": 1, "channel": "online", "received_date": None, "submitted_at": datetime(2026, 9, 30, 8)},
        {"pending_total", "pending_within"},
        set(),
    ),
    "pending too long": (
        {"status": 1, "channel": "online", "received_date": None, "submitted_at": datetime(2026, 9, 29, 23)},
        {"pending_total", "pending_late"},
        set(),
    ),
    "received after the period": (
        {"channel": "online", "received_date": date(2026, 10, 2), "submitted_at": datetime(2026, 9, 30)},
        {"pending_total", "pending_within"},
        set(),
    ),
    "pending, filed when not said": (
        {"status": 1, "channel": "online", "received_date": None},
        set(),
        {"pending_total", "pending_within", "pending_late"},
    ),
    "filed after the period": (
        {"status": 1, "channel": "online", "received_date": None, "submitted_at": datetime(2026, 10, 1)},
        set(),
        set(),
    ),
}
#: Finished dossiers whose file gives no day of their end: it lies between the receipt and that file's day.
ON_A_DAY_NOT_SAID: dict[str, tuple[dict[str, Any], set[str], set[str]]] = {
    "ended, on a day not said, by the file of the period": (
        {"status": 10, "is_ended_without_date": True, "timeliness": "not_judged", "export_date": LAST},
        NEW | {"res_total"},
        {"res_before", "res_ontime", "res_before_ontime", "res_late", "res_late_no_apology"},
    ),
    "ended, on a day not said, by a later file": (
        {"status": 10, "is_ended_without_date": True, "timeliness": "not_judged"},
        NEW,
        {"res_total", "res_before", "res_ontime", "res_before_ontime", "res_late", "res_late_no_apology"}
        | {"proc_total", "proc_within"},
    ),
    "ended, on a day not said, before the period": (
        GONE | {"status": 10, "is_ended_without_date": True, "export_date": date(2026, 8, 31)},
        set(),
        set(),
    ),
}


def trail(cases: dict[str, tuple[dict[str, Any], set[str], set[str]]] = CASES) -> pd.DataFrame:
    rows = [
        PLAIN | {"dossier_key": f"s:{n}", "dossier_code": str(n), "procedure_field": case} | differs
        for n, (case, (differs, _, _)) in enumerate(cases.items())
    ]
    frame = pd.DataFrame(rows, dtype=object)
    return frame.where(frame.notna(), None)


def of_province(settings: Settings, registry: Registry, first: date, last: date, **places: str) -> dict[str, Counted]:
    with open_reader(settings) as reader:
        rows = count(reader, registry, everything(registry, last, **places), first, last, "P")
    return {str(row.row[1]): row for row in rows}


def test_every_key_of_the_registry_is_counted_or_said_to_be_unsaid() -> None:
    from cchc.forms.measures import UNSAID

    assert {*MEASURES, *UNSAID} == set(MEASURE_KEYS)
    assert not {*MEASURES} & {*UNSAID}


def test_every_case_stands_in_its_columns(empty: Settings, registry: Registry) -> None:
    cases = CASES | ON_A_DAY_NOT_SAID
    fill(empty, UNITS | {"dossier_trail": trail(cases), "delivery_board": pd.DataFrame(LETTERS)})
    found = of_province(empty, registry, FIRST, LAST)
    for case, (_, counted, unknown) in cases.items():
        row = found.get(case)
        cells = row.cells if row else {}
        left_out = {why for why, number in (row.left_out if row else {}).items() if number}
        assert {key for key, cell in cells.items() if cell.known} | left_out == counted, case
        assert {key for key, cell in cells.items() if cell.unknown} == unknown, case
    assert set(found) <= set(cases)


@pytest.mark.parametrize(
    ("place", "columns"), [("running_within", RUNS), ("running", LATE | {"proc_late_no_apology"}), ("on_time", ON_TIME)]
)
def test_a_dossier_that_waits_is_in_exactly_one_column(
    tmp_path: Path, registry: Registry, place: str, columns: set[str]
) -> None:
    settings = fill(
        installation(tmp_path / "var"), UNITS | {"dossier_trail": trail(), "delivery_board": pd.DataFrame(LETTERS)}
    )
    row = of_province(settings, registry, FIRST, LAST, waiting=place)["waits"]
    assert {key for key, cell in row.cells.items() if cell.known} == NEW | columns
    assert (
        sum(row.cells[key].known for key in ("res_before", "res_ontime", "res_late", "proc_within", "proc_late")) == 1
    )


def test_a_rule_puts_what_was_withdrawn_among_the_resolved(tmp_path: Path, registry: Registry) -> None:
    settings = fill(installation(tmp_path / "var"), UNITS | {"dossier_trail": trail()})
    row = of_province(settings, registry, FIRST, LAST, withdrawn="on_time")["withdrawn"]
    assert row.cells["res_ontime"].known == 1
    assert not row.left_out["left_withdrawn"]


def test_late_reception_counts_working_days(registry: Registry) -> None:
    assert late_before(registry, date(2026, 9, 30), 1) == date(2026, 9, 30)
    assert late_before(registry, date(2026, 10, 4), 1) == date(2026, 10, 2)  # a Sunday
    assert late_before(registry, date(2026, 10, 5), 2) == date(2026, 10, 2)
    assert late_before(registry, date(2019, 10, 5), 2) == date(2019, 10, 4)  # before the calendar


def test_a_unit_above_counts_those_below_and_all_units_come_with_one_query(empty: Settings, registry: Registry) -> None:
    fill(empty, UNITS | {"dossier_trail": trail()})
    layout = everything(registry, LAST)
    by_unit = layout.item.model_copy(update={"rows": "unit"})
    layout = type(layout)(by_unit, layout.columns, layout.rules)
    with open_reader(empty) as reader:
        everybody = count(reader, registry, layout, FIRST, LAST, None)
        alone = count(reader, registry, layout, FIRST, LAST, "P.101")
        below = count(reader, registry, layout, FIRST, LAST, "P", below=True)
    totals = {(row.unit, row.row[0]): row.cells["recv_total"].known for row in everybody}
    assert [row for row in everybody if row.unit == "P.101"] == alone
    assert below == everybody
    assert totals["P", "P.101"] == totals["P.101", "P.101"] > totals["P", "P.102"] == totals["P.102", "P.102"] > 0
    assert totals["P", "P.01"] == 2


def random_trail(size: int, seed: int) -> pd.DataFrame:
    """Dossiers of every status with dates around the period, each after its receipt, some of them missing."""
    rng = np.random.default_rng(seed)
    days = np.datetime64("2026-07-01")
    received = days + rng.integers(0, 120, size)
    ended = received + rng.integers(0, 60, size)
    status = rng.integers(1, 11, size)
    never = np.datetime64("NaT")
    has_end = np.isin(status, (3, 5, 7, 8, 9, 10)) & (rng.random(size) < 0.9)
    frame = pd.DataFrame(
        {
            "dossier_key": [f"s:{n}" for n in range(size)],
            "dossier_code": [str(n) for n in range(size)],
            "procedure_field": rng.choice([f"F{n}" for n in range(40)], size),
            "handling_unit": rng.choice(["P.101", "P.102", "P.01"], size),
            "channel": rng.choice(["direct", "online", "postal", None], size),
            "status": status,
            "received_date": received,
            "ended_at": np.where(has_end, ended, never),
            "waiting_since_date": np.where((status == 5) & (rng.random(size) < 0.8), ended, never),
            "timeliness": rng.choice(["early", "on_the_day", "overdue", "not_judged"], size),
            "open_overdue_from_date": received + rng.integers(0, 40, size),
            "export_date": np.maximum(ended, np.datetime64("2026-10-28")),
        }
    )
    return frame


@pytest.mark.parametrize("waiting", ["running_within", "running", "on_time"])
def test_whatever_comes_adds_up(tmp_path: Path, registry: Registry, waiting: str) -> None:
    """Received = resolved + running + left out, and what was carried over is what was running the day before."""
    settings = fill(installation(tmp_path / "var"), UNITS | {"dossier_trail": random_trail(20_000, 766)})
    for first, last in ((FIRST, LAST), (date(2026, 7, 15), date(2026, 10, 14)), (LAST, LAST)):
        rows = of_province(settings, registry, first, last, waiting=waiting)
        before = of_province(settings, registry, date(2026, 1, 1), first - timedelta(days=1), waiting=waiting)
        assert len(rows) == 40
        out = 0
        for field, row in rows.items():
            n = {key: cell.known for key, cell in row.cells.items()}
            unknown = {key: cell.unknown for key, cell in row.cells.items()}
            out += sum(row.left_out.values())
            assert n["recv_total"] == n["res_total"] + n["proc_total"] + sum(row.left_out[why] for why in LEFT_OUT)
            assert n["recv_carry"] == (before[field].cells["proc_total"].known if field in before else 0)
            assert n["proc_total"] == n["proc_within"] + n["proc_late"] + unknown["proc_late"]
            assert n["res_total"] == n["res_before"] + n["res_ontime"] + n["res_late"] + unknown["res_late"]
            new = n["recv_total"] - n["recv_carry"]
            assert new == n["recv_online"] + n["recv_direct"] + n["recv_postal"] + unknown["recv_online"]
        assert out > 10
