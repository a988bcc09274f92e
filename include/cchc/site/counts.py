"""The tables of a state as the public's copy has them: which columns, and no count that is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files

import yaml

from cchc.conceal import SUPPRESSED, Counts, Hidden, classes, family
from cchc.site.states import Row, State

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class PublicTable:
    """What the public's copy has of a table. ``counts``: which of its columns count cases."""

    columns: tuple[str, ...]
    counts: Counts
    two_decimals: tuple[str, ...]


@cache
def public_tables() -> dict[str, PublicTable]:
    """``public.yaml``, with what ``cchc.conceal`` says of the relations that the tables are of."""
    found = yaml.safe_load(files("cchc.site").joinpath("public.yaml").read_text("utf-8"))
    return {
        name: PublicTable(
            tuple(rule["columns"]),
            classes().relations[rule["relation"]] if "relation" in rule else Counts(),
            tuple(rule.get("two_decimals", ())),
        )
        for name, rule in found.items()
    }


def for_the_public(state: State, hidden: Hidden) -> State:
    """The state with the tables and columns that are everybody's, and without the counts that are hidden."""
    shown = {
        name: [_cut(row, rule, state.period.id, hidden) for row in state.tables[name]]
        for name, rule in public_tables().items()
        if name in state.tables
    }
    return replace(state, tables=shown)


def _cut(row: Row, rule: PublicTable, period: str, hidden: Hidden) -> Row:
    found = {name: row[name] for name in rule.columns if name in row}
    for name in rule.two_decimals:
        if found.get(name):
            found[name] = str(Decimal(found[name]).quantize(_CENT, ROUND_HALF_UP))
    counts = [name for name in rule.counts.blanked if found.get(name) and _is_hidden(row, rule, name, period, hidden)]
    if counts:
        found |= dict.fromkeys(counts, "")
        if rule.counts.family:
            found["null_reason"] = SUPPRESSED
    return found


def _is_hidden(row: Mapping[str, str], rule: PublicTable, column: str, period: str, hidden: Hidden) -> bool:
    of_row = rule.counts.family
    families = (family(row["indicator"], row["source"], hidden.datasets),) if of_row else rule.counts.families(column)
    return any((row["unit_code"], period, each) in hidden for each in families)
