"""Puts files under the export root, with arrival times, and counts them."""

from __future__ import annotations

import gzip
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cchc.contracts import TIMEZONE

Progress = Callable[[str, int], None]
_ZONE = ZoneInfo(TIMEZONE)


def packed(content: bytes, name: str) -> bytes:
    """The content as its name asks for: gzipped, without a time in the header, when it ends in ``.gz``."""
    return gzip.compress(content, 6, mtime=0) if name.endswith(".gz") else content


@dataclass
class Sink:
    """The export root while it is being written."""

    root: Path
    progress: Progress | None = None
    files: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=dict)
    integrity: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def put(self, path: str, content: bytes, day: date, rows: int = 0, late_days: int = 0, hours: int = 0) -> None:
        """Write one file, arriving in the night after its business day or so many days, and hours, later."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        minute = sum(path.encode()) * 7 % 75  # 23:30 to 00:44, the same in every run
        arrived = datetime(day.year, day.month, day.day, 23, 30, tzinfo=_ZONE)
        arrived += timedelta(days=late_days, hours=hours, minutes=minute)
        os.utime(target, (arrived.timestamp(), arrived.timestamp()))
        self.files[path.split("/")[0]] += 1
        self.rows[path.split("/")[0]] += rows
        if self.progress and sum(self.files.values()) % 100 == 0:
            self.progress(path, sum(self.files.values()))

    def case(self, kind: str, system: str, code: str, earlier: str, later: str) -> None:
        """Note an integrity case: the dossier and the paths of the two files that show it."""
        place = {"system": system, "dossier_code": code, "earlier": earlier, "later": later}
        self.integrity.setdefault(kind, []).append(place)

    def fault(self, kind: str, place: str) -> None:
        """Note a fault that was put in on purpose."""
        self.faults.setdefault(kind, []).append(place)
