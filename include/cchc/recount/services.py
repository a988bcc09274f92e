"""Count distinct procedures of a unit and all below it: those with dossiers, and those that the catalogue offers.

A procedure counts once, wherever below the unit it was used, so that nothing here is a sum over units. What is in a
unit's authority (thẩm quyền) are the procedures of its level and of the levels below it; where the catalogue leaves
that open, or whether one of them is online, there is no figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from cchc.registry.open import Registry

Counts = dict[tuple[str, str], tuple[int, int]]
Line = Callable[[str, date], list[str]]

#: Indicators that the catalogue must bear out: without a figure where it does not.
OF_CATALOGUE = ("ONLINE_SERVICE_PROVIDED", "ONLINE_SERVICE_USED")


def count_procedures(
    used: Iterable[tuple[str, date, str, bool, bool, bool]], registry: Registry, line: Line, as_of: date
) -> Counts:
    """By unit and indicator, numerator and denominator. ``used``: unit, day, procedure, and whether a dossier of it was
    online, bears a fee, was paid online; ``line``: a unit and all above it on a day."""
    online: dict[str, set[str]] = defaultdict(set)
    fees: dict[str, set[str]] = defaultdict(set)
    paid: dict[str, set[str]] = defaultdict(set)
    for code, day, procedure, is_online, is_fee_bearing, is_paid in used:
        for above in line(code, day):
            for found, holds in ((online, is_online), (fees, is_fee_bearing), (paid, is_fee_bearing and is_paid)):
                if holds:
                    found[above].add(procedure)
    counts: Counts = {(unit, "PAYMENT_TRANSACTED_PROCEDURE"): (len(paid[unit]), len(fees[unit])) for unit in [*fees]}
    catalogue = {
        each.procedure_code: each
        for each in sorted(registry.procedures, key=lambda each: each.valid_from)
        if each.valid_on(as_of)
    }
    own: dict[str, str] = {}
    below: dict[str, set[str]] = defaultdict(set)
    for unit in registry.units_on(as_of).values():
        own[unit.agency_code] = unit.level
        for above in line(unit.agency_code, as_of):
            below[above].add(unit.level)
    if any(each.level is None for each in catalogue.values()):
        return counts
    levels = {each.level for each in catalogue.values()}
    for code, level in own.items():
        mine = {each.procedure_code: each.online_level for each in catalogue.values() if each.level in below[code]}
        if level in levels and "unverified" not in mine.values():
            offered = {procedure for procedure, online_level in mine.items() if online_level in ("partial", "full")}
            counts[code, "ONLINE_SERVICE_PROVIDED"] = (len(offered), len(mine))
            counts[code, "ONLINE_SERVICE_USED"] = (len(online[code] & offered), len(offered))
    return counts
