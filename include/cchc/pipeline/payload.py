"""What quarantine shows of a row: canonical values, and the shape of what could not be read. Never free text.

A column may hold anything when a file is broken (a shifted row puts a name where a code should be), so even codes are
shown only where they look like codes.
"""

from __future__ import annotations

from collections.abc import Iterable

_SAFE = {
    "dossier_code": r"[A-Z0-9][A-Z0-9./-]{3,60}",
    "transaction_code": r"[A-Z0-9][A-Z0-9./-]{3,60}",
    "feedback_code": r"[A-Z0-9][A-Z0-9./-]{3,60}",
    "receiving_unit": r"[A-Z]\d\d(\.[A-Z0-9]{1,6}){0,4}",
    "handling_unit": r"[A-Z]\d\d(\.[A-Z0-9]{1,6}){0,4}",
    "unit": r"[A-Z]\d\d(\.[A-Z0-9]{1,6}){0,4}",
    "unit_code": r"[A-Z]\d\d(\.[A-Z0-9]{1,6}){0,4}",
    "commune_code": r"\d{5}",
}
_HIDDEN = {"unit_name", "procedure_suffix"}


def payload_sql(columns: Iterable[str], shapes: Iterable[str]) -> str:
    """An SQL expression: the payload of a quarantined row as JSON text, without its empty fields."""
    parts = []
    for name in columns:
        if name in _HIDDEN:
            continue
        value = name
        if name in _SAFE:
            # nine or twelve digits may be an identity number, whatever the column is called
            value = (
                f"case when regexp_full_match({name}, '{_SAFE[name]}') and not regexp_full_match({name}, "
                rf"'\d{{9}}|\d{{12}}') then {name} else shape({name}) end"
            )
        parts.append(f"{name} := {value}")
    parts += [f"{name} := {name}" for name in shapes]
    return f"json_merge_patch('{{}}'::json, to_json(struct_pack({', '.join(parts)})))::varchar"
