"""One ledger database: connect, bring the schema up to date; looking and writing have a file each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from cchc.contracts import Result
from cchc.errors import PermanentError
from cchc.ledger.alerting import Alerting
from cchc.ledger.destroying import Destroying
from cchc.ledger.looking import Looking
from cchc.ledger.standing import Standing, weigh
from cchc.ledger.writing import Writing
from cchc.server import is_server, read_server
from cchc.surroundings import of_text


def open_ledger(where: str | Path) -> Ledger:
    """Connect, and bring the schema up to date. ``where``: a SQLAlchemy URL, or the path of an SQLite file.

    Raises errors of ours that name the file or the setting.
    """
    engine = _engine(where)
    url = engine.url
    if engine.dialect.name == "sqlite":
        if url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)

        # FULL: what a person decided and what was noted of a run is on the disk when the call returns, also if the
        # power goes; NORMAL may lose the last commits
        @sa.event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _record: Any) -> None:
            for pragma in ("busy_timeout=60000", "journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
                connection.execute(f"PRAGMA {pragma}")

    ledger = Ledger(engine)
    try:
        ledger.migrate()
    except sa.exc.DBAPIError as error:
        raise of_text(str(error.orig), url.database or "the ledger") or error from error
    return ledger


def _engine(where: str | Path) -> sa.Engine:
    if isinstance(where, str) and is_server(where):
        return sa.create_engine("postgresql+psycopg://", connect_args=read_server(where, "CCHC_LEDGER").parts)
    # a path is no text of a URL: it may hold %, ? and whatever else means something there
    try:
        url = sa.URL.create("sqlite", database=str(where)) if isinstance(where, Path) else sa.make_url(where)
        return sa.create_engine(url)
    except (sa.exc.ArgumentError, ImportError, ValueError) as error:
        # its text may hold the password
        kind = re.match(r"[a-z+0-9]+(?=:)", str(where))
        what = f"{kind[0]} is no kind of database that is installed here" if kind else "no URL of a database"
        raise PermanentError(f"CCHC_LEDGER: {what}") from error


class Ledger(Looking, Writing, Destroying, Alerting):
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
        # a percent sign would be read as the start of a variable
        config.set_main_option("script_location", str(files("cchc.ledger") / "migrations").replace("%", "%%"))
        with self.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
        scripts = ScriptDirectory.from_config(config)
        if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
            raise PermanentError(f"the ledger was written by a newer version ({current}); update this program")
        if current != scripts.get_current_head():
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
