"""All six groups, to 100 points: every criterion from its source, with its score, built whole or in steps."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt_warehouse import Built, dbt, duckdb_environment, registry_rows, registry_tables
from test_dbt_build import assert_equal, rebuilt, tables

from cchc.contracts import BY_PERIOD
from cchc.load import Warehouse, open_warehouse
from cchc.registry.open import open_registry
from cchc.registry.tables import build_tables
from cchc.settings import Settings

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
#: criterion -> declared numerator, denominator, and the points of it by the packaged method
DECLARED = {
    "PUBLISH_ON_TIME": (19, 20, "5.70"),
    "PUBLIC_UPDATE_ON_TIME": (1, 3, "1.33"),
    "PUBLIC_CONTENT_FULL": (0, 0, "0.00"),  # zero denominator: the method's rule
    "DOSSIER_SYNC": (7, 8, "5.25"),
    "PAYMENT_PROVIDED_PROCEDURE": (4, 5, "2.00"),  # full at 80 per cent
    "CITIZEN_DATA_CONNECTED_FORMALITY": (1, 2, "1.00"),
    "ELECTRONIC_CERTIFIED_COPY": (1, 1, "2.00"),
}


def procedures(*online: str | None) -> list[dict[str, Any]]:
    """The test catalogue, of communes, with these online levels of procedures 1 to 3."""
    rows = registry_rows()["reg_procedures"]
    return [row | {"level": "commune", "online_level": online[int(row["procedure_code"][-1]) - 1]} for row in rows]


def changed_registry(*online: str | None) -> dict[str, Any]:
    packaged = build_tables(open_registry())
    mine = {
        name: packaged[name].to_pylist() for name in ("reg_methods", "reg_criteria", "reg_groups", "reg_indicators")
    }
    return registry_tables(mine | {"reg_procedures": procedures(*online)})


def declare(warehouse: Warehouse, unit: str, criterion: str, parts: tuple[int, int], day: str = "2026-11-03") -> None:
    warehouse.execute(
        "insert into raw.declared (revision_id, row_number, system, delivering_unit, export_date, unit, criterion, "
        "period_start, period_end, numerator, denominator, declared_by, declared_at, evidence_sha256) "
        f"select 'declared-{day}', 1 + (select count(*) from raw.declared), 'declared-province', 'X1', date '{day}', "
        f"'{unit}', '{criterion}', date '2026-10-01', date '2026-10-31', {parts[0]}, {parts[1]}, 'X1', "
        f"date '{day}', 'ab'"
    )


def with_declared(warehouse: Warehouse) -> None:
    for criterion, (numerator, denominator, _) in DECLARED.items():
        declare(warehouse, "X1.101", criterion, (numerator, denominator))
    declare(warehouse, "X1.101", "DOSSIER_SYNC", (1, 8), "2026-11-01")  # replaced by the later one
    declare(warehouse, "X1.101", "PROCESSING_ON_TIME", (9, 9))  # the exports know: it stands beside
    declare(warehouse, "X1.01", "ONLINE_SERVICE_PROVIDED", (3, 4))  # the catalogue says nothing of departments
    for day in ("2026-11-01", "2026-11-03"):
        rows = warehouse.execute(f"select count(*) from raw.declared where revision_id = 'declared-{day}'")[0][0]
        warehouse.execute(
            "insert into raw.deliveries (revision_id, system, unit, export_date, dataset, path, revision, sha256, "
            "size_bytes, outcome, rows_read, rows_accepted, rows_quarantined, rows_duplicate, repeats, arrived_at, "
            f"in_force) values ('declared-{day}', 'declared-province', 'X1', date '{day}', 'declared', "
            f"'declared-province/X1/{day}/declared.csv', 1, '0', 1, 'accepted', {rows}, {rows}, 0, 0, 0, "
            f"timestamp '{day} 20:00:00', true)"
        )


@pytest.fixture(scope="module")
def scored(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, dict[str, str]]]:
    """The test warehouse under the packaged method, with a catalogue of communes and declared figures."""
    folder = tmp_path_factory.mktemp("declared")
    settings = Settings(workdir=folder, exports="")
    shutil.copy(built.path, settings.duckdb_path)
    with open_warehouse(settings) as warehouse:
        warehouse.sync_registry(changed_registry("full", "partial", "none"), "declared")
        with_declared(warehouse)
    env = duckdb_environment(folder, settings.duckdb_path)
    dbt(env, "build", "--full-refresh", "--exclude-resource-type", "unit_test")
    yield settings, env


def ask(path: Path, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql, list(parameters)).fetchall()


def by_hand(path: Path, unit: str, day: tuple[date, date]) -> dict[str, tuple[int, int]]:
    """What exports give, counted from the dossiers with sets."""
    rows = ask(
        path,
        "select procedure_code, is_online, is_paid_online or n_succeeded_transactions > 0, is_fee_bearing "
        "from marts.fct_dossier where (handling_unit = ? or handling_unit like ? || '.%') "
        "and received_date between ? and ?",
        unit,
        unit,
        *day,
    )
    fee = {code for code, _, _, bears in rows if bears}
    return {
        "ONLINE_SERVICE_USED": (len({c for c, online, _, _ in rows if online} & {"1.000001", "1.000002"}), 2),
        "PAYMENT_TRANSACTED_PROCEDURE": (len({c for c, _, paid, bears in rows if bears and paid}), len(fee)),
    }


def test_each_of_the_ten_criteria_is_scored_from_its_source(scored: tuple[Settings, dict[str, str]]) -> None:
    path = scored[0].duckdb_path
    found = {
        row[0]: row[1:]
        for row in ask(
            path,
            "select indicator, source, numerator, denominator, score from publish.pub_unit_indicator "
            "where unit_code = 'X1.101' and period_start = ? and period_end = ? and method = 'qd766-portal-2026'",
            *OCTOBER,
        )
    }
    for criterion, (numerator, denominator, points) in DECLARED.items():
        assert found[criterion] == ("declared", numerator, denominator, Decimal(points)), criterion
    counted = by_hand(path, "X1.101", OCTOBER)
    assert found["ONLINE_SERVICE_PROVIDED"] == ("exports", 2, 3, Decimal("1.67"))
    for criterion, most, full in (("ONLINE_SERVICE_USED", 4, 100), ("PAYMENT_TRANSACTED_PROCEDURE", 2, 80)):
        numerator, denominator = counted[criterion]
        assert denominator, criterion
        points = min(Decimal(most), Decimal(most) * numerator * 100 / denominator / full)
        assert found[criterion] == (
            "exports",
            numerator,
            denominator,
            points.quantize(Decimal("0.01"), "ROUND_HALF_UP"),
        )
    assert found["PROCESSING_ON_TIME"][0] == "exports"
    (attainable,) = ask(
        path,
        "select max_attainable from publish.pub_ranking where unit_code = 'X1.101' and period_start = ? "
        "and period_end = ? and method = 'qd766-portal-2026'",
        *OCTOBER,
    )
    assert attainable == (Decimal("100.00"),)


def test_what_is_not_used_stays_beside(scored: tuple[Settings, dict[str, str]]) -> None:
    rows = ask(
        scored[0].duckdb_path,
        "select source, is_used from indicators.fct_unit_indicator where unit_code = 'X1.101' "
        "and indicator = 'PROCESSING_ON_TIME' and period_id = '2026-10-01_2026-10-31' order by source",
    )
    assert rows == [("declared", False), ("exports", True)]
    told = ask(
        scored[0].duckdb_path,
        "select numerator, is_current, path, row_number, evidence_sha256 from publish.pub_declared_trail "
        "where criterion = 'DOSSIER_SYNC' order by declared_date",
    )
    assert [row[:2] for row in told] == [(1, False), (7, True)]
    assert told[1][2:] == ("declared-province/X1/2026-11-03/declared.csv", 4, "ab")


def test_a_parent_counts_a_procedure_once_and_says_what_nobody_knows(scored: tuple[Settings, dict[str, str]]) -> None:
    path = scored[0].duckdb_path
    found = {
        (unit, indicator, source): rest
        for unit, indicator, source, *rest in ask(
            path,
            "select unit_code, indicator, source, numerator, denominator, indicator_null_reason, is_used "
            "from indicators.fct_unit_indicator where period_id = '2026-10-01_2026-10-31'",
        )
    }
    whole = by_hand(path, "X1", OCTOBER)["PAYMENT_TRANSACTED_PROCEDURE"]
    assert tuple(found["X1", "PAYMENT_TRANSACTED_PROCEDURE", "exports"][:2]) == whole
    parts = [found[f"X1.10{n}", "PAYMENT_TRANSACTED_PROCEDURE", "exports"][1] for n in (1, 2, 3)]
    assert sum(parts) > whole[1], "a sum over units would count procedures twice"
    for unit in ("X1", "X1.01"):  # the catalogue has procedures of communes only
        unknown = found[unit, "ONLINE_SERVICE_PROVIDED", "exports"]
        assert unknown[:3] == [None, None, "authority_unknown"], unit
    assert found["X1.01", "ONLINE_SERVICE_PROVIDED", "declared"] == [3, 4, None, True]


def test_declared_files_make_no_business_day(scored: tuple[Settings, dict[str, str]], built: Built) -> None:
    for sql in (
        "select * from marts.dim_period order by period_id",
        "select * from marts.fct_expected_delivery where dataset <> 'declared' order by all",
    ):
        assert ask(scored[0].duckdb_path, sql) == ask(built.path, sql)
    macro = (Path(__file__).parents[2] / "dbt_project/macros/rules/by_period.sql").read_text(encoding="utf-8")
    assert str(BY_PERIOD) in macro


def test_steps_equal_the_whole_after_a_procedure_a_channel_and_the_catalogue_change(
    scored: tuple[Settings, dict[str, str]], tmp_path: Path
) -> None:
    settings = Settings(workdir=tmp_path, exports="")
    shutil.copy(scored[0].duckdb_path, settings.duckdb_path)
    env = duckdb_environment(tmp_path, settings.duckdb_path)
    before = tables(settings.duckdb_path)
    with open_warehouse(settings) as warehouse:
        # every dossier of one day changes its procedure, or its channel
        for number, (code,) in enumerate(
            warehouse.execute(
                "select distinct dossier_code from raw.dossiers where delivering_unit = 'X1.101' order by 1"
            )
        ):
            change = "channel = 'direct'" if number % 2 else "procedure_code = '1.000003'"
            warehouse.execute(f"update raw.dossiers set {change} where dossier_code = '{code}'")
            warehouse.execute(f"insert into raw.building values ('dossiers', '{code}')")
        warehouse.sync_registry(changed_registry("full", "unverified", "none"), "declared 2")
        warehouse.execute(  # a dossier carries the online level of its procedure
            "insert into raw.building select distinct 'dossiers', dossier_code from raw.dossiers "
            "where procedure_code = '1.000002'"
        )
        declare(warehouse, "X1.101", "PUBLISH_ON_TIME", (20, 20), "2026-11-03")
        warehouse.execute(
            "update raw.deliveries set rows_read = rows_read + 1, rows_accepted = rows_accepted + 1 "
            "where revision_id = 'declared-2026-11-03'"
        )
    dbt(env, "run")
    found = tables(settings.duckdb_path)
    for name in (
        "intermediate.int_procedure_daily",
        "intermediate.int_unit_period_procedures",
        "scoring.fct_unit_score",
    ):
        assert found[name] != before[name], name
    assert_equal(found, rebuilt(settings, env))
    unknown = ask(
        settings.duckdb_path,
        "select distinct indicator_null_reason from indicators.fct_unit_indicator "
        "where indicator like 'ONLINE_SERVICE_%' and source = 'exports' and unit_code like 'X1.10%'",
    )
    assert unknown == [("online_level_unknown",)]
