"""What a check of the doctor says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cchc.errors import CchcError, PermanentError


@dataclass(frozen=True)
class Finding:
    """One line: the check, how it stands, what was found and, unless it is ok, what to do."""

    check: str
    status: Literal["ok", "warning", "wrong"]
    found: str


class Warned(CchcError):
    """It works today; somebody should look at it."""


class Wrong(PermanentError):
    """It does not work; the text says how to mend it."""
