"""What SQL made of a suite proves, Great Expectations finds too: every rule, with values that keep and break it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_validate_rules import GOOD, SUITES

from cchc import scratch
from cchc.normalise import normalise
from cchc.read import read_batch
from cchc.registry.open import Registry
from cchc.validate import verdict
from cchc.validate.front_page import write_front_page
from cchc.validate.proof import certain_sql, types_of_rows
from cchc.validate.suites import load_rules, read_suite

pytestmark = pytest.mark.xdist_group("great_expectations")

NOON = datetime(2026, 11, 5, 12)
_WHOLE = st.sampled_from([None, -1, 0, 1, 9, 10, 11, 2**14])
#: Values of each type about the borders of what the suites say.
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "BOOLEAN": st.sampled_from([None, True, False]),
    "SMALLINT": _WHOLE,
    "INTEGER": _WHOLE,
    "BIGINT": st.one_of(_WHOLE, st.integers(-(2**62), 2**62)),
    "DOUBLE": st.one_of(st.none(), st.just(float("nan")), st.floats(-30, 30), st.sampled_from([-24.0, 0.0, -24.0001])),
    "DECIMAL(18,4)": st.one_of(st.none(), st.decimals(-2, 2, places=4)),
    "DATE": st.one_of(st.none(), st.sampled_from([date(2026, 11, 5), date(2026, 11, 6), date(2000, 1, 1)])),
    "TIMESTAMP": st.one_of(
        st.none(), st.integers(-1, 1).map(lambda n: NOON + timedelta(microseconds=n)), st.datetimes(NOON, NOON)
    ),
    "VARCHAR": st.sampled_from([None, "", "ragged_row", "contradiction", "online", "pigeon", "it's", "true"]),
}


@pytest.fixture(scope="module", params=sorted(GOOD))
def judged(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, registry: Registry
) -> Iterator[tuple[str, duckdb.DuckDBPyConnection]]:
    """A dataset, and a database with its table ``rows`` as the normalise stage makes it: one sound row."""
    file = GOOD[request.param]
    with scratch.connect(file.dialect) as con:
        opened = [file.open(0, tmp_path_factory.mktemp("proof"), registry)]
        normalise(con, read_batch(opened, registry, con).table, opened, registry)
        con.execute("create temp table sound as select * from rows limit 1")
        yield request.param, con


def fill(con: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]]) -> None:
    """The table ``rows`` with the sound row many times, columns replaced by those of ``rows``."""
    types = types_of_rows(con)
    arrow = {"BOOLEAN": pa.bool_(), "DOUBLE": pa.float64(), "DATE": pa.date32(), "VARCHAR": pa.string()}
    arrow["DECIMAL(18,4)"] = pa.decimal128(18, 4)
    arrow |= {"SMALLINT": pa.int16(), "INTEGER": pa.int32(), "BIGINT": pa.int64(), "TIMESTAMP": pa.timestamp("us")}
    names = list(rows[0])
    made = pa.table(
        {name: pa.array([row[name] for row in rows], arrow[types[name]]) for name in names}
        | {"rid": pa.array(range(len(rows)), pa.int32())}
    )
    con.register("made", made)
    kept = ", ".join(f"s.{name}" for name in types if name not in made.column_names)
    con.execute(f"create or replace temp table rows as select {kept}, made.* from sound as s cross join made")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_rule_proves_what_great_expectations_finds(
    data: st.DataObject, judged: tuple[str, duckdb.DuckDBPyConnection]
) -> None:
    dataset, con = judged
    types = types_of_rows(con)
    suite = read_suite(SUITES, dataset)
    columns = sorted({column for rule in load_rules(SUITES, dataset) for column in rule.columns})
    drawn = st.lists(st.fixed_dictionaries({name: VALUES[types[name]] for name in columns}), min_size=1, max_size=40)
    fill(con, data.draw(drawn))
    frame = con.execute(f"select rid, {', '.join(columns)} from rows").df()
    broken = verdict._broken(dataset, frame, len(frame), SUITES, None)
    for expectation in suite["expectations"]:
        certain = certain_sql({"expectations": [expectation]}, types)
        assert certain is not None, f"{expectation['meta']['id']} is never proven: every row goes the long way"
        found = {rid for (rid,) in con.execute(f"select rid from rows where ({certain}) is not true").fetchall()}
        assert found == set(broken[expectation["meta"]["id"]]), expectation["meta"]["id"]
    whole = certain_sql(suite, types)
    doubtful = {rid for (rid,) in con.execute(f"select rid from rows where ({whole}) is not true").fetchall()}
    assert doubtful == {rid for rids in broken.values() for rid in rids}


@pytest.mark.parametrize(
    ("kind", "kwargs"),
    [
        ("expect_column_values_to_match_regex", {"column": "dossier_code", "regex": "H"}),  # of no form
        ("expect_column_values_to_not_be_null", {"column": "status", "row_condition": "status > 1"}),  # said more
        ("expect_column_values_to_be_in_set", {"column": "status", "value_set": ["1"]}),  # a text among numbers
        ("expect_column_values_to_be_in_set", {"column": "status", "value_set": []}),
        ("expect_column_values_to_be_between", {"column": "status", "min_value": 0.5}),
        ("expect_column_values_to_be_between", {"column": "status", "min_value": 1, "strict_min": True}),
        ("expect_column_values_to_not_be_null", {"column": "hours"}),  # NaN
        ("expect_column_values_to_be_null", {"column": "nowhere"}),
        (
            "expect_column_pair_values_a_to_be_greater_than_b",
            {"column_A": "due_at", "column_B": "received_at", "or_equal": False, "ignore_row_if": "never"},
        ),
    ],
)
def test_what_has_no_sure_form_proves_nothing(kind: str, kwargs: dict[str, Any]) -> None:
    types = {"dossier_code": "VARCHAR", "status": "SMALLINT", "hours": "DOUBLE"}
    types |= dict.fromkeys(("due_at", "received_at"), "TIMESTAMP")
    sure = {"type": "expect_column_values_to_be_null", "kwargs": {"column": "status"}}
    assert certain_sql({"expectations": [sure]}, types)
    assert certain_sql({"expectations": [sure, {"type": kind, "kwargs": kwargs}]}, types) is None


def test_rows_in_doubt_and_witnesses_are_judged_and_the_report_says_how_many(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[int] = []
    broken = verdict._broken

    def watched(dataset: str, frame: Any, *rest: Any) -> dict[str, list[int]]:
        seen.append(len(frame))
        return broken(dataset, frame, *rest)

    monkeypatch.setattr(verdict, "_broken", watched)
    verdict.context.cache_clear()
    verdict._definition.cache_clear()
    file = GOOD["payments"]
    with scratch.connect(file.dialect) as con:
        opened = [file.open(0, tmp_path, registry)]
        normalise(con, read_batch(opened, registry, con).table, opened, registry)
        con.execute("create temp table sound as select * from rows limit 1")
        fill(con, [{"least_amount": -1 if n == 1001 else 5} for n in range(4000)])
        found = verdict.run_suite(con, "payments", SUITES, tmp_path / "quality")
        assert found.failed == {1001: ["negative_amount"]}
        assert seen == [501]
        # a suite that finds fault with a witness is believed, whatever SQL says
        monkeypatch.setattr(verdict, "certain_sql", lambda *_: "true")
        fill(con, [{"least_amount": -1 if n in (8, 1001) else 5} for n in range(4000)])
        found = verdict.run_suite(con, "payments", SUITES, tmp_path / "quality")
        assert sorted(found.failed) == [8, 1001]
        assert seen == [501, 500, 4000]
    assert [r.levelno for r in caplog.records if "judged again" in r.message] == [logging.ERROR]
    verdict.build_docs(tmp_path / "quality", SUITES)
    front = write_front_page(tmp_path / "quality", SUITES).read_text(encoding="utf-8")
    assert front.count("<td>4,000</td>") == 4 and "<td>501</td>" in front
    pages = [path.read_text(encoding="utf-8") for path in (tmp_path / "quality" / "validations").rglob("*.html")]
    assert any("4000-rows-501-judged" in page for page in pages)
    verdict.context.cache_clear()
    verdict._definition.cache_clear()
