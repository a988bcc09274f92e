"""The room of datasets: readers, SQL, suites, keys and codes fit. Which files there are, the guide says (beside)."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from cchc import scratch
from cchc.datasets import DATASETS, LINEAGE, VALUES
from cchc.datasets import dialects as room
from cchc.datasets.dialects import DIALECTS, dialects_of
from cchc.datasets.shape import TEXT, Column, Dataset
from cchc.read.batch import reader_of
from cchc.read.to_columns import sql_of
from cchc.registry.open import Registry
from cchc.validate import load_rules
from cchc.validate.payload import payload_sql
from support.stages import SYSTEMS, File, read_rows, refusal

ROOT = Path(__file__).parents[2]
PAIRS = [(dataset, dialect) for dataset in DATASETS for dialect in dialects_of(dataset)]


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_dataset_has_rules_and_a_dialect(dataset: str) -> None:
    assert dialects_of(dataset), "no dialect delivers it"
    assert load_rules(ROOT / "expectations", dataset)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_has_a_reader_and_forms_of_time(dialect: str) -> None:
    assert callable(reader_of(dialect))
    with scratch.connect(dialect) as con:
        assert con.execute("select parse_timestamp('nothing of the kind')").fetchone() == (None,)


@pytest.mark.parametrize(("dataset", "dialect"), PAIRS)
def test_the_sql_of_a_pair_gives_every_text_column(dataset: str, dialect: str) -> None:
    shape = DATASETS[dataset]
    columns = [("record", TEXT)] if DIALECTS[dialect].records else [(name, TEXT) for name in shape.text_columns]
    columns.append(("fault", pa.string()))  # told by the cells of a table, by the keys of records
    schema = pa.schema([("file_no", pa.int32()), ("row_number", pa.int32()), ("row_hash", pa.uint64()), *columns])
    with scratch.connect(dialect) as con:
        con.register("source_rows", schema.empty_table())
        found = con.sql(sql_of(dataset, dialect)).columns
    assert sorted(found) == sorted(["file_no", "row_number", "row_hash", "fault", *shape.text_columns])


@pytest.mark.parametrize(("dataset", "dialect"), PAIRS)
def test_keys_lead_to_text_columns_and_to_the_required_ones(dataset: str, dialect: str) -> None:
    shape, keys = DATASETS[dataset], DIALECTS[dialect].keys[dataset]
    if not keys:
        return  # heading maps of the registry, whose own check asks the same
    assert {column for column in keys.values() if column} <= set(shape.text_columns)
    assert set(shape.required) <= set(DIALECTS[dialect].key_of(dataset))


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_columns_are_named_once_and_the_key_is_one_of_them(dataset: Dataset) -> None:
    names = [*LINEAGE.names, *dataset.canonical.names]
    assert len(names) == len(set(names))
    assert dataset.recompute_by in dataset.text_columns
    assert set(dataset.coded) <= set(dataset.text_columns)


def test_every_code_and_label_of_the_registry_is_of_a_coded_column(registry: Registry) -> None:
    fields = {name for each in DATASETS.values() for name in each.coded}
    assert set(registry.labels) <= fields | {"boolean"}
    for dialect, codes in registry.codes.items():
        mine = {name for each in DATASETS.values() if each.name in DIALECTS[dialect].keys for name in each.coded}
        assert set(codes) <= mine | {"boolean"}, dialect
    assert set(VALUES) <= fields | {"boolean"}


def test_a_text_column_that_says_nothing_is_not_shown_in_quarantine() -> None:
    """Fails closed: whoever adds a column must say what may be shown of it."""
    shape = Dataset("test", (Column("free_text"), Column("unit", shown=r"H\d\d"), Column("n", pa.int64())), "unit")
    with duckdb.connect() as con:
        con.execute("create macro shape(x) as regexp_replace(x, '[a-zà-ỹ]+', 'a', 'gi')")
        con.execute(
            "create table rows as select 'CANARY Nguyễn Thử' as free_text, 'CANARY Thử' as unit, 7::bigint as n"
        )
        shown = con.execute(f"select {payload_sql(shape, [])} from rows").fetchone()
    assert shown is not None
    assert "CANARY" not in shown[0]
    assert "free_text" not in shown[0]
    assert '"n":7' in shown[0]


def test_every_pair_has_a_system_in_the_packaged_registry(registry: Registry) -> None:
    delivered = {(spec.dataset, spec.dialect) for system in registry.systems.values() for spec in system.datasets}
    assert set(PAIRS) == delivered == set(SYSTEMS)


def test_a_web_page_reaches_the_reader_of_a_dialect_that_reads_web_pages(
    tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a dialect's files may be is its own business: nothing refuses a format before its dialect is known."""
    page = File(b"<html><body>MaXa</body></html>", "vneid", "csv")
    assert refusal(tmp_path, registry, page) == "html_error_page"
    monkeypatch.setitem(room.DIALECTS, "csv", dataclasses.replace(DIALECTS["csv"], web_page=True))
    assert refusal(tmp_path, registry, page) == "missing_column"


def test_one_dialect_carries_several_datasets(tmp_path: Path, registry: Registry) -> None:
    """``jsonl`` once stood for feedback alone."""
    letter = b'{"MaDonVi":"H50.102","MaHoSo":"H50.102-1","LanThu":1,"NgayKy":"2026-11-05 08:00:00","DaGui":true}\n'
    assert read_rows(tmp_path, registry, File(letter, "apologies", "jsonl"))[0]["letter_number"] == "1"
    voice = b'{"MaPAKN":"PA1","MaDonVi":"H50","Loai":"staff","NgayTiepNhan":"2026-11-05 08:00:00"}\n'
    assert read_rows(tmp_path, registry, File(voice, "feedback", "jsonl"))[0]["feedback_code"] == "PA1"
