"""What quarantine shows of a row: canonical values, and the shape of what could not be read. Never free text.

A column may hold anything when a file is broken (a shifted row puts a name where a code should be), so a text is shown
only where its column allows it by name, and codes only where they look like codes.
"""

from __future__ import annotations

from collections.abc import Iterable

from cchc.datasets import Column, Dataset


def payload_sql(dataset: Dataset, shapes: Iterable[str]) -> str:
    """An SQL expression: the payload of a quarantined row as JSON text, without its empty fields."""
    shown = [(column.name, _shown(column)) for column in dataset.columns]
    parts = [f"{name} := {value}" for name, value in shown if value is not None]
    parts += [f"{name} := {name}" for name in shapes]
    return f"json_merge_patch('{{}}'::json, to_json(struct_pack({', '.join(parts)})))::varchar"


def _shown(column: Column) -> str | None:
    name = column.name
    if column.is_typed or column.shown is True:
        return name
    if not column.shown:
        return None
    # eight to thirteen digits may be an identity, telephone or tax number, whatever the column is called
    return (
        f"case when regexp_full_match({name}, '{column.shown}') and not regexp_full_match({name}, "
        rf"'\d{{8,13}}') then {name} else shape({name}) end"
    )
