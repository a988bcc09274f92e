"""A back-fill: months or years of exports taken in slice by slice, the oldest first, beside the nightly runs.

What is to do follows from the registry (what should have come) and the ledger (what came, and which days a slice has
looked at already), so a back-fill that was killed goes on where it stood, and anybody may ask how far it is. A slice is
some whole export dates, small enough that a nightly run waits for it; it loads, the next build models it.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from cchc.deliveries import below, gaps
from cchc.errors import PermanentError, ShareExceeded
from cchc.ledger import Ledger, open_ledger
from cchc.pipeline.alone import after_the_others, one_back_fill
from cchc.pipeline.run import Say, ingest, place
from cchc.pipeline.runs import recorded
from cchc.registry.open import Registry
from cchc.settings import Settings

log = logging.getLogger(__name__)

#: Of its runs in the ledger, a slice each.
COMMAND = "backfill"


@dataclass(frozen=True)
class Order:
    """What is to be back-filled: export dates, a system or all, a unit with everything below it or all."""

    day_from: date
    day_to: date
    system: str | None = None
    unit: str | None = None

    def text(self) -> str:
        """As the ledger and a DAG run's parameter keep it."""
        return json.dumps([self.day_from.isoformat(), self.day_to.isoformat(), self.system, self.unit])

    @classmethod
    def of(cls, text: str) -> Order:
        """The order that ``text`` wrote."""
        first, last, system, unit = json.loads(text)
        return cls(date.fromisoformat(first), date.fromisoformat(last), system, unit)

    def holds(self, registry: Registry, other: Order) -> bool:
        """Whether whoever looked for this has looked for everything of ``other``, days apart."""
        is_within = self.unit is None or (other.unit is not None and other.unit in below(registry, self.unit))
        return self.system in (None, other.system) and is_within


@dataclass(frozen=True)
class Slice:
    """Export dates taken in by one run; ``files``: of each system, the deliveries expected and not there yet."""

    day_from: date
    day_to: date
    files: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Plan:
    """An order beside the ledger. Deliveries: ``expected`` by the registry, ``came``, and ``nowhere``: the source was
    asked for them and did not have them. The rest is what the ``slices`` are for. ``last``: the last slice that ran."""

    order: Order
    slices: list[Slice]
    expected: int
    came: int
    nowhere: int
    days_done: int
    last: dict[str, Any] | None = None

    @property
    def to_come(self) -> int:
        """Deliveries that the slices look for."""
        return self.expected - self.came - self.nowhere

    def said(self) -> str:
        """In one line."""
        return (
            f"{self.expected:,} deliveries expected, {self.came:,} came, {self.nowhere:,} asked for and not at the "
            f"source, {self.to_come:,} to look for in {len(self.slices):,} slices"
        )


def plan(
    settings: Settings, registry: Registry, ledger: Ledger, order: Order, today: date, again: bool = False
) -> Plan:
    """What an order still lacks, in slices of at most ``backfill_files`` deliveries and one month.

    A day is done when all that the registry expects of it came and is judged, or when a slice has looked for it and
    nothing failed; with ``again`` the latter are looked at once more. Raises ``PermanentError`` for an order that
    nothing can be expected of.
    """
    _refuse(registry, order, today)
    mine = [run for run in ledger.runs() if run["command"] == COMMAND]
    looked = set() if again else _looked(registry, mine, order)
    found = gaps(registry, ledger, order.day_from, order.day_to, order.system, order.unit)
    if not any(gap.expected or gap.came for gap in found):
        raise PermanentError("the registry expects no delivery of this range, system and unit: nothing to back-fill")
    to_do: dict[date, Counter[str]] = {}
    nowhere = 0
    for gap in found:
        if gap.undecided or gap.unfetched or (gap.missing and gap.day not in looked):
            to_do.setdefault(gap.day, Counter())[gap.system] += gap.missing
    nowhere = sum(gap.missing for gap in found if gap.day not in to_do)
    days = (order.day_to - order.day_from).days + 1
    counts = sum(gap.expected for gap in found), sum(gap.came for gap in found), nowhere, days - len(to_do)
    return Plan(order, list(_cut(to_do, settings.backfill_files)), *counts, next(iter(mine), None))


def last_order(ledger: Ledger) -> Order | None:
    """The order that the last slice which ended belonged to; None where none ever did."""
    for run in ledger.runs():
        if run["command"] == COMMAND and "order" in run["summary"]:
            return Order.of(run["summary"]["order"])
    return None


def backfill(settings: Settings, registry: Registry, ledger: Ledger, planned: Plan, say: Say) -> None:
    """Take in the slices of a plan, one at a time; every other run of the folder goes before the next one.

    A slice of which too much failed is kept in the ledger as failed and the others go on; that is raised at the end
    (``ShareExceeded``). Any other error ends it. In both cases the same order again takes up what is left.
    """
    failed: list[str] = []
    with one_back_fill(settings.workdir):
        for at, part in enumerate(planned.slices, 1):
            days = f"{part.day_from} to {part.day_to}"
            with after_the_others(settings.workdir):
                say("slice", f"{at} of {len(planned.slices)}: {days}, {part.files.total():,} deliveries expected")
                try:
                    _take_in(settings, registry, ledger, planned.order, part, say)
                except ShareExceeded as error:
                    log.error("the slice %s: %s", days, error)
                    failed.append(days)
    if failed:
        raise ShareExceeded(
            f"{len(failed)} of {len(planned.slices)} slices failed: {'; '.join(failed)}. The same command takes them up"
        )


def slice_ended(order: str, day_from: str, day_to: str, counts: dict[str, Any]) -> None:
    """Keep a slice that an orchestrator's run took in; ``order``: as ``Order.text`` wrote it."""
    ledger = open_ledger(Settings.from_env().ledger)
    with recorded(ledger, COMMAND, date.fromisoformat(day_from), date.fromisoformat(day_to)) as summary:
        summary |= {"order": order, **counts}


def _take_in(settings: Settings, registry: Registry, ledger: Ledger, order: Order, part: Slice, say: Say) -> None:
    units = sorted(below(registry, order.unit)) if order.unit else None
    systems = [order.system] if order.system else None
    with recorded(ledger, COMMAND, part.day_from, part.day_to, place(settings)) as counts:
        counts["order"] = order.text()
        summary = ingest(settings, registry, ledger, part.day_from, part.day_to, say, systems, units)
        counts |= summary.counts()
        summary.share().check(settings.fail_share)


def _refuse(registry: Registry, order: Order, today: date) -> None:
    if order.day_from > order.day_to:
        raise PermanentError(f"the first day {order.day_from} lies after the last day {order.day_to}")
    if order.day_to >= today:
        raise PermanentError(f"a back-fill may end with {today - timedelta(1)}: what is to come, nightly runs take in")
    if order.system and order.system not in registry.systems:
        raise PermanentError(f"the registry knows no system {order.system}")
    if order.unit and order.unit not in {unit.agency_code for unit in registry.units}:
        raise PermanentError(f"the registry knows no unit {order.unit}")


def _looked(registry: Registry, runs: Iterable[dict[str, Any]], order: Order) -> set[date]:
    """The days for which a slice of an order that holds this one has asked the source."""
    found: set[date] = set()
    for run in runs:
        if run["outcome"] == "finished" and Order.of(run["summary"]["order"]).holds(registry, order):
            found.update(_days(run["day_from"], run["day_to"]))
    return found


def _cut(to_do: dict[date, Counter[str]], most: int) -> Iterable[Slice]:
    """Days that follow each other, of one month and with at most so many deliveries; a day is never cut."""
    part: Slice | None = None
    for day, files in sorted(to_do.items()):
        if part is not None:
            follows = day == part.day_to + timedelta(days=1) and day.month == part.day_to.month
            if follows and part.files.total() + files.total() <= most:
                part = replace(part, day_to=day, files=part.files + files)
                continue
            yield part
        part = Slice(day, day, +files)
    if part is not None:
        yield part


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
