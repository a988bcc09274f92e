"""Recount an edition's indicators from the landed files it names: through the gate, then in code of its own.

In: an edition, the landing zone, the registry. Out: every figure, equal or not, and what could not be recounted. It
imports the gate and never ``model/``: what the dbt models get wrong, this does not get wrong with them.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cchc.contracts import BY_PERIOD
from cchc.recount.compare import Compared, Lost, compare
from cchc.recount.count import count
from cchc.recount.gate import accepted_rows
from cchc.registry.open import Registry
from cchc.settings import Settings
from cchc.shelf import Place

__all__ = ["Compared", "Recounted", "recount"]


@dataclass
class Recounted:
    """``compared``: every figure. ``wrong``: what else does not hold, one sentence each with file and figure.

    ``destroyed``: paths of the edition's files whose bytes were destroyed by law.
    """

    compared: list[Compared] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    destroyed: list[str] = field(default_factory=list)

    @property
    def findings(self) -> list[str]:
        """Everything that does not hold."""
        return self.wrong + [each.sentence for each in self.compared if each.verdict == "differs"]


def recount(
    settings: Settings,
    registry: Registry,
    edition: Place,
    landing: Place,
    destroyed: Mapping[str, str] | None = None,
    waivers: Collection[tuple[str, int, str]] = (),
) -> Recounted:
    """Recount a sound edition (``cchc.verify`` found nothing). ``destroyed``: SHA-256 of bytes destroyed by law, with
    the basis; ``waivers``: (SHA-256, row number, rule) of rows that a named person released.

    The registry has to be the edition's, by its hash: another one may read files otherwise and judge by other rules.
    """
    manifest = json.loads((edition / "manifest.json").read_bytes())
    if manifest["registry"] != registry.hash:
        told = f"manifest.json: registry says {manifest['registry']}, at hand is {registry.hash}"
        return Recounted(wrong=[f"{told}: indicators are recounted with the edition's registry only (CCHC_REGISTRY)"])
    gone = destroyed or {}
    listed = _rows(edition / "deliveries.csv")
    found = Recounted(destroyed=[row["path"] for row in listed if row["sha256"] in gone])
    days = [date.fromisoformat(row["export_date"]) for row in listed if row["dataset"] not in BY_PERIOD]
    if not days:
        found.wrong.append("deliveries.csv: names no file of the exports")
        return found
    if manifest["data_as_of"] != str(max(days)):
        found.wrong.append(f"manifest.json: data_as_of says {manifest['data_as_of']}, deliveries.csv gives {max(days)}")
    start, end = (date.fromisoformat(manifest["period"][name]) for name in ("start", "end"))
    with tempfile.TemporaryDirectory(prefix="cchc-recount-") as folder:
        there = [row for row in listed if row["sha256"] not in gone]
        accepted = accepted_rows(settings, registry, landing, there, waivers, Path(folder))
        found.wrong += accepted.wrong
        figures = count(accepted.rows, registry, start, end, days)
    units = {row["unit_code"] for row in _rows(edition / "ranking.csv")}
    lost = Lost.among(listed, gone, start, end)
    found.compared = list(compare(_rows(edition / "indicators.csv"), figures, lost, units))
    return found


def _rows(path: Place) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
