"""What tests of several stages share: the packaged registry, writers of its dialects, and a real PostgreSQL server."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cchc.registry.open import Registry, open_registry
from cchc.settings import Settings
from support.cluster import cluster
from support.dossiers import Tables
from support.store import new_bucket, object_store

if TYPE_CHECKING:
    from spark.lake import Lake

#: Folders in which a test goes through several stages, dbt or Airflow. A new folder is fast until it stands here.
SLOW = {"backup", "bench", "dags", "dbt", "demo", "doctor", "editions", "flow", "objections", "pipeline", "recount"}
SLOW_FIXTURES = {
    "browser", "page", "postgres_server", "postgres_url", "spark_lake", "spark_settings", "store_server", "store_url",
}  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what ``make fast`` leaves out: whole folders, PostgreSQL, browsers, and tests that try many examples.

    What is marked comes first, and short files fill up the end: no worker waits for another one's long last file.
    """
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        fixtures, engine = (
            set(getattr(item, "fixturenames", ())),
            any(each in item.name for each in ("postgres", "[spark")),
        )
        tries_many = getattr(getattr(item, "function", None), "is_hypothesis_test", False)
        if folder in SLOW or fixtures & SLOW_FIXTURES or engine or tries_many:
            item.add_marker("slow")
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """A command makes its process write for its owner only: that ends with the test."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The packaged registry."""
    return open_registry(None)


@pytest.fixture(scope="session")
def tables(registry: Registry) -> Tables:
    """Writers of ``onecsv`` and ``workbook`` files."""
    return Tables(registry)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of this test process, on TCP: its URL without a database name."""
    with cluster("max_connections=50") as server:
        yield server.url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh, empty database: ``postgresql://user@host:port/name``."""
    import psycopg

    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f"create database {name}")
    yield f"{postgres_server}/{name}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def store_server() -> Iterator[str]:
    """An object store of this test process: its address."""
    with object_store() as address:
        yield address


@pytest.fixture
def store_url(store_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty place in it, ``s3://bucket/cchc``."""
    return new_bucket(store_server, monkeypatch)


@pytest.fixture(scope="session")
def spark_lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """A thrift server of Spark of this test process, with Iceberg and its catalogue."""
    from spark.lake import lake
    from spark.parts import Missing

    try:
        with lake(tmp_path_factory.mktemp("lake")) as found:
            yield found
    except Missing as missing:
        pytest.skip(f"no Spark here (2026-12-01): {missing}")


@pytest.fixture
def spark_settings(spark_lake: Lake, tmp_path: Path) -> Settings:
    """An installation with an empty warehouse on Spark."""
    return spark_lake.emptied(tmp_path / "var")
