"""What a pipeline exported, compared with the oracle."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

from contract_oracle.expected import Truth

COUNTS = ("rows_read", "rows_accepted", "rows_quarantined", "rows_duplicate")


def differences(truth: Truth, indicators_csv: Path, ledger_csv: Path) -> list[str]:
    """Ledger lines (last revision, reasons included) and indicators that differ; an absent 0/0 is no difference."""
    out = []
    ledger = {}
    for r in _rows(ledger_csv):
        if not r["outcome"].startswith("repeat"):
            ledger[r["system"], r["unit"], r["export_date"][:10], r["dataset"]] = r
    for file_key, file in truth.files.items():
        want = [file.outcome, file.reason, *(getattr(file, name) for name in COUNTS)]
        row = ledger.get(file_key)
        got = row and [row["outcome"], row["reason"], *(int(row[name]) for name in COUNTS)]
        if got != want:
            out.append(f"{file.path}: {got}, expected {want}")
    found = {}
    for r in _rows(indicators_csv):
        key = (r["unit_code"], r["period_start"][:10], r["period_end"][:10], r["indicator"])
        found[key] = (Decimal(r["numerator"] or 0), Decimal(r["denominator"] or 0))
    for indicator_key, parts in truth.indicators.items():
        if found.get(indicator_key, (0, 0)) != parts:
            out.append(f"{' '.join(indicator_key)}: {found.get(indicator_key)}, expected {parts}")
    return out


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))
