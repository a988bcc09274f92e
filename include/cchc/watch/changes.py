"""What of a matter is new to an addressee: the rule of once each, again only when there is more, closed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cchc.ledger import Told
from cchc.watch.findings import Finding

State = Literal["opened", "changed", "closed"]


@dataclass(frozen=True)
class Change:
    """A step for one addressee and matter. ``state`` None: nothing is sent, the ledger alone learns how it stands.

    ``new``: the items that were not told yet.
    """

    state: State | None
    finding: Finding | None
    told: Told | None
    new: frozenset[str] = frozenset()


def changes(findings: Mapping[str, Finding], known: Mapping[str, Told], unknown: frozenset[str]) -> list[Change]:
    """Steps for one addressee, in order of matters. ``findings`` and ``known`` (open in the ledger) by matter.

    ``unknown``: kinds that could not be asked at this look; what is open of them stays as it is. What left a matter
    while others of it stay is forgotten without a word, so that it counts as new when it comes back.
    """
    found = []
    for matter in sorted({*findings, *known}):
        finding, told = findings.get(matter), known.get(matter)
        if finding is None:
            assert told is not None
            if told.kind not in unknown:
                found.append(Change("closed" if told.items else None, None, told))
        elif told is None or not told.items:
            found.append(Change("opened", finding, told, finding.items))
        elif new := finding.items - told.items:
            found.append(Change("changed", finding, told, new))
        elif finding.items != told.items or told.failed_at:
            found.append(Change(None, finding, told))
    return found
