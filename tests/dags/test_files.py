"""The DAG files themselves: short, thin, and silent while they are imported."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

DAGS = Path(__file__).resolve().parents[2] / "dags"
FILES = sorted(DAGS.glob("*.py"))
NAMES = [
    "approve_rankings", "backfill_exports", "build_warehouse", "ingest_exports", "publish_rankings", "upkeep", "watch",
]  # fmt: skip
#: All a DAG file may import: Airflow, plain dates, and the package's steps.
ALLOWED = {"_glue", "_question", "airflow", "cchc", "datetime"}
GLUE_ALLOWED = {
    "__future__",
    "_callbacks",
    "airflow",
    "cchc",
    "collections",
    "datetime",
    "importlib",
    "inspect",
    "typing",
}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def test_all_dags_are_here() -> None:
    assert [path.stem for path in FILES if not path.stem.startswith("_")] == NAMES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_at_most_60_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 60


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_imports_nothing_that_works_on_data(path: Path) -> None:
    allowed = GLUE_ALLOWED if path.stem.startswith("_") else ALLOWED
    assert {name.split(".")[0] for name in imports(path)} <= allowed
    assert {name for name in imports(path) if name.startswith("cchc")} <= {
        "cchc.contracts",
        "cchc.errors",
        "cchc.modes",  # who may read what a task writes; imports the settings
        "cchc.surroundings",  # tells errors, imports the standard library only
    }


def test_steps_named_in_dags_exist() -> None:
    named = {name for path in FILES for name in re.findall(r'step\("([a-z_.]+)"', path.read_text("utf-8"))}
    assert len(named) >= 9
    for name in named:
        module, function = name.split(".")
        assert callable(getattr(importlib.import_module(f"cchc.pipeline.{module}"), function))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_sql_and_no_loops_over_data(path: Path) -> None:
    text = path.read_text("utf-8").lower()
    for word in ("select ", "insert into", "read_csv", "duckdb.connect", "open("):
        assert word not in text


@pytest.mark.parametrize("name", NAMES)
def test_explained_in_both_languages(name: str) -> None:
    doc = ast.get_docstring(ast.parse((DAGS / f"{name}.py").read_text("utf-8"))) or ""
    title, vietnamese, english = doc.split("\n\n")
    assert " · " in title
    assert any(letter in vietnamese for letter in "ạảấầậắặệộợụự")
    assert english.isascii()


def test_nothing_below_include_imports_airflow() -> None:
    include = DAGS.parent / "include" / "cchc"
    for path in include.rglob("*.py"):
        assert not {name.split(".")[0] for name in imports(path)} & {"airflow"}, path
