"""Stage 2, land: bytes as received, once, content-addressed, never rewritten.

In: a stream of bytes. Out: ``landing/<first two hex digits>/<sha256>``; what they are and when they came is in the
ledger.
The landing zone holds personal data; no later stage may copy bytes out of it.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger("cchc.land")


@dataclass(frozen=True)
class Landed:
    """Where a set of bytes lies. ``sha256`` is lower-case hex, ``size_bytes`` as received (still compressed)."""

    sha256: str
    size_bytes: int


def blob_path(landing: Path, sha256: str) -> Path:
    """The file that holds the bytes with this SHA-256."""
    return landing / sha256[:2] / sha256


def store(landing: Path, chunks: Iterable[bytes]) -> Landed:
    """Write a stream once. Atomic: a killed process leaves a temporary file, never half a blob."""
    landing.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, name = tempfile.mkstemp(dir=landing, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
        target = blob_path(landing, digest.hexdigest())
        if target.exists():
            log.debug("%s: %s bytes, here already", target.name[:12], f"{size:,}")
            Path(name).unlink()
        else:
            target.parent.mkdir(exist_ok=True)
            Path(name).chmod(0o440)
            Path(name).replace(target)
            log.debug("%s: %s bytes, new", target.name[:12], f"{size:,}")
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Landed(digest.hexdigest(), size)


def sweep(landing: Path) -> int:
    """Remove what killed processes left half-written; returns how many files. Call it only while no run is landing."""
    leftovers = list(landing.glob(".incoming-*"))
    for path in leftovers:
        path.unlink(missing_ok=True)
    return len(leftovers)
