"""A registry directory -> every error in it, with file and line. Nothing is changed."""

from __future__ import annotations

from pathlib import Path

from cchc.registry.check_columns import check_columns
from cchc.registry.check_corrections import check_corrections
from cchc.registry.check_declarables import check_declarables
from cchc.registry.check_forms import check_forms
from cchc.registry.check_indices import check_indices
from cchc.registry.check_integrity import check_integrity
from cchc.registry.check_mergers import check_mergers
from cchc.registry.check_methods import check_methods
from cchc.registry.check_names import check_names
from cchc.registry.check_rules import check_rules
from cchc.registry.check_systems import check_systems
from cchc.registry.check_units import check_units
from cchc.registry.check_versions import check_procedures
from cchc.registry.contacts import check_contacts
from cchc.registry.parse import parse
from cchc.registry.problems import Problem

__all__ = ["Problem", "check"]

#: Rules about references, by the file referred to: told only once that file's own rows are readable.
_FOLLOWS = {
    "unknown_system": "systems",
    "unknown_unit": "units.csv",
    "unknown_parent": "units.csv",
    "parent_not_valid": "units.csv",
    "unit_not_valid": "units.csv",
    "validity_gap": "units.csv",
    "merger_unit": "units.csv",
    "unknown_headings": "headings.csv",
    "missing_heading": "headings.csv",
    "unknown_indicator": "indicators.csv",
    "unknown_method": "methods",
    "unknown_group": "methods",
    "default_method": "methods",
    "unknown_rule_set": "timeliness_rules.csv",
    "no_ending": "ending_rules.csv",
    "unknown_layout": "form_layouts.csv",
    "form_columns": "form_columns.csv",
    "form_rule": "form_rules.csv",
    "unknown_template": "templates.csv",
    "empty_template": "declarables.csv",
    "unknown_scheme": "index_schemes.csv",
    "index_root": "index_nodes.csv",
    "unknown_node": "index_nodes.csv",
    "unknown_edition": "index_editions.csv",
}


def check(directory: Path | None = None) -> list[Problem]:
    """All problems of a registry directory (without one: of the packaged registry), in order of file and line."""
    if directory is not None and not directory.is_dir():
        return [Problem(directory.name, 0, "missing_file", "no such folder", "không có thư mục này")]
    parsed = parse(directory)
    broken = {problem.file.split("/")[0] for problem in parsed.problems}
    problems = set(parsed.problems)
    for rule in (
        check_units,
        check_mergers,
        check_procedures,
        check_columns,
        check_systems,
        check_methods,
        check_rules,
        check_integrity,
        check_forms,
        check_corrections,
        check_indices,
        check_declarables,
        check_names,
    ):
        problems |= {problem for problem in rule(parsed) if _FOLLOWS.get(problem.rule) not in broken}
    units = {placed.item.agency_code for placed in parsed.units}
    told = check_contacts(parsed.contacts, units)
    problems |= {problem for problem in told if _FOLLOWS.get(problem.rule) not in broken}
    return sorted(problems)
