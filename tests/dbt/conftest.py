from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from dbt_warehouse import Built, dbt, duckdb_environment, fill, served_by

from cchc.load import open_warehouse
from cchc.settings import Settings


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A full build with every data and unit test on the embedded engine, served. Treat as read-only: copy it first."""
    folder = tmp_path_factory.mktemp("dbt")
    settings = Settings(workdir=folder, exports="")
    with open_warehouse(settings) as warehouse:
        fill(warehouse)
    env = duckdb_environment(folder, settings.duckdb_path)
    dbt(env, "build", "--full-refresh")
    served_by(settings, env, anew=True)
    return Built(settings.duckdb_path, env, settings)
