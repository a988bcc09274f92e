"""Exports in a folder of this machine. Links are followed; what is no regular file is never opened."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tenacity import retry

from cchc.errors import SourceError, TransientError
from cchc.extract.base import CHUNK, Child, Listed
from cchc.extract.fs import local_time
from cchc.extract.retry import POLICY

#: Errors that another look will not mend, with the reason under which they are noted.
_PERMANENT = {
    errno.EACCES: "no_permission",
    errno.EPERM: "no_permission",
    errno.ENOENT: "went_away",
    errno.ELOOP: "not_a_file",
    errno.ENOTDIR: "not_a_file",
    errno.EISDIR: "not_a_file",
    errno.ENAMETOOLONG: "not_a_file",
    errno.ENXIO: "not_a_file",
}


class LocalSource:
    """One root folder. A file's fingerprint is its size and modification time; ``digest`` compares its content."""

    def __init__(self, root: str) -> None:
        self.root = Path(root.removeprefix("file://")).expanduser().absolute()
        if not self.root.is_dir():
            raise SourceError(f"export root {root} is no folder")

    @retry(**POLICY)
    def folder(self, system: str, unit: str, day: date) -> list[Listed]:
        """See ``Source.folder``."""
        return [_listed(entry.name, entry.path) for entry in self._entries(system, unit, day.isoformat())]

    @retry(**POLICY)
    def children(self, system: str) -> list[str]:
        """Names of the unit folders of a system."""
        return [entry.name for entry in self._entries(system) if _is_folder(entry)]

    @retry(**POLICY)
    def days(self, system: str, unit: str) -> list[Child] | None:
        """See ``Source``. A link counts as a folder when it leads to one, or to nothing that can be looked at."""
        try:
            entries = self._entries(system, unit)
        except SourceError as error:
            if error.reason == "no_permission":
                return None  # the folder may be passed through, though not listed
            raise
        return [Child(entry.name, _is_folder(entry)) for entry in entries]

    def top(self) -> list[str]:
        """Names directly below the root."""
        return [entry.name for entry in self._entries()]

    def is_news(self, fingerprint: str, known: str | None) -> bool:
        """See ``Source.is_news``."""
        return fingerprint != known

    def read(self, location: str) -> Iterator[bytes]:
        """See ``Source.read``."""
        try:
            # without waiting for the other end, were it a pipe by now
            with os.fdopen(os.open(location, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as stream:
                if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                    raise SourceError(f"{location}: no regular file", "not_a_file")
                while chunk := stream.read(CHUNK):
                    yield chunk
        except OSError as error:
            raise _classed(error, location) from error

    def digest(self, location: str) -> str:
        """SHA-256 of a file as it is now. Raises like ``read``."""
        digest = hashlib.sha256()
        for chunk in self.read(location):
            digest.update(chunk)
        return digest.hexdigest()

    def look(self, listed: Listed) -> Listed | None:
        """See ``Source.look``."""
        seen = _listed(listed.name, listed.location)
        if seen.reason is not None:
            raise SourceError(f"{listed.location}: {seen.why}", seen.reason)
        return seen

    def _entries(self, *below: str) -> list[os.DirEntry[str]]:
        base = "/".join((str(self.root), *below))
        try:
            with os.scandir(base) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except FileNotFoundError as error:
            if os.path.lexists(base):
                raise SourceError(f"{base}: a link that leads nowhere", "not_a_file") from error
            if not self.root.is_dir():
                raise SourceError(f"export root {self.root} is no folder any more", "went_away") from error
            return []
        except NotADirectoryError:
            return []
        except OSError as error:
            raise _classed(error, base) from error


def _is_folder(entry: os.DirEntry[str]) -> bool:
    if not entry.is_symlink():
        return entry.is_dir(follow_symlinks=False)  # as the listing itself says
    try:
        return stat.S_ISDIR(Path(entry.path).stat().st_mode)
    except OSError:
        return True


def _listed(name: str, path: str) -> Listed:
    try:
        seen = os.stat(path)  # noqa: PTH116 (a file of a night costs what it makes)
    except OSError as error:
        reason, why = _PERMANENT.get(error.errno or 0, "not_reached"), error.strerror or "error"
        if Path(path).is_symlink():
            reason, why = "not_a_file", f"a link that leads nowhere ({why})"
        return Listed(name, path, "", None, None, reason, why)
    marks = (f"{seen.st_size}:{seen.st_mtime}", local_time(seen.st_mtime))
    if not stat.S_ISREG(seen.st_mode):
        kind = "a folder" if stat.S_ISDIR(seen.st_mode) else "a pipe, socket or device"
        return Listed(name, path, *marks, None, "not_a_file", f"{kind} with the name of a file")
    return Listed(name, path, *marks, seen.st_size)


def _classed(error: OSError, location: str) -> SourceError | TransientError:
    reason = _PERMANENT.get(error.errno or 0)
    if reason is None:
        return TransientError(f"{location}: {error.strerror or error}")
    if reason == "went_away":
        return SourceError(f"{location}: it went away while it was fetched", reason)
    return SourceError(f"{location}: {error.strerror}", reason)
