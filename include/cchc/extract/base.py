"""What every source can do, and how a file name becomes a delivery (export contract, section 1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple, Protocol

from cchc.contracts import DeliveryKey
from cchc.datasets.dialects import DIALECTS

CHUNK = 1 << 20

#: Start of the fingerprint of a file whose source can't tell whether it changed.
UNKNOWN = "unknown:"


class Listed(NamedTuple):
    """One name of a delivery folder, as its source shows it. ``size``: bytes, where the source says.

    ``reason`` and ``why``: it can't be fetched (a dangling link, a pipe); see ``cchc.deliveries.FetchReason``.
    """

    name: str
    location: str
    fingerprint: str
    arrived_at: datetime | None
    size: int | None = None
    reason: str | None = None
    why: str = ""


class Child(NamedTuple):
    """A name directly below a unit's folder."""

    name: str
    is_folder: bool


class Source(Protocol):
    """A place that shows exports in the contract's layout.

    One that can list folders also has ``children(system)``, names of unit folders, and ``days(system, unit)``, what
    stands in a unit's folder (None: not to be listed). A local one has ``digest(location)``, the SHA-256 of a file.
    """

    def folder(self, system: str, unit: str, day: date) -> list[Listed]:
        """What stands in one delivery folder. No folder: empty list."""
        ...

    def is_news(self, fingerprint: str, known: str | None) -> bool:
        """Whether a file may have been delivered anew since its fingerprint was ``known``."""
        ...

    def read(self, location: str) -> Iterator[bytes]:
        """The bytes of one file, in chunks. Raises ``TransientError`` or ``SourceError``."""
        ...

    def look(self, listed: Listed) -> Listed | None:
        """The same file as it is now; None where the source can't tell. Raises like ``read``."""
        ...


def delivery_of(name: str, system: str, unit: str, day: date, dialects: dict[str, str]) -> DeliveryKey | None:
    """The delivery a file name stands for, or None for a stray name.

    ``dialects`` maps the datasets this system delivers to their dialect. Only ``<dataset>.<ext>[.gz]`` counts.
    """
    match = re.fullmatch(r"([a-z]+)\.([a-z]+)(\.gz)?", name)
    if match is None:
        return None
    dataset, ending = match[1], match[2]
    if dataset not in dialects or ending not in DIALECTS[dialects[dataset]].endings:
        return None
    return DeliveryKey(system, unit, day, dataset)
