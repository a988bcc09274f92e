"""A build leaves one line a node, also where it failed, and a page that sets it beside the build before."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from cchc.load import open_warehouse
from cchc.model.builds import KEPT, builds_folder, keep_build
from cchc.model.dbt import DbtResult
from cchc.model.nodes import Node
from cchc.pipeline import build
from cchc.settings import Settings

FIRST = datetime(2026, 11, 30, 5)


def nodes(*given: tuple[str, str, str, int | None, float]) -> DbtResult:
    return DbtResult(done=[Node(*each) for each in given])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(workdir=tmp_path, exports="")


def test_each_node_is_one_line_with_outcome_seconds_and_rows(settings: Settings) -> None:
    done = nodes(("fct_dossier", "model", "success", 1200, 0.5), ("unique_key", "test", "fail", 3, 0.1))
    keep_build(settings, done, FIRST)
    (written,) = builds_folder(settings).glob("*.jsonl")
    said = [json.loads(line) for line in written.read_text("utf-8").splitlines()]
    kept = {"build": "2026-11-30T05-00-00"}
    assert said == [
        kept | {"kind": "model", "node": "fct_dossier", "outcome": "success", "seconds": 0.5, "rows": 1200},
        kept | {"kind": "test", "node": "unique_key", "outcome": "fail", "seconds": 0.1, "rows": 3},
    ]


def test_the_page_has_failed_nodes_first_then_the_slowest_beside_the_build_before(settings: Settings) -> None:
    keep_build(settings, nodes(("fct_dossier", "model", "success", 1200, 0.5)), FIRST)
    later = nodes(
        ("stg_units", "model", "success", None, 0.25),
        ("fct_dossier", "model", "success", 1300, 2.0),
        ("unique_key", "test", "fail", 3, 0.1),
    )
    page = keep_build(settings, later, FIRST + timedelta(days=1)).read_text("utf-8")
    rows = [page.index(text) for text in ("unique_key <small>", "fct_dossier</td>", "stg_units</td>")]
    assert rows == sorted(rows)
    assert "+1.50" in page and "1,300" in page and "1,200" in page
    assert "Failed: unique_key." in page and "2026-11-30T05-00-00" in page


def test_no_message_of_an_engine_is_kept(settings: Settings) -> None:
    failed = Node(
        "fct_dossier", "model", "error", None, 0.5, message="Could not convert 'CANARY'", sql="select 'CANARY'"
    )
    page = keep_build(settings, DbtResult(done=[failed]), FIRST)
    assert not [path for path in page.parent.iterdir() if "CANARY" in path.read_text("utf-8")]


def test_where_the_engine_does_not_count_the_rows_are_those_of_the_table(settings: Settings) -> None:
    with open_warehouse(settings):
        pass
    with duckdb.connect(str(settings.duckdb_path)) as db:
        db.execute("create schema marts; create table marts.fct_dossier as select 1 as n from range(7)")
    page = keep_build(settings, nodes(("fct_dossier", "model", "success", None, 0.5)), FIRST)
    (line,) = (page.parent / "2026-11-30T05-00-00.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["rows"] == 7


def test_the_oldest_builds_go(settings: Settings) -> None:
    for at in range(KEPT + 2):
        keep_build(settings, nodes(("a", "model", "success", 1, 0.1)), FIRST + timedelta(days=at))
    kept = sorted(path.stem for path in builds_folder(settings).glob("*.jsonl"))
    assert len(kept) == KEPT and kept[0] == "2026-12-02T05-00-00"


def test_a_build_that_failed_leaves_its_page_and_names_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="cchc.model")

    def failing(settings: Settings, arguments: object, progress: object, report: object, *more: object) -> None:
        report(nodes(("unique_key", "test", "fail", 3, 0.1)))  # type: ignore[operator]
        raise RuntimeError

    monkeypatch.setattr(build, "run_dbt", failing)
    monkeypatch.setattr(build, "tell_lineage", lambda settings: None)
    with pytest.raises(RuntimeError):
        build.build_models(settings, {"full_refresh": True, "changed": []})
    page = builds_folder(settings) / "index.html"
    assert f"the nodes of this build and the one before: {page}" in caplog.messages
    assert "unique_key" in page.read_text("utf-8")
