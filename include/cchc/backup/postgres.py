"""The shared warehouse in a backup: the rows of ``raw``, as files that every PostgreSQL can read."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import psycopg

from cchc.backup.rows import dump_raw, load_raw, snapshot
from cchc.errors import PermanentError
from cchc.load import open_warehouse
from cchc.server import read_server
from cchc.settings import Settings


def held(settings: Settings) -> nullcontext[None]:
    """Nothing to do: writers are in nobody's way."""
    return nullcontext()


def fixed(settings: Settings) -> AbstractContextManager[psycopg.Connection[Any]]:
    """The state of this moment, for as long as it is open."""
    return snapshot(_parts(settings))


def copy(settings: Settings, state: psycopg.Connection[Any], target: Path) -> None:
    """The rows of ``raw`` as of that state."""
    dump_raw(state, target / "warehouse")


def refuse_what_is_there(settings: Settings) -> None:
    """Raise ``PermanentError`` where the database holds a warehouse."""
    with psycopg.connect(**_parts(settings)) as connection:
        found = connection.execute("select to_regnamespace('raw')").fetchone()
    if found and found[0] is not None:
        raise PermanentError("CCHC_WAREHOUSE: the database holds a warehouse; name an empty one")


def put_back(settings: Settings, source: Path) -> None:
    """The rows of a backup, into an empty database."""
    open_warehouse(settings).close()  # creates the raw schema
    with psycopg.connect(**_parts(settings), autocommit=True) as connection:
        load_raw(connection, source / "warehouse")


def _parts(settings: Settings) -> dict[str, Any]:
    return dict(read_server(settings.warehouse, "CCHC_WAREHOUSE").parts)
