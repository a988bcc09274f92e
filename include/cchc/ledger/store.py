"""One ledger database: connect, bring the schema up to date; looking and writing have a file each."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from cchc.contracts import Result
from cchc.ledger.looking import Looking
from cchc.ledger.standing import Standing, weigh
from cchc.ledger.writing import Writing


def open_ledger(url: str) -> Ledger:
    """Connect, and bring the schema up to date."""
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        if engine.url.database and engine.url.database != ":memory:":
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)

        @sa.event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _record: Any) -> None:
            for pragma in ("journal_mode=WAL", "busy_timeout=60000", "foreign_keys=ON", "synchronous=NORMAL"):
                connection.execute(f"PRAGMA {pragma}")

    ledger = Ledger(engine)
    ledger.migrate()
    return ledger


class Ledger(Looking, Writing):
    """One ledger database."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    def migrate(self) -> None:
        """Run the Alembic migrations that are missing."""
        from alembic import command
        from alembic.config import Config
        from alembic.runtime.migration import MigrationContext
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(files("cchc.ledger") / "migrations"))
        with self.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
        if current != ScriptDirectory.from_config(config).get_current_head():
            with self.engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")

    def standing(self, results: Sequence[Result]) -> Standing:
        """What will be in force once these results stand: asked before a load, and true after ``record_results``."""
        with self.engine.connect() as connection:
            return weigh(connection, results)

    def warn_short_deliveries(self, results: Sequence[Result]) -> int:
        """Mark deliveries far below the unit's usual size; returns how many. See ``cchc.ledger.short``."""
        from cchc.ledger.short import warn_short_deliveries

        return warn_short_deliveries(self.engine, results)
