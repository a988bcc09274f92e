"""The office's form: a CSV file of one day with a row for every dossier objected to, read by the gate as any export."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from cchc.datasets.dialects import DIALECTS

#: Column -> heading of the form.
HEADINGS = DIALECTS["csv"].key_of("objections")


@dataclass(frozen=True)
class Form:
    """One objection as it is filed. ``dossiers``: none are the whole figure; ``reason``: a code of the form."""

    unit: str
    number: str
    criterion: str
    period_start: date
    period_end: date
    dossiers: tuple[str, ...]
    reason: str
    filed_at: datetime


def form_rows(form: Form) -> list[dict[str, str]]:
    """A form's rows, by heading."""
    same = {
        "unit": form.unit,
        "objection_number": form.number,
        "criterion": form.criterion,
        "period_start": f"{form.period_start}",
        "period_end": f"{form.period_end}",
        "objection_reason": form.reason,
        "filed_at": f"{form.filed_at:%Y%m%d%H%M%S}",
    }
    return [
        {heading: (same | {"dossier_code": dossier})[column] for column, heading in HEADINGS.items()}
        for dossier in form.dossiers or ("",)
    ]


def form_bytes(rows: Iterable[dict[str, str]]) -> bytes:
    """The file of a day."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(HEADINGS.values()), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def read_form(content: bytes) -> list[dict[str, str]]:
    """The rows of a file that ``form_bytes`` wrote."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
