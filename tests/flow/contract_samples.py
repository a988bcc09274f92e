"""The contract's samples: where they are needed, and how they are run."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import SAMPLES

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
