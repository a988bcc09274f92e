"""What readers see: one state after the other, each whole, while builds go on."""

from __future__ import annotations

import json
import re
import shutil
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from dbt_warehouse import Built, change, dbt, duckdb_environment, served_by
from typer.testing import CliRunner

from cchc.cli import app
from cchc.errors import BuildError
from cchc.load import open_warehouse
from cchc.publish import open_reader
from cchc.serve import is_served, relations, serve
from cchc.serve.base import broken_references, over_served
from cchc.serve.promise import broken, promise
from cchc.serve.shape import served_name
from cchc.settings import Settings
from support.served_readers import readers


@pytest.fixture(scope="module")
def served(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The built warehouse, served once as build 1."""
    settings = Settings(workdir=tmp_path_factory.mktemp("served"), exports="")
    shutil.copy(built.path, settings.duckdb_path)
    assert not is_served(settings)
    served_by(settings, built.env, anew=True)
    assert is_served(settings)
    return settings


def test_every_published_model_is_served_under_its_name_with_its_words(served: Settings) -> None:
    promised = relations(served.dbt_target / "manifest.json")
    assert len(promised) > 30
    with duckdb.connect(str(served.served_path), read_only=True) as connection:
        held = connection.execute(
            "select table_name, column_name, comment from duckdb_columns() where schema_name = 'main'"
        ).fetchall()
        made = dict(connection.execute("select table_name, comment from duckdb_tables()").fetchall())
        made |= dict(connection.execute("select view_name, comment from duckdb_views() where not internal").fetchall())
        assert connection.execute("select build_no, last_business_day from pub.build_v1").fetchall() == [
            (1, date(2026, 10, 31))
        ]
    for relation in promised:
        mine = {column: comment for name, column, comment in held if name == relation.name}
        assert mine == {column.name: column.description for column in relation.columns}
        assert made[relation.name] == relation.description
    assert set(made) == {relation.name for relation in promised} | {"build_v1", "served_column_v1"}


def test_keys_hold_and_what_is_referred_to_is_there(served: Settings) -> None:
    promised = relations(served.dbt_target / "manifest.json")
    keyless = [
        "integrity_summary_v1",
        "quarantine_summary_v1",
        "unit_indicator_v1",
    ]  # a part of their grain may be empty
    assert sorted(each.name for each in promised if not each.key) == keyless
    with duckdb.connect(str(served.served_path), read_only=True) as connection:
        for each in (each for each in promised if each.key):
            key = ", ".join(each.key)
            twice = f"select {key} from pub.{each.name} group by all having count(*) > 1"
            empty = f"select 1 from pub.{each.name} where {' is null or '.join(each.key)} is null"
            assert connection.execute(twice).fetchall() == [], each.name
            assert connection.execute(empty).fetchall() == [], each.name
        for query in broken_references(promised, "pub"):
            assert connection.execute(query).fetchall() == []
        told = connection.execute(
            "select relation, column_name, data_type, refers_to, refers_to_column from pub.served_column_v1 "
            "where key_position = 1 and relation = 'peer_rank_v1'"
        ).fetchall()
        assert told == [("peer_rank_v1", "unit_code", "varchar", "unit_latest_v1", "unit_code")]
        columns = connection.execute("select count(*) from pub.served_column_v1").fetchone()
        assert columns == (sum(len(each.columns) for each in promised),)


def test_a_state_that_names_what_is_not_there_is_not_served(served: Settings, tmp_path: Path) -> None:
    settings = Settings(workdir=tmp_path, exports="")
    shutil.copytree(served.workdir, tmp_path, dirs_exist_ok=True)
    with duckdb.connect(str(settings.duckdb_path)) as connection:
        connection.execute("delete from marts.dim_unit where unit_code = 'X1.102'")
    with pytest.raises(BuildError, match=r"names what unit_latest_v1 has not: X1\.102; readers keep the last"):
        serve(settings, 2, anew=True)
    with open_reader(settings) as reader:
        assert reader.rows("select build_no from pub.build_v1") == [{"build_no": 1}]


#: Columns by which a row is about one case, never about a unit as a whole.
OF_ONE_CASE = {"dossier_code", "dossier_codes", "dossier_key", "feedback_code", "transaction_code", "letter_key"}


def test_a_relation_of_single_cases_says_whose_they_are(served: Settings) -> None:
    for each in relations(served.dbt_target / "manifest.json"):
        of_cases = {column.name for column in each.columns} & OF_ONE_CASE
        assert bool(of_cases) == bool(each.rows_of), f"{each.name}: {of_cases}, rows_of {each.rows_of}"


def test_names_and_types_of_the_last_release_are_still_served(served: Settings) -> None:
    """A change that breaks one serves a successor beside it; a release writes the promise anew."""
    released = json.loads((Path(__file__).parent / "released_schema.json").read_text("utf-8"))
    assert broken(released, relations(served.dbt_target / "manifest.json"), date.today()) == []


def test_a_broken_promise_is_named(served: Settings) -> None:
    now = relations(served.dbt_target / "manifest.json")
    released, today = promise(now, "1.0"), date(2027, 1, 1)
    by_name = {each.name: each for each in now}
    ranking = by_name["ranking_v1"]
    others = [each for each in now if each != ranking]
    renamed = replace(ranking, columns=(replace(ranking.columns[0], name="unit"), *ranking.columns[1:]))
    retyped = replace(ranking, columns=(replace(ranking.columns[0], data_type="integer"), *ranking.columns[1:]))
    wider = replace(ranking, columns=(*ranking.columns, ranking.columns[0]))
    newer = replace(ranking, name="ranking_v2")
    leaving = replace(ranking, served_until="2027-07-01")
    assert broken(released, [*others, wider], today) == []
    assert broken(released, others, today) == [
        "ranking_v1 is gone; serve it beside its successor and say until when: meta.served_until"
    ]
    assert broken(released, [*others, renamed], today) == [
        "ranking_v1.unit_code was varchar and is gone; leave it, and serve ranking_v2 beside it"
    ]
    assert broken(released, [*others, retyped], today) == [
        "ranking_v1.unit_code was varchar and is integer; leave it, and serve ranking_v2 beside it"
    ]
    assert broken(released, [*now, newer], today) == [
        "ranking_v1 has a successor and does not say until when it stays: meta.served_until"
    ]
    assert broken(released, [*others, leaving, newer], today) == []
    assert broken(released, [*others, leaving, newer], date(2027, 3, 1)) == [
        "ranking_v1 must stay 180 days beside its successor; it says 2027-07-01"
    ]
    noticed = promise([*others, leaving, newer], "1.1")
    assert broken(noticed, [*others, leaving, newer], date(2027, 6, 1)) == []
    assert broken(noticed, [*others, newer], date(2027, 7, 1)) == [
        "ranking_v1 is gone; serve it beside its successor and say until when: meta.served_until"
    ]
    assert broken(noticed, [*others, newer], date(2027, 7, 2)) == []


def test_twenty_readers_see_whole_builds_only_and_block_nobody(served: Settings, tmp_path: Path, built: Built) -> None:
    settings = Settings(workdir=tmp_path, exports="")
    shutil.copytree(served.workdir, tmp_path, dirs_exist_ok=True)
    env = duckdb_environment(tmp_path, settings.duckdb_path)
    held = duckdb.connect(str(settings.served_path), read_only=True)  # has the old file open all the time
    with readers(settings) as seen:
        with open_warehouse(settings) as warehouse:
            change(warehouse, 2, date(2026, 11, 2))
        dbt(env, "run", "--selector", "daily_build")
        serve(settings, 2, anew=False)
        time.sleep(2)
    assert seen.errors == []
    assert seen.looks > 20
    assert {build: len(answers) for build, answers in seen.answers.items()} == {1: 1, 2: 1}
    assert seen.answers[1] != seen.answers[2]
    assert held.execute("select build_no from pub.build_v1").fetchall() == [(1,)]
    held.close()


def test_a_killed_serving_leaves_the_last_state_and_the_next_clears_up(served: Settings, tmp_path: Path) -> None:
    settings = Settings(workdir=tmp_path, exports="")
    shutil.copytree(served.workdir, tmp_path, dirs_exist_ok=True)
    left = settings.served_path.with_name("pub.new.duckdb")
    left.write_bytes(b"half a file")
    with open_reader(settings) as reader:
        assert reader.rows("select build_no from pub.build_v1") == [{"build_no": 1}]
    serve(settings, 2, anew=False)
    with open_reader(settings) as reader:
        assert reader.rows("select build_no from pub.build_v1") == [{"build_no": 2}]
    assert [path.name for path in settings.served_path.parent.iterdir()] == ["pub.duckdb"]


def test_rows_that_keys_do_not_account_for_are_served_anew(served: Settings, tmp_path: Path) -> None:
    settings = Settings(workdir=tmp_path, exports="")
    shutil.copytree(served.workdir, tmp_path, dirs_exist_ok=True)
    with duckdb.connect(str(settings.served_path)) as connection:
        connection.execute("delete from pub.dossier_trail_v1 where row_number = 1")
    again = serve(settings, 2, anew=False)
    assert again.changed["dossier_trail_v1"] == again.rows["dossier_trail_v1"] > 0
    assert again.changed["payment_trail_v1"] == 0, "no key changed"


def test_a_relation_that_is_no_more_is_no_more_served(served: Settings, tmp_path: Path) -> None:
    settings = Settings(workdir=tmp_path, exports="")
    shutil.copytree(served.workdir, tmp_path, dirs_exist_ok=True)
    with duckdb.connect(str(settings.served_path)) as connection:
        connection.execute("create table old_v1 (a integer); create view older_v1 as select 1 as a")
    serve(settings, 2, anew=False)
    with open_reader(settings) as reader:
        assert not {"old_v1", "older_v1"} & reader.served()


def test_without_a_build_nothing_is_served(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="cchc build"):
        serve(Settings(workdir=tmp_path, exports=""), 1, anew=True)


def test_names_of_served_relations() -> None:
    assert served_name("pub_ranking") == "ranking_v1"
    assert served_name("pub_ranking_v2") == "ranking_v2"
    text = 'select a.x from "warehouse"."publish"."pub_unit" as a join publish.pub_period_v2 b join w.publish.pub_c'
    assert over_served(text, "pub.") == "select a.x from pub.unit_v1 as a join pub.period_v2 b join pub.c_v1"


def test_the_models_are_documented_as_a_site_that_asks_no_network(served: Settings, tmp_path: Path) -> None:
    settings = Settings(workdir=tmp_path, exports="")
    shutil.copytree(served.workdir, tmp_path, dirs_exist_ok=True)
    page = settings.reports / "models.html"
    done = CliRunner().invoke(app, ["export", "models", "--out", str(page), "--workdir", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert page.stat().st_mode & 0o777 == 0o644
    text = page.read_text("utf-8")
    assert "model.cchc.pub_ranking" in text and "one row per unit" in text.lower()
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=[\"']https?:", text)
