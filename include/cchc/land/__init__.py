"""Stage 2, land: bytes as received, once, content-addressed, never rewritten; destroyed only where a law wants it.

In: a stream of bytes. Out: ``landing/<first two hex digits>/<sha256>``; what they are and when they came is in the
ledger.
The landing zone holds personal data; no later stage may copy bytes out of it.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import RawIOBase
from itertools import chain
from pathlib import Path

from cchc.contracts import Brought
from cchc.land import distant
from cchc.shelf import Place
from cchc.surroundings import translated

log = logging.getLogger("cchc.land")
_libc = ctypes.CDLL(None, use_errno=True)  # Python has no os.syncfs
#: How a file system says that it has no files without a name.
_NO_NAMELESS = (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EXDEV)


@dataclass(frozen=True)
class Landed:
    """Where a set of bytes lies. ``sha256`` is lower-case hex, ``size_bytes`` as received (still compressed)."""

    sha256: str
    size_bytes: int


def blob_path(landing: Place, sha256: str) -> Place:
    """The file or object that holds the bytes with this SHA-256."""
    return landing / sha256[:2] / sha256


def there(landing: Place, names: Collection[str]) -> set[str]:
    """Those of some hashes whose bytes are there."""
    if not isinstance(landing, Path):
        return distant.there(landing, names)
    return {sha256 for sha256 in names if blob_path(landing, sha256).is_file()}


def bring(landing: Place, sizes: Mapping[str, int], most: int) -> Mapping[str, Path | Brought]:
    """What a reader opens, by hash, of those that are there: the files themselves, or bytes brought from a store.

    ``sizes``: of each in bytes; what is larger than ``most`` is not brought. Nothing is copied to a disk, for what
    landed holds personal data.
    """
    if not isinstance(landing, Path):
        return distant.bring(landing, sizes, most)
    files = {sha256: landing / sha256[:2] / sha256 for sha256 in sizes}
    return {sha256: file for sha256, file in files.items() if file.is_file()}


def store(
    landing: Place, chunks: Iterable[bytes], unwanted: Collection[str] = (), digest: hashlib._Hash | None = None
) -> Landed:
    """Write a stream once. Atomic: a killed process leaves at most a temporary file, never half a blob.

    ``unwanted``: hashes of bytes that were destroyed by law; they are told of, and do not stay. ``digest``: a new
    SHA-256 that the caller looks at too, of what was taken from ``chunks`` so far. Raises ``MachineError`` where the
    landing folder has no room or no right; what ``chunks`` raises goes through.
    """
    digest = digest or hashlib.sha256()
    if not isinstance(landing, Path):
        return Landed(*distant.store(landing, chunks, unwanted, digest))
    stream = iter(chunks)
    first = next(stream, b"")
    digest.update(first)
    second = next(stream, None)
    if second is not None:
        return _store_stream(landing, first, chain((second,), stream), unwanted, digest)
    name = digest.hexdigest()
    if name not in unwanted:
        with translated(landing):
            _put_whole(landing, name, first)
    return Landed(name, len(first))


def _put_whole(landing: Path, name: str, content: bytes) -> None:
    """Bytes that are here as a whole, as most files of a night: known by their hash before anything is written."""
    target = landing / name[:2] / name
    if target.exists():
        log.debug("%s: %s bytes, here already", name[:12], f"{len(content):,}")
        return
    try:
        # a file without a name: it goes by itself with a process that is killed, and no folder is fought over
        with os.fdopen(_nameless(target.parent), "wb", buffering=0) as out:
            _write(out, content)
            with suppress(FileExistsError):  # somebody else was faster
                # with a folder named Python follows the link, without one it does not; it is not looked at
                os.link(f"/proc/self/fd/{out.fileno()}", target, src_dir_fd=out.fileno(), follow_symlinks=True)
    except OSError as error:
        if error.errno not in _NO_NAMELESS:
            raise
        _store_stream(landing, content, (), (), hashlib.sha256(content))
        return
    log.debug("%s: %s bytes, new", name[:12], f"{len(content):,}")


def _nameless(folder: Path) -> int:
    flags = os.O_WRONLY | os.O_TMPFILE
    try:
        return os.open(folder, flags, 0o400)
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder, flags, 0o400)


def _store_stream(
    landing: Path, first: bytes, others: Iterable[bytes], unwanted: Collection[str], digest: hashlib._Hash
) -> Landed:
    """The same under a temporary name; ``digest`` has seen ``first``."""
    with translated(landing):
        landing.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=landing, prefix=".incoming-")
    size = len(first)
    try:
        with os.fdopen(handle, "wb", buffering=0) as out:
            with translated(landing):
                _write(out, first)
            for chunk in others:
                digest.update(chunk)
                size += len(chunk)
                with translated(landing):
                    _write(out, chunk)
        with translated(landing):
            if digest.hexdigest() in unwanted:
                Path(name).unlink()
            else:
                _put(Path(name), landing / digest.hexdigest()[:2] / digest.hexdigest(), size)
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


def destroy(landing: Place, sha256: str) -> bool:
    """Take these bytes away for good; returns whether they were there. It is on the disk when this returns.

    From a store that keeps versions every version goes.

    Whoever calls it has written down before, in the ledger, that they go, and why. Raises ``MachineError`` where the
    folder gives no right.
    """
    if not isinstance(landing, Path):
        return distant.destroy(landing, sha256)
    path = landing / sha256[:2] / sha256
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


def settle(landing: Place) -> None:
    """See to it that everything landed so far is on the disk, names and bytes: then the ledger may name it.

    Once for many files: one flush of the file system takes as long as that of a few files. A store has what it said it
    took. Raises ``MachineError`` where the disk does not take it.
    """
    if not isinstance(landing, Path) or not landing.is_dir():
        return
    handle = os.open(landing, os.O_RDONLY)
    try:
        with translated(landing):
            if _libc.syncfs(handle) != 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(landing))
    finally:
        os.close(handle)


def sweep(landing: Place, older: float = 0) -> int:
    """Remove what killed processes left half-written; returns how many files. In a store they leave nothing.

    Only what is ``older`` than so many seconds, where others may be landing now.
    """
    if not isinstance(landing, Path):
        return 0
    before = time.time() - older
    leftovers = [path for path in landing.glob(".incoming-*") if path.stat().st_mtime <= before]
    for path in leftovers:
        path.unlink(missing_ok=True)
    return len(leftovers)
