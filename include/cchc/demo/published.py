"""Two districts' published counts of 2023, as facts to rebuild exports from.

The district desk of Hải Lăng published 1,279 received; 1,183 resolved and 114 running make 1,297, and so does the
district's total less its communes. The exports hold the balanced 1,297; the registry keeps what was published.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Counts:
    """What one desk, or all communes together, received and did in the period. ``None``: not published."""

    early: int
    on_the_day: int
    running: int
    online: int | None = None
    digitised: int | None = None

    @property
    def received(self) -> int:
        """Everything received: resolved (early or on the day) and still running."""
        return self.early + self.on_the_day + self.running


@dataclass(frozen=True)
class District:
    """A district's one-stop system of 2023."""

    system: str
    number_form: str  # of a dossier number's agency part, with the unit's place in the list
    first: date
    last: date
    desk: Counts
    communes: Counts


DISTRICTS = (
    District(
        "motcua-hailang",
        "000.{:02d}.16.H50",
        date(2023, 1, 1),
        date(2023, 12, 31),
        desk=Counts(early=1_011, on_the_day=172, running=114, online=838),
        communes=Counts(early=17_052, on_the_day=3_492, running=41, online=13_274),
    ),
    District(
        "motcua-giaothuy",
        "000.{:02d}.20.H40",
        date(2023, 1, 1),
        date(2023, 9, 30),
        desk=Counts(early=3_517, on_the_day=322, running=45, digitised=2_670),
        communes=Counts(early=35_998, on_the_day=11_151, running=70, digitised=46_166),
    ),
)
