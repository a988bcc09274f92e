"""What the flow tests share: the contract's samples, run once."""

from __future__ import annotations

from pathlib import Path

import pytest
from contract_samples import sample_arguments
from running import cchc


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder in which the samples were run."""
    workdir = tmp_path_factory.mktemp("samples")
    cchc(*sample_arguments(workdir))
    return workdir
