"""What the generator needs to know of the registry: who delivers what, how it looks, and what may be in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cchc.registry.catalogue import Registry


@dataclass(frozen=True)
class Outlet:
    """One dataset of one reporting system: its dialect and its delivering units."""

    system: str
    dataset: str
    dialect: str
    ext: str
    delimiter: str
    encoding: str
    vendor: str
    units: tuple[str, ...]

    @property
    def filename(self) -> str:
        """Name of every file of the outlet."""
        return f"{self.dataset}.{self.ext}"


@dataclass(frozen=True)
class Unit:
    """An agency of the registry."""

    code: str
    admin_code: str
    name: str
    level: str
    parent: str


@dataclass(frozen=True)
class Procedure:
    """A procedure of the catalogue."""

    code: str
    level: str
    fee_vnd: int
    max_days: int | None
    day_kind: str


@dataclass
class Reference:
    """Registry data of one day in the generator's own shape.

    ``headings`` maps a vendor to its (heading, canonical) pairs in column order, ``labels`` a field to
    canonical -> label.
    """

    outlets: list[Outlet]
    units: dict[str, Unit]
    procedures: list[Procedure]
    headings: dict[str, list[tuple[str, str]]]
    labels: dict[str, dict[str, str]] = field(default_factory=dict)

    def outlets_of(self, *datasets: str) -> list[Outlet]:
        """The outlets of some datasets, in a stable order."""
        return sorted((o for o in self.outlets if o.dataset in datasets), key=lambda o: (o.system, o.dataset))

    @classmethod
    def from_registry(cls, registry: Registry, day: date) -> Reference:
        """The registry as of a day."""
        outlets = []
        for code, system in sorted(registry.systems.items()):
            for spec in system.datasets:
                if senders := registry.delivery_units(code, spec.dataset, day):
                    delimiter = {"tab": "\t"}.get(spec.delimiter or ",", spec.delimiter or ",")
                    form = (spec.dialect, spec.ext, delimiter, spec.encoding or "utf-8", spec.headings or "")
                    outlets.append(Outlet(code, spec.dataset, *form, units=tuple(senders)))
        units = registry.units_on(day).values()
        procedures = [p for p in registry.procedures if p.valid_on(day)]
        return cls(
            outlets,
            {u.agency_code: Unit(u.agency_code, u.admin_code or "", u.name, u.level, u.parent or "") for u in units},
            [
                Procedure(p.procedure_code, p.level or "", p.fee_vnd or 0, p.max_days, p.day_kind or "working")
                for p in procedures
            ],
            {vendor: _first_of_each(pairs) for vendor, pairs in registry.headings.items()},
            {field: _printed_labels(pairs) for field, pairs in registry.labels.items()},
        )


_ABBREVIATIONS = re.compile(r"\b(tthc|cccd|sđt|kq|dvcqg|vneid)\b")


def _printed(text: str) -> str:
    """A heading or label as an office would print it; the registry keeps them in lower case."""
    upper = _ABBREVIATIONS.sub(lambda m: "VNeID" if m[0] == "vneid" else m[0].upper(), text)
    return upper[:1].upper() + upper[1:]


def _first_of_each(pairs: dict[str, str]) -> list[tuple[str, str]]:
    """One heading a canonical column, in the map's order."""
    first: dict[str, str] = {}
    for heading, canonical in pairs.items():
        first.setdefault(canonical, _printed(heading))
    return [(heading, canonical) for canonical, heading in first.items()]


def _printed_labels(pairs: dict[str, str]) -> dict[str, str]:
    return {canonical: heading for heading, canonical in _first_of_each(pairs)}
