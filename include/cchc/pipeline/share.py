"""Did enough of a run work? The one rule, whoever asks: ``cchc ingest``, ``cchc run`` or a DAG."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cchc.contracts import Result
from cchc.errors import ShareExceeded

#: So many of the failed are named; the ledger and ``cchc status`` have the rest.
NAMED = 3


@dataclass
class Share:
    """What a run had before it and what of it failed.

    ``unreached``: (system, unit, why). ``refused``: (path, reason) of at most ``NAMED`` of the ``files_refused`` files;
    a path starts with system and unit. ``files_lost`` could not be judged at all.
    """

    units: int = 0
    unreached: list[tuple[str, str, str]] = field(default_factory=list)
    files: int = 0
    files_refused: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    files_lost: int = 0

    def check(self, most: float) -> None:
        """Raise ``ShareExceeded`` when more units or files failed than the share ``most`` (0 to 1) allows.

        Single failures never fail a run.
        """
        said = []
        if self.units and len(self.unreached) / self.units > most:
            first = "; ".join(f"{system}/{unit}: {why}" for system, unit, why in self.unreached[:NAMED])
            said.append(f"{len(self.unreached)} of {self.units} units not reached: {first}")
        if self.files and (self.files_refused + self.files_lost) / self.files > most:
            refused = "; ".join(f"{path}: {reason}" for path, reason in self.refused[:NAMED])
            said += [f"{self.files_refused} of {self.files} files refused: {refused}"] if self.files_refused else []
            said += (
                [f"{self.files_lost} of {self.files} files not judged: their batch failed"] if self.files_lost else []
            )
        if said:
            raise ShareExceeded(". ".join(said) + f". Allowed is a share of {most:g} (CCHC_FAIL_SHARE)")


def first_refused(results: Iterable[Result]) -> list[tuple[str, str]]:
    """(path, reason) of the first refused files, in a stable order."""
    refused = sorted(
        (result.revision.path, f"{result.reason} {result.detail or ''}".strip())
        for result in results
        if result.outcome == "refused"
    )
    return refused[:NAMED]
