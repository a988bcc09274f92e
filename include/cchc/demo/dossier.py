"""One dossier of the demo, from filing to hand-over, and what its system shows of it at a moment."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime

NO_RESULT, ELECTRONIC, INPUT_PAPER, WITHOUT_CODE = range(4)


@dataclass(slots=True)
class Dossier:
    """Canonical values, as a dialect writer needs them.

    ``result`` is one of NO_RESULT, ELECTRONIC (a coded result file), INPUT_PAPER (an input paper listed as a result,
    which does not count) and WITHOUT_CODE (a file without a result code, which does not count either).
    ``raw`` replaces canonical values by text: the faults of a row.
    """

    code: str
    procedure: str
    unit: str
    receiving_unit: str | None
    handling_unit: str | None
    applicant_kind: str
    channel: str | None
    person: int
    submitted_at: datetime | None
    received_at: datetime | None = None
    due_at: datetime | None = None
    finished_at: datetime | None = None
    returned_at: datetime | None = None
    refused_at: datetime | None = None
    status: int = 1
    digitised: bool = False
    vneid: bool = False
    reused: bool = False
    from_store: bool = False
    online_payment: int = 0
    paid_at: datetime | None = None
    fees: tuple[int, ...] = ()
    supplements: tuple[tuple[datetime, datetime | None], ...] = ()
    result: int = NO_RESULT
    updated_at: datetime | None = None
    raw: dict[str, str] = field(default_factory=dict)

    def seen(self, at: datetime, status: int) -> Dossier:
        """The dossier as its system shows it at a moment: nothing that happens later."""

        def past(stamp: datetime | None) -> datetime | None:
            return stamp if stamp and stamp <= at else None

        ended = status in (7, 8, 9, 10)
        asked = tuple((a, past(b)) for a, b in self.supplements if a <= at)
        shown = self.result if ended or self.result == INPUT_PAPER else NO_RESULT
        received = past(self.received_at)
        return dataclasses.replace(
            self,
            received_at=received,
            due_at=self.due_at if received else None,
            finished_at=past(self.finished_at) if ended else None,
            returned_at=past(self.returned_at),
            refused_at=past(self.refused_at),
            online_payment=self.online_payment if past(self.paid_at) else 0,
            fees=self.fees if received else (),
            supplements=asked,
            status=status,
            result=shown,
            updated_at=at,
            raw={},
        )
