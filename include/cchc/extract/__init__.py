"""Stage 1, extract: what the reporting systems show, and its bytes.

In: an fsspec URL, an HTTP API, or a schedule over a folder. Out: the files of a delivery folder; bytes on demand.
"""

from __future__ import annotations

import re
from pathlib import Path

from cchc.extract.base import Source
from cchc.extract.fs import FsspecSource
from cchc.extract.http import HttpSource
from cchc.extract.local import LocalSource
from cchc.extract.schedule import ScheduledSource, run_steps

#: Of a URL, or of a chain of them (``zip::s3://...``); a folder may have any other name.
_PROTOCOL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*(://|::)")

__all__ = ["FsspecSource", "HttpSource", "LocalSource", "ScheduledSource", "Source", "open_source", "run_steps"]


def open_source(root: str, schedule: Path | None = None, step: str | None = None) -> Source:
    """The source for a root URL.

    ``http(s)://`` speaks the listing API, any other ``<protocol>://`` is an fsspec file system, the rest is a folder.
    """
    if schedule is not None:
        return ScheduledSource(schedule, step or "9999-12-31", Path(root).absolute())
    if root.startswith(("http://", "https://")):
        return HttpSource(root)
    if _PROTOCOL.match(root) and not root.startswith("file://"):
        return FsspecSource(root)
    return LocalSource(root)
