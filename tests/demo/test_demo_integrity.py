"""Planted integrity cases: all of them noted, their files readable, and nothing else of the quarter moved."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from demo_helpers import few_units, quarter

from cchc.demo.integrity import IN_CORRECTIONS, IN_FILES
from cchc.registry.open import Registry

LAST = date(2026, 7, 31)
CASES = 20


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("integrity")
    for name, cases in (("clean", 0), ("planted", CASES), ("twice", CASES)):
        quarter(folder / name, few_units(registry, 1), seed=3, last=LAST, scale=0.2, cases=cases)
    return {path.name: path for path in folder.iterdir()}


def _files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_same_seed_same_cases(roots: dict[str, Path]) -> None:
    assert _files(roots["planted"]) == _files(roots["twice"])
    assert _files(roots["planted-again"]) == _files(roots["twice-again"])


def test_only_files_of_cases_differ_from_a_clean_quarter(tmp_path: Path, registry: Registry) -> None:
    clean = quarter(tmp_path / "clean", few_units(registry, 1), seed=3, last=LAST, scale=0.2)
    planted = quarter(tmp_path / "planted", few_units(registry, 1), seed=3, last=LAST, scale=0.2, cases=CASES)
    assert {kind: len(places) for kind, places in planted.integrity.items()} == dict.fromkeys(
        (*IN_FILES, IN_CORRECTIONS), CASES
    )
    assert clean.integrity == {}
    assert clean.faults == planted.faults
    before, after = _files(clean.root), _files(planted.root)
    assert before.keys() == after.keys()
    changed = {path for path in before if before[path] != after[path]}
    assert all("/dossiers." in path for path in changed)
    named = {place[side] for places in planted.integrity.values() for place in places for side in ("earlier", "later")}
    assert named <= changed


def test_a_file_sent_again_is_one_that_held_a_case(roots: dict[str, Path]) -> None:
    again = _files(roots["planted-again"])
    assert again and again.keys() <= _files(roots["planted"]).keys()
