"""Landing: content-addressed, written once, never rewritten, never half."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cchc import land


def blobs(landing: Path) -> list[Path]:
    return sorted(path for path in landing.rglob("*") if path.is_file())


def test_bytes_lie_under_their_own_hash(tmp_path: Path) -> None:
    landed = land.store(tmp_path / "landing", [b"H50", b"", b".101"])
    assert landed.sha256 == hashlib.sha256(b"H50.101").hexdigest()
    assert landed.size_bytes == 7
    path = land.blob_path(tmp_path / "landing", landed.sha256)
    assert path.relative_to(tmp_path / "landing").parts == (landed.sha256[:2], landed.sha256)
    assert path.read_bytes() == b"H50.101"
    assert blobs(tmp_path / "landing") == [path]


def test_an_empty_file_is_landed_too(tmp_path: Path) -> None:
    landed = land.store(tmp_path, [])
    assert landed.size_bytes == 0
    assert land.blob_path(tmp_path, landed.sha256).read_bytes() == b""


def test_the_same_bytes_are_never_rewritten(tmp_path: Path) -> None:
    first = land.store(tmp_path, [b"once"])
    path = land.blob_path(tmp_path, first.sha256)
    before = path.stat()
    assert land.store(tmp_path, [b"on", b"ce"]) == first
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert blobs(tmp_path) == [path]


def test_landed_bytes_are_read_only(tmp_path: Path) -> None:
    landed = land.store(tmp_path, [b"x"])
    assert land.blob_path(tmp_path, landed.sha256).stat().st_mode & 0o222 == 0


def test_many_at_once_with_the_same_and_with_other_bytes(tmp_path: Path) -> None:
    contents = [bytes([n % 5]) * 200_000 for n in range(60)]
    with ThreadPoolExecutor(16) as pool:
        landed = list(pool.map(lambda content: land.store(tmp_path, [content[:99], content[99:]]), contents))
    assert [one.sha256 for one in landed] == [hashlib.sha256(content).hexdigest() for content in contents]
    assert len(blobs(tmp_path)) == 5
    for path in blobs(tmp_path):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name


def test_a_source_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def half() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        land.store(tmp_path, half())
    assert blobs(tmp_path) == []


KILLED = """
import sys, time
from pathlib import Path
from typing import Any
from cchc import land

def chunks():
    yield b"half" * 1000
    yield b""
    print("half", flush=True)
    time.sleep(60)

land.store(Path(sys.argv[1]), chunks())
"""


def test_a_killed_process_leaves_only_an_incoming_file_that_a_sweep_removes(tmp_path: Path) -> None:
    kept = land.store(tmp_path, [b"kept"])
    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"half\n"
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
    left = [path for path in blobs(tmp_path) if path.name != kept.sha256]
    assert len(left) == 1 and left[0].name.startswith(".incoming-")
    assert land.sweep(tmp_path) == 1
    assert [path.name for path in blobs(tmp_path)] == [kept.sha256]
    assert land.sweep(tmp_path) == 0


def test_a_sweep_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert land.sweep(tmp_path / "none") == 0


def test_a_large_stream_is_not_held_in_memory(tmp_path: Path) -> None:
    import tracemalloc

    tracemalloc.start()
    started = time.perf_counter()
    landed = land.store(tmp_path, (bytes(1 << 20) for _ in range(64)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert landed.size_bytes == 64 << 20
    assert peak < 8 << 20
    assert time.perf_counter() - started < 30


def test_what_comes_in_one_piece_never_has_a_temporary_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(land.tempfile, "mkstemp", lambda **_: pytest.fail("a temporary name"))
    landed = land.store(tmp_path, [b"a file of a night"])
    assert land.store(tmp_path, iter([b"a file of a night"])) == landed
    assert [path.read_bytes() for path in blobs(tmp_path)] == [b"a file of a night"]
    assert blobs(tmp_path)[0].stat().st_mode & 0o777 == 0o400


@pytest.mark.parametrize("verb", ["open", "link"])
def test_a_file_system_without_nameless_files_does_too(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = getattr(os, verb)

    def refusing(*arguments: Any, **named: Any) -> Any:
        if verb == "link" or arguments[1] & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "no")
        return real(*arguments, **named)

    monkeypatch.setattr(land.os, verb, refusing)
    landed = land.store(tmp_path, [b"a file of a night"])
    monkeypatch.undo()
    assert landed.sha256 == hashlib.sha256(b"a file of a night").hexdigest()
    assert [path.name for path in blobs(tmp_path)] == [landed.sha256]
    assert land.blob_path(tmp_path, landed.sha256).stat().st_mode & 0o222 == 0


def test_the_hash_so_far_is_told_to_who_hands_over_the_pieces(tmp_path: Path) -> None:
    digest = hashlib.sha256()
    seen: list[str] = []

    def pieces() -> Iterator[bytes]:
        for piece in (b"H50", b".101", b"-1"):
            yield piece
            seen.append(digest.hexdigest())

    landed = land.store(tmp_path, pieces(), digest=digest)
    assert seen == [hashlib.sha256(text).hexdigest() for text in (b"H50", b"H50.101", b"H50.101-1")]
    assert landed.sha256 == seen[-1]
