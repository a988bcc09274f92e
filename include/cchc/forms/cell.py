"""One cell of a form: what is counted in it, and of how many more nothing tells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """``known`` dossiers are counted in it for certain; of ``unknown`` more nothing tells whether they are."""

    known: int = 0
    unknown: int = 0
    is_unsaid: bool = False

    @property
    def number(self) -> int | None:
        """The figure; None where it is not known."""
        return None if self.unknown or self.is_unsaid else self.known

    def __add__(self, other: Cell) -> Cell:
        return Cell(self.known + other.known, self.unknown + other.unknown, self.is_unsaid or other.is_unsaid)
