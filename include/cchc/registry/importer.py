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
    """Rows of one reference file. A cell is stripped, but a literal tab as delimiter is kept."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return [{(key or "").strip(): value or "" for key, value in row.items()} for row in _rows(stream)]
    except FileNotFoundError:
        raise RegistryError(f"{path.name}: the reference folder has no such file") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise RegistryError(f"{path.name}: {error}") from error


def _rows(stream: Iterable[str]) -> Iterable[dict[str, str]]:
    for row in csv.DictReader(stream):
        row.pop(None, None)  # cells beyond the headings
        yield row


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
