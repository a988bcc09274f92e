"""``counts.yaml`` and ``procedures.yaml``: which columns count cases, of which family, and which do not and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from cchc.conceal.cells import BELOW, OWN, WHOLE

#: Everything that is counted over the dossiers of a unit: who knows one denominator has them all.
DOSSIERS = "dossiers"
#: Rows that are held or were never read: between which scores a unit stands says how many.
UNKNOWN = "unknown"
#: What counts procedures says nothing of a person, and is shown.
PROCEDURES = "procedures"
#: The reason that stands for a figure which is there and not shown.
SUPPRESSED = "suppressed"
#: Scope of a report form -> kind of cell.
SCOPES = {"subtree": WHOLE, "own": OWN, "below": BELOW}


@dataclass(frozen=True)
class Counts:
    """What one relation counts. ``counts``: column -> families; ``others``: column -> why it is no count of cases."""

    family: str = ""
    period: str | None = "period_id"
    counts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    beside: tuple[str, ...] = ()
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def blanked(self) -> tuple[str, ...]:
        """The columns that are blank where a cell is hidden."""
        return (*self.counts, *self.beside)

    def families(self, column: str) -> tuple[str, ...]:
        """Of a column whose rows do not say one; what stands beside the counts goes with all of them."""
        if column in self.counts:
            return self.counts[column]
        return tuple(sorted({each for families in self.counts.values() for each in families}))


@dataclass(frozen=True)
class Classes:
    """All of ``counts.yaml``. ``same_cases``: dataset -> family; ``wholes``: relation -> wholes with their parts."""

    relations: Mapping[str, Counts]
    reasons: Mapping[str, str]
    same_cases: Mapping[str, str]
    wholes: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]


@cache
def classes() -> Classes:
    """What counts cases, and what does not."""
    found: dict[str, Any] = yaml.safe_load(files("cchc.conceal").joinpath("counts.yaml").read_text("utf-8"))
    return Classes(
        {
            name: Counts(
                said.get("family", ""),
                said.get("period", "period_id"),
                {column: tuple(families) for column, families in said.get("counts", {}).items()},
                tuple(said.get("with", ())),
                said.get("others", {}),
            )
            for name, said in found["relations"].items()
        },
        found["reasons"],
        {dataset: family for family, datasets in found["same_cases"].items() for dataset in datasets},
        {name: tuple((each["whole"], tuple(each["parts"])) for each in said) for name, said in found["wholes"].items()},
    )


@cache
def of_procedures() -> frozenset[str]:
    """Indicators that count procedures and not cases."""
    found: list[str] = yaml.safe_load(files("cchc.conceal").joinpath("procedures.yaml").read_text("utf-8"))
    return frozenset(found)


def family(indicator: str, source: str, datasets: Mapping[str, str]) -> str:
    """Of an indicator's figure. What the portal publishes or a unit declares is counted over cases of its own.

    ``datasets``: indicator -> the dataset over which it is counted.
    """
    if indicator in of_procedures():
        return PROCEDURES
    if source != "exports":
        return f"{source}:{indicator}"
    dataset = datasets.get(indicator) or ""
    return classes().same_cases.get(dataset, dataset)


def unclassed(relation: str, numbers: Iterable[str]) -> list[str]:
    """The columns of numbers of a relation that ``counts.yaml`` does not name."""
    said = classes().relations.get(relation, Counts())
    return sorted(set(numbers) - set(said.counts) - set(said.others))
