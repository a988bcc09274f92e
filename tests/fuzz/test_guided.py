"""What coverage-guided fuzzing begins with can be read or is refused; atheris itself is not needed for that."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.guided import TARGETS, reader, seeds


@pytest.mark.parametrize("target", TARGETS)
def test_the_seeds_of_a_target_raise_nothing(target: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    seeds(target, corpus)
    found = sorted(corpus.iterdir())
    assert len(found) >= 20
    read = reader(target, tmp_path)
    for each in [*found, None]:
        read(each.read_bytes() if each else b"")
