"""A rule of timeliness that changes from a date on is registry data: a dossier keeps the rule of its day of receipt."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from dbt_warehouse import dbt, duckdb_environment

from cchc.datasets import DATASETS
from cchc.load import open_warehouse
from cchc.load.schema import DELIVERIES
from cchc.registry.check import check
from cchc.registry.open import open_registry
from cchc.registry.tables import build_tables
from cchc.settings import Settings

UNIT = "H50.101"
LAST = date(2026, 11, 30)
IN_FORCE = """\
rule_set,valid_from,valid_to,source
qd766-portal-2026,1900-01-01,2026-09-30,test
qd766_fd_20261007,2026-10-01,2026-10-31,test
report_ii06,2026-11-01,,test
"""
#: The last day of the one rule and the first of the next, for both changes.
DAYS = {
    "qd766-portal-2026": date(2026, 9, 30),
    "qd766_fd_20261007": date(2026, 10, 1),
    "report_ii06": date(2026, 11, 1),
}
ALWAYS = date(1900, 1, 1)


def cases(day: date) -> dict[str, dict[str, Any]]:
    """What each preset is asked, for dossiers received on a day at 8:00 and due on the tenth day after at 17:00."""

    def at(days: int, hour: int) -> datetime:
        return datetime.combine(day + timedelta(days=days), time(hour))

    due = {"due_at": at(10, 17)}
    return {
        "an hour late": due | {"status": 10, "finished_at": at(10, 18)},
        "late by its waiting": due | {"status": 10, "finished_at": at(12, 17), "supplement_wait_seconds": 172_800},
        "no due time": {"status": 10, "finished_at": at(20, 8)},
        "no due time, not in the catalogue": {"status": 10, "finished_at": at(20, 8), "procedure_code": "9.999999"},
        "withdrawn late": due | {"status": 7, "finished_at": at(12, 8)},
        "one request": due | {"status": 5, "supplement_count": 1, "first_supplement_requested_at": at(1, 8)},
        "two requests": due | {"status": 5, "supplement_count": 2, "first_supplement_requested_at": at(1, 8)},
        "handed over": due | {"status": 10, "returned_at": at(9, 8)},
        "refused, then closed": due | {"status": 3, "refused_at": at(1, 8), "finished_at": at(12, 8)},
        "stopped without a date": due | {"status": 8},
    }


#: case -> (timeliness, first day overdue; a number: days after the receipt), by preset
PORTAL: dict[str, tuple[str, date | int | None]] = {
    "an hour late": ("on_the_day", ALWAYS),
    "late by its waiting": ("on_the_day", None),
    "no due time": ("on_the_day", None),
    "no due time, not in the catalogue": ("on_the_day", None),
    "withdrawn late": ("overdue", ALWAYS),
    "one request": ("early", None),
    "two requests": ("running", ALWAYS),
    "handed over": ("early", None),
    "refused, then closed": ("early", None),
    "stopped without a date": ("running", 10),
}
EXPECTED = {
    "qd766-portal-2026": PORTAL,
    "qd766_fd_20261007": PORTAL
    | {"no due time": ("overdue", ALWAYS), "no due time, not in the catalogue": ("not_judged", None)},
    "report_ii06": PORTAL
    | {
        "an hour late": ("on_the_day", None),
        "late by its waiting": ("overdue", ALWAYS),
        "withdrawn late": ("on_the_day", None),
        "one request": ("on_the_day", None),
        "two requests": ("on_the_day", None),
        "stopped without a date": ("running", 11),
    },
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of the packaged registry but its ``rules_in_force.csv``, and the cases on both sides of changes."""
    folder = tmp_path_factory.mktemp("rules")
    registry_dir = folder / "registry"
    registry_dir.mkdir()
    (registry_dir / "rules_in_force.csv").write_text(IN_FORCE, encoding="utf-8")
    assert check(registry_dir) == []
    common = {
        "revision_id": "r", "system": "s", "delivering_unit": UNIT, "handling_unit": UNIT, "receiving_unit": UNIT,
        "export_date": LAST, "procedure_code": "1.001193", "channel": "direct",
    }  # fmt: skip
    rows = [
        common | {"dossier_code": f"{rule_set}: {name}", "received_at": datetime.combine(day, time(8))} | case
        for rule_set, day in DAYS.items()
        for name, case in cases(day).items()
    ]
    rows = [row | {"row_number": number} for number, row in enumerate(rows, start=1)]
    file = {
        "revision_id": "r", "system": "s", "unit": UNIT, "export_date": LAST, "dataset": "dossiers", "path": "x",
        "revision": 1, "outcome": "accepted", "rows_read": len(rows), "rows_accepted": len(rows),
        "rows_quarantined": 0, "rows_duplicate": 0, "in_force": True,
    }  # fmt: skip
    settings = Settings(workdir=folder, exports="")
    with open_warehouse(settings) as warehouse:
        warehouse.sync_registry(build_tables(open_registry(registry_dir)), "test")
        warehouse.append_table("dossiers", pa.Table.from_pylist(rows, schema=DATASETS["dossiers"].raw_schema))
        warehouse.append_table("deliveries", pa.Table.from_pylist([file], schema=DELIVERIES))
    dbt(
        duckdb_environment(folder, settings.duckdb_path),
        "run",
        "--select",
        "+fct_unit_volume",
        "+ind_exports",
    )
    return settings.duckdb_path


@pytest.mark.parametrize("rule_set", sorted(DAYS))
def test_a_dossier_is_judged_by_the_rule_of_its_day_of_receipt(judged: Path, rule_set: str) -> None:
    day = DAYS[rule_set]
    with duckdb.connect(str(judged), read_only=True) as connection:
        found = connection.execute(
            "select dossier_code, timeliness, overdue_from_date from marts.fct_dossier where rule_set = ?", [rule_set]
        ).fetchall()
    expected = {
        f"{rule_set}: {name}": (timeliness, day + timedelta(days=first) if isinstance(first, int) else first)
        for name, (timeliness, first) in EXPECTED[rule_set].items()
    }
    assert {code: (timeliness, first) for code, timeliness, first in found} == expected


def test_figures_follow_the_rule_of_each_day(judged: Path) -> None:
    """What a rule leaves out is in neither part of the ratio; the counts of the forms add up without it."""
    with duckdb.connect(str(judged), read_only=True) as connection:
        ratios = connection.execute(
            "select period_id, numerator, denominator from indicators.ind_exports "
            f"where indicator = 'PROCESSING_ON_TIME' and unit_code = '{UNIT}' "
            "and period_id in ('2026-10-01_2026-12-31', '2026-11-01_2026-11-30') order by 1"
        ).fetchall()
        volume = connection.execute(
            "select received, not_judged, resolved, running from marts.fct_unit_volume "
            f"where unit_code = '{UNIT}' and scope = 'subtree' and period_id = '2026-10-01_2026-12-31'"
        ).fetchall()
    assert [(period, int(n), int(d)) for period, n, d in ratios] == [
        ("2026-10-01_2026-12-31", 4 + 8, 9 + 10),
        ("2026-11-01_2026-11-30", 8, 10),
    ]
    assert volume == [(20, 1, 7 + 9, 2 + 1)]
