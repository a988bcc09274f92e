"""Kill -9 of loader, executor and driver in the middle of a load: the next one ends in the same tables."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cchc.datasets import DATASETS
from cchc.engines.spark import Session
from cchc.errors import TransientError
from cchc.load import Load, open_warehouse
from cchc.load.schema import QUARANTINE, TABLES
from cchc.settings import Settings
from spark.lake import Lake, lake
from spark.parts import Missing

pytestmark = pytest.mark.slow

DAY = date(2026, 11, 5)
LINEAGE = {"system": "s", "delivering_unit": "H50.101", "export_date": DAY}
COMPARED = ("dossiers", "payments", "replaced_dossiers", "quarantine")


def dossiers(folder: Path, revision: str, codes: str) -> Path:
    rows = [LINEAGE | {"revision_id": revision, "row_number": n, "dossier_code": c} for n, c in enumerate(codes, 1)]
    return written(folder / f"dossiers-{revision}.parquet", rows, DATASETS["dossiers"].raw_schema)


def payments(folder: Path, revision: str, codes: str) -> Path:
    rows = [LINEAGE | {"revision_id": revision, "row_number": n, "transaction_code": c} for n, c in enumerate(codes, 1)]
    return written(folder / f"payments-{revision}.parquet", rows, DATASETS["payments"].raw_schema)


def quarantined(folder: Path, revision: str) -> Path:
    row = LINEAGE | {"revision_id": revision, "row_number": 9, "dataset": "dossiers", "rule": "r", "payload": "{}"}
    return written(folder / f"quarantine-{revision}.parquet", [row], QUARANTINE)


def written(path: Path, rows: list[dict[str, Any]], schema: pa.Schema) -> Path:
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
    return path


def loads(folder: Path) -> tuple[Load, Load]:
    """One that a build has modelled, and one that replaces a part of it, with a revision that is older already."""
    folder.mkdir(exist_ok=True)
    first = {"dossiers": [dossiers(folder, "r1", "AB"), dossiers(folder, "other", "Z")]}
    first |= {"payments": [payments(folder, "p1", "12")], "quarantine": [quarantined(folder, "r1")]}
    second = {"dossiers": [dossiers(folder, "r3", "BC"), dossiers(folder, "r2", "X")]}
    second |= {"payments": [payments(folder, "p2", "23")], "quarantine": [quarantined(folder, "r3")]}
    days = (DAY, DAY)
    return (
        Load(first, {"r1", "other", "p1"}, days=days),
        Load(second, {"r3", "p2"}, {"r1", "p1"}, {"r2"}, days),
    )


def prepared(settings: Settings, load: Load) -> None:
    """Loaded, and built as far as a load is concerned: from now on keys become pending."""
    with open_warehouse(settings) as warehouse:
        warehouse.load(load)
        warehouse.begin_build()
        warehouse.finish_build()


def content(settings: Settings) -> dict[str, Any]:
    """Every row of what the loads touch, and the keys that the next build recomputes."""
    with open_warehouse(settings) as warehouse:
        found: dict[str, Any] = {
            table: sorted(warehouse.execute(f"select {', '.join(TABLES[table].names)} from raw.{table}"), key=repr)
            for table in COMPARED
        }
        warehouse.begin_build()
        found["building"] = sorted(warehouse.execute("select dataset, business_key from raw.building"))
    return found


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What DuckDB holds after the two loads that nobody disturbed."""
    folder = tmp_path_factory.mktemp("calm")
    settings = Settings(workdir=folder / "var", exports="")
    first, second = loads(folder / "files")
    prepared(settings, first)
    with open_warehouse(settings) as warehouse:
        warehouse.load(second)
    return content(settings)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """A master and two workers, of which one may be killed."""
    try:
        with lake(tmp_path_factory.mktemp("cluster"), workers=2) as found:
            yield found
    except Missing as missing:
        pytest.skip(f"no Spark here (2026-12-01): {missing}")


def test_a_loader_that_is_killed_between_any_two_statements(
    cluster: Lake, tmp_path: Path, expected: dict[str, Any]
) -> None:
    settings = cluster.emptied(tmp_path / "var")
    first, second = loads(tmp_path / "files")
    prepared(settings, first)
    task = tmp_path / "task.pickle"
    task.write_bytes(pickle.dumps((settings, second)))
    program = Path(__file__).with_name("killed.py")
    kills = 0
    while (
        done := subprocess.run([sys.executable, program, task, str(kills)], capture_output=True, text=True)
    ).returncode:
        assert done.returncode == -signal.SIGKILL, done.stderr
        kills += 1
    assert kills >= 5  # the sign that a load came, three tables and what was kept of the replaced, the snapshots
    assert content(settings) == expected


def test_an_executor_that_is_killed(
    cluster: Lake, tmp_path: Path, expected: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = cluster.emptied(tmp_path / "var")
    first, second = loads(tmp_path / "files")
    prepared(settings, first)
    in_the_middle(monkeypatch, lambda: cluster.cluster.kill("worker-1"))
    try:
        with open_warehouse(settings) as warehouse:
            warehouse.load(second)
    finally:
        monkeypatch.undo()
        cluster.cluster.start_again("worker-1")
    assert content(settings) == expected


def test_a_driver_that_is_killed(
    cluster: Lake, tmp_path: Path, expected: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = cluster.emptied(tmp_path / "var")
    first, second = loads(tmp_path / "files")
    prepared(settings, first)
    in_the_middle(monkeypatch, lambda: cluster.cluster.kill("thrift"))
    with pytest.raises(TransientError, match="does not answer"), open_warehouse(settings) as warehouse:
        warehouse.load(second)
    monkeypatch.undo()
    cluster.cluster.start_again("thrift")
    with open_warehouse(replace(settings)) as warehouse:
        warehouse.load(second)
    assert content(settings) == expected


def in_the_middle(monkeypatch: pytest.MonkeyPatch, kill: Any) -> None:
    """Do it a moment after the statement that replaces dossiers began."""
    run = Session.run

    def running(session: Session, sql: str) -> None:
        if sql.startswith("merge into raw.dossiers"):
            threading.Timer(0.3, kill).start()
        run(session, sql)

    monkeypatch.setattr(Session, "run", running)
