"""What the flow tests share: the contract's samples, run once."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import SAMPLES, cchc

needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(),
    reason="2026-11-21: the contract's samples lie beside the repository, not in it; tests/flow/test_own_exports.py "
    "proves the same on exports the project makes itself",
)


def sample_arguments(workdir: Path) -> list[str | Path]:
    """``cchc run`` over the samples, as the contract's schedule shows them."""
    return [
        "run",
        "--exports",
        SAMPLES / "export",
        "--reference",
        SAMPLES / "reference",
        "--from",
        "2026-11-03",
        "--to",
        "2026-11-05",
        "--schedule",
        SAMPLES / "schedule.json",
        "--workdir",
        workdir,
        "--quiet",
    ]


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder in which the samples were run."""
    workdir = tmp_path_factory.mktemp("samples")
    cchc(*sample_arguments(workdir))
    return workdir
