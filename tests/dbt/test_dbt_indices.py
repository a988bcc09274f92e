"""Index schemes in the test warehouse: versions of the year, what fits, parts beside the whole, what is declared."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from dbt_warehouse import Built, dbt, duckdb_environment
from test_dbt_declared import declare

from cchc.load import open_warehouse
from cchc.settings import Settings


def ask(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_maximum_is_that_of_the_year(built: Built) -> None:
    rows = ask(built.path, "select distinct year, max_score from publish.pub_index_value where node = 'a' order by 1")
    assert rows == [(2025, Decimal(60)), (2026, Decimal(70))]


def test_each_per_cent_says_how_it_fits(built: Built) -> None:
    found = {
        (edition, unit, node): (fit, computed)
        for edition, unit, node, fit, computed in ask(
            built.path,
            "select edition, unit_code, node, percent_fit, recomputed_percent from publish.pub_index_value "
            "where percent is not null",
        )
    }
    assert found == {
        ("own-2025", "X1.101", "total"): ("equal", Decimal("88.42")),
        ("own-2025", "X1.101", "a"): ("half_up", Decimal("91.67")),
        ("own-2025", "X1.101", "b"): ("unrounded", Decimal("96.03")),
        ("own-2025", "X1.102", "total"): ("differs", Decimal("90.0")),
        ("own-2025-2", "X1.101", "total"): ("equal", Decimal("88.4")),
        ("own-2025-2", "X1.101", "a"): ("truncated", Decimal("91.67")),
        ("own-2026", "X1.101", "a"): ("equal", Decimal("78.57")),
    }


def test_parts_are_held_against_the_whole_with_bonus_and_penalty(built: Built) -> None:
    rows = ask(
        built.path,
        "select edition, unit_code, parts_score, parts_fit from publish.pub_index_value "
        "where node = 'total' order by all",
    )
    assert rows == [
        ("own-2025", "X1.101", Decimal("88.42"), "equal"),
        ("own-2025", "X1.102", None, "no_data"),
        ("own-2025-2", "X1.101", Decimal("55"), "incomplete"),
    ]


def test_self_assessed_and_recognised_points_stand_side_by_side(built: Built) -> None:
    rows = ask(
        built.path,
        "select distinct self_score, recognised_score, self_difference, rank, previous_rank "
        "from publish.pub_index_value where node = 'a' and edition = 'own-2026' order by rank",
    )
    assert rows == [
        (Decimal("56.5"), Decimal(55), Decimal("1.5"), 2, 3),
        (Decimal("56.5"), Decimal(55), Decimal("1.5"), 3, 4),
    ]


def test_a_corrected_publication_is_the_latest(built: Built) -> None:
    rows = ask(built.path, "select edition, is_latest_revision from publish.pub_index_edition order by 1")
    assert rows == [("own-2025", False), ("own-2025-2", True), ("own-2026", True)]


def test_what_templates_ask_for_is_served_by_part_and_is_no_indicator(built: Built, tmp_path: Path) -> None:
    settings = Settings(workdir=tmp_path, exports="")
    shutil.copy(built.path, settings.duckdb_path)
    with open_warehouse(settings) as warehouse:
        for state, count in {"DONE_ON_TIME": 1, "DONE_LATE": 0, "RUNNING_IN_TIME": 2, "RUNNING_OVERDUE": 0}.items():
            declare(warehouse, "X1.101", f"TASK_DIGITAL_{state}", (count, 3))
        declare(warehouse, "X1.101", "TASK_DIGITAL_DONE_LATE", (1, 3), "2026-11-01")  # replaced
        declare(warehouse, "X1.102", "SURVEY_RETURNED", (0, 0))
    env = duckdb_environment(tmp_path, settings.duckdb_path)
    dbt(env, "run", "--select", "stg_declared", "fct_declared_figure", "pub_declared_part", "ind_declared")
    rows = ask(
        settings.duckdb_path,
        "select part, answer, counted, total, percent, part_vi from publish.pub_declared_part "
        "where unit_code = 'X1.101' order by answer",
    )
    digital = "Xây dựng chính quyền điện tử, chính quyền số"
    assert rows == [
        ("DIGITAL", "DONE_LATE", 0, 3, 0, digital),
        ("DIGITAL", "DONE_ON_TIME", 1, 3, Decimal("33.33"), digital),
        ("DIGITAL", "RUNNING_IN_TIME", 2, 3, Decimal("66.67"), digital),
        ("DIGITAL", "RUNNING_OVERDUE", 0, 3, 0, digital),
    ]
    other = ask(
        settings.duckdb_path,
        "select template, part, percent, period_start from publish.pub_declared_part where unit_code = 'X1.102'",
    )
    assert other == [("survey", None, None, date(2026, 10, 1))]
    assert ask(settings.duckdb_path, "select count(*) from indicators.ind_declared") == [(0,)]
