"""Errors of every stage. A permanent error is never retried; a transient one is, a bounded number of times."""

from __future__ import annotations

from cchc.reasons import of_kind


class CchcError(Exception):
    """Root of all errors this package raises on purpose."""


class PermanentError(CchcError):
    """Trying again gives the same result: bad data, bad configuration, a refused request."""


class TransientError(CchcError):
    """Trying again may help: a timeout, a busy server, a lock held by another process.

    ``retry_after`` is the number of seconds the other side asked for, where it did.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RegistryError(PermanentError):
    """The registry data is wrong; the message names the file, the line and the rule."""


class SourceError(PermanentError):
    """A source answered in a way that no retry will mend (404 on a listed file, a bad URL)."""


class FileRefused(PermanentError):
    """A whole file can't be used. ``reason`` is one of the refusals of ``cchc.reasons``, ``detail`` what was found."""

    def __init__(self, reason: str, detail: str = "") -> None:
        if reason not in of_kind("refusal"):
            raise ValueError(f"{reason} is no refusal of the closed list")
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class BuildError(PermanentError):
    """A model or a data test of the warehouse build failed."""


class ShareExceeded(PermanentError):
    """More files of a run failed than the stated share allows."""
