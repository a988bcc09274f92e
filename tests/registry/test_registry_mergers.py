"""mergers.csv: both units are there on the days around, shares are whole, and the packaged file holds what is known."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from cchc.registry.check import check
from cchc.registry.open import Registry

UNITS = """\
agency_code,admin_code,name,level,parent,valid_from,valid_to
P,44,Tỉnh P,province,,2020-01-01,
P.1,00001,Xã Một,commune,P,2020-01-01,2025-06-30
P.2,00002,Xã Hai,commune,P,2025-07-01,
P.3,00003,Xã Ba,commune,P,2025-07-01,
"""
HEADING = "old_admin_code,old_name,old_level,new_admin_code,new_name,effective_from,weight,weight_source,unlisted"
TWO = ("00001,Xã Một,commune,00002,Xã Hai,2025-07-01", "00001,Xã Một,commune,00003,Xã Ba,2025-07-01")


def problems(folder: Path, *rows: str) -> list[tuple[int, str]]:
    (folder / "systems").mkdir(exist_ok=True)
    (folder / "units.csv").write_text(UNITS, encoding="utf-8")
    (folder / "mergers.csv").write_text("\n".join([HEADING, *rows, ""]), encoding="utf-8")
    return [(found.line, found.rule) for found in check(folder) if found.file == "mergers.csv"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([f"{TWO[0]},,,", f"{TWO[1]},,,"], []),
        ([f"{TWO[0]},0.4,dân số,", f"{TWO[1]},0.6,dân số,"], []),
        ([f"{TWO[0]},0.4,dân số,", f"{TWO[1]},0.5,dân số,"], [(3, "weights_not_whole")]),
        ([f"{TWO[0]},0.4,dân số,", f"{TWO[1]},,,"], [(3, "weights_not_whole")]),
        ([f"{TWO[0]},0.4,,", f"{TWO[1]},0.6,dân số,"], [(2, "weight_source")]),
        ([f"{TWO[0]},1.4,dân số,", f"{TWO[1]},,,"], [(2, "schema")]),
        ([f"{TWO[0]},,,", f"{TWO[0]},,,"], [(3, "merger_twice")]),
        (["00009,Xã Chín,commune,00002,Xã Hai,2025-07-01,,,"], [(2, "merger_unit")]),
        (["00009,Xã Chín,commune,00002,Xã Hai,2025-07-01,,,old"], []),
        (["00001,Xã Một,commune,00002,Xã Hai,2026-07-01,,,"], [(2, "merger_unit")]),
        (["00001,Xã Một,commune,00009,Xã Chín,2025-07-01,,,"], [(2, "merger_unit")]),
        (["00001,Xã Một,commune,00009,Xã Chín,2025-07-01,,,new"], []),
        ([f"{TWO[0]},,,new"], [(2, "merger_unit")]),
        (["00001,Xã Một,district,00002,Xã Hai,2025-07-01,,,"], [(2, "merger_unit")]),
    ],
)
def test_units_and_weights(tmp_path: Path, rows: list[str], expected: list[tuple[int, str]]) -> None:
    assert problems(tmp_path, *rows) == expected


def test_packaged_mergers_do_not_trouble_a_registry_of_other_units(tmp_path: Path) -> None:
    (tmp_path / "systems").mkdir()
    (tmp_path / "units.csv").write_text(UNITS, encoding="utf-8")
    assert not [found for found in check(tmp_path) if found.file == "mergers.csv"]


def test_sixty_three_provinces_became_thirty_four(registry: Registry) -> None:
    merged = [merger for merger in registry.mergers if merger.old_level == "province"]
    day = date(2025, 7, 1)
    before = registry.admin_codes_on(day - timedelta(days=1), "province")
    assert {merger.effective_from for merger in merged} == {day}
    assert len(merged) == len({merger.old_admin_code for merger in merged}) == 52
    assert len({merger.new_admin_code for merger in merged}) == 23
    assert {merger.old_admin_code for merger in merged} <= before
    units, old = registry.units_on(day), registry.units_on(day - timedelta(days=1))
    untouched = {code for code, unit in old.items() if unit.level == "province"} & set(units)
    merged_codes = {merger.old_admin_code for merger in merged}
    untouched = {code for code in untouched if old[code].admin_code not in merged_codes}
    assert len(untouched) == 11
    assert all(units[code].admin_code == old[code].admin_code for code in untouched)


def test_quang_tri_takes_in_two_and_keeps_the_code_of_the_other(registry: Registry) -> None:
    into = {(merger.old_admin_code, merger.old_name) for merger in registry.mergers if merger.new_admin_code == "44"}
    assert into == {("44", "Tỉnh Quảng Bình"), ("45", "Tỉnh Quảng Trị")}
    old, new = registry.units_on(date(2025, 6, 30)), registry.units_on(date(2025, 7, 1))
    assert (old["H46"].admin_code, old["H50"].admin_code, new["H50"].admin_code) == ("44", "45", "44")
    assert "H46" not in new


@pytest.mark.parametrize(
    ("code", "day"), [("H19", date(2026, 4, 30)), ("H49", date(2026, 9, 1)), ("H05", date(2026, 9, 20))]
)
def test_three_provinces_became_cities_in_2026(registry: Registry, code: str, day: date) -> None:
    before, after = registry.units_on(day - timedelta(days=1))[code], registry.units_on(day)[code]
    assert (before.kind, after.kind) == ("tỉnh", "thành phố")
    assert before.admin_code == after.admin_code
    assert not [merger for merger in registry.mergers if merger.effective_from == day]


def test_no_old_commune_in_the_file_is_split(registry: Registry) -> None:
    goes_to = Counter((merger.old_level, merger.old_admin_code) for merger in registry.mergers)
    assert set(goes_to.values()) == {1}


def test_what_cannot_be_summed_is_marked(registry: Registry) -> None:
    kinds = {item.indicator: item.additivity for item in registry.indicators}
    assert {item.additivity for item in registry.indicators if item.dataset == "portal"} == {"none"}
    assert kinds["VNEID_ACTIVATED"] == "stock"
    assert sum(kind == "flow" for kind in kinds.values()) == 13
