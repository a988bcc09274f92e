"""What is asked of every engine beside writing and reading rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from cchc.errors import PermanentError, TransientError
from cchc.server import Server
from cchc.settings import Settings

#: What ``BuildState`` is read from.
STATE = "select full_refresh, registry_hash, change_no, stale from raw.build_state"


class Held(TransientError):
    """Somebody else works in the warehouse now, and it lets nobody look meanwhile. Exit code 1, after retries."""


@dataclass(frozen=True)
class BuildState:
    """How the warehouse stands to what was loaded; ``change_no`` is the moment of the last change, in ns, or 1."""

    full_refresh: bool
    registry_hash: str
    change_no: int
    stale: bool


class Engine(ABC):
    """The warehouse of one installation, seen from outside: where it is, whether it answers, how dbt finds it."""

    #: Of the module in each room, and of dbt's target in ``profiles.yml``.
    name: ClassVar[str]
    #: What manifests of backups call it.
    of_backup: ClassVar[str]
    #: Whether what dbt read of the project may be lent to another installation: it holds nothing of this one.
    lends_parse: ClassVar[bool] = False
    #: Who sees to it that not everybody reads everything, in words.
    guarded: ClassVar[str] = "the embedded warehouse is guarded by the modes of its files"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @property
    @abstractmethod
    def said(self) -> str:
        """Where the warehouse is, for people: no user, no password."""

    @property
    def served_said(self) -> str:
        """Where readers read, for people."""
        return self.said

    @property
    def adapter(self) -> str:
        """The module of dbt's adapter."""
        return f"dbt.adapters.{self.name}"

    @property
    def files(self) -> tuple[Path, ...]:
        """What of the warehouse lies in the working folder, as far as it is there."""
        return ()

    def may_answer(self) -> bool:
        """False only where it is known, without asking, that nothing was ever loaded."""
        return True

    @abstractmethod
    def dbt_environment(self, in_workdir: bool = False) -> dict[str, str]:
        """What ``dbt_project/profiles.yml`` reads of it; ``in_workdir``: by a process that works in that folder."""

    def doubts(self) -> str:
        """What of its settings works and should not stay so, or nothing.

        Raises ``PermanentError`` where they can be read and can't work together.
        """
        return ""

    @abstractmethod
    def build_state(self) -> BuildState | None:
        """How it stands, or None where nothing was loaded; changes nothing.

        Raises ``Held`` while somebody builds, another error of ours where it does not answer.
        """

    @abstractmethod
    def examine(self) -> tuple[str, BuildState | None]:
        """The same with everything that must be right of it looked at: product and place for people, and the state.

        Raises ``PermanentError`` that says what to mend.
        """

    def rows_held(self) -> dict[str, int]:
        """Table of a model to rows that it holds, by the catalogue; nothing where only counting would tell."""
        return {}

    def guarding_server(self) -> Server:
        """The server that guards rows by role. Raises ``PermanentError`` where the engine has no roles."""
        raise PermanentError(f"roles are PostgreSQL's: {self.guarded}")
