"""The tool that compares two working folders tells what differs, and nothing where only order and clocks do."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import pytest

from support.compare_workdirs import LEDGER, main

FACTS = [("H50.1", 7), ("H50.2", None)]


def folder(at: Path, facts: list[tuple[Any, ...]] = FACTS, clock: str = "2026-11-05", **page: Any) -> str:
    """A working folder of one table, a ledger of one revision and one page."""
    (at / "report").mkdir(parents=True)
    with duckdb.connect(str(at / "warehouse.duckdb")) as con:
        con.execute("create schema marts; create table marts.fct (unit varchar, n integer)")
        con.executemany("insert into marts.fct values (?, ?)", facts)
        con.execute("create table marts.dim_indicator as select 'OWA' as indicator, 'apologies' as dataset")
    with sqlite3.connect(at / "ledger.sqlite") as ledger:
        for table in LEDGER:
            columns = "id text, revision_id text, dataset text, landed_at text, change_no integer"
            ledger.execute(f"create table {table} ({columns})")
        ledger.execute("insert into file_revision values ('r1', null, 'dossiers', ?, 1)", [clock])
    document = {"periods": [1], "rules": [{"dataset": "dossiers", "rule": "no_key", "rows": 2}], **page}
    text = f'<p>x</p><script type="application/json" id="data">{json.dumps(document)}</script><script>{clock}</script>'
    (at / "report" / "index.html").write_text(text, encoding="utf-8")
    return str(at)


def test_order_clocks_and_code_are_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    later = folder(tmp_path / "b", FACTS[::-1], clock="2026-11-06")
    assert main([folder(tmp_path / "a"), later]) == 0
    assert "differs: nothing" in capsys.readouterr().out


def test_a_value_that_differs_is_told_with_its_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([folder(tmp_path / "a"), folder(tmp_path / "b", [("H50.1", 8), ("H50.2", None)])]) == 1
    assert "marts.fct: 1 rows only before, 1 only after; columns {'n': 1}" in (said := capsys.readouterr().out)
    assert "n: 7 -> 8 where unit=H50.1" in said


def test_a_row_that_stands_twice_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([folder(tmp_path / "a"), folder(tmp_path / "b", [*FACTS, FACTS[0]])]) == 1
    assert "marts.fct: 0 rows only before, 1 only after" in capsys.readouterr().out


def test_a_page_that_differs_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([folder(tmp_path / "a"), folder(tmp_path / "b", periods=[2])]) == 1
    assert "pages index: 1 below data.periods, e.g. data.periods.0 1 -> 2" in capsys.readouterr().out


def test_an_added_dataset_can_be_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = [
        {"dataset": "apologies", "rule": "no_key", "rows": 9},
        {"dataset": "dossiers", "rule": "no_key", "rows": 2},
    ]
    folders = [folder(tmp_path / "a"), folder(tmp_path / "b", rules=rules)]
    assert main(folders) == 1
    assert "below data.rules, e.g. data.rules.apologies no_key only after" in capsys.readouterr().out
    assert main([*folders, "--ignore-dataset", "apologies"]) == 0
    assert main([*folders, "--added"]) == 0


def test_a_renamed_table_is_compared_under_its_new_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [folder(tmp_path / "a"), folder(tmp_path / "b")]
    with duckdb.connect(str(tmp_path / "b" / "warehouse.duckdb")) as con:
        con.execute("alter table marts.fct rename n to rows_read; alter table marts.fct rename to fct_file")
    assert main(folders) == 1
    said = capsys.readouterr().out
    assert "table marts.fct: only before" in said and "table marts.fct_file" in said
    assert main([*folders, "--renamed", "marts.fct=marts.fct_file", "--renamed", "*.n=rows_read"]) == 0
