"""The import of reference files: the registry's own form, at the size of a province, and what it refuses."""

from __future__ import annotations

import csv
import time
from datetime import date
from pathlib import Path

import pytest

from cchc.errors import RegistryError
from cchc.registry.check import check
from cchc.registry.importer import import_reference
from cchc.registry.open import open_registry
from cchc.registry.tables import build_tables

SAMPLE = Path(__file__).parent / "sample"


def test_import_loads_and_checks_clean(tmp_path: Path) -> None:
    written = import_reference(SAMPLE, tmp_path)
    assert {path.name for path in written} >= {"units.csv", "shop-a.yaml", "shop-b.yaml"}
    assert check(tmp_path) == []
    registry = open_registry(tmp_path)
    assert set(registry.systems) == {"shop-a", "shop-b"}
    assert registry.systems["shop-a"].datasets[0].delimiter == "tab"
    assert [spec.delimiter for spec in registry.systems["shop-b"].datasets] == ["tab", ";"]
    assert registry.systems["shop-b"].valid_from == date(2020, 1, 1)
    assert registry.delivery_units("shop-a", "dossiers", date(2026, 7, 1)) == ("H99.101", "H99.102")
    assert registry.units_on(date(2026, 7, 1))["H99.102"].kind == "phường"
    assert registry.procedures[1].fee_vnd == 50000
    assert registry.procedures[1].paper_result is False


def test_import_keeps_the_packaged_rule_sets_but_not_others_figures(tmp_path: Path) -> None:
    import_reference(SAMPLE, tmp_path)
    registry = open_registry(tmp_path)
    assert "qd766-portal-2026" in registry.methods
    assert registry.published_figures == []
    assert {target.unit_code for target in registry.targets} == {None}
    assert set(registry.headings) == {"Z"}


def test_import_again_replaces(tmp_path: Path) -> None:
    import_reference(SAMPLE, tmp_path)
    before = open_registry(tmp_path).hash
    (tmp_path / "systems" / "old.yaml").write_text("code: old\n", encoding="utf-8")
    import_reference(SAMPLE, tmp_path)
    assert open_registry(tmp_path).hash == before


def test_province_size_takes_seconds(tmp_path: Path) -> None:
    source, target = tmp_path / "reference", tmp_path / "registry"
    source.mkdir()
    for name in ("procedures.csv", "headings.csv", "labels.csv"):
        (source / name).write_bytes((SAMPLE / name).read_bytes())
    codes = [f"H99.{number}" for number in range(1001, 4001)]
    with (source / "units.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["agency_code", "admin_code", "name", "level", "parent", "valid_from", "valid_to"])
        rows.writerow(["H99", "99", "Tỉnh Mẫu", "province", "", "2025-07-01", ""])
        rows.writerows(
            [code, f"{n:05d}", f"Xã {n}", "commune", "H99", "2025-07-01", ""] for n, code in enumerate(codes)
        )
    with (source / "systems.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["system", "dataset", "dialect", "ext", "delimiter", "encoding", "headings", "units"])
        rows.writerow(["big", "dossiers", "onecsv", "csv", "\t", "utf-8", "Z", " ".join(codes)])
    started = time.monotonic()
    import_reference(source, target)
    assert check(target) == []
    assert build_tables(open_registry(target))["reg_system_units"].num_rows == 3000
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("name", ["units.csv", "systems.csv", "labels.csv"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    for path in SAMPLE.iterdir():
        if path.name != name:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(RegistryError, match=name):
        import_reference(tmp_path, tmp_path / "out")


def test_a_system_code_is_no_path(tmp_path: Path) -> None:
    for path in SAMPLE.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "systems.csv").write_text(
        "system,dataset,dialect,ext,units\n../out,payments,csv,csv,H99\n", encoding="utf-8"
    )
    with pytest.raises(RegistryError, match="no system code"):
        import_reference(tmp_path, tmp_path / "out")
