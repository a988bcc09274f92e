"""The warehouse of several machines: Iceberg tables behind a thrift server of Spark, and their state on PostgreSQL."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from cchc.engines.base import BuildState, Engine
from cchc.engines.postgres import Postgres
from cchc.errors import PermanentError, TransientError
from cchc.server import ThriftServer, read_thrift

#: The namespace that clients begin in, which a catalogue must have.
NAMESPACE = "default"
#: What a server must say: with any other value the same statements give other figures, or none.
MUST_BE = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.hive.thriftServer.singleSession": "true",
}
#: Of a failed statement: an executor, the driver or the catalogue did not do its part; the same again may go well.
_AGAIN = re.compile(
    r"stage failure|ExecutorLost|SparkContext (?:was|has been) (?:shut|stopped)|stopped SparkContext"
    r"|CommitFailed|CommitStateUnknown|Cannot commit|concurrently modified|Found conflicting files"
    r"|UncheckedSQLException|UncheckedInterrupted|cancelled"
    r"|Session (?:handle|does not exist)|Invalid (?:Session|Operation)Handle"
)
#: Rows that travel together.
ROWS_AT_ONCE = 10_000
#: The class of an error in what Spark says.
_CLASS = re.compile(r"\[([A-Z][A-Z0-9_.]+)\]")
#: Classes of errors whose texts hold values of rows.
_OF_VALUES = re.compile(r"CAST|NUMERIC|OVERFLOW|DATETIME|PARSE_INPUT|INVALID_INPUT|ASSERT|USER_RAISED")

#: Kind of a column, as thrift calls it -> what makes Python's own of its text; PyHive does the other kinds.
_KINDS: dict[str, Callable[[str], Any]] = {"DATE_TYPE": date.fromisoformat}
_Kinds = list[Callable[[str], Any] | None]


class StatementFailed(Exception):
    """Spark can't run a statement: a mistake of this program, or a model's. Without the values of rows."""


class Session:
    """One connection to a thrift server. What it raises is an error of ours, or ``StatementFailed``."""

    def __init__(self, server: ThriftServer) -> None:
        from pyhive import hive

        logging.getLogger("pyhive.hive").setLevel(logging.WARNING)  # it tells every statement
        self.server = server
        with self._ours():
            self._connection = hive.connect(
                server.host, server.port, username=server.user or None, database=f"{server.catalogue}`.`{NAMESPACE}"
            )

    def close(self) -> None:
        """Let go of it, also where the server is gone."""
        try:
            self._connection.close()
        except Exception as error:
            logging.getLogger("cchc.engines").debug("the thrift server did not say goodbye: %s", type(error).__name__)

    def run(self, sql: str) -> None:
        """One statement that gives no rows."""
        with self._ours(), self._connection.cursor() as cursor:
            cursor.execute(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of one query, see ``select``."""
        return self.select(sql)[1]

    def select(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """One query: its columns' names and its rows; dates, timestamps and decimals as Python's own."""
        with self._ours(), self._connection.cursor(arraysize=ROWS_AT_ONCE) as cursor:
            cursor.execute(sql)
            described = cursor.description or []
            try:
                found = cursor.fetchall() if described else []
            except TypeError:  # PyHive on what gives no rows, as a view that is created
                found = []
        return [column[0] for column in described], _made(found, _kinds(described))

    def stream(self, sql: str) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        """One query: its columns' names, and its rows as they come."""
        with self._ours():
            cursor = self._connection.cursor(arraysize=ROWS_AT_ONCE)
            cursor.execute(sql)
            described = cursor.description or []
        return [column[0] for column in described], self._coming(cursor, _kinds(described))

    def _coming(self, cursor: Any, kinds: _Kinds) -> Iterator[tuple[Any, ...]]:
        with cursor:
            while True:
                with self._ours():
                    chunk = cursor.fetchmany(ROWS_AT_ONCE)
                if not chunk:
                    return
                yield from _made(chunk, kinds)

    @contextmanager
    def _ours(self) -> Iterator[None]:
        from pyhive.exc import Error
        from thrift.Thrift import TException

        try:
            yield
        except Error as error:
            raise in_our_terms(error, self.server) from error
        except (TException, EOFError, OSError) as error:
            said = " ".join(str(error).split())
            raise TransientError(f"{self.server.said} does not answer: {said or type(error).__name__}") from error


def _kinds(described: Sequence[Sequence[Any]]) -> _Kinds:
    return [_KINDS.get(column[1]) for column in described]


def _made(rows: list[tuple[Any, ...]], kinds: _Kinds) -> list[tuple[Any, ...]]:
    if not any(kinds):
        return rows
    return [
        tuple(kind(value) if kind and value is not None else value for kind, value in zip(kinds, row, strict=True))
        for row in rows
    ]


def in_our_terms(error: Exception, server: ThriftServer) -> Exception:
    """What a statement's failure means: try again, or a mistake that the error's text names."""
    status = getattr(error.args[0] if error.args else None, "status", None)
    said = " ".join(str(getattr(status, "errorMessage", None) or error).split())
    if _AGAIN.search(said):
        return TransientError(f"{server.said} could not finish a statement, the same again may go well: {_plain(said)}")
    return StatementFailed(f"{server.said}: {_plain(said)}")


def _plain(said: str) -> str:
    """The first part of a text of Spark's; of one that holds values of rows the error's class alone."""
    kind = _CLASS.search(said)
    if kind and _OF_VALUES.search(kind[1]):
        return kind[0]
    return said.partition(" == SQL")[0].partition(" at org.apache.")[0][:500]


class Spark(Engine):
    """See ``Engine``."""

    name = "spark"
    of_backup = "spark"
    guarded = "tables on Spark are guarded by who reaches the thrift server and the store"

    @property
    def server(self) -> ThriftServer:
        """The thrift server of the settings."""
        return read_thrift(self.settings.warehouse, "CCHC_WAREHOUSE")

    @property
    def said(self) -> str:
        """``host:port/catalogue``."""
        return self.server.said

    @property
    def books(self) -> Postgres:
        """The engine of the database that keeps the state. Raises ``PermanentError`` where no setting names it."""
        if not self.settings.warehouse_state:
            raise PermanentError(
                "CCHC_WAREHOUSE_STATE is not set: what waits to be built on Spark is kept in a database of PostgreSQL"
            )
        return Postgres(replace(self.settings, warehouse=self.settings.warehouse_state))

    def dbt_environment(self, in_workdir: bool = False) -> dict[str, str]:
        """Server and user."""
        server = self.server
        user = {"CCHC_SPARK_USER": server.user} if server.user else {}
        return {
            "CCHC_DBT_TARGET": self.name,
            "CCHC_SPARK_HOST": server.host,
            "CCHC_SPARK_PORT": str(server.port),
        } | user

    def doubts(self) -> str:
        """Nothing; raises where there is no database for the state."""
        self.books.server.dbt_environment()
        return ""

    def build_state(self) -> BuildState | None:
        """See ``Engine.build_state``: what the database says; Spark is not asked."""
        return self.books.build_state()

    def examine(self) -> tuple[str, BuildState | None]:
        """See ``Engine.examine``: Spark's version and settings, and the database."""
        state, found = self.books.examine()
        with self.connect() as session:
            version = str(session.rows("select version()")[0][0]).partition(" ")[0]
            wrong = [
                f"{key}={value}, not {said}"
                for key, value in {**MUST_BE, "spark.sql.defaultCatalog": self.server.catalogue}.items()
                if (said := self._setting(session, key)).lower() != value.lower()
            ]
        if wrong:
            raise PermanentError(f"{self.said}: the thrift server must be started with {'; '.join(wrong)}")
        return f"Spark {version} at {self.said}, its state on {state}", found

    @contextmanager
    def connect(self) -> Iterator[Session]:
        """A session in the catalogue. Raises ``TransientError`` where the server does not answer."""
        session = Session(self.server)
        try:
            yield session
        finally:
            session.close()

    @staticmethod
    def _setting(session: Session, key: str) -> str:
        rows: Sequence[tuple[Any, ...]] = session.rows(f"set {key}")
        return str(rows[0][1])


ENGINE = Spark
