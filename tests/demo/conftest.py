from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from demo_helpers import few_units, quarter

from cchc.demo.sink import Sink
from cchc.registry.open import Registry, open_registry

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the contract oracle


@pytest.fixture(scope="session")
def registry() -> Registry:
    return open_registry()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Iterator[Sink]:
    """Two units a system, a whole quarter, with every kind of fault."""
    yield quarter(tmp_path_factory.mktemp("small") / "exports", few_units(registry, 2), seed=7)
