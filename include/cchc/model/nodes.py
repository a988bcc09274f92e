"""What became of one model or test of a dbt run."""

from __future__ import annotations

from dataclasses import dataclass

FAILED = ("error", "fail", "runtime error")
#: Of the process that is dbt: read the project before the command comes.
AHEAD = "--ahead"


@dataclass(frozen=True)
class Node:
    """``rows``: written by a model, where the engine says so; found by a test. The rest is known of failed ones only.

    ``test``: the kind of a generic test (``unique_key``), else empty; ``says``: what a test of its own holds, in words;
    ``sql``: the query whose rows a failed test found.
    """

    name: str
    kind: str  # model, test, ...
    status: str  # success, pass, error, fail, skipped
    rows: int | None
    seconds: float
    path: str = ""
    message: str = ""
    test: str = ""
    says: str = ""
    sql: str = ""
