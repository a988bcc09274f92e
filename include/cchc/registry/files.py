"""Registry files -> rows and nodes with the line they stand on.

A directory may hold only some of the files; the packaged ones serve for the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from cchc.registry.problems import Problem
from cchc.registry.spreadsheet import read_table

PACKAGED = Path(__file__).parent / "data"

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class Placed(Generic[T]):
    """A validated row or node, with its file and line. ``path`` leads to nested nodes of a YAML file."""

    item: T
    file: str
    line: int
    own: bool  # stands in the directory itself, not in the packaged data
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict, compare=False, repr=False)

    def line_of(self, *path: str | int) -> int:
        """The line of a nested node, or of the nearest one above it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return self.line


def resolve(directory: Path | None, name: str) -> tuple[Path, bool]:
    """The file or folder in force for a name, and whether it is the directory's own."""
    if directory is not None and (directory / name).exists():
        return directory / name, True
    return PACKAGED / name, directory is None


def read_rows(path: Path, name: str, own: bool, model: type[T]) -> tuple[list[Placed[T]], list[Problem]]:
    """Validated rows of one CSV file, and what is wrong with the others."""
    rows: list[Placed[T]] = []
    try:
        header, found, problems = read_table(path, name, _day_columns(model))
    except FileNotFoundError:
        return [], [Problem(name, 0, "missing_file", "the file is missing", "thiếu tệp")]
    if problems and not header:
        return [], problems
    missing = [key for key, info in model.model_fields.items() if info.is_required() and key not in header]
    if missing:
        text = ", ".join(missing)
        return [], [Problem(name, 1, "missing_column", f"no column {text}", f"thiếu cột {text}")]
    problems += _foreign_columns(name, header, model)
    told = {problem.line for problem in problems}
    for line, cells in found:
        if cells and not any(_is_needed(model, key) for key in header[len(cells) :]):
            cells = cells + [""] * (len(header) - len(cells))  # a spreadsheet leaves out the last empty ones
        if len(cells) != len(header):
            message = f"{len(cells)} cells under {len(header)} headings"
            problems.append(Problem(name, line, "schema", message, f"{len(cells)} ô nhưng có {len(header)} cột"))
            continue
        try:
            row = {key: cell for key, cell in zip(header, cells, strict=True) if key in model.model_fields}
            rows.append(Placed(model.model_validate(row), name, line, own))
        except ValidationError as error:
            if line not in told:
                problems.extend(_problems(error, name, lambda _, line=line: line))
    return rows, problems


def _is_needed(model: type[BaseModel], column: str) -> bool:
    return column in model.model_fields and model.model_fields[column].is_required()


def _day_columns(model: type[BaseModel]) -> set[str]:
    return {key for key, info in model.model_fields.items() if info.annotation in (date, date | None)}


def _foreign_columns(name: str, header: list[str], model: type[BaseModel]) -> list[Problem]:
    """Columns nobody would read, and columns that stand twice: what they hold would be lost without a word."""
    problems = []
    for position, column in enumerate(header):
        if column not in model.model_fields:
            message, message_vi = f"no column {column!r} is known here", f"không biết cột {column!r}"
            problems.append(Problem(name, 1, "unknown_column", message, message_vi))
        elif column in header[:position]:
            message, message_vi = f"column {column} stands twice", f"cột {column} bị lặp"
            problems.append(Problem(name, 1, "duplicate_column", message, message_vi))
    return problems


def read_node(path: Path, name: str, own: bool, model: type[T]) -> tuple[Placed[T] | None, list[Problem]]:
    """The validated content of one YAML file, or what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=_LOADER)
        content = yaml.load(text, Loader=_LOADER)
    except UnicodeDecodeError as error:
        return None, [Problem(name, 0, "unreadable", str(error), "không đọc được tệp")]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = str(getattr(error, "problem", None) or error)
        return None, [Problem(name, mark.line + 1 if mark else 0, "yaml", message, "sai cú pháp YAML")]
    if root is None or not isinstance(content, dict):
        return None, [Problem(name, 1, "schema", "the file must hold keys and values", "tệp phải có khóa và giá trị")]
    lines: dict[tuple[str | int, ...], int] = {}
    problems: list[Problem] = []
    for path_, line, twice in _walk(root, ()):
        lines.setdefault(path_, line)
        if twice:
            key = str(path_[-1])
            problems.append(Problem(name, line, "duplicate_key", f"{key} stands twice", f"khóa {key} bị lặp"))
    if problems:
        return None, problems
    try:
        return Placed(model.model_validate(content), name, 1, own, lines), []
    except ValidationError as error:

        def line_of(location: tuple[str | int, ...]) -> int:
            return next((lines[location[:n]] for n in range(len(location), 0, -1) if location[:n] in lines), 1)

        return None, _problems(error, name, line_of)


def content_hash(files: list[tuple[str, Path]], *versions: str) -> str:
    """SHA-256 over names and bytes of the files, and over the versions given: changes when the content does."""
    digest = hashlib.sha256("|".join(versions).encode())
    for name, path in sorted(files):
        if path.is_file():
            digest.update(f"\n{name}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _problems(error: ValidationError, name: str, line_of: Any) -> list[Problem]:
    found = []
    details = error.errors(include_url=False, include_input=False)
    locations = [tuple(detail["loc"]) for detail in details]
    for detail, location in zip(details, locations, strict=True):
        if any(other[: len(location)] == location and other != location for other in locations if location):
            continue  # a list counted short because one of its parts is wrong
        where = ".".join(str(part) for part in location)
        text = f"{where}: {detail['msg']}" if where else str(detail["msg"])
        rule = "bad_procedure_code" if location == ("procedure_code",) and detail["type"] == "value_error" else "schema"
        found.append(Problem(name, line_of(location), rule, text, f"{where or 'dòng'}: giá trị không hợp lệ"))
    return found


def _walk(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], int, bool]]:
    """Every node below with its line, and whether its key stood in the mapping already."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            yield (*path, key.value), key.start_mark.line + 1, key.value in seen
            seen.add(key.value)
            yield from _walk(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield (*path, number), value.start_mark.line + 1, False
            yield from _walk(value, (*path, number))
