"""A small province for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from cchc.demo.quarter import Quarter
from cchc.demo.reference import Reference
from cchc.demo.sink import Sink
from cchc.registry.open import Registry

FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)


def few_units(registry: Registry, units: int) -> Reference:
    """The province's outlets of 2026 with only the first units of each."""
    reference = Reference.from_registry(registry, LAST)
    mine = [o for o in reference.outlets if o.units[0].startswith("H50") and o.dataset != "portal"]
    kept = {u for o in mine if o.dataset == "dossiers" for u in o.units[:units]} | {"H50"}
    outlets = [replace(o, units=tuple(u for u in o.units if u in kept)) for o in mine]
    return replace(reference, outlets=[o for o in outlets if o.units])


def quarter(root: Path, reference: Reference, seed: int, last: date = LAST, scale: float = 1.0, cases: int = 0) -> Sink:
    """Write a quarter and return what was written; with integrity cases, files sent again lie beside it."""
    sink = Sink(root)
    again = Sink(root.with_name(f"{root.name}-again")) if cases else None
    Quarter(sink, reference, seed, FIRST, last, scale, cases, again).write()
    return sink
