"""A Spark cluster of this machine: a master, workers and a thrift server as processes, its catalogue on PostgreSQL.

Without workers the thrift server does their work too: less to start, and all that most tests need.

Everything listens on 127.0.0.1, on ports that were free. Each process has its log in the work folder and ends with the
process that started it, also where that one is killed (``PR_SET_PDEATHSIG``); executors end with their worker.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pyhive import hive

from spark.parts import Parts
from support.ports import free_port

#: The catalogue of the warehouse as SQL names it, and the namespace that clients want to be there.
CATALOGUE = "lake"
NAMESPACE = "default"
SECONDS = 120
_DIE_WITH_PARENT = 1


class Died(Exception):
    """A process of the cluster ended, or was not ready in time: its name and the end of its log."""


@dataclass
class Cluster:
    """``memory``: of the driver and of each executor; ``java``: options of every Java; ``port``: of the thrift server.

    ``processes``: by name, as ``master``, ``worker-1``, ``thrift``.
    """

    parts: Parts
    work: Path
    catalogue_url: str
    workers: int = 2
    memory: str = "1g"
    java: str = ""
    port: str = field(default_factory=free_port)
    master_port: str = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict, repr=False)

    @property
    def master(self) -> str:
        return f"spark://127.0.0.1:{self.master_port}" if self.workers else "local[2]"

    @property
    def url(self) -> str:
        """What ``CCHC_WAREHOUSE`` says of it."""
        return f"spark://127.0.0.1:{self.port}/{CATALOGUE}"

    def start(self) -> None:
        """Master, workers, thrift server; returns when the last takes connections."""
        self.work.mkdir(parents=True, exist_ok=True)
        if self.workers:
            deploy, here = "org.apache.spark.deploy", ("--host", "127.0.0.1")
            pages = ("--webui-port", free_port())
            self._run("master", "spark-class", f"{deploy}.master.Master", *here, "--port", self.master_port, *pages)
            self._wait_for("master", self.master_port)
        for number in range(1, self.workers + 1):
            self.start_worker(number)
        self.start_thrift()

    def start_worker(self, number: int) -> None:
        """One core, one executor."""
        given = ("--host", "127.0.0.1", "--webui-port", free_port(), "--cores", "1", "--memory", self.memory)
        folder = ("--work-dir", str(self.work / f"worker-{number}"))
        self._run(
            f"worker-{number}", "spark-class", "org.apache.spark.deploy.worker.Worker", *given, *folder, self.master
        )

    def start_thrift(self) -> None:
        """The server that clients talk to: the driver of the cluster's one application."""
        conf = [word for pair in self._conf().items() for word in ("--conf", "=".join(pair))]
        server = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"
        bound = ("--hiveconf", "hive.server2.thrift.bind.host=127.0.0.1")
        port = ("--hiveconf", f"hive.server2.thrift.port={self.port}")
        self._run("thrift", "spark-submit", *conf, "--class", server, "spark-internal", *bound, *port)
        self._wait_for("thrift", self.port)
        self._make_namespace()

    def kill(self, name: str) -> None:
        """At once, as a machine that is switched off."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def start_again(self, name: str) -> None:
        """What was killed: a worker, or the thrift server on its port."""
        if name == "thrift":
            self.start_thrift()
        else:
            self.start_worker(int(name.removeprefix("worker-")))

    def stop(self) -> None:
        """The server first, so that its executors are let go; who does not end in time is killed."""
        for name in reversed(self.processes):
            self.processes[name].terminate()
            try:
                self.processes[name].wait(20)
            except subprocess.TimeoutExpired:
                self.processes[name].kill()
                self.processes[name].wait()
        self.processes.clear()

    def _conf(self) -> dict[str, str]:
        url = urlsplit(self.catalogue_url)
        path = os.pathsep.join(map(str, self.parts.jars))
        lake = f"spark.sql.catalog.{CATALOGUE}"
        return {
            "spark.master": self.master,
            "spark.driver.memory": self.memory,
            "spark.executor.memory": self.memory,
            "spark.executor.cores": "1",
            # with spark.jars their classes are gone in the second session
            "spark.driver.extraClassPath": path,
            "spark.executor.extraClassPath": path,
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.ui.enabled": "false",
            "spark.sql.catalogImplementation": "in-memory",
            "spark.sql.warehouse.dir": str(self.work / "spark-warehouse"),
            "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
            lake: "org.apache.iceberg.spark.SparkCatalog",
            f"{lake}.catalog-impl": "org.apache.iceberg.jdbc.JdbcCatalog",
            f"{lake}.uri": f"jdbc:postgresql://{url.hostname}:{url.port}{url.path}",
            f"{lake}.jdbc.user": url.username or "",
            f"{lake}.jdbc.schema-version": "V1",  # the version that has views
            f"{lake}.warehouse": (self.work / "lake").as_uri(),
            "spark.sql.defaultCatalog": CATALOGUE,
            # each session would keep connections to the catalogue
            "spark.sql.hive.thriftServer.singleSession": "true",
            "spark.sql.timestampType": "TIMESTAMP_NTZ",
            "spark.sql.session.timeZone": "UTC",
            # days before 1582 in Parquet are what they say
            "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
            "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
            "spark.sql.ansi.enabled": "true",
            "spark.sql.shuffle.partitions": "2",
        }

    def _make_namespace(self) -> None:
        """Clients begin with ``use`` of a namespace, which a new catalogue has none of: this one uses Spark's own."""
        with hive.connect("127.0.0.1", int(self.port), database="spark_catalog`.`default") as connection:
            cursor = connection.cursor()
            cursor.execute(f"create namespace if not exists {CATALOGUE}.{NAMESPACE}")
            cursor.execute(f"use {CATALOGUE}.{NAMESPACE}")  # one session is everybody's

    def _run(self, name: str, program: str, *arguments: str) -> None:
        scratch = self.work / "scratch"
        scratch.mkdir(exist_ok=True)
        env = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("SPARK_", "PYSPARK_"))},
            "JAVA_HOME": str(self.parts.java_home),
            "SPARK_HOME": str(self.parts.spark_home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": self.memory if program == "spark-submit" else "256m",
            "JAVA_TOOL_OPTIONS": f"-Djava.io.tmpdir={scratch} {self.java}",
            "SPARK_LOCAL_DIRS": str(scratch),
        }
        with (self.work / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [self.parts.spark_home / "bin" / program, *arguments],
                env=env,
                cwd=self.work,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=_end_with_parent,
            )

    def _wait_for(self, name: str, port: str) -> None:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            if self.processes[name].poll() is not None:
                raise Died(f"{name} ended: {self._tail(name)}")
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", int(port))) == 0:
                    return
            time.sleep(0.1)
        raise Died(f"{name} was not ready in {SECONDS} s: {self._tail(name)}")

    def _tail(self, name: str) -> str:
        return "\n".join((self.work / f"{name}.log").read_text("utf-8", "replace").splitlines()[-20:])


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)


@contextmanager
def spark_cluster(
    parts: Parts, work: Path, catalogue_url: str, memory: str = "1g", java: str = "", workers: int = 2
) -> Iterator[Cluster]:
    """A cluster until the block ends; ``catalogue_url``: an empty database of a PostgreSQL server."""
    cluster = Cluster(parts, work, catalogue_url, workers, memory, java)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
