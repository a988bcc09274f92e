"""What the registry expects of a range of export dates and the ledger does not have: counted, day by day."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from cchc.contracts import BY_PERIOD
from cchc.ledger import Ledger
from cchc.registry.open import Registry
from cchc.registry.tables import system_units


@dataclass(frozen=True)
class Gap:
    """A system's deliveries of one export date: how many are expected, how many of those came, how many files that
    came (expected or not) are not judged yet, and how many files or folders could not be fetched."""

    day: date
    system: str
    expected: int
    came: int
    undecided: int = 0
    unfetched: int = 0

    @property
    def missing(self) -> int:
        """Expected, and not there."""
        return self.expected - self.came


def below(registry: Registry, unit: str) -> frozenset[str]:
    """A unit and every unit that ever stood below it."""
    children: dict[str, set[str]] = defaultdict(set)
    for each in registry.units:
        if each.parent:
            children[each.parent].add(each.agency_code)
    found, new = {unit}, {unit}
    while new := {child for code in new for child in children[code]} - found:
        found |= new
    return frozenset(found)


def gaps(
    registry: Registry, ledger: Ledger, first: date, last: date, system: str | None = None, unit: str | None = None
) -> list[Gap]:
    """The deliveries of each export date and system, in order; ``unit``: only it and what is below it.

    Unlike the board it asks for no business day and no first delivery: of what never came nothing is known but what
    the registry says. A dataset of which nothing is due daily is never expected.
    """
    units = below(registry, unit) if unit else None
    length = (last - first).days + 1
    steps: dict[str, list[int]] = defaultdict(lambda: [0] * (length + 1))
    spans: dict[tuple[str, str, str], list[tuple[date, date]]] = defaultdict(list)
    for row in system_units(registry):
        if row["due_days"] is None or row["dataset"] in BY_PERIOD or (system and row["system"] != system):
            continue
        start, end = max(first, row["valid_from"]), min(last, row["valid_to"] or last)
        if start > end or (units is not None and row["unit"] not in units):
            continue
        spans[row["system"], row["unit"], row["dataset"]].append((start, end))
        steps[row["system"]][(start - first).days] += 1
        steps[row["system"]][(end - first).days + 1] -= 1
    came: Counter[tuple[date, str]] = Counter()
    undecided: Counter[tuple[date, str]] = Counter()
    unfetched: Counter[tuple[date, str]] = Counter()
    for delivery in ledger.deliveries(first, last, system):
        if units is not None and delivery.unit not in units:
            continue
        key = (delivery.export_date, delivery.system)
        undecided[key] += delivery.undecided
        mine = spans.get((delivery.system, delivery.unit, delivery.dataset), ())
        came[key] += any(start <= delivery.export_date <= end for start, end in mine)
    for failure in ledger.unfetched(first, last, system):
        if units is None or failure["unit"] in units:
            unfetched[failure["export_date"], failure["system"]] += 1
    expected = {code: list(accumulate(change)) for code, change in steps.items()}
    names = sorted(expected.keys() | {code for _, code in (came.keys() | unfetched.keys())})
    found = []
    for at in range(length):
        day = first + timedelta(days=at)
        for code in names:
            due, key = expected.get(code), (day, code)
            found.append(Gap(day, code, due[at] if due else 0, came[key], undecided[key], unfetched[key]))
    return found
