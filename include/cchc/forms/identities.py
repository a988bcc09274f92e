"""Whether the columns of a form add up, and if not: what explains it.

A form of 2020 has no column for dossiers that were withdrawn, returned (stopped), rejected, or wait for a supplement:
they are received and neither resolved nor running. Of any other difference nothing is explained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cchc.forms.cell import Cell
from cchc.forms.layout import Layout
from cchc.registry.forms import Identity

Verdict = Literal["holds", "explained", "unexplained", "unknown"]


@dataclass(frozen=True)
class Check:
    """An identity in one row of a form. ``difference``: total less parts, None where a part is not known.

    ``explained``: dossiers in no column by why, as ``measures.LEFT_OUT`` names them; only of the balance of received
    against resolved and running, the one identity that such dossiers can disturb.
    """

    identity: Identity
    row: str
    left: int | None
    right: int | None
    explained: Mapping[str, int] = field(default_factory=dict)

    @property
    def difference(self) -> int | None:
        """Total less parts."""
        return None if self.left is None or self.right is None else self.left - self.right

    @property
    def rest(self) -> int | None:
        """What of the difference nothing explains."""
        return None if self.difference is None else self.difference - sum(self.explained.values())

    @property
    def verdict(self) -> Verdict:
        """``holds``; off by N, ``explained`` or ``unexplained``; ``unknown`` where a cell of it is."""
        if self.rest is None:
            return "unknown"
        if self.rest:
            return "unexplained"
        return "explained" if self.difference else "holds"


def check_row(
    layout: Layout, row: str, cells: Mapping[str, Cell], left_out: Mapping[str, int], before: Cell
) -> list[Check]:
    """Every identity of a layout in one row. ``before``: what was running at the end of the period before."""
    found = []
    for identity in layout.identities:
        keys = [layout.key_of(number) for number in identity.parts]
        parts = [before.number] if identity.is_before else [cells[key].number for key in keys]
        known = [part for part in parts if part is not None]
        is_balance = layout.key_of(identity.total) == "recv_total" and set(keys) == {"res_total", "proc_total"}
        found.append(
            Check(
                identity,
                row,
                cells[layout.key_of(identity.total)].number,
                sum(known) if len(known) == len(parts) else None,
                {why: number for why, number in left_out.items() if number} if is_balance else {},
            )
        )
    return found
