"""What the machine refuses is one sentence with an exit code of the documented table; nothing is lost by it."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from cchc import surroundings
from cchc.errors import CchcError, MachineError, PermanentError, TransientError
from cchc.land import store
from cchc.ledger import open_ledger
from cchc.surroundings import in_our_terms, of_text
from support.rights import bind_child, bound_to_rights

LOCKED = (
    'IO Error: Could not set lock on file "/a/w": Conflicting lock is held in /usr/bin/python3 (PID 12) by user x. See'
)
CCHC = Path(sys.executable).parent / "cchc"


def status(workdir: Path, **environment: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [CCHC, "status", "--workdir", workdir],
        env={**{k: v for k, v in os.environ.items() if not k.startswith("CCHC_")}, "COLUMNS": "400", **environment},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=bind_child,
    )
    return done.returncode, done.stderr.strip().splitlines()


def raised(action: Callable[[], object]) -> CchcError:
    """What an action raises, in our terms."""
    with pytest.raises(Exception) as caught:
        action()
    told = in_our_terms(caught.value)
    assert told is not None, repr(caught.value)
    assert "\n" not in str(told)
    return told


def no_rights(workdir: Path) -> None:
    workdir.chmod(0o555)


def damaged(workdir: Path) -> None:
    (workdir / "ledger.sqlite").write_bytes(b"no database at all" * 100)


def newer(workdir: Path) -> None:
    open_ledger(workdir / "ledger.sqlite").engine.dispose()
    with sqlite3.connect(workdir / "ledger.sqlite") as connection:
        connection.execute("update alembic_version set version_num = '9999'")


@pytest.mark.parametrize(
    ("make", "code", "said"),
    [
        (no_rights, 3, "ledger.sqlite may not be opened or written; give this user the right"),
        (damaged, 1, "ledger.sqlite is damaged or no database; put its backup in its place"),
        (newer, 1, "the ledger was written by a newer version (9999); update this program"),
    ],
)
def test_a_working_folder_that_does_not_serve(
    make: Callable[[Path], None], code: int, said: str, tmp_path: Path
) -> None:
    make(tmp_path)
    ended, lines = status(tmp_path)
    tmp_path.chmod(0o755)
    assert (ended, len(lines)) == (code, 1) and lines[0].startswith("error: ") and said in lines[0]


def test_a_ledger_address_that_is_none_keeps_its_password(tmp_path: Path) -> None:
    for url in ("nonsense", "oracle9://user:s3cret@host/x", "postgresql+psycopg://user:s3cret@host:port/x"):
        ended, lines = status(tmp_path, CCHC_LEDGER=url)
        assert ended == 1 and len(lines) == 1
        assert lines[0].startswith("error: CCHC_LEDGER") and "s3cret" not in lines[0]


def test_a_ledger_that_somebody_holds(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.sqlite")
    with ledger.engine.connect() as connection:
        connection.execute(sa.text("PRAGMA busy_timeout=50"))
        holder = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)
        holder.execute("begin exclusive")
        told = raised(lambda: connection.execute(sa.text("delete from waiver")))
        holder.execute("rollback")
    assert isinstance(told, TransientError) and "is held by another process" in str(told)
    assert "nothing is lost" in str(told)


def test_a_ledger_that_is_full_or_read_only(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.sqlite")
    with ledger.engine.connect() as connection:
        connection.execute(sa.text("PRAGMA max_page_count=1"))
        insert = "insert into waiver values (hex(zeroblob(100000)), 1, 'x', 'x', 'x', '2026-11-05 00:00:00')"
        full = raised(lambda: connection.execute(sa.text(insert)))
        connection.rollback()
        connection.execute(sa.text("PRAGMA query_only=1"))
        locked = raised(lambda: connection.execute(sa.text("delete from waiver")))
    assert isinstance(full, MachineError) and "no space left" in str(full)
    assert isinstance(locked, MachineError) and "may not be opened or written" in str(locked)


def test_a_warehouse_that_somebody_holds_names_the_holder(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    code = f"import duckdb, time; c = duckdb.connect({str(path)!r}); print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        told = raised(lambda: duckdb.connect(str(path)))
    finally:
        holder.kill()
        holder.communicate()
    assert isinstance(told, TransientError)
    assert str(path) in str(told) and f"(PID {holder.pid}" in str(told)


def test_a_warehouse_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "w.duckdb").write_bytes(b"no database at all" * 1000)
    told = raised(lambda: duckdb.connect(str(tmp_path / "w.duckdb")))
    assert isinstance(told, PermanentError) and "w.duckdb is damaged" in str(told)


def test_a_query_that_is_wrong_stays_a_mistake_of_this_program() -> None:
    with pytest.raises(duckdb.Error) as caught:
        duckdb.sql("select cast('Nguyễn Văn An' as integer)").fetchall()
    assert in_our_terms(caught.value) is None
    assert in_our_terms(ValueError("x")) is None and in_our_terms(BrokenPipeError()) is None


def test_a_full_disk_while_landing_leaves_nothing_and_the_next_try_works(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(MachineError, match="no space left on the disk of") as caught:
            store(tmp_path, [b"x" * 70_000, b"y" * 70_000])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert caught.value.exit_code == 3
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert store(tmp_path, [b"x" * 70_000, b"y" * 70_000]).size_bytes == 140_000


def test_a_device_without_room_and_a_folder_without_rights(tmp_path: Path) -> None:
    told = raised(lambda: Path("/dev/full").write_bytes(b"x" * 100_000))
    assert isinstance(told, MachineError) and surroundings.ROOM in str(told)
    tmp_path.chmod(0o555)
    with bound_to_rights():
        told = raised(lambda: store(tmp_path / "landing", [b"x"]))
    tmp_path.chmod(0o755)
    assert isinstance(told, MachineError) and surroundings.RIGHT in str(told)


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        (LOCKED, TransientError, "/a/w is held by another process: python3 (PID 12, user x)"),
        ('IO Error: Could not write file "/a/w": No space left on device', MachineError, "no space left on the disk"),
        ("Out of Memory Error: could not allocate block of size 256", MachineError, "CCHC_DUCKDB_MEMORY"),
        ("Trying to read a database file with version number 99", PermanentError, "another version of DuckDB"),
        ("failed to connect: TTransportException: Could not connect", TransientError, "here does not answer any more"),
        ("Compilation Error in model x", None, ""),
    ],
)
def test_what_databases_say(said: str, kind: type[CchcError] | None, text: str) -> None:
    told = of_text(said, "here")
    assert told is None if kind is None else isinstance(told, kind) and text in str(told)
