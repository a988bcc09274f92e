"""Stage 2, land: bytes as received, once, content-addressed, never rewritten; destroyed only where a law wants it.

In: a stream of bytes. Out: ``landing/<first two hex digits>/<sha256>``; what they are and when they came is in the
ledger.
The landing zone holds personal data; no later stage may copy bytes out of it.
"""

from __future__ import annotations

import ctypes
import hashlib
import logging
import os
import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path

from cchc.surroundings import translated

log = logging.getLogger("cchc.land")
_libc = ctypes.CDLL(None, use_errno=True)  # Python has no os.syncfs


@dataclass(frozen=True)
class Landed:
    """Where a set of bytes lies. ``sha256`` is lower-case hex, ``size_bytes`` as received (still compressed)."""

    sha256: str
    size_bytes: int


def blob_path(landing: Path, sha256: str) -> Path:
    """The file that holds the bytes with this SHA-256."""
    return landing / sha256[:2] / sha256


def store(landing: Path, chunks: Iterable[bytes], unwanted: Collection[str] = ()) -> Landed:
    """Write a stream once. Atomic: a killed process leaves a temporary file, never half a blob.

    ``unwanted``: hashes of bytes that were destroyed by law; they are told of, and do not stay. Raises
    ``MachineError`` where the landing folder has no room or no right; what ``chunks`` raises goes through.
    """
    with translated(landing):
        landing.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=landing, prefix=".incoming-")
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(handle, "wb", buffering=0) as out:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                with translated(landing):
                    _write(out, chunk)
        with translated(landing):
            if digest.hexdigest() in unwanted:
                Path(name).unlink()
            else:
                _put(Path(name), blob_path(landing, digest.hexdigest()), size)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Landed(digest.hexdigest(), size)


def _write(out: RawIOBase, chunk: bytes) -> None:
    """Every byte of a chunk: on a disk that is almost full the system takes a part of it."""
    left = memoryview(chunk)
    while left:
        left = left[out.write(left) or 0 :]


def _put(part: Path, target: Path, size: int) -> None:
    if target.exists():
        log.debug("%s: %s bytes, here already", target.name[:12], f"{size:,}")
        part.unlink()
        return
    target.parent.mkdir(exist_ok=True)
    part.chmod(0o400)
    part.replace(target)
    log.debug("%s: %s bytes, new", target.name[:12], f"{size:,}")


def destroy(landing: Path, sha256: str) -> bool:
    """Take these bytes away for good; returns whether they were there. It is on the disk when this returns.

    Whoever calls it has written down before, in the ledger, that they go, and why. Raises ``MachineError`` where the
    folder gives no right.
    """
    path = blob_path(landing, sha256)
    with translated(landing):
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    log.debug("%s: destroyed", sha256[:12])
    return True


def settle(landing: Path) -> None:
    """See to it that everything landed so far is on the disk, names and bytes: then the ledger may name it.

    Once for many files: one flush of the file system takes as long as that of a few files. Raises ``MachineError``
    where the disk does not take it.
    """
    if not landing.is_dir():
        return
    handle = os.open(landing, os.O_RDONLY)
    try:
        with translated(landing):
            if _libc.syncfs(handle) != 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(landing))
    finally:
        os.close(handle)


def sweep(landing: Path) -> int:
    """Remove what killed processes left half-written; returns how many files. Call it only while no run is landing."""
    leftovers = list(landing.glob(".incoming-*"))
    for path in leftovers:
        path.unlink(missing_ok=True)
    return len(leftovers)
