"""Layouts of report forms (biểu báo cáo): columns, what each counts, and what must add up, as dated rows.

Text sources and what of them was read stand in the rows; ``is_text_held`` says whether the official annex itself was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field

from cchc.registry.model import _Dated

#: Columns that name a row, then those that count. ``cchc.forms.measures`` says how each is counted.
LABEL_KEYS = ("stt", "field_by_level", "unit")
MEASURE_KEYS = (
    "recv_total",
    "recv_online",
    "recv_online_full",
    "recv_online_partial",
    "recv_online_other",
    "recv_direct",
    "recv_postal",
    "recv_direct_postal",
    "recv_non_local",
    "recv_carry",
    "res_total",
    "res_before",
    "res_ontime",
    "res_before_ontime",
    "res_late",
    "res_late_apology",
    "res_late_no_apology",
    "proc_total",
    "proc_within",
    "proc_late",
    "proc_late_apology",
    "proc_late_no_apology",
    "pay_total",
    "pay_online",
    "pay_direct",
    "stopped",
    "pending_within",
    "pending_late",
    "pending_total",
    "rejected",
    "withdrawn",
    "result_mismatch",
    "receipts",
    "business_verified_rate",
)
#: States of a dossier that a form of 2020 has no column for, and where a form rule may put them.
State = Literal["waiting", "withdrawn", "rejected", "stopped"]
#: ``running``: running, by its due date; ``running_within``: running, in time; ``resolved``: resolved, by its dates;
#: ``on_time``: resolved on time; ``none``: in no column.
Place = Literal["running", "running_within", "resolved", "on_time", "none"]
STATES: tuple[str, ...] = get_args(State)

_IDENTITY = re.compile(r"(\d+) = (?:(\d+) before|(\d+(?: \+ \d+)+))")


@dataclass(frozen=True)
class Identity:
    """``total`` is the sum of ``parts``; ``is_before``: the one part is of the period that ends the day before."""

    total: int
    parts: tuple[int, ...]
    is_before: bool = False

    def __str__(self) -> str:
        return f"{self.total} = {' + '.join(map(str, self.parts))}{' before' if self.is_before else ''}"


def _identities(value: object) -> object:
    """``3 = 4 + 5 + 6``, ``6 = 11 before``; several are parted by semicolons."""
    if not isinstance(value, str):
        return value
    found = []
    for text in value.split(";"):
        match = _IDENTITY.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"an identity reads 3 = 4 + 5 or 6 = 11 before, not {text.strip()}")
        parts = (match[2],) if match[2] else tuple(match[3].split(" + "))
        found.append(Identity(int(match[1]), tuple(map(int, parts)), bool(match[2])))
    return tuple(found)


class FormLayout(_Dated):
    """One version of a layout.

    ``title_vi`` heads the form of a unit, ``aggregate_vi`` that of a unit with others below it. ``rows``: a row for
    each field and level of procedures (``field``) or for each unit (``unit``). ``form_rule``: where dossiers go that
    have no column of their own. ``receive_days``: working days within which an online dossier must be received.
    """

    layout: str
    title_vi: str
    aggregate_vi: str
    rows: Literal["field", "unit"]
    form_rule: str
    receive_days: int = Field(default=1, ge=1)
    is_text_held: bool = False
    source: str
    note_vi: str | None = None


class FormColumn(_Dated):
    """A column of a layout version; its validity is that of the version. Headings in the language of the form."""

    layout: str
    column: int = Field(ge=1)
    heading: str
    subheading: str | None = None
    key: str
    identities: Annotated[tuple[Identity, ...], BeforeValidator(_identities)] = ()


class FormRule(_Dated):
    """Where a form rule puts the dossiers of one state, so that each is in exactly one column or in none."""

    form_rule: str
    state: State
    place: Place
    note_vi: str
    source: str
