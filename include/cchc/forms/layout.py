"""One version of a layout, as the registry has it on the last day of a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cchc.errors import PermanentError
from cchc.registry.forms import LABEL_KEYS, FormColumn, FormLayout, FormRule, Identity
from cchc.registry.open import Registry


@dataclass(frozen=True)
class Layout:
    """``columns`` in order; ``rules``: by state, where its dossiers go."""

    item: FormLayout
    columns: tuple[FormColumn, ...]
    rules: Mapping[str, FormRule]

    @property
    def measures(self) -> tuple[FormColumn, ...]:
        """The columns that count something."""
        return tuple(column for column in self.columns if column.key not in LABEL_KEYS)

    @property
    def identities(self) -> tuple[Identity, ...]:
        """Everything that must add up, in the order of the columns."""
        return tuple(identity for column in self.columns for identity in column.identities)

    def key_of(self, number: int) -> str:
        """The key of a column by its number."""
        return self.columns[number - 1].key


def layout_on(registry: Registry, name: str, day: date) -> Layout:
    """The version of a layout that is valid on a day. ``PermanentError`` names those there are where this is none."""
    versions = [item for item in registry.form_layouts if item.layout == name]
    if not versions:
        known = ", ".join(sorted({item.layout for item in registry.form_layouts}))
        raise PermanentError(f"no layout {name!r} in form_layouts.csv (there are: {known}): cchc form list")
    found = next((item for item in versions if item.valid_on(day)), None)
    if found is None:
        spans = ", ".join(f"{item.valid_from} to {item.valid_to or 'today'}" for item in versions)
        raise PermanentError(f"layout {name} is not valid on {day}, the last day asked for (form_layouts.csv: {spans})")
    columns = (c for c in registry.form_columns if (c.layout, c.valid_from) == (found.layout, found.valid_from))
    rules: dict[str, FormRule] = {
        r.state: r for r in registry.form_rules if r.form_rule == found.form_rule and r.valid_on(day)
    }
    return Layout(found, tuple(sorted(columns, key=lambda column: column.column)), rules)
