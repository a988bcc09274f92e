"""One process at a time in a working folder, for what two at once would spoil or tell twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from cchc.errors import TransientError
from cchc.surroundings import translated


@contextmanager
def alone(workdir: Path, lock_file: str, taken: str) -> Iterator[None]:
    """Hold a lock file of the folder until the block ends; the lock goes with the process, however it ends.

    Waits for nobody: raises ``TransientError`` saying ``taken`` where another process holds it.
    """
    lock = FileLock(workdir / lock_file, timeout=0)
    try:
        with translated(workdir):
            workdir.mkdir(parents=True, exist_ok=True)
            lock.acquire()
    except Timeout:
        raise TransientError(taken) from None
    try:
        yield
    finally:
        lock.release()
