"""Exports the project makes itself, against an independent slow reading of the contract: all files and indicators."""

from __future__ import annotations

import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from running import cchc, export_indicators, export_ledger, read_csv

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "first", "last"), [(1, date(2026, 7, 28), date(2026, 8, 4)), (2, date(2026, 9, 24), date(2026, 9, 30))]
)
def test_every_file_and_every_indicator_equals_the_oracle(seed: int, first: date, last: date, tmp_path: Path) -> None:
    from cchc.demo import gate, write_demo
    from cchc.registry.open import open_registry
    from contract_oracle import Reference, expected

    registry = open_registry()
    exports, work = tmp_path / "exports", tmp_path / "work"
    write_demo(exports, registry, seed=seed, day_from=first, day_to=last, scale=0.4)
    for history in [path for path in exports.iterdir() if path.name.startswith("motcua-")]:
        history.rename(tmp_path / history.name)  # other years: not asked for here, and the oracle reads what it finds
    cchc(
        "run",
        "--exports",
        exports,
        "--from",
        first.isoformat(),
        "--to",
        last.isoformat(),
        "--workdir",
        work,
        "--quiet",
        "--no-pages",
    )
    truth = expected(exports, Reference.of_registry(registry))
    names = ("outcome", "reason", "rows_read", "rows_accepted", "rows_quarantined", "rows_duplicate")
    rows = read_csv(export_ledger(work))
    ledger = {
        (row["system"], row["unit"], row["export_date"], row["dataset"]): tuple(row[name] for name in names)
        for row in rows
    }
    wrong_files = {
        key: (ledger.get(key), file)
        for key, file in truth.files.items()
        if ledger.get(key) != tuple(str(getattr(file, name)) for name in names)
    }
    assert wrong_files == {} and len(truth.files) > 300
    assert sum(file.rows_quarantined for file in truth.files.values()) > 0
    found = {
        (row["unit_code"], row["period_start"], row["period_end"], row["indicator"]): row
        for row in read_csv(export_indicators(work))
    }
    wrong = {
        key: (value, found.get(key))
        for key, value in truth.indicators.items()
        if key not in found or tuple(Decimal(found[key][name]) for name in ("numerator", "denominator")) != value
    }
    assert wrong == {} and len(truth.indicators) > 1000
    # what departs from its form is said of the files in which it was put, and of no other
    put = json.loads((exports / "manifest.json").read_bytes())["places"]
    said = {kind: sorted(row["path"] for row in rows if kind in row["warnings"].split(",")) for kind in gate.WARNINGS}
    assert said == {kind: put.get(kind, []) for kind in gate.WARNINGS}
