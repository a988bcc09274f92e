"""What is asked of an engine, the same of each: a DuckDB file and a real PostgreSQL server."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import duckdb
import psycopg
import pytest

from cchc.engines import ENGINES, Held, engine_of, of_engine
from cchc.errors import PermanentError, TransientError
from cchc.load import open_warehouse
from cchc.serve import is_served
from cchc.settings import Settings
from support.engines import ENGINES as ENGINES_RUN
from support.engines import settings_of

PACKAGE = Path(__file__).resolve().parents[2] / "include" / "cchc"
NAMES = sorted(ENGINES.values())
#: Rooms that have a module for each engine.
ROOMS = ("engines", "load", "serve", "publish", "upkeep", "backup")


@pytest.fixture(params=ENGINES_RUN)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    return settings_of(request, tmp_path / "var")


def test_an_empty_place_has_no_state_and_serves_nothing(settings: Settings, request: pytest.FixtureRequest) -> None:
    if settings.warehouse_state:  # that of the fixture was opened before
        settings = replace(settings, warehouse_state=request.getfixturevalue("postgres_url"))
    engine = engine_of(settings)
    assert engine.build_state() is None
    assert engine.examine()[1] is None
    assert not is_served(settings)
    assert engine.files == ()


def test_its_state_is_that_of_the_last_build(settings: Settings) -> None:
    with open_warehouse(settings) as warehouse:
        begun = warehouse.begin_build()
    state = engine_of(settings).build_state()
    assert state is not None
    assert engine_of(settings).may_answer()
    assert (state.full_refresh, state.change_no, state.registry_hash) == (True, begun["change_no"], "")
    with open_warehouse(settings) as warehouse:
        warehouse.finish_build()
    found = engine_of(settings).examine()[1]
    assert found is not None
    assert (found.full_refresh, found.stale) == (False, False)


def test_its_address_tells_no_password(settings: Settings) -> None:
    engine = engine_of(settings)
    assert "@" not in engine.said + engine.served_said


def test_dbt_is_told_target_and_place(settings: Settings) -> None:
    engine = engine_of(settings)
    told = engine.dbt_environment()
    assert told["CCHC_DBT_TARGET"] == engine.name
    assert all(isinstance(value, str) for value in told.values())
    import_module(engine.adapter)


def test_each_room_has_a_module_for_each_engine(settings: Settings) -> None:
    for room in ROOMS:
        assert of_engine(room, settings).__name__ == f"cchc.{room}.{engine_of(settings).name}"


def test_a_file_that_somebody_writes_is_held(tmp_path: Path) -> None:
    settings = Settings(workdir=tmp_path, exports="")
    open_warehouse(settings).close()
    from subprocess import PIPE, Popen
    from sys import executable

    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    holder = Popen([executable, "-c", hold, str(settings.duckdb_path)], stdin=PIPE, stdout=PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        with pytest.raises(Held, match="held by another process"):
            engine_of(settings).build_state()
    finally:
        holder.communicate()


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    settings = Settings(workdir=tmp_path, exports="", warehouse="postgresql://cchc:secret@127.0.0.1:1/cchc")
    with pytest.raises(TransientError, match=r"127\.0\.0\.1:1/cchc does not answer") as raised:
        engine_of(settings).build_state()
    assert "secret" not in str(raised.value)


def test_a_database_shared_with_the_ledger_is_doubtful(tmp_path: Path) -> None:
    url = "postgresql://cchc:secret@127.0.0.1:1/cchc"
    settings = Settings(workdir=tmp_path, exports="", warehouse=url, ledger_url=url)
    assert engine_of(settings).doubts() == (
        "warehouse and ledger share the database 127.0.0.1:1/cchc; give each a database and an owner"
    )
    assert engine_of(Settings(workdir=tmp_path, exports="", ledger_url=url)).doubts() == ""


def test_only_a_server_guards_rows(tmp_path: Path, settings: Settings) -> None:
    if engine_of(settings).name == "postgres":
        with psycopg.connect(settings.warehouse) as connection:
            assert engine_of(settings).guarding_server().parts["dbname"] == connection.info.dbname
    else:
        with pytest.raises(PermanentError, match="roles are PostgreSQL's"):
            engine_of(settings).guarding_server()


def outside() -> Iterator[Path]:
    """Every module but those of engines: of the engine's name, or with more behind it (``spark_parts``)."""
    for file in [*PACKAGE.rglob("*.py"), *PACKAGE.parents[1].glob("scripts/*.py"), *PACKAGE.parents[1].glob("dags/*")]:
        if file.suffix == ".py" and not (file.parent.name in ROOMS and file.stem.partition("_")[0] in NAMES):
            yield file


def asks(file: Path) -> Iterator[str]:
    """Where a module asks which engine it is, or takes one by its name."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr == "warehouse" and ast.unparse(node.value) == "settings":
            yield ast.unparse(node)
        if isinstance(node, ast.ImportFrom | ast.Import):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
            yield from (name for name in names if name.startswith("cchc.") and name.rpartition(".")[2] in NAMES)
        if isinstance(node, ast.Compare) and "dialect" not in ast.unparse(node):  # SQLAlchemy's, of the ledger
            parts = [each.value for each in (node.left, *node.comparators) if isinstance(each, ast.Constant)]
            yield from (str(part) for part in parts if part in {*NAMES, *ENGINES} - {""})


def test_nobody_else_asks_which_engine_it_is() -> None:
    found = {str(file): told for file in outside() if (told := sorted(asks(file))) and file.parent.name != "engines"}
    assert found == {}


def test_a_question_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text("from cchc.load.duckdb import x\nif settings.warehouse or y == 'postgres': pass\n")
    assert sorted(asks(file)) == ["cchc.load.duckdb", "postgres", "settings.warehouse"]
    assert duckdb.__name__ in NAMES
