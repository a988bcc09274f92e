"""What moved between an edition and the one before: every unit's change of score by criterion and cause.

The one before is the period's last final edition; for a period's first edition, the period of its series that ended the
day before. Between two editions of one period nothing happened in the offices: what moved came late (``late_data``),
was delivered anew (``correction``), came from another source (``synchronisation``), or was adjusted.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cchc.editions.tables import Table
from cchc.publish.decompose import Cause, Figure, Part, Rule, Side, decompose
from cchc.publish.explain import ADJUSTMENT
from cchc.shelf import Place

Row = Mapping[str, Any]
CHANGES = ("unit_code", "unit_name", "criterion", "cause", "points")
MOVED = ("unit_code", "unit_name", "total_before", "total", "rank_before", "rank", "causes")


@dataclass(frozen=True)
class Snapshot:
    """A ranking with all that made it: ranking and figures by unit, rules by criterion, deliveries."""

    ranking: dict[str, Row]
    figures: dict[str, dict[str, Row]]
    rules: dict[str, Rule]
    deliveries: dict[tuple[str, ...], str]

    @classmethod
    def of(cls, found: Mapping[str, Iterable[Row]], method: Mapping[str, Any]) -> Snapshot:
        """From the tables of an edition and its method."""
        figures: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in found["indicators"]:
            figures[row["unit_code"]][row["indicator"]] = row
        return cls(
            {row["unit_code"]: row for row in found["ranking"]},
            figures,
            {
                rule["criterion"]: Rule(
                    Decimal(rule["max_score"]), Decimal(rule["full_at_percent"]), rule["zero_denominator"]
                )
                for group in method["groups"]
                for rule in group["criteria"]
            },
            {
                tuple(str(row[name]) for name in ("unit_code", "system", "dataset", "export_date")): row["sha256"]
                for row in found.get("deliveries", ())
            },
        )

    @classmethod
    def of_tables(cls, made: Iterable[Table], method: Mapping[str, Any]) -> Snapshot:
        """From tables as the warehouse gives them."""
        return cls.of({t.name: [dict(zip(t.columns, row, strict=True)) for row in t.rows] for t in made}, method)

    @classmethod
    def of_folder(cls, folder: Place) -> Snapshot:
        """From the files of an edition."""
        found = {}
        for name in ("ranking", "indicators", "deliveries"):
            with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                found[name] = [{key: cell or None for key, cell in row.items()} for row in csv.DictReader(file)]
        return cls.of(found, json.loads((folder / "method.json").read_bytes()))


def changes(before: Snapshot, after: Snapshot, cause: Callable[[str], str] | None = None) -> dict[str, list[Part]]:
    """By unit, parts whose points add up to its total after minus its total before.

    ``cause``: what moved a unit's figures, for two editions of one period; without it the causes between two periods.
    A unit that only one side has moves by nothing: there is no change to explain.
    """
    found = {}
    for unit in sorted(before.ranking.keys() & after.ranking.keys()):
        parts: list[Part] = []
        for criterion in dict.fromkeys([*after.rules, *before.rules]):
            for part in decompose(criterion, _side(before, unit, criterion), _side(after, unit, criterion)):
                of_data = part.cause in (Cause.PERFORMANCE, Cause.VOLUME, Cause.MEASURED)
                parts.append(Part(criterion, cause(unit), part.points) if cause and of_data else part)
        if adjusted := _decimal(after.ranking[unit]["adjustment"]) - _decimal(before.ranking[unit]["adjustment"]):
            parts.append(Part(ADJUSTMENT, Cause.ADJUSTMENT, adjusted))
        if parts:
            found[unit] = parts
    return found


def _side(snapshot: Snapshot, unit: str, criterion: str) -> Side:
    rule, row = snapshot.rules.get(criterion), snapshot.figures.get(unit, {}).get(criterion)
    if row is None:
        return Side(rule=rule)
    is_whole = row["numerator"] is not None and row["denominator"] is not None
    figure = Figure(_decimal(row["numerator"]), _decimal(row["denominator"]), row["source"]) if is_whole else None
    return Side(None if row["score"] is None else _decimal(row["score"]), figure, rule)


def _decimal(value: Any) -> Decimal:
    return Decimal(0) if value is None else Decimal(value)


def cause_of_data(
    before: Snapshot, after: Snapshot, above: Mapping[str, set[str]], reason: str | None
) -> Callable[[str], str]:
    """Why a unit's figures differ between two editions, by the files that differ.

    New files are ``late_data``, other bytes in place of known ones a ``correction``. Where a unit and those below it
    have both, or neither (another unit delivered its dossiers), the reason given for the edition says which, else late
    data. ``above``: unit -> itself and every unit above it.
    """
    kinds: dict[str, set[str]] = defaultdict(set)
    for key, sha256 in after.deliveries.items():
        if before.deliveries.get(key) != sha256:
            kind = "correction" if key in before.deliveries else "late_data"
            for unit in above.get(key[0], {key[0]}):
                kinds[unit].add(kind)
    otherwise = reason if reason in ("late_data", "correction", "better_data") else "late_data"

    def cause(unit: str) -> str:
        found = kinds.get(unit, set())
        return next(iter(found)) if len(found) == 1 else otherwise

    return cause


def change_table(parts: Mapping[str, list[Part]], names: Mapping[str, Row]) -> Table:
    """``decomposition``: one row a unit, criterion and cause."""
    rows = [
        (unit, names[unit]["unit_name"], part.criterion, str(part.cause), part.points)
        for unit, mine in parts.items()
        for part in mine
    ]
    return Table("decomposition", CHANGES, rows)


def moved_table(name: str, before: Snapshot, after: Snapshot, parts: Mapping[str, list[Part]]) -> Table:
    """Every unit whose rank or total differs from what stood before, from what to what, and why.

    Beside a final edition before it is the ledger of its revision (``revisions``), beside a period before it is
    ``changes``. A rank may move while the unit's own score stands: then others moved (``population``).
    """
    rows = []
    for unit in sorted(before.ranking.keys() | after.ranking.keys()):
        old, new = before.ranking.get(unit, {}), after.ranking.get(unit, {})
        ranks, totals = (_text(old, "rank"), _text(new, "rank")), (_text(old, "total"), _text(new, "total"))
        if ranks[0] == ranks[1] and totals[0] == totals[1]:
            continue
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for part in parts.get(unit, ()):
            sums[str(part.cause)] += part.points
        causes = "; ".join(f"{cause} {points:+f}" for cause, points in sums.items()) or "population"
        rows.append((unit, (new or old)["unit_name"], totals[0], totals[1], ranks[0], ranks[1], causes))
    return Table(name, MOVED, rows)


def _text(row: Row, name: str) -> str | None:
    value = row.get(name)
    return None if value is None else str(value)
