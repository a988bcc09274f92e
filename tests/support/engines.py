"""An empty warehouse of each engine, for the tests that all of them pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cchc.engines import ENGINES as _MODULES
from cchc.settings import Settings

ENGINES = sorted(_MODULES.values())


def settings_of(request: pytest.FixtureRequest, workdir: Path, **more: Any) -> Settings:
    """Those of an installation on the engine that the test's parameter names."""
    if request.param == "spark":
        return replace(request.getfixturevalue("spark_settings"), workdir=workdir, **more)
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    return Settings(**{"workdir": workdir, "exports": "", "warehouse": url, **more})


def books(warehouse: Any) -> Any:
    """Who keeps what is pending: the warehouse itself, or on Spark its database."""
    return getattr(warehouse, "books", warehouse)
