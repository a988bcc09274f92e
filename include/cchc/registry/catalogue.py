"""The loaded registry: look-ups by day, by system and by dialect."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cached_property, lru_cache
from importlib.metadata import version

from cchc.datasets.dialects import DIALECTS, is_mapped
from cchc.registry.calendar import CalendarDay, build_calendar
from cchc.registry.files import content_hash
from cchc.registry.model import (
    DatasetSpec,
    Method,
    PortalAnswer,
    Procedure,
    Selector,
    System,
    Unit,
)
from cchc.registry.parse import Parsed
from cchc.registry.text import normalise_heading


class Registry:
    """What is known, dated. Built by :func:`cchc.registry.open.open_registry`; read-only."""

    def __init__(self, parsed: Parsed) -> None:
        self.units: list[Unit] = [placed.item for placed in parsed.units]
        self.procedures: list[Procedure] = [placed.item for placed in parsed.procedures]
        self.systems: dict[str, System] = {placed.item.code: placed.item for placed in parsed.systems}
        self.methods: dict[str, Method] = {placed.item.method: placed.item for placed in parsed.methods}
        self.bands = [placed.item for placed in parsed.bands]
        self.adjustments = [placed.item for placed in parsed.adjustments]
        self.indicators = [placed.item for placed in parsed.indicators]
        self.targets = [placed.item for placed in parsed.targets]
        self.periods = [placed.item for placed in parsed.periods]
        self.published_figures = [placed.item for placed in parsed.published_figures]
        self.mergers = [placed.item for placed in parsed.mergers]
        self.timeliness_rules = [placed.item for placed in parsed.timeliness_rules]
        self.ending_rules = [placed.item for placed in parsed.ending_rules]
        self.rules_in_force = [placed.item for placed in parsed.rules_in_force]
        self.integrity_signals = [placed.item for placed in parsed.integrity_signals]
        self.corrections = [placed.item for placed in parsed.corrections]
        self.form_layouts = [placed.item for placed in parsed.form_layouts]
        self.form_columns = [placed.item for placed in parsed.form_columns]
        self.form_rules = [placed.item for placed in parsed.form_rules]
        self.contacts = [placed.item for placed in parsed.contacts]
        self.templates = [placed.item for placed in parsed.templates]
        self.declarables = [placed.item for placed in parsed.declarables]
        self.index_schemes = [placed.item for placed in parsed.index_schemes]
        self.index_nodes = [placed.item for placed in parsed.index_nodes]
        self.index_figures = [placed.item for placed in parsed.index_figures]
        self.index_editions = [placed.item for placed in parsed.index_editions]
        self.index_values = [placed.item for placed in parsed.index_values]
        self._overrides = [placed.item for placed in parsed.overrides]
        self.heading_rows = [placed.item for placed in parsed.headings]
        self.label_rows = [placed.item for placed in parsed.labels]
        self.code_rows = [placed.item for placed in parsed.codes]
        self.portal_answers = [placed.item for placed in parsed.portal_answers]
        #: heading map -> normalised heading -> canonical column or ``personal:<name>``
        self.headings: dict[str, dict[str, str]] = defaultdict(dict)
        #: heading map -> canonical column -> its headings as written
        self._written: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for heading in self.heading_rows:
            self.headings[heading.headings][normalise_heading(heading.heading)] = heading.canonical
            self._written[heading.headings][heading.canonical].append(heading.heading)
        self.headings = dict(self.headings)
        #: field -> normalised label -> canonical value
        self.labels: dict[str, dict[str, str]] = {}
        #: field -> canonical value -> the label as the registry writes it
        self.label_texts: dict[str, dict[str, str]] = {}
        for label in self.label_rows:
            self.label_texts.setdefault(label.field, {}).setdefault(label.canonical, label.label)
            self.labels.setdefault(label.field, {})[normalise_heading(label.label)] = label.canonical
        #: dialect -> field -> normalised code -> canonical value
        self.codes: dict[str, dict[str, dict[str, str]]] = {}
        for code in self.code_rows:
            self.codes.setdefault(code.dialect, {}).setdefault(code.field, {})[normalise_heading(code.code)] = (
                code.canonical
            )
        #: portal answer -> group name; portal answer -> how its keys make criteria
        self.portal_groups: dict[str, str] = {}
        self.portal_criteria: dict[str, list[PortalAnswer]] = {}
        for answer in self.portal_answers:
            self.portal_groups[answer.answer] = answer.group_name
            criteria = self.portal_criteria.setdefault(answer.answer, [])
            criteria += [answer] if answer.criterion else []
        self.hash: str = content_hash(parsed.files, "holidays", version("holidays"))
        self._on = lru_cache(maxsize=512)(self._units_on)
        self._below = lru_cache(maxsize=512)(self._below_on)

    def units_on(self, day: date) -> dict[str, Unit]:
        """The units in force on a day, by agency code."""
        return self._on(day)

    def unit_codes_on(self, day: date) -> frozenset[str]:
        """The agency codes in force on a day."""
        return frozenset(self._on(day))

    def admin_codes_on(self, day: date, level: str | None = None) -> frozenset[str]:
        """The administrative codes in force on a day, of one level or of all."""
        units = self._on(day).values()
        return frozenset(u.admin_code for u in units if u.admin_code and (level is None or u.level == level))

    @cached_property
    def procedure_codes(self) -> frozenset[str]:
        """Every procedure code the catalogue ever held."""
        return frozenset(item.procedure_code for item in self.procedures)

    @cached_property
    def declared_criteria(self) -> frozenset[str]:
        """Every criterion that a unit may declare a figure of: those of the methods and those of the templates."""
        scored = {criterion.criterion for method in self.methods.values() for _, criterion in method.criteria()}
        return frozenset(scored | {item.criterion for item in self.declarables})

    def units_below(self, under: str, level: str, day: date) -> tuple[str, ...]:
        """The units of one level below a unit (or the unit itself) on a day, sorted."""
        return self._below(under, level, day)

    def delivery_units(self, system: str, dataset: str, day: date) -> tuple[str, ...]:
        """The units for which a system delivers a dataset on a day: listed or selected, and in force, sorted."""
        found = self.systems.get(system)
        spec = found.spec(dataset) if found and found.valid_on(day) else None
        if spec is None:
            return ()
        if isinstance(spec.units, Selector):
            return self.units_below(spec.units.under, spec.units.level, day)
        return tuple(sorted(set(spec.units) & self._on(day).keys()))

    def names_of(self, spec: DatasetSpec, column: str) -> tuple[str, ...]:
        """What the sender of a dataset calls a column: its key, or every heading that the heading map knows."""
        dialect = DIALECTS[spec.dialect]
        if is_mapped(spec.dataset, spec.dialect):
            return tuple(self._written[spec.headings or ""].get(column, ()))
        key = dialect.key_of(spec.dataset).get(column) or dialect.nested.get(column)
        return (key,) if key else ()

    @cached_property
    def calendar(self) -> list[CalendarDay]:
        """Every day of 2020 to 2030; built at first use."""
        return build_calendar(self._overrides)

    def _units_on(self, day: date) -> dict[str, Unit]:
        return {unit.agency_code: unit for unit in self.units if unit.valid_on(day)}

    def _below_on(self, under: str, level: str, day: date) -> tuple[str, ...]:
        units = self._on(day)

        def is_below(unit: Unit) -> bool:
            seen: set[str] = set()
            code: str | None = unit.agency_code
            while code is not None and code not in seen:
                if code == under:
                    return True
                seen.add(code)
                code = units[code].parent if code in units else None
            return False

        return tuple(sorted(code for code, unit in units.items() if unit.level == level and is_below(unit)))
