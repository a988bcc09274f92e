"""A warehouse on Spark for tests: one server of a test process, emptied between tests instead of made anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from cchc.engines.spark import Session
from cchc.load import open_warehouse
from cchc.server import read_thrift
from cchc.settings import Settings
from spark.cluster import Cluster, spark_cluster
from spark.parts import find_parts
from support.cluster import Cluster as Server
from support.cluster import cluster as postgres

#: A session is over before the second compiler has paid for itself; the first alone is given too little room for code.
SHORT = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseSerialGC"
#: The state of a warehouse that was opened and never loaded, for copies.
EMPTY = "empty_state"


@dataclass
class Lake:
    """The server, and the databases of the catalogue and of the state."""

    cluster: Cluster
    server: Server

    def settings(self, workdir: Path, name: str = "state") -> Settings:
        """Those of an installation whose warehouse this is; ``name``: of the state's database."""
        return Settings(
            workdir=workdir, exports="", warehouse=self.cluster.url, warehouse_state=f"{self.server.url}/{name}"
        )

    def emptied(self, workdir: Path) -> Settings:
        """The same, with nothing in it."""
        self.sql(f"drop database if exists {EMPTY}_copy with (force)")
        if not self.sql(f"select 1 from pg_database where datname = '{EMPTY}'"):
            self.sql(f"create database {EMPTY}")
            open_warehouse(self.settings(workdir, EMPTY)).close()
        self.sql(f"create database {EMPTY}_copy template {EMPTY}")
        session = Session(read_thrift(self.cluster.url, ""))
        for schema, name, *_ in session.rows("show views in raw"):
            session.run(f"drop view {schema}.{name}")
        tables = [name for _, name, _ in session.rows("show tables in raw")]
        counts = (f"select '{name}', count(*) from raw.{name} having count(*) > 0" for name in tables)
        for name, _ in session.rows(" union all ".join(counts)):
            session.run(f"delete from raw.{name}")
        session.close()
        return self.settings(workdir, f"{EMPTY}_copy")

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        """One statement for PostgreSQL."""
        with psycopg.connect(f"{self.server.url}/postgres", autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []


@contextmanager
def lake(work: Path, workers: int = 0) -> Iterator[Lake]:
    """A server until the block ends. Raises ``Missing`` where Spark can't be started."""
    parts = find_parts()
    with postgres("max_connections=50") as server:
        found = Lake(Cluster(parts, work, f"{server.url}/lake"), server)
        found.sql("create database lake")
        with spark_cluster(parts, work, f"{server.url}/lake", java=SHORT, workers=workers) as found.cluster:
            yield found
