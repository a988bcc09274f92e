"""The same rows give the same tables on Spark with Iceberg, in full and in an increment: `make spark`, smaller."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from dbt_warehouse import Built, change, dbt, duckdb_environment

from bench.installation import database
from cchc.load import open_warehouse
from cchc.settings import Settings
from spark.beside import dbt_on
from spark.client import Client
from spark.cluster import Cluster, spark_cluster
from spark.compare import compare
from spark.lake import SHORT
from spark.parts import Missing, find_parts
from support.cluster import cluster as postgres

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster with an empty catalogue."""
    try:
        parts = find_parts()
    except Missing as missing:
        pytest.skip(f"no Spark here (2026-12-01): {missing}")
    with (
        postgres("max_connections=50") as server,
        spark_cluster(parts, tmp_path_factory.mktemp("spark"), database(server, "lake"), java=SHORT) as started,
    ):
        yield started


def differing(cluster: Cluster, path: Path) -> list[str]:
    """Relations that are not equal; more than a hundred are compared."""
    with duckdb.connect(str(path), read_only=True) as warehouse, Client(cluster) as client:
        found = list(compare(warehouse, client))
    assert len(found) > 100
    return [repr(each) for each in found if not each.equal]


def copy_raw(cluster: Cluster, path: Path) -> None:
    with duckdb.connect(str(path), read_only=True) as warehouse, Client(cluster) as client:
        client.copy_in(warehouse, "raw")


def test_spark_equals_duckdb(built: Built, spark: Cluster, tmp_path: Path) -> None:
    copy_raw(spark, built.path)
    dbt_on(spark, tmp_path / "spark", ["run", "--full-refresh"])
    # numbers beyond 64 bits; `make spark` runs all unit tests
    dbt_on(spark, tmp_path / "spark", ["test", "--select", "fct_unit_score,test_type:unit"])
    assert differing(spark, built.path) == []

    embedded = Settings(workdir=tmp_path / "embedded", exports="")
    embedded.workdir.mkdir()
    shutil.copy(built.path, embedded.duckdb_path)
    with open_warehouse(embedded) as warehouse:
        change(warehouse, 2, date(2026, 11, 2))
    daily = ["--selector", "daily_build"]
    dbt(duckdb_environment(embedded.workdir, embedded.duckdb_path), "build", *daily)
    copy_raw(spark, embedded.duckdb_path)
    # without the tests of the models, which cost minutes of planning: `make spark` runs them
    dbt_on(spark, tmp_path / "spark", ["run", *daily])
    assert differing(spark, embedded.duckdb_path) == []
