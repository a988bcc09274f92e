"""What has been filed and answered, as of now: the loaded rows and the ledger's answers, before any build."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cchc.errors import PermanentError
from cchc.ledger import Ledger
from cchc.load import Warehouse
from cchc.registry.open import Registry


@dataclass(frozen=True)
class Filed:
    """One objection as its newest form says it. ``window_ends`` is None where no method scores the period; ``dossiers``
    empty: the whole figure; ``state``: ``open``, ``upheld``, ``rejected``, ``partly``."""

    unit: str
    number: str
    criterion: str
    period_start: date
    period_end: date
    reason: str
    dossiers: tuple[str, ...]
    filed_on: date
    window_ends: date | None
    state: str
    answered_by: str | None = None
    answered_on: date | None = None
    note: str | None = None

    @property
    def is_late(self) -> bool:
        """Whether it was filed after the window."""
        return self.window_ends is not None and self.filed_on > self.window_ends


#: As ``fct_objection``: of several forms that carry a number the newest one speaks.
_NEWEST = """
with positioned as (
    select *, dense_rank() over (
        partition by unit, objection_number order by export_date desc, system desc, revision_id desc
    ) as position
    from raw.objections
)
select
    unit, objection_number, dossier_code, min(criterion), min(period_start), min(period_end), min(objection_reason),
    min(cast(filed_at as date))
from positioned where position = 1
group by unit, objection_number, dossier_code
"""


def filed(warehouse: Warehouse, ledger: Ledger, registry: Registry) -> list[Filed]:
    """Every objection, by unit and number."""
    answers = {(row["unit"], row["objection_number"]): row for row in ledger.objection_answers()}
    forms: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for unit, number, *row in warehouse.execute(_NEWEST):
        forms.setdefault((unit, number), []).append(tuple(row))
    found = []
    for (unit, number), rows in forms.items():
        dossiers = sorted(row[0] for row in rows if row[0] is not None)
        criterion, start, end, reason, filed_on = (_least(row[place] for row in rows) for place in range(1, 6))
        answer = answers.get((unit, number))
        found.append(
            Filed(
                unit,
                number,
                criterion,
                start,
                end,
                reason,
                tuple(" ".join(dossiers).split()),
                filed_on,
                window_ends(registry, start, end),
                answer["decision"] if answer else "open",
                answer["decided_by"] if answer else None,
                answer["decided_on"] if answer else None,
                answer["note"] if answer else None,
            )
        )
    return sorted(found, key=lambda each: (each.unit, len(each.number), each.number))


def _least(values: Iterable[Any]) -> Any:
    return min((value for value in values if value is not None), default=None)


def one_filed(found: list[Filed], unit: str, number: str) -> Filed:
    """The objection of a unit with a number; ``PermanentError`` where there is none."""
    for each in found:
        if (each.unit, each.number) == (unit, number):
            return each
    have = ", ".join(each.number for each in found if each.unit == unit) or "none"
    raise PermanentError(f"no objection {number} of {unit} (there are: {have}); see cchc objection list")


def window_ends(registry: Registry, start: date, end: date) -> date | None:
    """The last day for objections to a period: by its default method, of several the youngest."""
    methods = [
        method
        for method in registry.methods.values()
        if method.is_default and end >= method.valid_from and start <= (method.valid_to or date.max)
    ]
    if not methods:
        return None
    method = min(methods, key=lambda each: (-each.valid_from.toordinal(), each.method))
    return end + timedelta(days=method.late_days + method.objection_days)
