"""What a clerk is told: unit, file, row, column as the vendor calls it, found, expected, what to do; nobody's name."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cchc.datasets import DATASETS
from cchc.errors import FileRefused
from cchc.reasons import LANGUAGES, of_kind, reasons
from cchc.registry.open import Registry
from cchc.settings import PROJECT
from cchc.validate import load_rules
from cchc.validate.explain import explain_refusal, explain_row
from support.dossiers import Tables, delimited, dossier, envelope, record_2022
from support.world import DAY, G2, world

SUITES = PROJECT / "expectations"
PACKAGE = PROJECT / "include" / "cchc"


def told(folder: Path, registry: Registry, path: str, content: bytes, language: str = "vi") -> list[str]:
    """What is said of the quarantined rows of one file."""
    here = world(folder, registry)
    here.deliver(path, content)
    here.ingest()
    names = ("dataset", "system", "row_number", "rules", "payload", "revision_id")
    rows = [dict(zip(names, row, strict=True)) for row in here.rows(f"select {', '.join(names)} from raw.quarantine")]
    files = {row["id"]: row for row in here.ledger.find()}
    return [t for row in rows for t in explain_row(row, files[row["revision_id"]], registry, SUITES, language)]


@pytest.mark.parametrize(
    ("changed", "parts"),
    [
        ({"NgayHenTra": "5/11/2026"}, ["NgayHenTra", "bad_date", "«d/dd/dddd»", "yyyyMMddHHmmss"]),
        ({"TrangThaiHoSo": "Nguyễn CANARY"}, ["TrangThaiHoSo", "«aaaaaa aaaaaa»", "1 | 2 | 3"]),
        ({"DonViXuLy": "H50.999"}, ["DonViXuLy", "«H50.999»", "mã định danh cơ quan"]),
        ({"MaHoSo": ""}, ["MaHoSo", "no_key", "Thấy: trống"]),
        ({"MaTTHC": "9.999999"}, ["MaTTHC", "«9.999999»", "n.nnnnnn"]),
        ({"DanhSachLePhi": [{"Gia": "năm CANARY"}]}, ["DanhSachLePhi", "bad_amount", "«aaa aaaaaa»", "số nguyên"]),
    ],
)
def test_a_broken_row_of_a_json_export(
    tmp_path: Path, registry: Registry, changed: dict[str, Any], parts: list[str]
) -> None:
    said = told(tmp_path, registry, G2, envelope([record_2022(dossier()), record_2022(dossier(), **changed)]))
    assert len(said) == 1
    assert said[0].startswith(f"H50.101, tệp mcdt-quangtri/H50.101/{DAY}/dossiers.json, dòng dữ liệu 2, cột ")
    assert all(part in said[0] for part in parts), said[0]
    assert "Việc cần làm: " in said[0]
    assert "CANARY" not in said[0]


def test_a_table_s_column_is_named_as_its_vendor_does(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    row = dossier(due_at=datetime(2026, 11, 1))
    content = delimited([tables.heading_row("A"), tables.cells("A", row)])
    (said,) = told(tmp_path, registry, "onestop-a/H50.103/dossiers.csv", content, "en")
    assert "column Ngày hẹn trả, Ngày tiếp nhận" in said
    assert "dates in this order: Ngày tiếp nhận ≤ Ngày hẹn trả" in said


def test_a_refused_file_says_what_is_missing_under_the_vendor_s_names(tmp_path: Path, registry: Registry) -> None:
    here = world(tmp_path, registry)
    here.deliver("onestop-a/H50.103/dossiers.csv", delimited([["Mã hồ sơ", "Mã TTHC", "Trạng thái"], ["1", "2", "3"]]))
    here.ingest()
    (file,) = here.ledger.find(outcome="refused")
    for language in LANGUAGES:
        said = explain_refusal(file, language)
        assert "H50.103" in said
        assert file["path"] in said
        assert "received_at (Ngày tiếp nhận" in said
        assert reasons()["missing_column"].do[language] in said


def test_the_list_of_reasons_is_closed() -> None:
    """Every reason that the code or a suite names is in the list, every one of the list is named, in both languages."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    refused = set(re.findall(r'FileRefused\(\s*"(\w+)"', code))
    rules = {(rule.rule, rule.severity) for dataset in DATASETS for rule in load_rules(SUITES, dataset)}
    assert refused == set(of_kind("refusal"))
    assert {rule for rule, severity in rules if severity == "fail"} == set(of_kind("rule"))
    assert {rule for rule, severity in rules if severity == "warn"} <= set(of_kind("warning"))
    assert all(f'"{name}"' in code or name in {rule for rule, _ in rules} for name in of_kind("warning"))
    for reason in reasons().values():
        assert all(reason.name[language] and reason.do[language] for language in LANGUAGES)
    with pytest.raises(ValueError, match="closed list"):
        FileRefused("bad_mood")


def test_rules_are_about_columns_that_exist() -> None:
    for dataset, shape in DATASETS.items():
        for rule in load_rules(SUITES, dataset):
            assert rule.about_from or set(rule.about) <= set(shape.canonical.names), rule.id
        raw = json.loads((SUITES / f"{dataset}.json").read_text(encoding="utf-8"))
        assert raw["meta"]["dataset"] == dataset
