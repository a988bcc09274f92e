"""What is known of a warehouse on Spark without asking it: its address, what dbt is told, what an error means."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from pyhive.exc import OperationalError

from cchc.engines import engine_of
from cchc.engines.spark import Spark, StatementFailed, in_our_terms
from cchc.errors import PermanentError, TransientError
from cchc.server import read_thrift
from cchc.settings import Settings

SERVER = read_thrift("spark://127.0.0.1:1/lake", "CCHC_WAREHOUSE")
BOOKS = "postgresql://cchc:secret@127.0.0.1:1/state"


def settings(warehouse: str = "spark://127.0.0.1:1/lake", state: str = BOOKS) -> Settings:
    return Settings(workdir=Path("var"), exports="", warehouse=warehouse, warehouse_state=state)


def test_its_address_is_server_and_catalogue() -> None:
    engine = engine_of(settings("spark://somebody@spark.example.vn:10000/lake"))
    assert isinstance(engine, Spark)
    assert (engine.said, engine.adapter) == ("spark.example.vn:10000/lake", "dbt.adapters.spark")
    assert engine.dbt_environment() == {
        "CCHC_DBT_TARGET": "spark",
        "CCHC_SPARK_HOST": "spark.example.vn",
        "CCHC_SPARK_PORT": "10000",
        "CCHC_SPARK_USER": "somebody",
    }
    assert "CCHC_SPARK_USER" not in engine_of(settings()).dbt_environment()


@pytest.mark.parametrize(
    "url",
    ["spark://h/lake", "spark://h:1", "spark://h:x/lake", "spark://h:1/a/b", "spark://h:1/a;b", "spark://h:1/a?b=1"],
)
def test_an_address_that_lacks_a_part_is_refused(url: str) -> None:
    with pytest.raises(PermanentError, match=r"CCHC_WAREHOUSE is no URL like spark://USER@HOST:PORT/CATALOGUE"):
        read_thrift(url, "CCHC_WAREHOUSE")


def test_a_password_in_the_address_is_refused_and_not_told() -> None:
    with pytest.raises(PermanentError, match="takes no password") as raised:
        read_thrift("spark://me:secret@h:1/lake", "CCHC_WAREHOUSE")
    assert "secret" not in str(raised.value)


def test_settings_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_WAREHOUSE", "spark://127.0.0.1:1/lake")
    monkeypatch.setenv("CCHC_WAREHOUSE_STATE", BOOKS.replace("postgresql:", "postgresql+psycopg:"))
    read = Settings.from_env()
    assert (read.warehouse, read.warehouse_state) == ("spark://127.0.0.1:1/lake", BOOKS)
    assert "secret" not in repr(read)
    monkeypatch.setenv("CCHC_WAREHOUSE_STATE", "mysql://x")
    with pytest.raises(PermanentError, match="CCHC_WAREHOUSE_STATE is no URL like postgresql"):
        Settings.from_env()


def test_without_a_database_for_the_state_nothing_begins() -> None:
    with pytest.raises(PermanentError, match="CCHC_WAREHOUSE_STATE is not set"):
        engine_of(settings(state="")).doubts()
    assert engine_of(settings()).doubts() == ""


def test_servers_that_do_not_answer_are_named() -> None:
    engine = engine_of(settings())
    with pytest.raises(TransientError, match=r"127\.0\.0\.1:1/state does not answer") as raised:
        engine.build_state()
    assert "secret" not in str(raised.value)
    assert isinstance(engine, Spark)
    with pytest.raises(TransientError, match=r"127\.0\.0\.1:1/lake does not answer"), engine.connect():
        pass


def failed(said: str) -> Exception:
    return in_our_terms(OperationalError(SimpleNamespace(status=SimpleNamespace(errorMessage=said))), SERVER)


@pytest.mark.parametrize(
    "said",
    [
        "Error running query: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 3.0",
        "org.apache.iceberg.exceptions.CommitFailedException: Cannot commit",
        "java.lang.IllegalStateException: Cannot call methods on a stopped SparkContext.",
        "Invalid SessionHandle: SessionHandle [4c]",
    ],
)
def test_what_may_go_well_next_time_is_to_be_tried_again(said: str) -> None:
    assert isinstance(failed(said), TransientError)


def test_a_mistake_is_told_without_the_values_of_rows() -> None:
    told = failed("Error running query: [TABLE_OR_VIEW_NOT_FOUND] org.apache.spark: The table raw.x cannot be found.")
    assert isinstance(told, StatementFailed)
    assert "raw.x cannot be found" in str(told)
    told = failed("Error running query: [CAST_INVALID_INPUT] The value 'Nguyen' of the type STRING cannot be cast")
    assert str(told) == "127.0.0.1:1/lake: [CAST_INVALID_INPUT]"
