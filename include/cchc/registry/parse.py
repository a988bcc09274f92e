"""All registry files of a directory -> rows and nodes with their places, and the schema errors found on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from cchc.registry import declarable, indices, model
from cchc.registry.contacts import CONTACTS, Contact
from cchc.registry.files import Placed, read_node, read_rows, resolve
from cchc.registry.forms import FormColumn, FormLayout, FormRule
from cchc.registry.problems import Problem

T = TypeVar("T", bound=BaseModel)


@dataclass
class Parsed:
    """What the files say, each row with its place."""

    units: list[Placed[model.Unit]] = field(default_factory=list)
    procedures: list[Placed[model.Procedure]] = field(default_factory=list)
    headings: list[Placed[model.Heading]] = field(default_factory=list)
    labels: list[Placed[model.Label]] = field(default_factory=list)
    codes: list[Placed[model.Code]] = field(default_factory=list)
    mergers: list[Placed[model.Merger]] = field(default_factory=list)
    bands: list[Placed[model.Band]] = field(default_factory=list)
    integrity_signals: list[Placed[model.IntegritySignal]] = field(default_factory=list)
    indicators: list[Placed[model.Indicator]] = field(default_factory=list)
    targets: list[Placed[model.Target]] = field(default_factory=list)
    periods: list[Placed[model.Period]] = field(default_factory=list)
    published_figures: list[Placed[model.PublishedFigure]] = field(default_factory=list)
    timeliness_rules: list[Placed[model.TimelinessRule]] = field(default_factory=list)
    ending_rules: list[Placed[model.EndingRule]] = field(default_factory=list)
    rules_in_force: list[Placed[model.RuleInForce]] = field(default_factory=list)
    overrides: list[Placed[model.Override]] = field(default_factory=list)
    portal_answers: list[Placed[model.PortalAnswer]] = field(default_factory=list)
    corrections: list[Placed[model.Correction]] = field(default_factory=list)
    systems: list[Placed[model.System]] = field(default_factory=list)
    methods: list[Placed[model.Method]] = field(default_factory=list)
    adjustments: list[Placed[model.Adjustment]] = field(default_factory=list)
    form_layouts: list[Placed[FormLayout]] = field(default_factory=list)
    form_columns: list[Placed[FormColumn]] = field(default_factory=list)
    form_rules: list[Placed[FormRule]] = field(default_factory=list)
    contacts: list[Placed[Contact]] = field(default_factory=list)
    templates: list[Placed[declarable.Template]] = field(default_factory=list)
    declarables: list[Placed[declarable.Declarable]] = field(default_factory=list)
    index_schemes: list[Placed[indices.IndexScheme]] = field(default_factory=list)
    index_nodes: list[Placed[indices.IndexNode]] = field(default_factory=list)
    index_figures: list[Placed[indices.IndexFigure]] = field(default_factory=list)
    index_editions: list[Placed[indices.IndexEdition]] = field(default_factory=list)
    index_values: list[Placed[indices.IndexValue]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: list[tuple[str, Path]] = field(default_factory=list)


def parse(directory: Path | None = None) -> Parsed:
    """Read every file in force: the directory's own, else the packaged one."""
    parsed = Parsed()

    def rows(name: str, shape: type[T]) -> list[Placed[T]]:
        path, own = resolve(directory, name)
        if name != CONTACTS:  # no figure depends on whom it is told
            parsed.files.append((name, path))
        found, problems = read_rows(path, name, own, shape)
        parsed.problems += problems
        return found

    def nodes(name: str, shape: type[T]) -> list[Placed[T]]:
        folder, own = resolve(directory, name)
        placed = []
        for path in sorted(folder.glob("*.yaml")):
            file = f"{name}/{path.name}"
            parsed.files.append((file, path))
            node, problems = read_node(path, file, own, shape)
            parsed.problems += problems
            placed += [node] if node else []
        return placed

    parsed.units = rows("units.csv", model.Unit)
    parsed.procedures = rows("procedures.csv", model.Procedure)
    parsed.headings = rows("headings.csv", model.Heading)
    parsed.labels = rows("labels.csv", model.Label)
    parsed.codes = rows("codes.csv", model.Code)
    parsed.mergers = rows("mergers.csv", model.Merger)
    parsed.bands = rows("bands.csv", model.Band)
    parsed.indicators = rows("indicators.csv", model.Indicator)
    parsed.targets = rows("targets.csv", model.Target)
    parsed.periods = rows("periods.csv", model.Period)
    parsed.published_figures = rows("published.csv", model.PublishedFigure)
    parsed.timeliness_rules = rows("timeliness_rules.csv", model.TimelinessRule)
    parsed.ending_rules = rows("ending_rules.csv", model.EndingRule)
    parsed.rules_in_force = rows("rules_in_force.csv", model.RuleInForce)
    parsed.integrity_signals = rows("integrity_signals.csv", model.IntegritySignal)
    parsed.overrides = rows("calendar.csv", model.Override)
    parsed.portal_answers = rows("portal_answers.csv", model.PortalAnswer)
    parsed.corrections = rows("corrections.csv", model.Correction)
    parsed.systems = nodes("systems", model.System)
    parsed.methods = nodes("methods", model.Method)
    parsed.adjustments = rows("adjustments.csv", model.Adjustment)
    parsed.form_layouts = rows("form_layouts.csv", FormLayout)
    parsed.form_columns = rows("form_columns.csv", FormColumn)
    parsed.form_rules = rows("form_rules.csv", FormRule)
    parsed.contacts = rows(CONTACTS, Contact)
    parsed.templates = rows("templates.csv", declarable.Template)
    parsed.declarables = rows("declarables.csv", declarable.Declarable)
    parsed.index_schemes = rows("index_schemes.csv", indices.IndexScheme)
    parsed.index_nodes = rows("index_nodes.csv", indices.IndexNode)
    parsed.index_figures = rows("index_figures.csv", indices.IndexFigure)
    parsed.index_editions = rows("index_editions.csv", indices.IndexEdition)
    parsed.index_values = rows("index_values.csv", indices.IndexValue)
    _leave_out_foreign_units(parsed)
    return parsed


def _leave_out_foreign_units(parsed: Parsed) -> None:
    """Packaged figures, values and targets of units that a directory's own registry does not hold are none of it."""
    known = {placed.item.agency_code for placed in parsed.units}
    parsed.published_figures = [
        placed for placed in parsed.published_figures if placed.own or placed.item.unit_code in known
    ]
    parsed.index_values = [placed for placed in parsed.index_values if placed.own or placed.item.unit_code in known]
    parsed.targets = [
        placed for placed in parsed.targets if placed.own or (placed.item.unit_code or "") in {*known, ""}
    ]
