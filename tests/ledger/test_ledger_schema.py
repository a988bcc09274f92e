"""The schema: migrations, and constraints that hold whatever the code does."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from ledger_rows import arrival, in_force, result

from cchc.ledger import Ledger, open_ledger
from cchc.ledger import tables as t


def test_migrations_make_the_tables_the_code_uses(ledger: Ledger) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with ledger.engine.connect() as connection:
        # SQLite gives defaults back as text in quotes of its own
        options = {"compare_type": True, "compare_server_default": connection.dialect.name != "sqlite"}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), t.metadata)
    # autogenerate does not look at CHECK constraints
    assert differences == []
    inspector = sa.inspect(ledger.engine)
    for table in t.metadata.tables.values():
        made = {check["name"] for check in inspector.get_check_constraints(table.name)}
        wanted = {c.name for c in table.constraints if isinstance(c, sa.CheckConstraint)}
        assert wanted <= made


def test_opening_again_changes_nothing(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a")])
    ledger.migrate()
    assert len(ledger.find()) == 1


def test_downgrade_and_upgrade(ledger: Ledger) -> None:
    from importlib.resources import files

    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("cchc.ledger") / "migrations"))
    with ledger.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert set(sa.inspect(ledger.engine).get_table_names()) <= {"alembic_version"}
    ledger.migrate()
    assert set(t.metadata.tables) <= set(sa.inspect(ledger.engine).get_table_names())


@pytest.mark.parametrize(
    "values",
    [
        {"rows_read": 5, "rows_accepted": 4},
        {"rows_read": 5, "rows_accepted": 5, "rows_duplicate": 1},
        {"rows_quarantined": 1},
        {"outcome": "refused", "reason": "zero_bytes", "rows_read": 1, "rows_accepted": 1},
        {"outcome": "refused"},
        {"outcome": "repeat"},
    ],
)
def test_the_database_itself_refuses_counts_that_do_not_balance(values: dict[str, object], ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a")])
    with pytest.raises(sa.exc.IntegrityError), ledger.engine.begin() as connection:
        connection.execute(sa.update(t.file_revision).values(**values))
    assert ledger.find()[0]["outcome"] == "landed"


def test_a_result_that_does_not_balance_is_written_nowhere(ledger: Ledger) -> None:
    ledger.record_arrivals([arrival("a")])
    wrong = result(ledger.undecided()[0])
    wrong.rows_quarantined = 1
    with pytest.raises(sa.exc.IntegrityError):
        ledger.record_results([wrong])
    assert ledger.find()[0]["outcome"] == "landed" and in_force(ledger) == []


def test_stages_belong_to_a_revision(ledger: Ledger) -> None:
    row = {"revision_id": "nobody", "stage": "read", "outcome": "done", "recorded_at": datetime(2026, 11, 6)}
    with pytest.raises(sa.exc.IntegrityError), ledger.engine.begin() as connection:
        connection.execute(sa.insert(t.stage_outcome).values(**row))


def test_the_ledger_of_the_last_release_is_brought_up_to_date_by_opening_it(tmp_path: Path) -> None:
    """``ledger_of_last_release.sql``: written by the code of commit 073b74e. Replace it when a release is made."""
    path = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(Path(__file__).with_name("ledger_of_last_release.sql").read_text("utf-8"))
        before = {
            table: _rows(connection, table, ", ".join(f'"{row[1]}"' for row in _columns(connection, table)))
            for (table,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        }
        named = {table: ", ".join(f'"{row[1]}"' for row in _columns(connection, table)) for table in before}
    assert len(before["file_revision"]) == 5 and all(before[table] for table in before if table != "destruction")
    ledger = open_ledger(path)
    with closing(sqlite3.connect(path)) as connection:
        for table, columns in named.items():
            if table != "alembic_version":
                assert _rows(connection, table, columns) == before[table], table
    assert [revision.sha256[-1] for revision in ledger.undecided()] == ["4"]
    assert len(in_force(ledger)) == 2 and len(ledger.waivers()) == 1 and len(ledger.objection_answers()) == 1
    ledger.record_arrivals([arrival("a")])
    numbers = sorted(row["change_no"] for row in ledger.find())
    assert len(numbers) == 6 and numbers[-1] > numbers[-2]
    number = ledger.start_run("run", None, None, "here:/srv")
    assert {row["id"]: row["outcome"] for row in ledger.runs()} == {1: "finished", 2: "died", number: "running"}


def _columns(connection: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    return connection.execute(f"pragma table_info({table})").fetchall()


def _rows(connection: sqlite3.Connection, table: str, columns: str) -> list[tuple[object, ...]]:
    return sorted(connection.execute(f"select {columns} from {table}").fetchall(), key=repr)
