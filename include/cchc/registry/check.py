"""A registry directory -> every error in it, with file and line. Nothing is changed."""

from __future__ import annotations

from pathlib import Path

from cchc.registry.check_columns import check_columns
from cchc.registry.check_methods import check_methods
from cchc.registry.check_systems import check_systems
from cchc.registry.check_units import check_units
from cchc.registry.check_versions import check_procedures
from cchc.registry.parse import parse
from cchc.registry.problems import Problem

__all__ = ["Problem", "check"]


def check(directory: Path | None = None) -> list[Problem]:
    """All problems of a registry directory (without one: of the packaged registry), in order of file and line."""
    if directory is not None and not directory.is_dir():
        return [Problem(directory.name, 0, "missing_file", "no such folder", "không có thư mục này")]
    parsed = parse(directory)
    problems = list(parsed.problems)
    for rule in (check_units, check_procedures, check_columns, check_systems, check_methods):
        problems += rule(parsed)
    return sorted(set(problems))
