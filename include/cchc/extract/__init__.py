"""Stage 1, extract: what the reporting systems show, and its bytes.

In: an fsspec URL, an HTTP API, or a schedule over a folder. Out: the files of a delivery folder; bytes on demand.
"""

from __future__ import annotations

from pathlib import Path

from cchc.extract.base import Source
from cchc.extract.fs import FsspecSource
from cchc.extract.http import HttpSource
from cchc.extract.schedule import ScheduledSource, run_steps

__all__ = ["FsspecSource", "HttpSource", "ScheduledSource", "Source", "open_source", "run_steps"]


def open_source(root: str, schedule: Path | None = None, step: str | None = None) -> Source:
    """The source for a root URL: ``http(s)://`` speaks the listing API, anything else is an fsspec file system."""
    if schedule is not None:
        return ScheduledSource(schedule, step or "9999-12-31", Path(root).absolute())
    if root.startswith(("http://", "https://")):
        return HttpSource(root)
    return FsspecSource(root)
