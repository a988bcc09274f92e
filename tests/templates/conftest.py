"""One small installation for all templates: every one is filled in and goes through the real gate once."""

from __future__ import annotations

import pytest

from cchc.registry.open import Registry, open_registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    return open_registry()
