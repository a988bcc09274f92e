"""What is measured again is measured on a copy."""

from __future__ import annotations

from pathlib import Path

from bench.installation import copy_of


def test_a_copy_shares_what_never_changes_and_nothing_else(tmp_path: Path) -> None:
    work = tmp_path / "work"
    (work / "landing").mkdir(parents=True)
    (work / "warehouse.duckdb.tmp").mkdir()  # where DuckDB puts what memory does not hold
    for name in ("warehouse.duckdb", "ledger.sqlite", "landing/blob"):
        (work / name).write_text(name)
    for _ in range(2):  # over the copy before
        copy = copy_of(work, tmp_path / "copy")
        assert sorted(path.name for path in copy.iterdir()) == ["landing", "ledger.sqlite", "warehouse.duckdb"]
        assert (copy / "landing/blob").samefile(work / "landing/blob")
        for own in ("warehouse.duckdb", "ledger.sqlite"):
            assert (copy / own).read_text() == own
            assert not (copy / own).samefile(work / own)
