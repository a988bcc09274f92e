"""The figures two districts published for 2023 come out of the warehouse; where they do not add up, it says so."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from running import cchc, query


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from cchc.demo.published import DISTRICTS
    from cchc.demo.reconstruct import write_district
    from cchc.demo.reference import Reference
    from cchc.demo.sink import Sink
    from cchc.registry.open import open_registry

    base = tmp_path_factory.mktemp("history")
    registry = open_registry()
    for district in DISTRICTS:
        write_district(Sink(base / "exports", None), Reference.from_registry(registry, district.last), district, 766)
    cchc(
        "run",
        "--exports",
        base / "exports",
        "--from",
        "2023-01-01",
        "--to",
        "2023-12-31",
        "--workdir",
        base / "work",
        "--quiet",
        "--no-pages",
    )
    return base / "work"


def volume(workdir: Path, unit: str, end: str, scope: str) -> dict[str, int]:
    columns = ("received", "online", "resolved", "early", "on_the_day", "running", "digitised")
    rows = query(
        workdir,
        f"select {', '.join(columns)} from publish.pub_unit_volume where unit_code = '{unit}' and scope = '{scope}' "
        f"and period_start = date '2023-01-01' and period_end = date '{end}'",
    )
    assert len(rows) == 1, f"{unit} {scope} {end}"
    return dict(zip(columns, map(int, rows[0]), strict=True))


def test_hai_lang_2023(history: Path) -> None:
    whole = volume(history, "H50.D470", "2023-12-31", "subtree")
    desk = volume(history, "H50.D470", "2023-12-31", "own")
    communes = volume(history, "H50.D470", "2023-12-31", "below")
    assert (whole["received"], whole["running"], whole["resolved"], whole["online"]) == (21882, 155, 21727, 14112)
    assert (desk["resolved"], desk["running"], desk["online"], communes["online"]) == (1183, 114, 838, 13274)
    assert round(Decimal(whole["online"]) * 100 / whole["received"], 1) == Decimal("64.5")


def test_giao_thuy_nine_months_of_2023(history: Path) -> None:
    desk = volume(history, "H40.D365", "2023-09-30", "own")
    communes = volume(history, "H40.D365", "2023-09-30", "below")
    names = ("received", "resolved", "early", "on_the_day", "digitised")
    assert tuple(desk[name] for name in names) == (3884, 3839, 3517, 322, 2670)
    assert tuple(communes[name] for name in names) == (47219, 47149, 35998, 11151, 46166)


def test_the_check_of_published_figures_names_what_does_not_add_up(history: Path) -> None:
    rows = query(
        history,
        "select figure_id, published_value, recomputed_value, flag, suggested_value from publish.pub_published_check",
    )
    by_flag = {flag for *_, flag, _ in rows}
    assert {"unbalanced", "truncated"} <= by_flag
    desk = [row for row in rows if row[3] == "unbalanced" and row[1] == 1279]
    assert desk and desk[0][2] == 1297 and desk[0][4] == 1297
