"""The states of a period that have pages: what the warehouse says now, and every approved edition.

A state is the tables of an edition (``cchc.editions.tables``), every cell as its CSV has it, empty where nothing is
known: so that an edition's page says the same whatever the warehouse has become since.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from statistics import median
from typing import Any

from cchc.editions import Edition
from cchc.editions.changes import Snapshot
from cchc.editions.compare import method_data, moved_tables, rankings, stood_before
from cchc.editions.tables import tables
from cchc.errors import PermanentError
from cchc.publish import Period, Reader
from cchc.registry.open import Registry
from cchc.shelf import Place
from cchc.table_file import plain

Row = dict[str, str]
NOW = "now"
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class State:
    """One period of a province by one method; ``name``: ``now`` or the edition's, ``r1``."""

    province: str
    period: Period
    method: str
    name: str
    tables: Mapping[str, list[Row]]
    #: The rules with their names, in the form of ``method.json``.
    rules: Mapping[str, Any]
    edition: Edition | None = None
    #: What the changes are changes against: a period or an edition.
    compared_with: str | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What its address names."""
        return self.province, self.period.label, self.method, self.name

    @cached_property
    def by_unit(self) -> dict[str, dict[str, list[Row]]]:
        """By table and unit its rows."""
        found: dict[str, dict[str, list[Row]]] = {}
        for name, rows in self.tables.items():
            mine = found.setdefault(name, {})
            for row in rows:
                if "unit_code" in row:
                    mine.setdefault(row["unit_code"], []).append(row)
        return found

    def of(self, table: str, unit: str) -> list[Row]:
        """The rows of a unit."""
        return self.by_unit.get(table, {}).get(unit, [])

    @cached_property
    def criteria(self) -> dict[str, Mapping[str, Any]]:
        """The criteria of the method by code, in its order."""
        return {each["criterion"]: each for group in self.rules["groups"] for each in group["criteria"]}

    @cached_property
    def groups(self) -> dict[str, Mapping[str, Any]]:
        """The groups of the method by code, in its order."""
        return {group["group"]: group for group in self.rules["groups"]}

    @cached_property
    def medians(self) -> dict[str, dict[str, Decimal]]:
        """By ranked level and criterion the median score of the units ranked there, half-up to two decimals."""
        level = {row["unit_code"]: row["ranked_level"] for row in self.tables["ranking"] if row["rank"]}
        scores: dict[str, dict[str, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
        for row in self.tables["indicators"]:
            score = decimal(row["score"])
            if row["unit_code"] in level and score is not None:
                scores[level[row["unit_code"]]][row["indicator"]].append(score)
        return {
            name: {code: median(values).quantize(_CENT, ROUND_HALF_UP) for code, values in mine.items()}
            for name, mine in scores.items()
        }

    @property
    def least_published(self) -> int:
        """The smallest count that the public is shown; editions of before the rule have the registry's default."""
        return int(self.rules.get("least_published", 5))


@dataclass(frozen=True)
class States:
    """All states of a period and province, the newest edition first, what is now last."""

    province: str
    province_name: str
    period: Period
    states: Sequence[State] = field(default_factory=list)

    @property
    def shown(self) -> State:
        """What a reader is led to: the newest approved edition, else what is now."""
        return self.states[0]


def states_now(reader: Reader, registry: Registry, period: Period) -> list[State]:
    """What the warehouse says of a period, of every province by the period's default method; set beside the period
    before. (Beside an approved edition the interactive page sets it.)
    """
    try:
        wanted = rankings(reader, period, None, None)
    except PermanentError:  # nothing is ranked in this period
        return []
    found = []
    for province, method in wanted:
        rules = method_data(registry, method)
        made = tables(reader, period, method, province)
        before = stood_before(reader, registry, period, method, province, [])
        made += moved_tables(reader, period, before, Snapshot.of_tables(made, rules), None)
        as_text = {
            table.name: [
                {name: plain(cell) for name, cell in zip(table.columns, row, strict=True)} for row in table.rows
            ]
            for table in made
        }
        found.append(State(province, period, method, NOW, as_text, rules, None, before.name if before else None))
    return found


def state_of_edition(edition: Edition, periods: Mapping[str, Period]) -> State:
    """An edition as its files have it. ``periods``: those of the warehouse by label; it may have let go of some."""
    manifest = edition.manifest
    label = manifest["period"]["label"]
    tables: list[Place] = [*edition.folder.glob("*.csv")]
    return State(
        manifest["province"],
        periods.get(label) or _period(manifest),
        manifest["method"],
        edition.folder.name,
        {path.stem: _rows(path) for path in sorted(tables, key=str)},
        json.loads((edition.folder / "method.json").read_bytes()),
        edition,
        manifest.get("compared_with"),
    )


def _period(manifest: Mapping[str, Any]) -> Period:
    said = manifest["period"]
    start, end = date.fromisoformat(said["start"]), date.fromisoformat(said["end"])
    as_of = min(end, date.fromisoformat(manifest["data_as_of"]))
    return Period(
        f"{start}_{end}", said["kind"], said["kind"] == "to_date", start, end, as_of, True, said["label"], said["label"]
    )


def _rows(path: Place) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def gathered(states: Iterable[State], names: Mapping[str, str]) -> list[States]:
    """By province and period, newest period first; ``names``: of the provinces."""
    by_key: dict[tuple[str, str], list[State]] = {}
    for state in states:
        by_key.setdefault((state.province, state.period.label), []).append(state)
    found = [
        States(province, names.get(province, province), mine[0].period, sorted(mine, key=_newest_first))
        for (province, _), mine in by_key.items()
    ]
    return sorted(found, key=lambda each: (each.period.end, each.period.start, each.province), reverse=True)


def _newest_first(state: State) -> tuple[int, int]:
    return (1, 0) if state.edition is None else (0, -state.edition.number)


def decimal(cell: str) -> Decimal | None:
    """A cell as a number; None where it is empty."""
    return Decimal(cell) if cell else None
