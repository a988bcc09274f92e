"""The account of an upkeep."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    """One table. ``compacted``: files put together; ``expired``: snapshots; ``orphans``: files of no snapshot, gone."""

    table: str
    compacted: int = 0
    expired: int = 0
    orphans: int = 0

    @property
    def said(self) -> str:
        """A line for the log."""
        return (
            f"{self.table}: {self.compacted:,} files put together, {self.expired:,} snapshots expired, "
            f"{self.orphans:,} files that no snapshot names removed"
        )
