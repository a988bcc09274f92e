"""Exports on any fsspec file system that is not local: ``s3://``, ``sftp://``, ..."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import fsspec
from tenacity import retry

from cchc.contracts import TIMEZONE
from cchc.errors import SourceError, TransientError
from cchc.extract.base import CHUNK, UNKNOWN, Child, Listed
from cchc.extract.retry import POLICY

#: What file systems call the time of the last change, and the mark of a content.
_CHANGED = ("mtime", "LastModified", "last_modified", "updated", "created")
_MARKS = ("ETag", "etag")


class FsspecSource:
    """One root URL. A file's fingerprint is its size and ETag, where the store has one, else its size and time."""

    def __init__(self, root: str) -> None:
        try:
            self.fs, self.root = fsspec.core.url_to_fs(root)
        except (ValueError, ImportError) as error:
            raise SourceError(f"export root: {error}") from error

    @retry(**POLICY)
    def folder(self, system: str, unit: str, day: date) -> list[Listed]:
        """See ``Source.folder``."""
        entries = self._entries(f"{self.root}/{system}/{unit}/{day.isoformat()}")
        return [_listed(entry) for entry in entries if entry["type"] in ("file", "directory")]

    def children(self, system: str) -> list[str]:
        """Names of the unit folders of a system."""
        return [_name(entry) for entry in self._entries(f"{self.root}/{system}") if entry["type"] == "directory"]

    def days(self, system: str, unit: str) -> list[Child] | None:
        """See ``Source``."""
        entries = self._entries(f"{self.root}/{system}/{unit}")
        return [Child(_name(entry), entry["type"] == "directory") for entry in entries]

    def is_news(self, fingerprint: str, known: str | None) -> bool:
        """See ``Source.is_news``."""
        return fingerprint != known

    def read(self, location: str) -> Iterator[bytes]:
        """See ``Source.read``."""
        try:
            with self.fs.open(location, "rb") as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
        except OSError as error:
            raise _classed(error, location) from error

    def look(self, listed: Listed) -> Listed | None:
        """See ``Source.look``."""
        try:
            self.fs.invalidate_cache()
            entry = self.fs.info(listed.location)
        except OSError as error:
            raise _classed(error, listed.location) from error
        seen = _listed({**entry, "name": listed.location})
        return None if seen.fingerprint.startswith(UNKNOWN) else seen

    def _entries(self, base: str) -> list[dict[str, Any]]:
        try:
            entries = self.fs.ls(base, detail=True, refresh=True)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise _classed(error, base) from error
        # some stores list the folder itself
        entries = [entry for entry in entries if entry["name"].rstrip("/") != base.rstrip("/")]
        return sorted(entries, key=_name)


def _name(entry: dict[str, Any]) -> str:
    return str(entry["name"]).rstrip("/").rsplit("/", 1)[-1]


def _listed(entry: dict[str, Any]) -> Listed:
    changed = next((entry[key] for key in _CHANGED if entry.get(key)), None)
    mark = next((entry[key] for key in _MARKS if entry.get(key)), None) or changed
    size = entry.get("size")
    fingerprint = f"{size}:{mark}" if mark else f"{UNKNOWN}{datetime.now(UTC).isoformat()}"
    whole = isinstance(size, int) and entry["type"] == "file"
    reason, why = ("not_a_file", "a folder with the name of a file") if entry["type"] == "directory" else (None, "")
    return Listed(_name(entry), entry["name"], fingerprint, local_time(changed), size if whole else None, reason, why)


def _classed(error: OSError, location: str) -> SourceError | TransientError:
    if isinstance(error, PermissionError):
        return SourceError(f"{location}: {error.strerror or 'permission denied'}", "no_permission")
    if isinstance(error, FileNotFoundError):
        return SourceError(f"{location}: it went away while it was fetched", "went_away")
    return TransientError(f"{location}: {error}")


def local_time(changed: object) -> datetime | None:
    """A modification time (epoch seconds or datetime) as local time without an offset."""
    if isinstance(changed, (int, float)):
        changed = datetime.fromtimestamp(changed, tz=UTC)
    if isinstance(changed, datetime) and changed.tzinfo is not None:
        return changed.astimezone(ZoneInfo(TIMEZONE)).replace(tzinfo=None, microsecond=0)
    return changed if isinstance(changed, datetime) else None
