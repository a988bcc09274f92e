"""docs/adding_a_source.md says truly which files a dataset and a dialect are made of: it is the list that is walked."""

from __future__ import annotations

import re
import subprocess
from fnmatch import fnmatch

import pytest
from guide import GUIDE, ROOT, Named, of_dataset, of_dialect, steps

from cchc.datasets import DATASETS
from cchc.datasets.dialects import DIALECTS, dialects_of
from cchc.registry.open import Registry

PAIRS = [(dataset, dialect) for dataset in DATASETS for dialect in dialects_of(dataset)]
#: Folders whose files are each of one dataset, and what else may lie there.
FOLDERS = {
    "include/cchc/datasets/*.py": {"__init__", "shape", "dialects"},
    "include/cchc/normalise/sql/*.sql": set(),
    "expectations/*.json": set(),
    "include/cchc/read/sql/*.sql": {"cells", "records"},
}


def named_by(named: Named, heading: str) -> list[str]:
    return [path for step in steps(heading) for each in step.paths for path in named.filled(each)]


def test_the_steps_are_read() -> None:
    assert len(steps("A dialect")) >= 8 and len(steps("A dataset")) >= 20
    assert all(step.paths for heading in ("A dialect", "A dataset") for step in steps(heading))


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_file_of_a_dataset_is_there(dataset: str, registry: Registry) -> None:
    assert of_dataset(dataset, registry).absent("A dataset") == []


@pytest.mark.parametrize(("dataset", "dialect"), PAIRS)
def test_every_file_of_a_dialect_is_there(dataset: str, dialect: str) -> None:
    assert of_dialect(dataset, dialect).absent("A dialect") == []


def test_what_is_absent_is_named(registry: Registry) -> None:
    """A dataset of which nobody has written a file."""
    stranger = of_dataset("payments", registry)
    placeholders = stranger.placeholders | {"dataset": ["thanks"], "fact": ["fct_thanks"]}
    absent = Named(placeholders, frozenset({"thanks"}), stranger.needed).absent("A dataset")
    for name in ("include/cchc/datasets/thanks.py", "dbt_project/models/facts/fct_thanks.sql"):
        assert name in absent
    for name in ("dbt_project/models/staging/_sources.yml", "docs/architecture.md", "tests/support/stages.py"):
        assert f"{name}: no word of it" in absent
    assert "include/cchc/publish/trail.py: no word of it" in absent


@pytest.mark.parametrize("place", ["include", "dbt_project", "expectations", "tests"])
def test_every_file_that_speaks_of_apologies_is_named_by_a_step(place: str, registry: Registry) -> None:
    """The dataset from which the guide was learned: a file that it forgets fails here. Nobody writes the promise of
    served names by hand: a release does."""
    steps_name = named_by(of_dataset("apologies", registry), "A dataset")
    left_out = [":!tests/datasets", ":!tests/dbt/released_schema.json"]
    command = ["git", "grep", "-l", "-i", "--untracked", "apolog", "--", place, *left_out]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert found
    models = [re.sub(r"(models/.*)\.yml$", r"\1.sql", name) for name in found]  # the yml goes with its model
    pairs = zip(found, models, strict=True)
    forgotten = [name for name, model in pairs if not any(fnmatch(name, p) or fnmatch(model, p) for p in steps_name)]
    assert forgotten == []


@pytest.mark.parametrize(("pattern", "others"), FOLDERS.items(), ids=FOLDERS)
def test_no_file_is_of_a_dataset_that_is_not_there(pattern: str, others: set[str], registry: Registry) -> None:
    mine = {path for name in DATASETS for path in named_by(of_dataset(name, registry), "A dataset")}
    mine |= {path for pair in PAIRS for path in named_by(of_dialect(*pair), "A dialect")}
    there = {file.relative_to(ROOT).as_posix() for file in ROOT.glob(pattern) if file.stem not in others}
    assert there and there <= mine


def test_every_model_of_the_walk_has_a_yml() -> None:
    models = ROOT / "dbt_project" / "models"
    described = set(re.findall(r"- name: (\w+)", "".join(file.read_text("utf-8") for file in models.glob("**/*.yml"))))
    assert {file.stem for file in models.glob("**/*.sql")} <= described


def test_the_table_names_every_dataset_with_its_dialects() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", GUIDE.read_text(encoding="utf-8"), re.M)
    assert {name: set(re.findall(r"`(\w+)`", dialects)) for name, dialects in rows} == {
        name: set(dialects_of(name)) for name in DATASETS
    }
    assert {dialect for name in DATASETS for dialect in dialects_of(name)} == set(DIALECTS)
