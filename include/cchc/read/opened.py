"""One landed file on its way through the read stage."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cchc.contracts import Brought, Revision
from cchc.registry.model import DatasetSpec


@dataclass(frozen=True)
class Opened:
    """A landed file of a batch. ``file_no`` is its number within the batch."""

    file_no: int
    revision: Revision
    spec: DatasetSpec
    blob: Path | Brought
