"""Rules of templates.csv and declarables.csv: each criterion is of one template, of no method, and dated once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cchc.registry.check_versions import versions
from cchc.registry.parse import Parsed
from cchc.registry.problems import Problem


def check_declarables(parsed: Parsed) -> Iterator[Problem]:
    """Problems of templates.csv and declarables.csv."""
    yield from versions(parsed.templates, lambda item: item.template, "template", "mẫu khai", gaps=False)
    yield from versions(parsed.declarables, lambda item: item.criterion, "criterion", "tiêu chí", gaps=False)
    templates = {placed.item.template: placed for placed in parsed.templates}
    scored = {criterion.criterion for method in parsed.methods for _, criterion in method.item.criteria()}
    criteria = Counter(placed.item.template for placed in parsed.declarables)
    for placed in parsed.declarables:
        item = placed.item
        template = templates.get(item.template)
        if template is None:
            message, message_vi = f"no template {item.template}", f"không có mẫu khai {item.template}"
            yield Problem(placed.file, placed.line, "unknown_template", message, message_vi)
        elif template.item.criteria_of != "declarables":
            message = f"the criteria of {item.template} are those of the method"
            message_vi = f"tiêu chí của {item.template} lấy từ bộ chỉ số"
            yield Problem(placed.file, placed.line, "unknown_template", message, message_vi)
        if item.criterion in scored:
            message = f"{item.criterion} is a criterion of a method"
            message_vi = f"{item.criterion} đã là tiêu chí của một bộ chỉ số"
            yield Problem(placed.file, placed.line, "duplicate_criterion", message, message_vi)
    for name, one in templates.items():
        if one.item.criteria_of == "declarables" and not criteria[name]:
            message, message_vi = f"template {name} has no criteria", f"mẫu khai {name} không có tiêu chí"
            yield Problem(one.file, one.line, "empty_template", message, message_vi)
