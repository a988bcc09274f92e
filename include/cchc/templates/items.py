"""What a template asks for on a day: its criteria in order, by the registry; and what its cells choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from cchc.errors import PermanentError
from cchc.registry.declarable import Template
from cchc.registry.model import Unit
from cchc.registry.open import Registry


@dataclass(frozen=True)
class Item:
    """One criterion that a template asks for, with what its two numbers count. ``part`` and ``answer`` may be empty."""

    criterion: str
    name: str
    part: str
    answer: str
    numerator: str
    denominator: str


def template_of(registry: Registry, name: str, day: date) -> Template:
    """The template of that name in force; ``PermanentError`` names those there are."""
    there = {each.template: each for each in registry.templates if each.valid_on(day)}
    if name not in there:
        raise PermanentError(f"no template {name} on {day} (there are: {', '.join(there) or 'none'})")
    return there[name]


def items_of(registry: Registry, template: Template, day: date) -> list[Item]:
    """The criteria of a template in force on a day, in its order."""
    if template.criteria_of == "portal":
        return _of_the_portal(registry)
    found = [each for each in registry.declarables if each.template == template.template and each.valid_on(day)]
    return [
        Item(
            each.criterion,
            each.name_vi,
            each.part_vi or "",
            each.answer_vi or "",
            each.numerator_vi,
            each.denominator_vi,
        )
        for each in sorted(found, key=lambda each: each.position)
    ]


def _of_the_portal(registry: Registry) -> list[Item]:
    """Criteria of the default method that no system exports."""
    indicators = {each.indicator: each for each in registry.indicators}
    method = next(each for each in registry.methods.values() if each.is_default)
    return [
        Item(
            criterion.criterion,
            criterion.name_vi,
            group.name_vi,
            "",
            indicators[criterion.criterion].numerator_rule,
            indicators[criterion.criterion].denominator_rule,
        )
        for group, criterion in method.criteria()
        if indicators[criterion.criterion].dataset == "portal"
    ]


def units_to_choose(registry: Registry, day: date) -> list[Unit]:
    """The units of the provinces in which somebody declares, in force on a day; all of them where nobody does yet."""
    units = registry.units_on(day)
    declaring = {unit for system in registry.systems for unit in registry.delivery_units(system, "declared", day)}
    tops = {_top(code, units) for code in declaring}
    chosen = [unit for code, unit in sorted(units.items()) if not tops or _top(code, units) in tops]
    return chosen


def _top(code: str, units: dict[str, Unit]) -> str:
    seen: set[str] = set()
    while code not in seen and code in units and units[code].parent:
        seen.add(code)
        code = units[code].parent or code
    return code


def periods_to_choose(registry: Registry, day: date) -> list[tuple[date, date]]:
    """Months, quarters and the year of a day and of the year before, and the registry's own periods of both."""
    found = {
        (item.period_start, item.period_end)
        for item in registry.periods
        if item.period_end.year >= day.year - 1 and item.period_start.year <= day.year
    }
    for year in (day.year - 1, day.year):
        for months in (1, 3, 12):
            for first in range(1, 13, months):
                start = date(year, first, 1)
                after = date(year + (first + months - 1) // 12, (first + months - 1) % 12 + 1, 1)
                found.add((start, after - timedelta(days=1)))
    return sorted(found)
