"""What is wrong with a registry file, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One error: the file (relative to the registry), its line, the rule and what to mend, in both languages."""

    file: str
    line: int
    rule: str
    message: str
    message_vi: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"
