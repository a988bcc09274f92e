"""Bench exports hold exactly the rows asked for, and the floor query counts what the contract counts."""

from __future__ import annotations

import json
from pathlib import Path

from bench.floor import floor
from bench.scale import write_increment, write_scale
from contract_oracle import expected


def _codes(root: Path, day: str) -> set[str]:
    files = root.glob(f"bench-json/*/{day}/dossiers.json")
    return {row["MaHoSo"] for path in files for row in json.loads(path.read_bytes())["data"]}


def test_bench_and_increment(tmp_path: Path) -> None:
    root, reference = tmp_path / "exports", tmp_path / "reference"
    assert write_scale(root, reference, units=6, rows=5_001, days=3) == {"files": 18, "rows": 5_001}
    before = expected(root, reference)
    assert {f.outcome for f in before.files.values()} == {"accepted"}
    assert sum(f.rows_accepted for f in before.files.values()) == 5_001

    assert write_increment(root, reference, changed=60) == {"files": 6, "rows": 60}
    after = expected(root, reference)
    assert sum(f.rows_accepted for f in after.files.values()) == 5_061
    span = ("2026-07-01", "2026-09-30")
    sent = {day: _codes(root, day) for day in ("2026-09-27", "2026-09-28", "2026-09-29", "2026-09-30")}
    assert len(sent["2026-09-30"]) == 30
    assert sent.pop("2026-09-30") <= set().union(*sent.values())

    counted = {unit[0]: unit[1:] for dialect in floor(root, reference) for unit in dialect.units}
    for unit, (received, timely, online, digitised, vneid, _, electronic) in counted.items():
        want = {
            "ONLINE_DOSSIER": online,
            "SO_HOA_GIAY_TO_GIAI_QUYET": digitised,
            "CITIZEN_DATA_CONNECTED_DOSSIER": vneid,
            "ORIGINAL_RESULT_AVAILABLE": electronic,
        }
        assert {name: after.indicators[unit, *span, name] for name in want} == {
            n: (v, received) for n, v in want.items()
        }
        on_time, _ = after.indicators[unit, *span, "PROCESSING_ON_TIME"]
        assert 0.95 * on_time < timely <= on_time  # the floor takes no waiting time off
    assert len(counted) == 6


def test_same_values_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        write_scale(tmp_path / name / "exports", tmp_path / name / "reference", units=2, rows=200)
    files = [sorted((tmp_path / name).rglob("*.*")) for name in "ab"]
    assert [p.read_bytes() for p in files[0] if p.is_file()] == [p.read_bytes() for p in files[1] if p.is_file()]
