"""Loading on DuckDB and on a real PostgreSQL server: idempotent, all or nothing, and the same tables on both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cchc.datasets import DATASETS
from cchc.load import Load, Warehouse, open_warehouse
from cchc.load.schema import QUARANTINE, TABLES
from cchc.settings import Settings
from support.engines import ENGINES, books, settings_of

DAY = date(2026, 11, 5)


@pytest.fixture(params=ENGINES)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    return settings_of(request, tmp_path / "var")


@pytest.fixture
def warehouse(settings: Settings) -> Iterator[Warehouse]:
    with open_warehouse(settings) as opened:
        yield opened


def parquet(folder: Path, dataset: str, rows: list[dict[str, Any]]) -> Path:
    schema = QUARANTINE if dataset == "quarantine" else DATASETS[dataset].raw_schema
    path = folder / f"{dataset}-{len(list(folder.iterdir())):05d}.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
    return path


def row(revision: str, number: int, code: str, **more: Any) -> dict[str, Any]:
    lineage = {"system": "s", "delivering_unit": "H50.101", "export_date": DAY}
    return {"revision_id": revision, "row_number": number, "dossier_code": code} | lineage | more


def broken(revision: str, number: int) -> dict[str, Any]:
    lineage = {"dataset": "dossiers", "system": "s", "delivering_unit": "H50.101", "export_date": DAY}
    return {
        "revision_id": revision,
        "row_number": number,
        "rule": "no_key",
        "rules": "no_key",
        "payload": "{}",
    } | lineage


def put(
    warehouse: Warehouse,
    folder: Path,
    revision: str,
    codes: list[str],
    replaced: set[str] = frozenset(),  # type: ignore[assignment]
    quarantined: int = 0,
) -> Load:
    files = {"dossiers": [parquet(folder, "dossiers", [row(revision, n, code) for n, code in enumerate(codes, 1)])]}
    if quarantined:
        files["quarantine"] = [parquet(folder, "quarantine", [broken(revision, n + 100) for n in range(quarantined)])]
    load = Load(files, {revision}, set(replaced))
    warehouse.load(load)
    return load


def codes(warehouse: Warehouse) -> list[str]:
    return [one[0] for one in warehouse.execute("select dossier_code from raw.dossiers order by 1")]


def pending(warehouse: Warehouse) -> list[str]:
    return [one[0] for one in books(warehouse).execute("select distinct business_key from raw.pending order by 1")]


def built(warehouse: Warehouse) -> None:
    warehouse.begin_build()
    warehouse.finish_build()


# -- the schema ------------------------------------------------------------


def test_a_new_warehouse_has_every_table_and_wants_a_full_build(warehouse: Warehouse) -> None:
    for table, schema in TABLES.items():
        of = warehouse if table != "registry_changed" else books(warehouse)
        assert of.execute(f"select {', '.join(schema.names)} from raw.{table} where 1 = 0") == []
    assert warehouse.state() == {
        "full_refresh": True,
        "registry_hash": "",
        "change_no": 0,
        "synced_no": 0,
        "stale": True,
        "build_no": 0,
    }


def test_opening_again_keeps_what_is_there(settings: Settings, tmp_path: Path) -> None:
    with open_warehouse(settings) as first:
        put(first, tmp_path, "r1", ["A"])
        built(first)
    with open_warehouse(settings) as second:
        assert codes(second) == ["A"] and second.state()["full_refresh"] is False


# -- loads -----------------------------------------------------------------


def kept(warehouse: Warehouse) -> list[tuple[str, str]]:
    return warehouse.execute("select revision_id, dossier_code from raw.replaced_dossiers order by 1, 2")  # type: ignore[return-value]


def test_what_a_replaced_file_said_is_kept(warehouse: Warehouse, tmp_path: Path) -> None:
    put(warehouse, tmp_path, "r1", ["A", "B"])
    second = put(warehouse, tmp_path, "r2", ["B"], replaced={"r1"})
    assert (codes(warehouse), kept(warehouse)) == (["B"], [("r1", "A"), ("r1", "B")])
    warehouse.load(second)  # repeated after a crash: the rows of r1 are long gone from raw.dossiers
    assert (codes(warehouse), kept(warehouse)) == (["B"], [("r1", "A"), ("r1", "B")])
    put(warehouse, tmp_path, "r1", ["A", "B"], replaced={"r2"})  # r2 can't be read any more: r1 stands again
    assert (codes(warehouse), kept(warehouse)) == (["A", "B"], [("r2", "B")])


def test_revisions_of_one_run_are_kept_too(warehouse: Warehouse, tmp_path: Path) -> None:
    paths = [parquet(tmp_path, "dossiers", [row(r, 1, code) for r, code in (("r1", "A"), ("r2", "B"))])]
    load = Load({"dossiers": paths}, {"r2"}, set(), {"r1"})
    for _ in range(2):
        warehouse.load(load)
        assert (codes(warehouse), kept(warehouse)) == (["B"], [("r1", "A")])


def test_the_same_load_twice_is_one_load(warehouse: Warehouse, tmp_path: Path) -> None:
    load = put(warehouse, tmp_path, "r1", ["A", "B"], quarantined=2)
    warehouse.load(load)
    assert codes(warehouse) == ["A", "B"]
    assert warehouse.execute("select count(*) from raw.quarantine") == [(2,)]


def test_a_newer_revision_takes_the_place_of_the_older(warehouse: Warehouse, tmp_path: Path) -> None:
    put(warehouse, tmp_path, "r1", ["A", "B"], quarantined=3)
    put(warehouse, tmp_path, "other", ["Z"])
    put(warehouse, tmp_path, "r2", ["A", "C"], replaced={"r1"}, quarantined=1)
    assert codes(warehouse) == ["A", "C", "Z"]
    assert warehouse.execute("select revision_id, count(*) from raw.quarantine group by 1") == [("r2", 1)]


def test_a_newer_revision_without_any_row(warehouse: Warehouse, tmp_path: Path) -> None:
    put(warehouse, tmp_path, "r1", ["A"])
    warehouse.load(Load({}, {"r2"}, {"r1"}))
    assert codes(warehouse) == []


def test_rows_of_a_discarded_revision_leave_again(warehouse: Warehouse, tmp_path: Path) -> None:
    files = [parquet(tmp_path, "dossiers", [row("old", 1, "A"), row("new", 1, "B")])]
    waste = [parquet(tmp_path, "quarantine", [broken("old", 2), broken("new", 2)])]
    warehouse.load(Load({"dossiers": files, "quarantine": waste}, {"new"}, set(), {"old"}))
    assert codes(warehouse) == ["B"]
    assert warehouse.execute("select revision_id from raw.quarantine") == [("new",)]


def test_a_load_that_fails_leaves_everything_as_it_was(warehouse: Warehouse, tmp_path: Path) -> None:
    put(warehouse, tmp_path, "r1", ["A", "B"], quarantined=1)
    built(warehouse)
    good = parquet(tmp_path, "dossiers", [row("r2", 1, "C")])
    junk = tmp_path / "payments.parquet"
    junk.write_bytes(b"PAR1 no parquet")
    with pytest.raises(Exception, match=r"(?i)parquet"):
        warehouse.load(Load({"dossiers": [good], "payments": [junk]}, {"r2"}, {"r1"}))
    assert codes(warehouse) == ["A", "B"] and pending(warehouse) == []
    assert warehouse.execute("select count(*) from raw.quarantine") == [(1,)]
    warehouse.load(Load({"dossiers": [good]}, {"r2"}, {"r1"}))
    assert codes(warehouse) == ["C"]


# -- what the next build must recompute ------------------------------------


def test_before_the_first_build_nothing_is_pending(warehouse: Warehouse, tmp_path: Path) -> None:
    put(warehouse, tmp_path, "r1", ["A"])
    assert pending(warehouse) == [] and warehouse.state()["full_refresh"]
    assert warehouse.begin_build()["keys"] == 0
    warehouse.finish_build()
    state = warehouse.state()
    assert (state["full_refresh"], state["stale"]) == (False, False)


def test_keys_of_both_the_old_and_the_new_rows_are_pending(warehouse: Warehouse, tmp_path: Path) -> None:
    put(warehouse, tmp_path, "r1", ["A", "B"])
    put(warehouse, tmp_path, "other", ["Z"])
    built(warehouse)
    put(warehouse, tmp_path, "r2", ["B", "C"], replaced={"r1"})
    assert pending(warehouse) == ["A", "B", "C"]
    assert warehouse.begin_build()["keys"] == 3
    assert sorted(warehouse.execute("select * from raw.building")) == [("dossiers", key) for key in "ABC"]
    warehouse.finish_build()
    assert pending(warehouse) == [] and warehouse.execute("select * from raw.building") == []


def test_a_build_that_never_finished_is_repeated(warehouse: Warehouse, tmp_path: Path) -> None:
    built(warehouse)
    put(warehouse, tmp_path, "r1", ["A"])
    assert warehouse.begin_build()["keys"] == 1
    put(warehouse, tmp_path, "r2", ["B"])
    assert warehouse.begin_build()["keys"] == 2


def test_a_load_during_a_build_stays_pending(warehouse: Warehouse, tmp_path: Path) -> None:
    built(warehouse)
    put(warehouse, tmp_path, "r1", ["A"])
    warehouse.begin_build()
    put(warehouse, tmp_path, "r2", ["B"])
    warehouse.finish_build()
    assert pending(warehouse) == ["B"]


def test_a_build_sees_that_something_was_loaded_meanwhile(warehouse: Warehouse, tmp_path: Path) -> None:
    built(warehouse)
    put(warehouse, tmp_path, "r1", ["A"])
    warehouse.begin_build()
    newer = "select count(*) from raw.pending as p cross join raw.build_state as b where p.change_no > b.change_no"
    assert warehouse.execute(newer) == [(0,)]
    put(warehouse, tmp_path, "r2", ["B"])
    assert warehouse.execute(newer) == [(1,)]


def test_every_dataset_notes_its_own_key(warehouse: Warehouse, tmp_path: Path) -> None:
    built(warehouse)
    lineage = {"revision_id": "r", "row_number": 1, "system": "s", "delivering_unit": "H50", "export_date": DAY}
    keys = {
        "dossiers": "dossier_code",
        "payments": "transaction_code",
        "vneid": "commune_code",
        "feedback": "feedback_code",
        "apologies": "dossier_code",
        "declared": "unit",
        "objections": "objection_number",
        "portal": "unit_code",
    }
    files = {name: [parquet(tmp_path, name, [lineage | {key: f"{name}-1"}] * 2)] for name, key in keys.items()}
    warehouse.load(Load(files, {"r"}))
    assert sorted(books(warehouse).execute("select distinct dataset, business_key from raw.pending")) == sorted(
        (name, f"{name}-1") for name in DATASETS
    )


# -- registry and ledger copies --------------------------------------------


def test_a_load_during_the_first_build_is_not_forgotten(warehouse: Warehouse, tmp_path: Path) -> None:
    """Under Airflow a load may come in between the steps of a build; its rows were once never modelled."""
    put(warehouse, tmp_path, "r1", ["A"])
    assert warehouse.begin_build()["full_refresh"]
    put(warehouse, tmp_path, "r2", ["B"])
    warehouse.finish_build()
    state = warehouse.begin_build()
    assert (state["full_refresh"], state["keys"]) == (False, 1) and pending(warehouse) == ["B"]


def delivery(id_: str, change_no: int, **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "system": "s",
        "unit": "H50.101",
        "export_date": DAY,
        "dataset": "dossiers",
        "path": "s/H50.101/x",
        "revision": 1,
        "sha256": "a" * 64,
        "size_bytes": 3_000_000_000,
        "outcome": "accepted",
        "reason": None,
        "rows_read": 1,
        "rows_accepted": 1,
        "rows_quarantined": 0,
        "rows_duplicate": 0,
        "warnings": "",
        "repeats": 0,
        "arrived_at": datetime(2026, 11, 6, 0, 30),
        "in_force": True,
        "change_no": change_no,
    } | more


def test_deliveries_are_copied_once_and_replaced(warehouse: Warehouse) -> None:
    assert warehouse.sync_deliveries([]) == 0
    assert warehouse.sync_deliveries([delivery("r1", 5), delivery("r2", 9)]) == 2
    assert warehouse.state()["synced_no"] == 9
    built(warehouse)
    warehouse.sync_deliveries([delivery("r1", 12, in_force=False, repeats=2)])
    assert warehouse.execute("select revision_id, in_force, repeats from raw.deliveries order by 1") == [
        ("r1", False, 2),
        ("r2", True, 0),
    ]
    state = warehouse.state()
    assert (state["synced_no"], state["stale"]) == (12, True)


# -- the same content on both engines --------------------------------------

NASTY = [
    "",
    " ",
    "\\N",
    "\\.",
    "NULL",
    '"',
    "a,b",
    "line\nbreak",
    "\r",
    "=1+1",
    "Đã trả kết quả",
    "\\",
    "𝔘",
    "'",
    "null",
]


def test_both_engines_hold_the_same(tmp_path: Path, postgres_url: str) -> None:
    """Also where COPY could mistake a text for an end, a null or a separator."""
    rows = [
        row(
            f"r{n % 2}",
            n,
            text,
            procedure_suffix=text,
            received_at=datetime(2026, 11, 5, 8, 0, 0, 250_000),
            due_at=datetime(9999, 12, 31, 23, 59, 59),
            submitted_at=datetime(1, 1, 1),
            status=9 if n % 3 else None,
            fee_total_vnd=2**53 + 1,
            vneid_verified=None if n % 2 else False,
        )
        for n, text in enumerate(NASTY)
    ]
    portal = {"unit_code": "H50", "numerator": Decimal("12345678901234.5678"), "published_score": Decimal("0.10")}
    files = {
        "dossiers": [parquet(tmp_path, "dossiers", rows[:7]), parquet(tmp_path, "dossiers", rows[7:])],
        "portal": [
            parquet(tmp_path, "portal", [{k: v for k, v in row("r0", 1, "").items() if k != "dossier_code"} | portal])
        ],
        "quarantine": [parquet(tmp_path, "quarantine", [broken("r0", 1) | {"payload": '{"a": "\\\\N"}'}])],
    }
    found = []
    for url in ("", postgres_url):
        with open_warehouse(Settings(workdir=tmp_path / "var", exports="", warehouse=url)) as warehouse:
            warehouse.load(Load(files, {"r0", "r1"}))
            found.append(
                {
                    table: sorted(
                        warehouse.execute(f"select {', '.join(TABLES[table].names)} from raw.{table}"), key=repr
                    )
                    for table in files
                }
            )
    assert found[0] == found[1]
    assert {one[5] for one in found[0]["dossiers"]} == set(NASTY)
