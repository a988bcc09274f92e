"""Open data: what says that it is open and nothing else, valid for those who take it, the same bytes each time."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dbt_warehouse import Built
from frictionless import Package
from typer.testing import CliRunner

from cchc.cli.export import app
from cchc.conceal import MARK, Hidden, classes
from cchc.errors import PermanentError
from cchc.opendata import write_open_data
from cchc.opendata.choose import CLOSED, as_written, open_relations, titles
from cchc.opendata.tables import write_tables
from cchc.publish import open_reader
from cchc.publish.read import Reader
from cchc.registry.open import open_registry
from cchc.serve import Column, Relation, relations
from cchc.settings import Settings

FORMULA = '=HYPERLINK("http://evil.example";"x")'


@pytest.fixture(scope="module")
def installation(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The small world, with a unit whose name a spreadsheet would run."""
    settings = Settings(workdir=tmp_path_factory.mktemp("open"), exports="")
    shutil.copytree(built.settings.served_path.parent, settings.served_path.parent)
    settings.dbt_target.mkdir(parents=True)
    shutil.copy(Path(built.env["DBT_TARGET_PATH"]) / "manifest.json", settings.dbt_target)
    with duckdb.connect(str(settings.served_path)) as connection:
        connection.execute("update pub.ranking_v1 set unit_name = ? where unit_code = 'X1.102'", [FORMULA])
    return settings


@pytest.fixture(scope="module")
def promised(installation: Settings) -> list[Relation]:
    return relations(installation.dbt_target / "manifest.json")


@pytest.fixture(scope="module")
def package(installation: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package") / "opendata"
    assert write_open_data(installation, open_registry(None), folder)["ranking_v1"] > 10
    return folder


def test_a_package_is_valid(package: Path) -> None:
    """Types, required and unique keys, references, sizes and hashes, as the library of the standard checks them."""
    report = Package(str(package / "datapackage.json")).validate()
    assert [(task.name, error.message) for task in report.tasks for error in task.errors] == []
    assert report.valid and len(report.tasks) > 30


def test_a_package_that_says_other_than_its_files_is_not_valid(package: Path, tmp_path: Path) -> None:
    shutil.copytree(package, tmp_path / "p")
    lines = (tmp_path / "p" / "data" / "period_v1.csv").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "p" / "data" / "period_v1.csv").write_text("".join([*lines[:-1]]), "utf-8")
    report = Package(str(tmp_path / "p" / "datapackage.json")).validate()
    kinds = {error.type for task in report.tasks for error in task.errors}
    assert {"hash-count", "foreign-key"} <= kinds


def test_it_says_what_it_is(package: Path, promised: list[Relation]) -> None:
    found = json.loads((package / "datapackage.json").read_text("utf-8"))
    assert (found["version"], found["licenses"][0]["name"]) == ("1", "CC-BY-4.0")
    assert datetime.fromisoformat(found["created"]).utcoffset() is not None
    systems = [each["title"].rpartition(": ")[2] for each in found["sources"]]
    assert systems[:2] == ["letters", "onestop-a"]
    tables = {each["name"]: each for each in found["resources"] if each["format"] == "csv"}
    assert set(tables) == {each.name for each in promised if each.is_open}
    ranking = tables["ranking_v1"]
    assert ranking["schema"]["primaryKey"] == ["unit_code", "period_id", "method"]
    assert {(key["fields"][0], key["reference"]["resource"]) for key in ranking["schema"]["foreignKeys"]} == {
        ("unit_code", "unit_latest_v1"),
        ("period_id", "period_v1"),
        ("method", "method_v1"),
    }
    text = (package / "README.md").read_text("utf-8")
    for table in tables.values():
        assert f"## {table['name']}\n" in text
        assert all(f"| `{each['name']}`" in text for each in table["schema"]["fields"])


def test_everything_open_has_a_vietnamese_title(promised: list[Relation]) -> None:
    found = titles()
    chosen = [as_written(each) for each in promised if each.is_open]
    assert set(found.relations) == {each.name for each in chosen}
    untitled = [
        f"{each.name}.{column.name}"
        for each in chosen
        for column in each.columns
        if not {column.name, f"{each.name}.{column.name}"} & set(found.columns)
    ]
    assert untitled == []
    there = {column.name for each in chosen for column in each.columns}
    assert {name.rpartition(".")[2] for name in found.columns} <= there


def test_every_number_that_is_open_is_said_to_be_a_count_or_not(promised: list[Relation]) -> None:
    """By name and with a reason; what is named is there."""
    found = classes()
    chosen = {
        each.name: {column.name: column.data_type for column in each.columns} for each in promised if each.is_open
    }
    numbers = ("integer", "bigint", "decimal", "double", "real", "smallint", "hugeint", "float")
    for name, columns in chosen.items():
        rule = found.relations.get(name)
        said = {*rule.counts, *rule.others} if rule else set()
        assert {column for column, kind in columns.items() if kind.startswith(numbers)} == said, name
        assert set(rule.beside if rule else ()) <= set(columns)
        assert set(rule.others.values() if rule else ()) <= set(found.reasons)
    assert set(found.relations) <= set(chosen)
    known = {name.partition("(")[0] for columns in chosen.values() for name in columns.values()}
    assert known <= {"varchar", "boolean", "date", "timestamp", "integer", "bigint", "decimal"}, "of no other type"


def test_a_number_that_nobody_has_classed_stops_everything(promised: list[Relation]) -> None:
    new = Column("complaints", "bigint", "")
    with pytest.raises(PermanentError, match=r"pub_ranking\.complaints"):
        open_relations(
            [replace(each, columns=(*each.columns, new)) if each.name == "ranking_v1" else each for each in promised]
        )


def test_nothing_of_a_case_a_file_or_a_person_is_open(promised: list[Relation]) -> None:
    """By columns, and by the keys under which the pipeline knows single cases."""
    for each in promised:
        columns = {column.name for column in each.columns}
        of_cases = {name for name in columns if "dossier_code" in name or name.endswith(("_by", "sha256", "_path"))}
        if each.is_open:
            assert not of_cases and not columns & CLOSED and each.rows_of is None, each.name
    trails = {each.name for each in promised if each.name.endswith("_trail_v1") or each.rows_of}
    assert len(trails) > 8
    assert not trails & {each.name for each in promised if each.is_open}


def test_what_does_not_say_that_it_is_open_is_not(promised: list[Relation]) -> None:
    assert {each.name for each in promised if not each.is_open} >= {"objection_v1", "adjustment_v1", "delivery_file_v1"}
    assert open_relations([replace(each, is_open=False) for each in promised]) == []


@pytest.mark.parametrize(
    "name", ["dossier_trail_v1", "objection_v1", "adjustment_v1", "integrity_signal_v1", "action_v1"]
)
def test_what_says_that_it_is_open_and_is_not_stops_everything(promised: list[Relation], name: str) -> None:
    with pytest.raises(PermanentError, match="nothing was written"):
        open_relations([replace(each, is_open=True) if each.name == name else each for each in promised])


def test_both_files_hold_the_rows_that_are_served(package: Path, installation: Settings) -> None:
    with open_reader(installation) as reader:
        wanted = reader.rows("select * from pub.ranking_v1 order by unit_code, period_id, method")
    there = pq.read_table(package / "data" / "ranking_v1.parquet").to_pylist()
    hidden = {"dossiers": None}
    assert there == [
        {**row, **(hidden if cut[MARK] else {}), MARK: cut[MARK]} for row, cut in zip(wanted, there, strict=True)
    ]
    assert any(row[MARK] for row in there)
    with (package / "data" / "ranking_v1.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["unit_code"] for row in rows] == [row["unit_code"] for row in wanted]
    for row, served in zip(rows, wanted, strict=True):
        assert row["unit_name"] == (f"'{FORMULA}" if served["unit_name"] == FORMULA else served["unit_name"])
        assert row["total"] == f"{served['total']:.2f}" and Decimal(row["total"]) == served["total"]
        assert row["rank"] == ("" if served["rank"] is None else str(served["rank"]))
        assert date.fromisoformat(row["period_end"]) == served["period_end"]
        assert row["is_complete"] == str(served["is_complete"]).lower()
    assert any(row["unit_name"] == FORMULA for row in wanted)


def test_the_same_build_gives_the_same_bytes(package: Path, installation: Settings, tmp_path: Path) -> None:
    write_open_data(installation, open_registry(None), tmp_path / "again")
    write_open_data(installation, open_registry(None), tmp_path / "again")  # over an older one
    mine, theirs = (
        {p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in (package, tmp_path / "again")
    )
    assert mine == theirs
    assert [path.name for path in tmp_path.iterdir()] == ["again"]


class OneByOne(Reader):
    """The rows as PostgreSQL's reader gives them: Python values."""

    def __init__(self, inner: Reader) -> None:
        self.inner = inner

    def close(self) -> None:
        self.inner.close()

    def stream(self, sql: str, parameters: Any = ()) -> Any:
        return self.inner.stream(sql, parameters)


def test_groups_do_not_change_a_file(
    installation: Settings, promised: list[Relation], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row by row or as Arrow, in groups of any size: the same CSV."""
    ranking = next(each for each in promised if each.name == "ranking_v1")
    found = set()
    with open_reader(installation) as reader:
        for way in (reader, OneByOne(reader)):
            for group in (7, 100_000):
                monkeypatch.setattr("cchc.opendata.tables._GROUP", group)
                files = (tmp_path / "x.csv", tmp_path / "x.parquet")
                rows, _ = write_tables(way, ranking, *files, Hidden({("X1.101", "2026-09-01_2026-09-30", "dossiers")}))
                assert pq.read_metadata(tmp_path / "x.parquet").num_rows == rows > 7
                found.add((tmp_path / "x.csv").read_bytes())
        none = list(reader.tables("select 1 as a where 1 = 0", pa.schema([("a", pa.int64())]), 5))
    assert len(found) == 1 and sum(each.num_rows for each in none) == 0


def test_a_folder_of_something_else_is_left_alone(installation: Settings, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", "utf-8")
    with pytest.raises(PermanentError, match="new or empty"):
        write_open_data(installation, open_registry(None), tmp_path)
    with pytest.raises(PermanentError, match=r"CC-BY-4\.0"):
        write_open_data(installation, open_registry(None), tmp_path / "new", "free")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_what_fails_halfway_leaves_the_older_one(
    installation: Settings, tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(package, tmp_path / "opendata")
    monkeypatch.setattr("cchc.opendata.write.readme", lambda descriptor: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_open_data(installation, open_registry(None), tmp_path / "opendata")
    assert [path.name for path in tmp_path.iterdir()] == ["opendata"]
    assert (tmp_path / "opendata" / "README.md").read_bytes() == (package / "README.md").read_bytes()


def test_the_commands_write_what_they_say(installation: Settings, built: Built, tmp_path: Path) -> None:
    shutil.copy(Path(built.env["DBT_TARGET_PATH"]) / "semantic_manifest.json", installation.dbt_target)
    where = ["--workdir", str(installation.workdir)]
    said = CliRunner().invoke(app, ["opendata", str(tmp_path / "open"), "--licence", "CC0-1.0", *where])
    assert said.exit_code == 0 and "24 tables" in said.output, said.output
    found = json.loads((tmp_path / "open" / "datapackage.json").read_text("utf-8"))
    assert found["licenses"][0]["name"] == "CC0-1.0"
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "open").rglob("*") if path.is_file()}
    assert modes == {installation.published_mode}
    assert CliRunner().invoke(app, ["semantics", "--out", str(tmp_path / "s.json"), *where]).exit_code == 0
    models = json.loads((tmp_path / "s.json").read_text("utf-8"))["semantic_models"]
    assert "pub.current_ranking_v1" in {each["node_relation"]["relation_name"] for each in models}
