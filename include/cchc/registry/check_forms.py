"""Rules of the form layouts: columns in order, keys that can be counted, identities of columns there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from cchc.registry.check_versions import versions
from cchc.registry.files import Placed
from cchc.registry.forms import LABEL_KEYS, MEASURE_KEYS, STATES, FormColumn, FormLayout
from cchc.registry.parse import Parsed
from cchc.registry.problems import Problem

Version = tuple[str, date, date | None]


def check_forms(parsed: Parsed) -> Iterator[Problem]:
    """Problems of form_layouts.csv, form_columns.csv and form_rules.csv."""
    yield from versions(parsed.form_layouts, lambda item: item.layout, "layout", "bố cục", gaps=False)
    yield from versions(
        parsed.form_rules, lambda item: f"{item.form_rule} {item.state}", "form rule", "quy tắc biểu", gaps=False
    )
    columns: dict[Version, list[Placed[FormColumn]]] = defaultdict(list)
    for placed in parsed.form_columns:
        columns[placed.item.layout, placed.item.valid_from, placed.item.valid_to].append(placed)
    for layout in parsed.form_layouts:
        version = (layout.item.layout, layout.item.valid_from, layout.item.valid_to)
        yield from _columns(layout, columns.pop(version, []))
        yield from _rule(parsed, layout)
    for (name, first, last), found in columns.items():
        span = f"{first} .. {last or ''}"
        message = f"no version {span} of layout {name} in form_layouts.csv"
        message_vi = f"form_layouts.csv không có bản {span} của bố cục {name}"
        yield Problem(found[0].file, found[0].line, "unknown_layout", message, message_vi)
    for rule in parsed.form_rules:
        is_waiting = rule.item.state == "waiting"
        allowed = ("running", "running_within", "on_time") if is_waiting else ("resolved", "on_time", "none")
        if rule.item.place not in allowed:
            message = f"{rule.item.state} goes to one of {', '.join(allowed)}, not to {rule.item.place}"
            message_vi = f"{rule.item.state} chỉ được tính vào {', '.join(allowed)}"
            yield Problem(rule.file, rule.line, "form_place", message, message_vi)


def _columns(layout: Placed[FormLayout], found: list[Placed[FormColumn]]) -> Iterator[Problem]:
    name, label = layout.item.layout, {"field": "field_by_level", "unit": "unit"}[layout.item.rows]
    if label not in {placed.item.key for placed in found}:
        message, message_vi = f"{name} has no column {label}", f"{name} không có cột {label}"
        yield Problem(layout.file, layout.line, "form_columns", message, message_vi)
    numbers = {placed.item.column for placed in found}
    keys: dict[str, int] = {}
    for position, placed in enumerate(found, start=1):
        item = placed.item
        if item.column != position:
            message = f"{name}: column {item.column} where {position} is next"
            yield Problem(placed.file, placed.line, "form_order", message, f"{name}: lẽ ra là cột {position}")
        if item.key not in (*LABEL_KEYS, *MEASURE_KEYS):
            message, message_vi = f"nothing counts {item.key}", f"không có cách đếm {item.key}"
            yield Problem(placed.file, placed.line, "unknown_key", message, message_vi)
        elif item.key in keys:
            message, message_vi = f"{item.key} is column {keys[item.key]} already", f"{item.key} đã có cột"
            yield Problem(placed.file, placed.line, "duplicate_key", message, message_vi)
        keys.setdefault(item.key, item.column)
        for identity in item.identities:
            if missing := {identity.total, *identity.parts} - numbers:
                message, message_vi = (
                    f"{identity}: no column {min(missing)}",
                    f"{identity}: không có cột {min(missing)}",
                )
                yield Problem(placed.file, placed.line, "form_identity", message, message_vi)


def _rule(parsed: Parsed, layout: Placed[FormLayout]) -> Iterator[Problem]:
    """On the first and the last day of a layout's version each state must have its place."""
    name = layout.item.form_rule
    last = layout.item.valid_to or date.max
    for state in STATES:
        held = [one.item for one in parsed.form_rules if (one.item.form_rule, one.item.state) == (name, state)]
        if not all(any(one.valid_on(day) for one in held) for day in (layout.item.valid_from, last)):
            message = f"form_rules.csv does not say on every day where {name} puts dossiers that are {state}"
            message_vi = f"form_rules.csv: quy tắc {name} không nêu chỗ cho trạng thái {state} trong mọi ngày"
            yield Problem(layout.file, layout.line, "form_rule", message, message_vi)
