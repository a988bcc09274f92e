"""What every measurement runs: an installation, a command on it, a copy of it, a server of its own."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from support.cluster import Cluster, cluster


@dataclass
class Measured:
    """One run: seconds of work and of start-up by stage, and peak memory of all its processes.

    ``wall``: from the start of its process to the end; ``files``: of those it took in.
    """

    work: dict[str, float]
    startup: dict[str, float]
    peak_gb: float
    rows: int
    files: int
    wall: float

    @property
    def seconds(self) -> float:
        """Work without start-up."""
        return sum(self.work.values())


class _Peak(threading.Thread):
    """Samples the memory of a process and all its children."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.root, self.gb, self.ended = psutil.Process(pid), 0.0, threading.Event()

    def run(self) -> None:
        """Sample until told to end."""
        while not self.ended.wait(0.2):
            total = 0
            try:
                for process in [self.root, *self.root.children(recursive=True)]:
                    total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
            self.gb = max(self.gb, total / 1e9)


def cchc(command: str, work: Path, *options: str, warehouse: str = "") -> float:
    """One command of ours on an installation, in a process of its own; returns the peak of its memory in GB."""
    said = [sys.executable, "-c", "from cchc.cli import run; run()", command, "--quiet"]
    said += ["--workdir", str(work), *options]
    env = {**os.environ, "PYTHONWARNINGS": "ignore", "CCHC_WAREHOUSE": warehouse}
    process = subprocess.Popen(said, stdout=subprocess.DEVNULL, env=env)
    peak = _Peak(process.pid)
    peak.start()
    if process.wait():
        sys.exit(f"cchc {command} failed with exit code {process.returncode}")
    peak.ended.set()
    peak.join()
    return peak.gb


def of_days(exports: Path) -> list[str]:
    """The options that name exports and all their days."""
    days = sorted({path.name for path in exports.glob("*/*/*") if path.is_dir()})
    return ["--exports", str(exports), "--from", days[0], "--to", days[-1]]


def run(exports: Path, reference: Path, work: Path, warehouse: str = "") -> Measured:
    """``cchc run`` over all export days."""
    out = work / "measured.json"
    work.mkdir(parents=True, exist_ok=True)
    given = ["--json", str(out), "--reference", str(reference), *of_days(exports)]
    started = time.monotonic()
    peak = cchc("run", work, *given, warehouse=warehouse)
    wall = time.monotonic() - started
    found = json.loads(out.read_text())
    counts = found["counts"]
    return Measured(found["seconds"], found["startup"], peak, counts["rows_accepted"], counts["files_new"], wall)


def copy_of(work: Path, copy: Path) -> Path:
    """A copy of an embedded installation, files that are written in place apart and the rest linked.

    What DuckDB wrote aside when memory was short (``warehouse.duckdb.tmp``) is nobody's any more.
    """
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(work, copy, copy_function=os.link, ignore=shutil.ignore_patterns("*.tmp"))
    for own in [*copy.glob("warehouse.duckdb*"), *copy.glob("ledger.sqlite*")]:
        own.unlink()
        shutil.copy(work / own.name, own)
    return copy


@contextmanager
def server() -> Iterator[Cluster]:
    """A PostgreSQL server of its own, its commits made safe (fsync on)."""
    with cluster("fsync=on", "shared_buffers=1GB", "max_wal_size=4GB") as started:
        yield started


def database(of: Cluster, name: str, template: str = "template1") -> str:
    """A database made anew: its URL."""
    with psycopg.connect(f"{of.url}/postgres", autocommit=True) as connection:
        connection.execute(f"drop database if exists {name} with (force)")
        connection.execute(f"create database {name} template {template}")
    return f"{of.url}/{name}"


def machine() -> str:
    """Processor, cores, memory, system and Python in one line."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = psutil.virtual_memory().total / 2**30
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {system}, Python {platform.python_version()}"
