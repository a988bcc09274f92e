"""One process at a time in a working folder, for what two at once would spoil or tell twice; and who goes first."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from cchc.errors import TransientError
from cchc.surroundings import translated

#: Whoever works in the folder; the run that is next; a back-fill, from its start to its end.
RUN, NEXT, BACKFILL = ".run.lock", ".next.lock", ".backfill.lock"
#: Seconds: between two looks of one who waits, and for which somebody who only looks may hold a lock.
_PAUSE, _LOOK = 0.1, 2.0


@contextmanager
def alone(workdir: Path, lock_file: str, taken: str, patience: float = 0) -> Iterator[None]:
    """Hold a lock file of the folder until the block ends; the lock goes with the process, however it ends.

    Raises ``TransientError`` saying ``taken`` where another process still holds it after so many seconds.
    """
    lock = _taken(workdir, lock_file, patience)
    if lock is None:
        raise TransientError(taken)
    try:
        yield
    finally:
        lock.release()


def is_held(workdir: Path, lock_file: str) -> bool:
    """Whether a process holds a lock file of the folder now; looks without waiting, and changes nothing."""
    if not (workdir / lock_file).exists():
        return False
    lock = _taken(workdir, lock_file)
    if lock is not None:
        lock.release()
    return lock is None


@contextmanager
def in_turn(workdir: Path, taken: str) -> Iterator[None]:
    """Be the one run of the folder. A slice of a back-fill is waited for, and no further one begins before this run;
    where another run works or waits, ``TransientError`` says ``taken``."""
    following = _taken(workdir, NEXT, _LOOK)
    if following is None:
        raise TransientError(taken)
    try:
        while (lock := _taken(workdir, RUN)) is None:
            if not is_held(workdir, BACKFILL):
                raise TransientError(taken)
            time.sleep(_PAUSE)
    finally:
        following.release()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def after_the_others(workdir: Path) -> Iterator[None]:
    """Be the one run of the folder for a slice of a back-fill: every run that works or waits comes first."""
    while is_held(workdir, NEXT) or (lock := _taken(workdir, RUN)) is None:
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def one_back_fill(workdir: Path) -> Iterator[None]:
    """Be the one back-fill of the folder: raises ``TransientError`` where another one is under way."""
    taken = f"another back-fill is under way in {workdir}; cchc backfill status tells of it"
    with alone(workdir, BACKFILL, taken, _LOOK):
        yield


def _taken(workdir: Path, lock_file: str, patience: float = 0) -> FileLock | None:
    """The lock, taken; None where another process still holds it after so many seconds."""
    lock = FileLock(workdir / lock_file, timeout=patience)
    try:
        with translated(workdir):
            workdir.mkdir(parents=True, exist_ok=True)
            lock.acquire(poll_interval=_PAUSE / 2)
    except Timeout:
        return None
    return lock
