"""One retry policy for every source: transient errors only, bounded, with backoff; a server's own wish wins."""

from __future__ import annotations

from typing import Any

from tenacity import RetryCallState, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from cchc.errors import TransientError

ATTEMPTS = 5
LONGEST_WAIT_SECONDS = 60.0

_backoff = wait_exponential_jitter(multiplier=0.5, max=LONGEST_WAIT_SECONDS)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = getattr(error, "retry_after", None)
    return min(float(asked), LONGEST_WAIT_SECONDS) if asked is not None else _backoff(state)


#: Arguments for ``tenacity.retry``.
POLICY: dict[str, Any] = {
    "retry": retry_if_exception_type(TransientError),
    "stop": stop_after_attempt(ATTEMPTS),
    "wait": _wait,
    "reraise": True,
}
