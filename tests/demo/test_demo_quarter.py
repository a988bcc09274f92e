"""The generator keeps its own books: what it says it wrote is what an independent reader finds."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from demo_helpers import few_units, quarter

from cchc.demo import gate
from cchc.demo.declared import BESIDE, CRITERIA, DECLARED_RULES
from cchc.demo.faults import BROKEN_BY_EXT, ROW_RULES
from cchc.demo.letters import LETTER_RULES
from cchc.demo.sink import Sink
from cchc.read.workbook import open_sheets
from cchc.reasons import reasons
from cchc.registry.open import Registry
from contract_oracle import Reference as Known
from contract_oracle import Truth, expected


@pytest.fixture(scope="session")
def truth(small: Sink, registry: Registry) -> Truth:
    return expected(small.root, Known.of_registry(registry))


def _digests(root: Path) -> dict[str, tuple[str, float]]:
    files = (p for p in root.rglob("*") if p.is_file())
    return {
        p.relative_to(root).as_posix(): (hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_mtime) for p in files
    }


def test_same_seed_same_bytes(tmp_path: Path, registry: Registry) -> None:
    reference = few_units(registry, 1)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        quarter(tmp_path / name, reference, seed, last=date(2026, 7, 14))
    first, second, other = (_digests(tmp_path / name) for name in "abc")
    assert first == second
    assert first != other


def test_rows_are_conserved(small: Sink, truth: Truth) -> None:
    read: Counter[str] = Counter()
    for (system, *_), file in truth.files.items():
        read[system] += file.rows_read
        assert file.rows_read == file.rows_accepted + file.rows_quarantined + file.rows_duplicate
    counted = {system: rows for system, rows in small.rows.items() if rows and system != "declared-province"}
    assert {s: n for s, n in read.items() if n} == counted


def test_every_row_fault_is_found_where_it_was_put(small: Sink, truth: Truth) -> None:
    found = Counter(rule for file in truth.files.values() for _, rules in file.quarantined for rule in rules)
    assert found == {rule: len(small.faults[rule]) for rule in found}
    assert set(found) == {*ROW_RULES, *LETTER_RULES, *gate.RULES}
    assert sum(file.rows_duplicate for file in truth.files.values()) == len(small.faults["duplicate_row"])


def test_letters_are_there_with_each_of_their_faults(small: Sink, truth: Truth) -> None:
    everywhere: Counter[str] = Counter()
    for system in ("igate-quangtri", "onestop-a"):
        files = [file for key, file in truth.files.items() if (key[0], key[3]) == (system, "apologies")]
        found = Counter(rule for file in files for _, rules in file.quarantined for rule in rules)
        found["duplicate_row"] = sum(file.rows_duplicate for file in files)
        mine = {
            rule: sum(place.startswith(f"{system}/") and "/apologies." in place for place in places)
            for rule, places in small.faults.items()
            if rule in {*LETTER_RULES, "duplicate_row"}
        }
        assert found == Counter(mine)
        assert sum(file.rows_accepted for file in files) > 30, system
        everywhere += found
    assert set(everywhere) == {*LETTER_RULES, "duplicate_row"}
    parts = [parts for (*_, name), parts in truth.indicators.items() if name == "OVERDUE_WITH_APOLOGY"]
    assert any(0 < with_letter < overdue for with_letter, overdue in parts)


def test_every_unit_declares_every_month_and_the_quarter(small: Sink, truth: Truth) -> None:
    """What exports do not give; the faults of the first file come right, as later declarations, in the second."""
    frames = [
        pd.read_csv(path, dtype=str, keep_default_na=False).assign(day=path.parts[-2])
        for path in sorted(small.root.glob("declared-province/H50/*/declared.csv"))
    ]
    rows = pd.concat(frames, ignore_index=True)
    assert len(rows) == small.rows["declared-province"]
    units = {key[1] for key in truth.files if key[3] == "dossiers"} | {"H50"}
    spans = {("2026-07-01", "2026-07-31"), ("2026-08-01", "2026-08-31"), ("2026-09-01", "2026-09-30")}
    spans |= {("2026-07-01", "2026-09-30")}
    good = rows[(rows.TuSo.astype(int) <= rows.MauSo.astype(int)) & rows.TieuChi.isin([*CRITERIA, BESIDE])]
    held = rows[~rows.index.isin(good.index)]
    assert sorted(held.TieuChi.isin([*CRITERIA])) == [False, True]
    assert {rule: len(small.faults[rule]) for rule in DECLARED_RULES} == dict.fromkeys(DECLARED_RULES, 1)
    told = {(row.MaDonVi, row.TieuChi, row.TuNgay, row.DenNgay) for row in good.itertuples()}
    assert told >= {(unit, criterion, *span) for unit in units for criterion in CRITERIA for span in spans}
    assert (good.NgayKhai == good.day).all() and (good.DenNgay <= good.NgayKhai).all()
    key = ["MaDonVi", "TieuChi", "TuNgay", "DenNgay"]
    again = good[good.duplicated(key, keep=False)]
    assert len(again) == 2 and again.NgayKhai.nunique() == 2 and again.TuSo.nunique() == 2
    assert rows.MaBamMinhChung.str.fullmatch("[0-9a-f]{64}").all()


def test_no_other_file_depends_on_the_letters_or_the_declared_figures(tmp_path: Path, registry: Registry) -> None:
    whole = few_units(registry, 1)
    without = replace(whole, outlets=[o for o in whole.outlets if o.dataset not in ("apologies", "declared")])
    for name, reference in (("with", whole), ("without", without)):
        quarter(tmp_path / name, reference, seed=1, last=date(2026, 8, 14))
    first, second = (_digests(tmp_path / name) for name in ("with", "without"))
    letters = {path for path in first if "/apologies." in path or "/declared." in path}
    assert any("/declared." in path for path in letters)
    strays = first.keys() - second.keys() - letters
    assert letters and {path.split("/")[0] for path in strays} <= {"igate-quangtri", "onestop-a"}
    assert {path: digest for path, digest in first.items() if path not in letters | strays} == second


def test_every_file_fault_is_found_where_it_was_put(small: Sink, truth: Truth) -> None:
    found = {file.path: file.reason for file in truth.files.values() if file.reason}
    kinds = {kind for kinds in BROKEN_BY_EXT.values() for kind in kinds} | set(gate.REFUSALS)
    assert found == {path: kind for kind in kinds for path in small.faults.get(kind, [])}
    assert set(found.values()) == kinds
    assert sorted(truth.stray) == sorted(small.faults["stray_name"])
    assert not any((small.root / path).exists() for path in small.faults["missing_file"])


def test_one_of_each_kind_is_there(small: Sink) -> None:
    without = {"old_workbook"}  # what is kept writes no BIFF
    without |= {"other_encoding", "not_tolerated"}  # no system of the demonstration declares what they depart from
    without |= {"hidden_sheet", "further_sheet", "two_names_of_one_time", "invalid_csv", "no_last_line_end"}
    without |= {"reader_failed"}  # a fault of the program, not of a file
    without |= {"bytes_destroyed"}  # no bytes are destroyed by law
    without |= {"period_reversed"}  # a fault of objections, and no unit objects
    without |= {"parts_not_whole"}  # a fault of templates, and no office declares by one
    assert set(reasons()) - set(small.faults) == without


def test_everyday_faults_are_there(small: Sink) -> None:
    everyday = {"late_file", "missing_file", "duplicate_row", "extra_column", "decomposed_headings", "short_delivery"}
    everyday |= set(gate.WARNINGS)
    everyday |= {"lower_case_key", "padded_key", "formula_text", "path_text", "province_number", "stray_name"}
    assert everyday <= set(small.faults)


def test_units_differ(truth: Truth) -> None:
    period = ("2026-07-01", "2026-09-30")
    # two units with all the refused files of the quarter: each costs a day of ends, and what ended looks overdue
    for name, low, high in (("PROCESSING_ON_TIME", 0.7, 1.0), ("ONLINE_DOSSIER", 0.25, 1.0)):
        rates = [
            n / d for (_, *span, at), (n, d) in truth.indicators.items() if (*span, at) == (*period, name) and d > 90
        ]
        assert low <= min(rates) < max(rates) <= high
        assert max(rates) - min(rates) > 0.08


def test_every_dialect_reads_with_another_reader(small: Sink, registry: Registry) -> None:
    day = "2026-09-30"
    headings = {
        o.system: len(few_units(registry, 1).headings[o.vendor]) for o in few_units(registry, 1).outlets if o.vendor
    }
    message = json.loads(next(small.root.glob(f"mcdt-quangtri/*/{day}/dossiers.json")).read_bytes())
    assert message["service"] == "DongBoHoSoMC"
    assert all(isinstance(v, (str, list)) for row in message["data"] for v in row.values())
    lines = gzip.decompress(next(small.root.glob(f"igate-quangtri/*/{day}/*.gz")).read_bytes()).splitlines()
    assert all(json.loads(line)["MaHoSo"] for line in lines if line)
    for system, kwargs in (
        ("onestop-a", {}),
        ("onestop-c", {"sep": ";", "encoding": "utf-16"}),
        ("onestop-e", {"sep": "\t"}),
    ):
        frame = pd.read_csv(next(small.root.glob(f"{system}/*/{day}/dossiers.csv*")), dtype=str, **kwargs)
        assert len(frame.columns) in (headings[system], headings[system] + 1)
    for system in ("onestop-b", "onestop-d"):
        content = next(small.root.glob(f"{system}/*/{day}/dossiers.xlsx")).read_bytes()
        rows = open_sheets(content).sheets[0].rows
        assert {len(row) for row in rows} == {headings[system]}
        assert rows[-1][0] == "Tổng cộng"
    payments = pd.read_csv(io.BytesIO(next(small.root.glob(f"pay-dvcqg/*/{day}/payments.csv")).read_bytes()))
    assert list(payments.columns)[:2] == ["MaGiaoDich", "MaHoSo"]


def test_people_are_synthetic(small: Sink) -> None:
    for path in list(small.root.glob("mcdt-quangtri/*/*/dossiers.json"))[:40]:
        try:
            rows = json.loads(path.read_bytes())["data"]
        except (ValueError, RecursionError):
            continue
        assert all("CANARY" in r["ChuHoSo"] and r["DinhDanhCHS"][0]["SoDinhDanh"].startswith("999") for r in rows)
