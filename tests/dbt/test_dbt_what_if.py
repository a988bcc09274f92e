"""A user's table is scored by the same models on a scratch warehouse."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
from dbt_warehouse import dbt, duckdb_environment, fill

from cchc.load import open_warehouse
from cchc.settings import Settings


def test_a_table_of_numbers_is_scored(tmp_path: Path) -> None:
    settings = Settings(workdir=tmp_path, exports="")
    with open_warehouse(settings) as warehouse:
        fill(warehouse)
        warehouse.execute(
            "create table main.mine as select * from (values ('A', 'PROCESSING_ON_TIME', '107', '800'), "
            "('A', 'REUSED_DIGITIZED_DATA', '0.05', '0.5'), ('B', 'PETITION_PROCESSING_ON_TIME', '0', '0')) "
            "as t (unit_code, criterion, numerator, denominator)"
        )
    env = duckdb_environment(tmp_path, settings.duckdb_path)
    dbt(env, "run", "--selector", "what_if", "--vars", "{score_input: main.mine}")
    with duckdb.connect(str(settings.duckdb_path), read_only=True) as connection:
        found = connection.execute(
            "select unit_code, period_id, criterion, score from scoring.fct_unit_score "
            "where method = 'new' order by all"
        ).fetchall()
        groups = connection.execute(
            "select unit_code, group_name, score, is_complete from scoring.fct_unit_group_score "
            "where method = 'new' order by all"
        ).fetchall()
    assert found == [
        ("A", "what-if", "PROCESSING_ON_TIME", Decimal("2.68")),
        ("A", "what-if", "REUSED_DIGITIZED_DATA", Decimal("0.25")),
        ("B", "what-if", "PETITION_PROCESSING_ON_TIME", Decimal("6.00")),
    ]
    assert groups == [
        ("A", "DIGITISATION", Decimal("0.25"), True),
        ("A", "PROGRESS", Decimal("2.68"), True),
        ("B", "SATISFACTION", Decimal("6.00"), False),
    ]
