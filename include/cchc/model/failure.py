"""What a failed build says: which model or test, which rows, the likely cause and the next step, the name first.

In: the nodes that dbt reports as failed. Out: text for a person who has the log of one task before him. Rows are shown
by the columns that a test returns, keys and counts; the warehouse holds nothing personal.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from cchc.model.nodes import Node

SHOWN_FAILURES, SHOWN_ROWS = 5, 5
#: The generic test of our own that asks several checks in one query: dbt_project/tests/generic/holds.sql.
HOLDS = "holds"
#: Where tests lie that ask those of a folder of models together.
TOGETHER = "tests/holds/"
#: Its column that shows a row in words.
_FOUND = "found"

#: Runs a query on the working warehouse; returns column names and rows.
Ask = Callable[[str], tuple[list[str], list[tuple[object, ...]]]]


@dataclass(frozen=True)
class Advice:
    """Why such a test fails as a rule, and what to do then."""

    cause: str
    step: str


_CHECK = "cchc registry check names the rows of the registry that contradict each other; mend them, then cchc build"
_ADVICE = {
    "unique_key": Advice("two rows of one key: as a rule two rows of the registry that hold on one day", _CHECK),
    "accepted_values": Advice("a value that no rule knows: as a rule a new code of the registry or a dialect", _CHECK),
    "not_null": Advice("a value that must be known is missing: as a rule the registry names what is not there", _CHECK),
    "relationships": Advice("a reference to what is not there: as a rule a unit that the registry lacks", _CHECK),
}
_CONSERVATION = Advice(
    "rows were lost or counted twice between two stages: a half updated warehouse, or a mistake of a model",
    "cchc build --full-refresh makes everything anew from raw; if it fails again, the warehouse from landing: "
    "docs/operations.md, After a crash",
)
_MODEL = Advice(
    "the model's SQL does not fit its tables: as a rule an update of the program that is not whole, or a changed model",
    "install the program anew, then cchc build --full-refresh",
)


def by_check(node: Node, ask: Ask) -> list[Node]:
    """A failed test that holds several checks as one node each, by the check's name; any other node as it is."""
    if node.status != "fail" or not (node.test == HOLDS or node.path.startswith(TOGETHER)):
        return [node]
    try:
        _, found = ask(f"select check_kind, check_name, count(*) from ({node.sql}) as failed group by 1, 2 order by 2")
    except Exception:  # the test is what failed: then it is named as it is
        return [node]
    return [
        replace(
            node,
            name=str(name),
            test=str(kind),
            rows=int(str(rows)),
            sql=f"select {_FOUND} from ({node.sql}) as checks where check_name = '{name}'",
        )
        for kind, name, rows in found
    ] or [node]


def told(failed: list[Node], skipped: int, ask: Ask) -> str:
    """The whole message; its first line names every failed model and test."""
    names = ", ".join(node.name for node in failed[:SHOWN_FAILURES])
    more = f" and {len(failed) - SHOWN_FAILURES} more" if len(failed) > SHOWN_FAILURES else ""
    lines = [f"the build failed at {names}{more}: readers keep the last good state"]
    for node in failed[:SHOWN_FAILURES]:
        lines += _one(node, ask)
    if skipped:
        lines.append(f"{skipped} models and tests that need these were not run")
    return "\n".join(lines)


def _one(node: Node, ask: Ask) -> list[str]:
    advice = _advice(node)
    if node.kind != "test" or node.status == "error":
        lines = [f"{node.kind} {node.name} ({node.path}): {_plain(node.message)}"]
    else:
        lines = [f"test {node.name} ({node.path}): {node.rows or 0:,} rows that should not be"]
        lines += [f"  {row}" for row in _rows(node, ask)]
    if node.says:
        lines.append(f"  it holds that: {node.says}")
    return [*lines, f"  likely cause: {advice.cause}", f"  next: {advice.step}"]


def _advice(node: Node) -> Advice:
    if node.kind != "test":
        return _MODEL
    return _ADVICE.get(node.test, _CONSERVATION)


def _rows(node: Node, ask: Ask) -> list[str]:
    if not node.sql:
        return []
    try:
        names, rows = ask(f"select * from ({node.sql}) as failed limit {SHOWN_ROWS + 1}")
    except Exception as error:  # the test is what failed; that its rows can't be shown as well must not hide it
        return [f"(its rows can't be shown: {_plain(str(error))})"]
    shown = [_said(names, row) for row in rows[:SHOWN_ROWS]]
    return [*shown, "..."] if len(rows) > SHOWN_ROWS else shown


def _said(names: list[str], row: tuple[object, ...]) -> str:
    if names == [_FOUND]:
        return str(row[0])
    return ", ".join(f"{name}={value}" for name, value in zip(names, row, strict=True))


def _plain(message: str) -> str:
    """A message of dbt in one line, without its own frame."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    kept = [line for line in lines if not re.match(r"(Runtime|Database|Compilation) Error in |compiled code at ", line)]
    return " ".join(kept or lines)[:600]
