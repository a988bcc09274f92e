"""Errors of every stage, and what each means to the two doors.

    CchcError
    ├── TransientError      again: by the fetcher a few times, by Airflow up to three times more
    ├── MachineError        no room or no right on this machine: by Airflow up to three times more
    └── PermanentError      never again: Airflow fails the task at once
        ├── RegistryError   the registry's files
        ├── SourceError     the place where exports lie
        ├── FileRefused     one file; it is noted in the ledger and the run goes on
        ├── BuildError      dbt's models and tests
        └── ShareExceeded   too much of one run

The command ``cchc`` prints any of them that reaches it as one line and ends with its exit code (``CCHC_DEBUG=1`` adds
the traceback): 1, and 3 for a ``MachineError``; 2 is a wrong command line. What the operating system and the databases
raise becomes one of them where it arises or at the door (``cchc.surroundings``). Anything that is still not a
``CchcError`` is a mistake in this program: a traceback in the terminal (exit code 1), retries in Airflow.
"""

from __future__ import annotations

from cchc.reasons import of_kind


class CchcError(Exception):
    """Root of all errors this package raises on purpose. Exit code 1; whether trying again helps, its children say."""

    exit_code = 1


class PermanentError(CchcError):
    """Trying again gives the same result: bad data, bad configuration, a refused request. Exit code 1, no retry."""


class TransientError(CchcError):
    """Trying again may help: a timeout, a busy server, a lock held by another process. Exit code 1, after retries.

    ``retry_after`` is the number of seconds the other side asked for, where it did. ``reason``: see ``SourceError``.
    """

    def __init__(self, message: str, retry_after: float | None = None, reason: str = "not_reached") -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.reason = reason


class MachineError(CchcError):
    """This machine does not let us work: no room, no right, a read-only or broken disk. Exit code 3, after retries.

    Nothing is lost by it; once the machine is mended the same command finishes the work.
    """

    exit_code = 3


class RegistryError(PermanentError):
    """The registry data is wrong; the message names the file, the line and the rule. Exit code 1, no retry."""


class SourceError(PermanentError):
    """A source answered in a way that no retry will mend (404 on a listed file, a bad URL).

    Of one file or folder: noted under ``reason`` (``cchc.deliveries.FetchReason``), the others go on. Of a whole run:
    exit code 1, no retry.
    """

    def __init__(self, message: str, reason: str = "not_reached") -> None:
        super().__init__(message)
        self.reason = reason


class FileRefused(PermanentError):
    """A whole file can't be used. ``reason`` is one of the refusals of ``cchc.reasons``, ``detail`` what was found.

    It never ends a run, so it has no exit code: the ledger notes it, and only a replay judges the file again.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        if reason not in of_kind("refusal"):
            raise ValueError(f"{reason} is no refusal of the closed list")
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class BuildError(PermanentError):
    """A model or a data test of the warehouse build failed. Exit code 1, no retry; the next build repeats the work."""


class ShareExceeded(PermanentError):
    """More files of a run failed than ``CCHC_FAIL_SHARE`` allows. Exit code 1, no retry; what was good is loaded."""
