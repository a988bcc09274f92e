"""What every source can do, and how a file name becomes a delivery (export contract, section 1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Protocol

from cchc.contracts import DeliveryKey
from cchc.datasets.dialects import DIALECTS

CHUNK = 1 << 20

#: Start of the fingerprint of a file whose source can't tell whether it changed.
UNKNOWN = "unknown:"


class Source(Protocol):
    """A place that shows exports in the contract's layout."""

    def folder(self, system: str, unit: str, day: date) -> list[tuple[str, str, str, object]]:
        """Files of one delivery folder: (name, location, fingerprint, arrival time or None). No folder: empty list."""
        ...

    def is_news(self, fingerprint: str, known: str | None) -> bool:
        """Whether a file may have been delivered anew since its fingerprint was ``known``."""
        ...

    def read(self, location: str) -> Iterator[bytes]:
        """The bytes of one file, in chunks. Raises ``TransientError`` or ``SourceError``."""
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
