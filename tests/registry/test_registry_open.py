"""The loader: look-ups of the packaged registry, errors with their place, a stable hash."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from cchc.errors import RegistryError
from cchc.registry.model import normalise_heading
from cchc.registry.open import Registry, open_registry
from cchc.registry.tables import build_tables
from cchc.registry.text import kind_of


@pytest.fixture(scope="module")
def registry() -> Registry:
    return open_registry()


def test_headings_compare_without_form_case_or_spaces() -> None:
    decomposed = unicodedata.normalize("NFD", "  Mã \u00a0 HỒ\nSƠ ")
    assert normalise_heading(decomposed) == "mã hồ sơ"


def test_kind_is_the_start_of_a_name() -> None:
    assert [kind_of(name) for name in ("Thị xã Ba Đồn", "XÃ A Dơi", "Xãmột")] == ["thị xã", "xã", None]


def test_headings_labels_and_codes(registry: Registry) -> None:
    assert registry.headings["B"][normalise_heading("Hạn xử lý")] == "due_at"
    assert registry.headings["A"][normalise_heading("Số CCCD")] == "personal:identity_number"
    assert registry.labels["status"][normalise_heading("ĐÃ TRẢ KẾT QUẢ")] == "10"
    assert registry.codes["dvcqg2022"]["applicant_kind"]["1"] == "citizen"
    assert registry.codes["dvcqg2026"]["applicant_kind"]["1"] == "business"
    assert registry.codes["csv"]["outcome"] == {"1": "succeeded", "0": "failed", "2": "refunded"}


def test_units_by_day(registry: Registry) -> None:
    before, after = date(2025, 6, 30), date(2025, 7, 1)
    assert registry.units_on(before)["H50"].admin_code == "45"
    assert registry.units_on(after)["H50"].admin_code == "44"
    assert "H46" in registry.unit_codes_on(before)
    assert "H46" not in registry.unit_codes_on(after)
    assert "18859" in registry.admin_codes_on(after, "commune")
    assert registry.units_on(date(2026, 9, 19))["H05"].kind == "tỉnh"
    assert registry.units_on(date(2026, 9, 20))["H05"].kind == "thành phố"


def test_delivery_units_respect_both_validities(registry: Registry) -> None:
    assert registry.delivery_units("police-vneid", "vneid", date(2026, 11, 3)) == ("H50",)
    assert registry.delivery_units("police-vneid", "dossiers", date(2026, 11, 3)) == ()
    assert registry.delivery_units("police-vneid", "vneid", date(2025, 6, 30)) == ()
    assert len(registry.delivery_units("motcua-hailang", "dossiers", date(2023, 5, 5))) == 16
    assert registry.delivery_units("nobody", "dossiers", date(2026, 11, 3)) == ()


def test_selector_is_resolved_by_day(tmp_path: Path) -> None:
    (tmp_path / "systems").mkdir()
    (tmp_path / "systems" / "all.yaml").write_text(
        "code: all\nname_vi: a\nname_en: a\nvalid_from: 2020-01-01\ndatasets:\n  - dataset: payments\n"
        "    dialect: csv\n    ext: csv\n    units: {level: commune, under: H50}\n    due_time: 13:30\n",
        encoding="utf-8",
    )
    registry = open_registry(tmp_path)
    assert list(registry.systems) == ["all"]
    assert registry.systems["all"].datasets[0].due_time == "13:30"
    assert len(registry.delivery_units("all", "payments", date(2026, 11, 3))) == 78
    assert len(registry.delivery_units("all", "payments", date(2025, 6, 30))) == 119
    rows = build_tables(registry)["reg_system_units"].to_pylist()
    assert {row["valid_to"] for row in rows if row["unit"].startswith("H50.D")} == {date(2025, 6, 30)}


def test_first_error_names_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "procedures.csv").write_text(
        "procedure_code,name,valid_from\n1.000001,ok,2020-01-01\n1.1,bad,2020-01-01\n", encoding="utf-8"
    )
    with pytest.raises(RegistryError, match=r"procedures.csv:3: bad_procedure_code"):
        open_registry(tmp_path)
    with pytest.raises(RegistryError, match="no such registry folder"):
        open_registry(tmp_path / "nowhere")


def test_hash_follows_the_content(tmp_path: Path, registry: Registry) -> None:
    assert open_registry().hash == registry.hash
    (tmp_path / "periods.csv").write_text("kind,period_start,period_end,label_vi,label_en\n", encoding="utf-8")
    first = open_registry(tmp_path)
    assert first.hash != registry.hash
    assert first.periods == []
    assert len(first.units) == len(registry.units)
