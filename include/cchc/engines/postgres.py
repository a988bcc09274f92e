"""The shared warehouse: a database of a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from cchc.engines.base import STATE, BuildState, Engine
from cchc.errors import PermanentError, TransientError
from cchc.server import MODELLER, Server, is_server, read_server

#: Of a session that holds what a model wants to replace: nobody but the pipeline is there, so something is wrong.
LOCK_SECONDS = 60
#: The oldest version that the tests run against, and what a load and a build must be allowed.
LEAST_SERVER = 140000
RIGHTS = ("CREATE", "TEMPORARY", "CONNECT")
#: Who asks how it stands waits no longer.
ANSWER_SECONDS = 10


class Postgres(Engine):
    """See ``Engine``."""

    name = "postgres"
    of_backup = "postgresql"

    @property
    def server(self) -> Server:
        """Server and database, as the login of the settings sees them."""
        return read_server(self.settings.warehouse, "CCHC_WAREHOUSE")

    @property
    def said(self) -> str:
        """``host:port/database``."""
        return self.server.said

    def dbt_environment(self, in_workdir: bool = False) -> dict[str, str]:
        """The parts of the URL, as the role that models."""
        server = self.settings.warehouse_as(MODELLER, lock_timeout=f"{LOCK_SECONDS}s")
        return {"CCHC_DBT_TARGET": self.name, **server.dbt_environment()}

    def doubts(self) -> str:
        """One database for the warehouse, another for the ledger; a URL that dbt can be given."""
        self.server.dbt_environment()
        ledger = self.settings.ledger_url
        if is_server(ledger) and read_server(ledger, "CCHC_LEDGER").said == self.said:
            return f"warehouse and ledger share the database {self.said}; give each a database and an owner"
        return ""

    def build_state(self) -> BuildState | None:
        """See ``Engine.build_state``."""
        with self._connected() as connection:
            return _state(connection)

    def examine(self) -> tuple[str, BuildState | None]:
        """See ``Engine.examine``: version, encoding, rights."""
        with self._connected() as connection:
            version = connection.info.server_version
            if version < LEAST_SERVER:
                wanted = LEAST_SERVER // 10000
                raise PermanentError(f"{self.said} is PostgreSQL {version // 10000}; install {wanted} or newer")
            (encoding,) = connection.execute("show server_encoding").fetchone() or ("",)
            if encoding != "UTF8":
                raise PermanentError(f"{self.said} keeps {encoding}: create the database anew with encoding UTF8")
            for right in RIGHTS:
                asked = "select has_database_privilege(current_database(), %s)"
                if (connection.execute(asked, [right]).fetchone() or (False,))[0]:
                    continue
                raise PermanentError(
                    f"{self.said}: its user has no right {right}: grant {right.lower()} on database ... to ..."
                )
            return f"PostgreSQL {version // 10000} at {self.said}", _state(connection)

    def guarding_server(self) -> Server:
        """See ``Engine.guarding_server``."""
        return self.server

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[Any]]:
        parts: dict[str, Any] = {"connect_timeout": str(ANSWER_SECONDS), **self.server.parts}
        try:
            with psycopg.connect(**parts) as connection:
                yield connection
        except psycopg.Error as error:
            raise TransientError(f"{self.said} does not answer: {' '.join(str(error).split())}") from error


@contextmanager
def advisory_lock(connection: psycopg.Connection[Any], number: int, taken: str) -> Iterator[None]:
    """Hold a lock that goes with the connection. Raises ``TransientError`` saying ``taken`` after ``lock_timeout``."""
    try:
        connection.execute("select pg_advisory_lock(%s)", [number])
    except psycopg.errors.LockNotAvailable as error:
        raise TransientError(taken) from error
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("select pg_advisory_unlock(%s)", [number])


def _state(connection: psycopg.Connection[Any]) -> BuildState | None:
    there = connection.execute("select to_regclass('raw.build_state')").fetchone()
    row = connection.execute(STATE).fetchone() if there and there[0] else None
    return BuildState(*row) if row else None


ENGINE = Postgres
