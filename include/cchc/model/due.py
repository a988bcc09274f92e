"""What a build runs: everything, or what the changes since the last finished build reach.

In: whether everything is due, and which registry tables changed. Out: a dbt command. A registry table that stayed as it
was gives its models the same rows again: of its own they are not built, nor their tests run. All else that models read
(what was loaded, the ledger's copy, the books of the build) is taken as changed in every build, and with it whatever
looks at the clock.
"""

from __future__ import annotations

from collections.abc import Sequence

from cchc.load.schema import TABLES

#: Tables of ``raw`` that no model reads.
UNREAD = frozenset({"registry_changed"})
#: Sources whose models are due in every build; the others are the registry's.
ALWAYS = tuple(name for name in TABLES if name not in UNREAD)

#: As the selector ``daily_build`` of the dbt project, which a command can't narrow (a test compares the two): not data
#: tests that read all history, whose cost would grow with it, nor views: those stand, and say another thing only when a
#: model's SQL changed, which is a full build. What holds of them and of the tables that are built is asked a folder at
#: a time (dbt_project/tests/holds). Unit tests belong to development.
_DAILY = (
    *("--resource-type", "model", "--resource-type", "test", "--indirect-selection", "empty"),
    *("--exclude", "test_name:holds", "tag:whole_history", "config.materialized:view"),
)


def build_arguments(full_refresh: bool, changed: Sequence[str]) -> list[str]:
    """The dbt command of a build; the same for the command line and for Airflow.

    ``changed`` are the registry tables that differ from what the last finished build saw.
    """
    if full_refresh:
        return ["build", "--selector", "full_build", "--full-refresh"]
    reached = [f"source:raw.{name}+" for name in (*ALWAYS, *changed)]
    return ["build", "--select", *reached, *_DAILY]
