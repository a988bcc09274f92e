"""A folder of reference CSV files (units, procedures, systems, headings, labels) -> a registry directory.

The reference form has one row a system and dataset in ``systems.csv``; the registry has one YAML file a system.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from cchc.errors import RegistryError
from cchc.registry.problems import Problem
from cchc.registry.spreadsheet import read_table

#: Columns of the files that are taken over row by row; others are left behind.
_COLUMNS = {
    "units.csv": (
        "agency_code",
        "admin_code",
        "kind",
        "name",
        "level",
        "parent",
        "valid_from",
        "valid_to",
        "is_invented_code",
        "source",
    ),
    "procedures.csv": (
        "procedure_code",
        "name",
        "field",
        "level",
        "fee_vnd",
        "max_days",
        "day_kind",
        "online_level",
        "paper_result",
        "valid_from",
        "valid_to",
        "source",
    ),
    "headings.csv": ("headings", "heading", "canonical"),
    "labels.csv": ("field", "label", "canonical"),
}

_SYSTEM_COLUMNS = ("system", "dataset", "dialect", "ext", "units")
#: Columns that hold days.
_DAYS = ("valid_from", "valid_to")
_DELIMITERS = {"\\t": "tab", "\t": "tab", "tab": "tab", "comma": ",", "semicolon": ";"}
_EARLIEST = "2020-01-01"


def import_reference(reference_dir: Path, target_dir: Path) -> list[Path]:
    """Write the registry form of a reference folder; returns the files written. Run again, it replaces them."""
    tables = {name: _read(reference_dir / name) for name in [*_COLUMNS, "systems.csv"]}
    target_dir.mkdir(parents=True, exist_ok=True)
    written = [_write(target_dir / name, columns, tables[name]) for name, columns in _COLUMNS.items()]
    folder = target_dir / "systems"
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    first_days = _first_days(tables["units.csv"])
    for code, rows in _by_system(reference_dir / "systems.csv", tables["systems.csv"]).items():
        path = folder / f"{code}.yaml"
        path.write_text(_system_yaml(code, rows, first_days), encoding="utf-8")
        written.append(path)
    return written


def _read(path: Path) -> list[dict[str, str]]:
    """Rows of one reference file. A cell is as it stands, for a literal tab is a delimiter.

    Raises ``RegistryError`` with file and line of what can't be told.
    """
    try:
        header, rows, problems = read_table(path, path.name, _DAYS)
    except FileNotFoundError:
        raise RegistryError(f"{path.name}: the reference folder has no such file") from None
    known = (*_COLUMNS.get(path.name, _SYSTEM_COLUMNS), *_DAYS)
    problems += [
        Problem(path.name, 1, "duplicate_column", f"column {column} stands twice")
        for position, column in enumerate(header)
        if column in known and column in header[:position]
    ]
    shifted = [
        Problem(path.name, line, "schema", f"{len(cells)} cells under {len(header)} headings")
        for line, cells in rows
        if len(cells) > len(header) or {*header[len(cells) :]} & {*_SYSTEM_COLUMNS}
    ]
    # a spreadsheet leaves out the last empty cells of a row; those that may not lack are told from the registry
    table = [dict.fromkeys(header, "") | dict(zip(header, cells, strict=False)) for _, cells in rows]
    problems = shifted + problems  # what stands in the wrong column says nothing
    problems += _lost_zeros(path.name, [line for line, _ in rows], table)
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise RegistryError(f"{problems[0]}{more}")
    return table


def _lost_zeros(name: str, lines: list[int], rows: list[dict[str, str]]) -> Iterable[Problem]:
    """Codes of areas that are shorter than the others of their level: a spreadsheet took them for numbers."""
    longest: dict[str, int] = {}
    for row in rows:
        level, code = row.get("level", "").strip(), row.get("admin_code", "").strip()
        longest[level] = max(longest.get(level, 0), len(code))
    for line, row in zip(lines, rows, strict=True):
        level, code = row.get("level", "").strip(), row.get("admin_code", "").strip()
        if code.isdigit() and len(code) < longest[level]:
            message = f"admin_code: {code} has {len(code)} digits, others of its level {longest[level]}: a lost 0?"
            yield Problem(name, line, "spreadsheet", message, f"admin_code: {code} thiếu số 0 ở đầu")


def _write(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> Path:
    present = [name for name in columns if rows and name in rows[0]] or list(columns)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, present, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: row.get(name, "").strip() for name in present} for row in rows)
    return path


def _first_days(units: list[dict[str, str]]) -> dict[str, str]:
    """The first day each agency code is in force."""
    days: dict[str, str] = {}
    for row in units:
        code, day = row.get("agency_code", "").strip(), row.get("valid_from", "").strip()
        if day and day < days.get(code, "9999"):
            days[code] = day
    return days


def _by_system(path: Path, rows: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    missing = [name for name in _SYSTEM_COLUMNS if rows and name not in rows[0]]
    if missing:
        raise RegistryError(f"{path.name}:1: missing_column: no column {', '.join(missing)}")
    systems: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        code = row["system"].strip()
        if not code or "/" in code or code.startswith("."):
            raise RegistryError(f"{path.name}: schema: {code!r} is no system code")
        systems.setdefault(code, []).append(row)
    return systems


def _system_yaml(code: str, rows: list[dict[str, str]], first_days: dict[str, str]) -> str:
    name = rows[0].get("name", "").strip() or rows[0].get("name_vi", "").strip() or code
    units = [unit for row in rows for unit in row["units"].split()]
    earliest = min((first_days.get(unit, _EARLIEST) for unit in units), default=_EARLIEST)
    start = rows[0].get("valid_from", "").strip() or earliest
    node: dict[str, Any] = {
        "code": code,
        "name_vi": name,
        "name_en": rows[0].get("name_en", "").strip() or name,
        "valid_from": date.fromisoformat(start),
        "datasets": [_dataset(row) for row in rows],
    }
    return yaml.dump(node, Dumper=_Dumper, allow_unicode=True, sort_keys=False)


def _dataset(row: dict[str, str]) -> dict[str, Any]:
    raw = row.get("delimiter", "")
    delimiter = "tab" if raw.strip(" ") == "\t" else _DELIMITERS.get(raw.strip().lower(), raw.strip())
    values = {
        "dataset": row["dataset"].strip(),
        "dialect": row["dialect"].strip(),
        "ext": row["ext"].strip().lstrip("."),
        "delimiter": delimiter,
        "encoding": row.get("encoding", "").strip(),
        "headings": row.get("headings", "").strip(),
        "units": row["units"].split(),
        "due_days": int(row.get("due_days", "").strip() or 1),
        "due_time": row.get("due_time", "").strip() or "01:00",
        "expected": row.get("expected", "").strip() or "daily",
    }
    return {key: value for key, value in values.items() if value != ""}


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Plain YAML without anchors, so that every file reads on its own."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
