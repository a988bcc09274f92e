"""A changed registry in the warehouse: only what differs is replaced, only the dossiers it decides become pending."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cchc.datasets import DATASETS
from cchc.load import Load, Warehouse, open_warehouse
from cchc.load import registry as loading
from cchc.load.registry import READING_ONLY, TOUCHES
from cchc.registry.tables import SCHEMAS
from support.engines import ENGINES, books, settings_of

DAY = date(2026, 11, 5)
RULES = SCHEMAS["reg_rules_in_force"]


@pytest.fixture(params=ENGINES)
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    with open_warehouse(settings_of(request, tmp_path / "var")) as opened:
        yield opened


def units(*codes: str) -> dict[str, pa.Table]:
    rows = [{"agency_code": code, "name": code, "level": "commune", "valid_from": DAY} for code in codes]
    return {"reg_units": pa.Table.from_pylist(rows, SCHEMAS["reg_units"])}


def fees(*rows: tuple[str, str, int]) -> dict[str, pa.Table]:
    listed = [
        {"procedure_code": code, "name": name, "fee_vnd": fee, "valid_from": date(2020, 1, 1)}
        for code, name, fee in rows
    ]
    return {"reg_procedures": pa.Table.from_pylist(listed, SCHEMAS["reg_procedures"])}


def rules(*rows: tuple[str, date | None, date | None], name: str = "reg_rules_in_force") -> dict[str, pa.Table]:
    listed = [{"rule_set": rule, "valid_from": first, "valid_to": last} for rule, first, last in rows]
    return {name: pa.Table.from_pylist(listed, RULES)}


def put(warehouse: Warehouse, folder: Path) -> None:
    """Four dossiers: two procedures, received on three days, the last one without a day of receipt."""
    facts = [
        ("A", "1.000001", datetime(2026, 3, 31, 23, 59, 59)),
        ("B", "1.000002", datetime(2026, 4, 1)),
        ("C", "1.000002", datetime(2026, 10, 1, 8)),
        ("D", None, None),
    ]
    lineage = {"revision_id": "r", "system": "s", "delivering_unit": "H50.101", "export_date": DAY}
    rows = [
        lineage | {"row_number": n, "dossier_code": code, "procedure_code": procedure, "received_at": moment}
        for n, (code, procedure, moment) in enumerate(facts, start=1)
    ]
    path = folder / "dossiers.parquet"
    pq.write_table(pa.Table.from_pylist(rows, DATASETS["dossiers"].raw_schema), path)
    warehouse.load(Load({"dossiers": [path]}, {"r"}))


def built(warehouse: Warehouse) -> None:
    warehouse.begin_build()
    warehouse.finish_build()


def pending(warehouse: Warehouse) -> str:
    found = books(warehouse).execute("select distinct dataset, business_key from raw.pending order by 2")
    assert {dataset for dataset, _ in found} <= {"dossiers"}
    return "".join(key for _, key in found)


def flags(warehouse: Warehouse) -> tuple[bool, bool]:
    state = warehouse.state()
    return state["full_refresh"], state["stale"]


def test_only_what_differs_is_replaced_and_nothing_is_built_whole(warehouse: Warehouse, tmp_path: Path) -> None:
    one = units("H50", "H51") | fees(("1.000001", "a", 0))
    assert warehouse.sync_registry(one, "hash-1") == ["reg_units", "reg_procedures"]
    put(warehouse, tmp_path)
    built(warehouse)
    assert warehouse.sync_registry(units("H51", "H50") | fees(("1.000001", "a", 0)), "hash-2") == []  # another order
    assert flags(warehouse) == (False, False)
    assert warehouse.state()["registry_hash"] == "hash-2"
    assert warehouse.sync_registry(units("H50", "H51", "H52") | fees(("1.000001", "a", 0)), "hash-3") == ["reg_units"]
    assert flags(warehouse) == (False, True)
    assert warehouse.execute("select agency_code from raw.reg_units order by 1") == [("H50",), ("H51",), ("H52",)]
    assert pending(warehouse) == ""


def test_rows_that_stand_twice_are_counted(warehouse: Warehouse) -> None:
    warehouse.sync_registry(units("H50"), "hash-1")
    assert warehouse.sync_registry(units("H50", "H50"), "hash-2") == ["reg_units"]


def test_a_view_stands_while_columns_do_and_goes_with_them(warehouse: Warehouse) -> None:
    warehouse.sync_registry(units("H50"), "hash-1")
    warehouse.execute("create view raw.stg_units as select agency_code from raw.reg_units")
    warehouse.sync_registry(units("H51"), "hash-2")
    assert warehouse.execute("select * from raw.stg_units") == [("H51",)]
    other = {"reg_units": pa.table({"agency_code": ["H52"], "extra": pa.array([1], pa.int32())})}
    assert warehouse.sync_registry(other, "hash-3") == ["reg_units"]
    assert warehouse.execute("select * from raw.reg_units") == [("H52", 1)]
    wider = {"reg_units": pa.table({"agency_code": ["H52"], "extra": pa.array([1], pa.int64())})}
    assert warehouse.sync_registry(wider, "hash-4") == ["reg_units"]


def test_another_fee_concerns_the_dossiers_of_that_procedure(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.sync_registry(fees(("1.000001", "a", 0), ("1.000002", "b", 0)), "hash-1")
    put(warehouse, tmp_path)
    built(warehouse)
    warehouse.sync_registry(fees(("1.000001", "another name", 0), ("1.000002", "b", 0)), "hash-2")
    assert (pending(warehouse), flags(warehouse)) == ("", (False, True))  # names decide nothing
    warehouse.sync_registry(fees(("1.000001", "another name", 0), ("1.000002", "b", 8000)), "hash-3")
    assert (pending(warehouse), flags(warehouse)) == ("BC", (False, True))


def test_a_procedure_that_comes_or_goes_concerns_its_dossiers(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.sync_registry(fees(("1.000002", "b", 0)), "hash-1")
    put(warehouse, tmp_path)
    built(warehouse)
    warehouse.sync_registry(fees(("1.000001", "a", 0)), "hash-2")
    assert pending(warehouse) == "ABC"


@pytest.mark.parametrize("name", sorted(name for name, touches in TOUCHES.items() if touches.by == "days"))
def test_a_dated_rule_concerns_the_dossiers_of_its_days(warehouse: Warehouse, tmp_path: Path, name: str) -> None:
    spring, autumn = ("date", None, date(2026, 3, 31)), ("date", date(2026, 4, 1), None)
    warehouse.sync_registry(rules(spring, autumn, name=name), "hash-1")
    put(warehouse, tmp_path)
    built(warehouse)
    warehouse.sync_registry(rules(autumn, spring, name=name), "hash-2")
    assert pending(warehouse) == ""
    warehouse.sync_registry(rules(("moment", None, date(2026, 3, 31)), autumn, name=name), "hash-3")
    assert pending(warehouse) == "A"  # received within the last second of 31 March
    built(warehouse)
    split = ("moment", None, date(2026, 3, 31)), ("date", date(2026, 4, 1), date(2026, 10, 1))
    warehouse.sync_registry(rules(*split, ("moment", date(2026, 10, 2), None), name=name), "hash-4")
    assert pending(warehouse) == "BCD"  # of the old row's days; D counts from its export


def test_a_rule_table_that_comes_new_concerns_the_days_it_names(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.sync_registry(units("H50"), "hash-1")
    put(warehouse, tmp_path)
    built(warehouse)
    warehouse.sync_registry(units("H50") | rules(("date", date(2026, 4, 1), date(2026, 10, 31))), "hash-2")
    assert pending(warehouse) == "BC"


def test_a_changed_rule_set_concerns_the_days_on_which_it_is_in_force(warehouse: Warehouse, tmp_path: Path) -> None:
    def sets(**compare: str) -> dict[str, pa.Table]:
        listed = [{"rule_set": name, "name_vi": name, "compare": how} for name, how in compare.items()]
        return {"reg_timeliness_rules": pa.Table.from_pylist(listed, SCHEMAS["reg_timeliness_rules"])}

    force = rules(("spring", None, date(2026, 3, 31)), ("autumn", date(2026, 4, 1), None))
    warehouse.sync_registry(force | sets(spring="moment", autumn="moment", shelf="moment"), "hash-1")
    put(warehouse, tmp_path)
    built(warehouse)
    warehouse.sync_registry(force | sets(spring="moment", autumn="moment", shelf="day"), "hash-2")
    assert pending(warehouse) == ""  # a set that no day is judged by
    warehouse.sync_registry(force | sets(spring="day", autumn="moment", shelf="day"), "hash-3")
    assert pending(warehouse) == "A"


def test_working_days_concern_dossiers_only_where_the_catalogue_dates_them(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    def calendar(works: bool, without_due: str) -> dict[str, pa.Table]:
        days = [{"day": DAY, "is_working_day": works}]
        listed = [{"rule_set": "one", "without_due": without_due}]
        return rules(("one", None, None)) | {
            "reg_timeliness_rules": pa.Table.from_pylist(listed, SCHEMAS["reg_timeliness_rules"]),
            "reg_calendar": pa.Table.from_pylist(days, SCHEMAS["reg_calendar"]),
        }

    warehouse.sync_registry(calendar(True, "on_time"), "hash-1")
    put(warehouse, tmp_path)
    built(warehouse)
    warehouse.sync_registry(calendar(False, "on_time"), "hash-2")
    assert pending(warehouse) == ""
    warehouse.sync_registry(calendar(False, "by_catalogue"), "hash-3")
    built(warehouse)
    warehouse.sync_registry(calendar(True, "by_catalogue"), "hash-4")
    assert pending(warehouse) == "ABCD"


def test_a_table_can_concern_every_dossier(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(loading.TOUCHES, "reg_units", loading.Touches("all"))
    warehouse.sync_registry(units("H50"), "hash-1")
    put(warehouse, tmp_path)
    built(warehouse)
    warehouse.sync_registry(units("H51"), "hash-2")
    assert pending(warehouse) == "ABCD"


def test_before_the_first_build_nothing_is_noted(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.sync_registry(fees(("1.000001", "a", 0)), "hash-1")
    put(warehouse, tmp_path)
    warehouse.sync_registry(fees(("1.000001", "a", 8000)), "hash-2")
    assert (pending(warehouse), flags(warehouse)) == ("", (True, True))


@pytest.mark.parametrize("name", sorted(READING_ONLY & set(SCHEMAS)))
def test_facts_for_reading_make_no_build_necessary(warehouse: Warehouse, name: str) -> None:
    empty = {name: SCHEMAS[name].empty_table()}
    warehouse.sync_registry(empty | units("H50"), "hash-1")
    built(warehouse)
    row: dict[str, Any] = dict.fromkeys(SCHEMAS[name].names)
    row[SCHEMAS[name].names[0]] = "x"
    assert warehouse.sync_registry({name: pa.Table.from_pylist([row], SCHEMAS[name])}, "hash-2") == [name]
    assert flags(warehouse) == (False, False)


def test_a_crash_between_sync_and_build_loses_nothing(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.sync_registry(fees(("1.000001", "a", 0)), "hash-1")
    put(warehouse, tmp_path)
    built(warehouse)
    warehouse.sync_registry(fees(("1.000001", "a", 8000)), "hash-2")
    assert warehouse.sync_registry(fees(("1.000001", "a", 8000)), "hash-2") == []  # the process died; the next one
    assert warehouse.begin_build()["keys"] == 1
    assert flags(warehouse) == (False, True)


def test_tables_and_keys_change_together_or_not_at_all(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.sync_registry(fees(("1.000001", "a", 0)), "hash-1")
    put(warehouse, tmp_path)
    built(warehouse)
    broken = {"reg_units; nonsense": units("H50")["reg_units"]}
    with pytest.raises(Exception, match=r"(?i)syntax"):
        warehouse.sync_registry(fees(("1.000001", "a", 8000)) | broken, "hash-2")
    assert (pending(warehouse), flags(warehouse)) == ("", (False, False))
    assert warehouse.execute("select fee_vnd from raw.reg_procedures") == [(0,)]
