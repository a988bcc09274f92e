from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from served_forms import installation

from cchc.settings import Settings


@pytest.fixture(params=["duckdb", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """An installation on each engine that serves nothing yet."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    return installation(tmp_path / "var", url)
