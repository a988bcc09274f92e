"""Objections of units to published figures: the form, what is filed, what an upheld one would change, corrections.

In: ``raw.objections`` and the ledger's answers; for effects ``pub.*``. Out: the bytes of a form, objections,
their effects on score and rank, rows for the register of known errors.
"""

from __future__ import annotations

from cchc.objections.correct import correction_rows, enter
from cchc.objections.effect import Effect, effects
from cchc.objections.filed import Filed, filed, one_filed
from cchc.objections.form import Form, form_bytes, form_rows, read_form

__all__ = [
    "Effect",
    "Filed",
    "Form",
    "correction_rows",
    "effects",
    "enter",
    "filed",
    "form_bytes",
    "form_rows",
    "one_filed",
    "read_form",
]
