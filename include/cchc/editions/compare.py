"""Which rankings a period has, what stood before each, and what moved: for a new edition, and for one that is final."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cchc.editions.anomalies import Anomaly, anomalies
from cchc.editions.changes import Snapshot, cause_of_data, change_table, changes, moved_table
from cchc.editions.folder import Edition, editions_of, period_folder
from cchc.editions.tables import Table, tables
from cchc.errors import PermanentError
from cchc.publish import Period, Reader, list_periods, one_period, open_reader
from cchc.publish.periods import period_before
from cchc.registry.open import Registry
from cchc.settings import Settings
from cchc.shelf import Place


@dataclass(frozen=True)
class Before:
    """What a ranking is set beside. ``name``: an edition (``r1``) or a period (``2026-08``)."""

    name: str
    is_edition: bool
    snapshot: Snapshot


@dataclass(frozen=True)
class Now:
    """A final edition, and what its period would be by the warehouse of today: one row a unit that would differ."""

    edition: Edition
    moved: Table


def rankings(reader: Reader, period: Period, method: str | None, province: str | None) -> list[tuple[str, str]]:
    """Provinces and methods with a ranking in the period: its default method's, or those named."""
    found = reader.rows(
        "select distinct province_code, method, is_default_method from pub.ranking_v1 "
        "where period_id = ? and rank is not null and ranked_level <> 'province' order by 1, 2",
        (period.id,),
    )
    wanted = [
        (row["province_code"], row["method"])
        for row in found
        if (row["method"] == method if method else row["is_default_method"])
        and province in (None, row["province_code"])
    ]
    if not wanted:
        known = ", ".join(f"{row['method']} of {row['province_code']}" for row in found) or "none"
        raise PermanentError(f"{period.label} has no such ranking (there are: {known})")
    return wanted


def stood_before(
    reader: Reader, registry: Registry, period: Period, method: str, province: str, final: list[Edition]
) -> Before | None:
    """The period's last final edition; without one the period of its series that ended the day before; else None."""
    if final:
        return Before(final[-1].folder.name, True, Snapshot.of_folder(final[-1].folder))
    earlier = period_before(list_periods(reader), period)
    other = earlier and _method_of(reader, earlier, province, method)
    if not earlier or not other:
        return None
    made = tables(reader, earlier, other, province)
    return Before(earlier.label, False, Snapshot.of_tables(made, method_data(registry, other)))


def moved_tables(
    reader: Reader, period: Period, before: Before | None, after: Snapshot, reason: str | None
) -> list[Table]:
    """What moved and why: ``decomposition``, and ``revisions`` (against an edition) or ``changes`` (a period)."""
    if before is None:
        return []
    cause = cause_of_data(before.snapshot, after, _above(reader, period), reason) if before.is_edition else None
    parts = changes(before.snapshot, after, cause)
    name = "revisions" if before.is_edition else "changes"
    return [change_table(parts, after.ranking), moved_table(name, before.snapshot, after, parts)]


def would_now_be(
    settings: Settings,
    registry: Registry,
    period: str,
    releases: Place,
    method: str | None = None,
    province: str | None = None,
) -> list[Now]:
    """Of each final edition of a period, the units that would stand elsewhere by what has arrived since."""
    found = []
    with open_reader(settings) as reader:
        chosen = one_period(reader, period)
        for code, of in rankings(reader, chosen, method, province):
            final = _final(releases, of, code, chosen)
            if before := stood_before(reader, registry, chosen, of, code, final) if final else None:
                after = Snapshot.of_tables(tables(reader, chosen, of, code), method_data(registry, of))
                _, moved = moved_tables(reader, chosen, before, after, None)
                found.append(Now(final[-1], moved))
    return found


def look_first(
    settings: Settings,
    registry: Registry,
    period: str,
    releases: Place,
    method: str | None = None,
    province: str | None = None,
) -> list[Anomaly]:
    """What an approver of the period's rankings should look at first."""
    found: list[Anomaly] = []
    with open_reader(settings) as reader:
        chosen = one_period(reader, period)
        for code, of in rankings(reader, chosen, method, province):
            before = stood_before(reader, registry, chosen, of, code, _final(releases, of, code, chosen))
            after = Snapshot.of_tables(tables(reader, chosen, of, code), method_data(registry, of))
            bands = [band for band in registry.bands if band.method == of]
            found += anomalies(reader, chosen, registry.methods[of], bands, before.snapshot if before else None, after)
    return found


def _final(releases: Place, method: str, province: str, period: Period) -> list[Edition]:
    return [each for each in editions_of(period_folder(releases, method, province, period.label)) if each.approval]


def _above(reader: Reader, period: Period) -> dict[str, set[str]]:
    """By unit, itself and every unit above it on the period's last day."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in reader.rows(
        "select descendant_code, unit_code from pub.unit_ancestry_v1 where ? between holds_from and holds_to",
        [period.end],
    ):
        found[row["descendant_code"]].add(row["unit_code"])
    return found


def _method_of(reader: Reader, period: Period, province: str, method: str) -> str | None:
    """The method itself where it scores that period, else the period's default."""
    rows = reader.rows(
        "select distinct method, is_default_method from pub.ranking_v1 where period_id = ? and province_code = ?",
        [period.id, province],
    )
    known = {row["method"]: row["is_default_method"] for row in rows}
    return method if method in known else next((each for each, is_default in known.items() if is_default), None)


def method_data(registry: Registry, method: str) -> dict[str, Any]:
    """The rules of a method with its bands, in the form in which ``cchc.verify`` reads them."""
    whole: dict[str, Any] = json.loads(registry.methods[method].model_dump_json())
    bands = [json.loads(band.model_dump_json()) for band in registry.bands if band.method == method]
    return whole | {"bands": sorted(bands, key=lambda band: (band["valid_from"], Decimal(band["lower_bound"])))}
