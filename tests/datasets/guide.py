"""The numbered steps of docs/adding_a_source.md, and the files that they name for one dataset or dialect."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cchc.datasets.dialects import DIALECTS, dialects_of
from cchc.registry.open import Registry

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "adding_a_source.md"
MODELS = ROOT / "dbt_project" / "models"
_STEP = re.compile(r"^\d+\. (.*?)(?=^\d+\. |^$)", re.M | re.S)
_CONDITION = re.compile(r"\*(Where [^*]+):\*")
_PATH = re.compile(r"`((?:[\w.<>*-]+/)+[\w.<>*-]+\.\w+)`")


@dataclass(frozen=True)
class Step:
    """One step: when it is needed (empty: always), and its paths, with ``<placeholders>`` and ``*``."""

    condition: str
    paths: tuple[str, ...]


@lru_cache
def steps(heading: str) -> tuple[Step, ...]:
    """The numbered steps below a heading of the guide."""
    section = GUIDE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = []
    for text in _STEP.findall(section + "\n\n"):
        condition = _CONDITION.match(text)
        found.append(Step(condition[1] if condition else "", tuple(_PATH.findall(text))))
    return tuple(found)


@dataclass(frozen=True)
class Named:
    """What the files of one dataset, or of one dialect with a dataset, are named after.

    ``placeholders``: the texts that stand for a placeholder; ``words``: one of them must stand in a file that is named
    without a placeholder; ``needed``: condition of a step -> whether it holds.
    """

    placeholders: dict[str, list[str]]
    words: frozenset[str]
    needed: dict[str, bool]

    def filled(self, path: str) -> Iterator[str]:
        """The path, once for each text of its placeholder; ``KeyError`` where nobody knows the placeholder."""
        names = re.findall(r"<(\w+)>", path)
        if not names:
            yield path
            return
        for text in self.placeholders[names[0]]:
            yield from self.filled(path.replace(f"<{names[0]}>", text))

    def absent(self, heading: str) -> list[str]:
        """What the steps name and is not there, or is there and says nothing of it."""
        found = []
        for step in steps(heading):
            if not (self.needed[step.condition] if step.condition else True):
                continue
            for path in step.paths:
                for name in self.filled(path):
                    files = sorted(ROOT.glob(name))
                    if not files:
                        found.append(name)
                    elif "<" not in path and not any(self._speaks_of_it(file) for file in files):
                        found.append(f"{name}: no word of it")
        return found

    def _speaks_of_it(self, file: Path) -> bool:
        if file.name == "CHANGELOG.md":
            return True
        if file.parent.name == "rollups":  # counts carry names of their own: who reads whom tells
            return file.stem in descendants(self.placeholders["dataset"][0])
        if file.stem.startswith("form") or file.parent.name == "forms":  # columns have keys of their own: tests/forms
            return True
        text = file.read_text(encoding="utf-8")
        return any(re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text) for word in self.words)


def of_dataset(dataset: str, registry: Registry) -> Named:
    """What the files of a dataset are named after."""
    facts = sorted(file.stem for file in MODELS.glob("facts/*.sql") if f"stg_{dataset}" in _reads(file))
    kept = any("incremental" in (MODELS / "facts" / f"{fact}.sql").read_text(encoding="utf-8") for fact in facts)
    indicators = [row["indicator"] for row in _rows("indicators.csv") if row["dataset"] == dataset]
    scored = {each.criterion for method in registry.methods.values() for _, each in method.criteria()}
    counted = bool(indicators) and dataset != "portal"  # which delivers figures that are counted already
    dialects = [DIALECTS[name] for name in dialects_of(dataset)]
    return Named(
        {"dataset": [dataset], "fact": facts or [f"fct_{dataset}"], "indicator": [name.lower() for name in indicators]},
        frozenset([dataset, *facts, *indicators, *(name.lower() for name in indicators)]),
        {
            "Where cells hold lists": any(d.nested for d in dialects) and any(not d.records for d in dialects),
            "Where the fact is kept from build to build": kept,
            "Where its files are rows": dataset != "portal",
            "Where an indicator comes of it": bool(indicators),
            "Where that has a target": any(row["indicator"] in indicators for row in _rows("targets.csv")),
            "Where the fuzzer writes its files": dataset not in {"portal", "objections"},
            "Where the demonstration has it": dataset != "objections",
            "Where it has faults of its own there": dataset in {"dossiers", "apologies"},
            "Where an indicator counts its rows": counted,
            "Where a unit can do something about its rows": dataset == "dossiers",
            "Where its indicators count a unit's dossiers": dataset in {"dossiers", "payments", "apologies"},
            "Where a column of a report form is its own": dataset == "apologies",
            "Where no method scores the indicator": bool(set(indicators) - scored),
        },
    )


def of_dialect(dataset: str, dialect: str) -> Named:
    """What the files of a dialect are named after, when it brings this dataset."""
    row = DIALECTS[dialect]
    reader = row.reader.split(".")[0]
    return Named(
        {"dataset": [dataset], "dialect": [dialect], "reader": [reader]},
        frozenset([dialect, *(f"parse_{form}" for form in row.timestamps)]),
        {
            "Where none of the readers cuts such files": True,
            "Where records nest": bool(row.nested),
            "Where it writes a timestamp as no dialect does": True,
            "Where it writes codes": not row.labelled,
        },
    )


@lru_cache
def descendants(dataset: str) -> frozenset[str]:
    """The models that read the dataset's staging model, themselves or through others."""
    reads = {file.stem: _reads(file) for file in MODELS.glob("**/*.sql")}
    found = {f"stg_{dataset}"}
    while more := {name for name, read in reads.items() if read & found} - found:
        found |= more
    return frozenset(found)


@lru_cache
def _reads(model: Path) -> frozenset[str]:
    return frozenset(re.findall(r"ref\('(\w+)'\)", model.read_text(encoding="utf-8")))


def _rows(name: str) -> list[dict[str, str]]:
    with (ROOT / "include" / "cchc" / "registry" / "data" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
