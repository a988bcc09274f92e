"""Exports on any fsspec file system: a local folder, ``s3://``, ``sftp://``, ..."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import fsspec
from tenacity import retry

from cchc.contracts import TIMEZONE
from cchc.errors import SourceError, TransientError
from cchc.extract.base import CHUNK
from cchc.extract.retry import POLICY


class FsspecSource:
    """One root URL. A file's fingerprint is its size and modification time (or ETag, where the store has one)."""

    def __init__(self, root: str) -> None:
        self.fs, self.root = fsspec.core.url_to_fs(root)
        self.local = self.fs.protocol == "file" or "file" in self.fs.protocol
        if self.local and not Path(self.root).is_dir():
            raise SourceError(f"export root {root} is no folder")

    @retry(**POLICY)
    def folder(self, system: str, unit: str, day: date) -> list[tuple[str, str, str, object]]:
        """Files of one delivery folder; see ``Source.folder``."""
        base = f"{self.root}/{system}/{unit}/{day.isoformat()}"
        try:
            entries = self.fs.ls(base, detail=True, refresh=True) if not self.local else self.fs.ls(base, detail=True)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except PermissionError as error:
            raise SourceError(f"{base}: {error}") from error
        except OSError as error:
            raise TransientError(f"{base}: {error}") from error
        found: list[tuple[str, str, str, object]] = []
        for entry in sorted(entries, key=lambda e: e["name"]):
            if entry["type"] != "file":
                continue
            changed = entry.get("mtime") or entry.get("LastModified") or entry.get("created")
            mark = entry.get("ETag") or changed
            found.append((entry["name"].rsplit("/", 1)[-1], entry["name"], f"{entry['size']}:{mark}", _local(changed)))
        return found

    def children(self, system: str) -> list[str]:
        """Names of the unit folders of a system."""
        try:
            entries = self.fs.ls(f"{self.root}/{system}", detail=True)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise TransientError(f"{self.root}/{system}: {error}") from error
        return sorted(entry["name"].rsplit("/", 1)[-1] for entry in entries if entry["type"] == "directory")

    def is_news(self, fingerprint: str, known: str | None) -> bool:
        """See ``Source.is_news``."""
        return fingerprint != known

    def read(self, location: str) -> Iterator[bytes]:
        """The bytes of one file; see ``Source.read``."""
        try:
            with self.fs.open(location, "rb") as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
        except (FileNotFoundError, PermissionError) as error:
            raise SourceError(f"{location}: {error}") from error
        except OSError as error:
            raise TransientError(f"{location}: {error}") from error


def _local(changed: object) -> datetime | None:
    """A modification time (epoch seconds or datetime) as local time without an offset."""
    if isinstance(changed, (int, float)):
        changed = datetime.fromtimestamp(changed, tz=UTC)
    if isinstance(changed, datetime) and changed.tzinfo is not None:
        return changed.astimezone(ZoneInfo(TIMEZONE)).replace(tzinfo=None, microsecond=0)
    return changed if isinstance(changed, datetime) else None
