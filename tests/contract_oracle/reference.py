"""The reference folder of a set of exports: units, procedures, systems, headings, labels."""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

Row = dict[str, str]


def plain(text: str) -> str:
    """Composed, trimmed, inner blanks single, case folded: how headings and labels are compared."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as f:
        return [{k: v or "" for k, v in row.items()} for row in csv.DictReader(f)]


def _holds(row: Row, day: date) -> bool:
    return (not row["valid_from"] or row["valid_from"] <= day.isoformat()) and (
        not row["valid_to"] or day.isoformat() <= row["valid_to"]
    )


@dataclass
class Reference:
    """Everything the contract calls registry data."""

    units: list[Row]
    procedures: dict[str, Row]
    systems: dict[tuple[str, str], Row]
    headings: dict[str, dict[str, str]]
    labels: dict[str, dict[str, str]]

    @classmethod
    def of(cls, folder: Path) -> Reference:
        """Read the five CSV files of a reference folder."""
        headings: dict[str, dict[str, str]] = defaultdict(dict)
        for row in _rows(folder / "headings.csv"):
            headings[row["headings"]][plain(row["heading"])] = row["canonical"]
        labels: dict[str, dict[str, str]] = defaultdict(dict)
        for row in _rows(folder / "labels.csv"):
            labels[row["field"]][plain(row["label"])] = row["canonical"]
        return cls(
            _rows(folder / "units.csv"),
            {row["procedure_code"]: row for row in _rows(folder / "procedures.csv")},
            {(row["system"], row["dataset"]): row for row in _rows(folder / "systems.csv")},
            dict(headings),
            dict(labels),
        )

    @classmethod
    def of_registry(cls, registry: Any) -> Reference:
        """The same data from a loaded registry."""
        procedures = {}
        for item in registry.procedures:
            procedures[item.procedure_code] = {"fee_vnd": str(item.fee_vnd or 0)}
        systems = {}
        for code, system in registry.systems.items():
            for spec in system.datasets:
                form = {"dialect": spec.dialect, "ext": spec.ext, "delimiter": spec.delimiter or ""}
                systems[code, spec.dataset] = form | {"dataset": spec.dataset, "headings": spec.headings or ""}
        units = [
            {
                "agency_code": u.agency_code,
                "admin_code": u.admin_code or "",
                "level": u.level,
                "parent": u.parent or "",
                "valid_from": u.valid_from.isoformat(),
                "valid_to": u.valid_to.isoformat() if u.valid_to else "",
            }
            for u in registry.units
        ]
        return cls(units, procedures, systems, registry.headings, registry.labels)

    def agencies(self, day: date) -> set[str]:
        """Agency codes that exist on a day."""
        return {u["agency_code"] for u in self.units if _holds(u, day)}

    def communes(self, day: date) -> dict[str, str]:
        """Administrative code to agency code of the communes that exist on a day."""
        return {u["admin_code"]: u["agency_code"] for u in self.units if u["level"] == "commune" and _holds(u, day)}

    def ancestors(self) -> dict[str, list[str]]:
        """Every unit to itself and the units above it."""
        parent = {u["agency_code"]: u["parent"] for u in self.units}
        out = {}
        for code in parent:
            line, at = [], code
            while at and at not in line:
                line.append(at)
                at = parent.get(at, "")
            out[code] = line
        return out

    def bears_fee(self, stem: str) -> bool:
        """Whether the catalogue states a fee above zero."""
        return int(self.procedures[stem]["fee_vnd"] or 0) > 0 if stem in self.procedures else False
