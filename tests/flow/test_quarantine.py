"""Out of quarantine: mend the registry and replay, or waive a plausibility rule by name; nothing is lost on the way."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from running import cchc, export_ledger, query, read_csv

REFERENCE = Path(__file__).parent / "reference"
HEAD = "Mã hồ sơ,Mã TTHC,Người nộp,Hình thức nộp,Ngày nộp,Ngày tiếp nhận,Ngày hẹn trả,Ngày kết thúc xử lý,Trạng thái"
HEAD += ',Đơn vị xử lý,"Phí, lệ phí"'  # the others of the set of headings
ROWS = (
    "A-1,1.001193,CANARY,Trực tuyến,01/09/2026 07:00,01/09/2026 08:00,03/09/2026 17:00,,Đang xử lý,,",
    "A-2,1.001193,CANARY,Trực tuyến,01/09/2026 07:00,01/09/2026 08:00,31/08/2026 17:00,,Đang xử lý,,",
    "A-3,1.009999,CANARY,Trực tuyến,01/09/2026 07:00,01/09/2026 08:00,03/09/2026 17:00,,Đang xử lý,,",
    ",1.001193,CANARY,Trực tuyến,01/09/2026 07:00,01/09/2026 08:00,03/09/2026 17:00,,Đang xử lý,,",
)


@pytest.fixture
def held(tmp_path: Path) -> Path:
    folder = tmp_path / "exports" / "onestop-a" / "H50.103" / "2026-09-02"
    folder.mkdir(parents=True)
    (folder / "dossiers.csv").write_text("\n".join([HEAD, *ROWS]) + "\n", encoding="utf-8-sig")
    shutil.copytree(REFERENCE, tmp_path / "reference")
    run(tmp_path)
    return tmp_path


def run(base: Path) -> None:
    cchc(
        "run",
        "--exports",
        base / "exports",
        "--reference",
        base / "reference",
        "--from",
        "2026-09-02",
        "--to",
        "2026-09-02",
        "--workdir",
        base / "work",
        "--quiet",
        "--no-pages",
    )


def held_rows(base: Path) -> dict[str, str]:
    found = query(base / "work", "select revision_id || ':' || row_number, rule from raw.quarantine")
    return {rule: row_id for row_id, rule in found}


def counts(base: Path) -> tuple[str, ...]:
    (row,) = read_csv(export_ledger(base / "work"))
    assert row["in_force"] == "True"  # as programs that read the ledger have long found it
    return tuple(row[name] for name in ("rows_read", "rows_accepted", "rows_quarantined", "rows_duplicate"))


def test_each_row_is_held_with_its_rule_and_without_its_person(held: Path) -> None:
    assert set(held_rows(held)) == {"due_before_received", "unknown_procedure", "no_key"}
    shown = cchc("quarantine", "show", held_rows(held)["due_before_received"], "--workdir", held / "work").stdout
    assert "DOS-09" in shown and "data row 2" in shown and "CANARY" not in shown
    assert counts(held) == ("4", "1", "3", "0")


def test_a_plausibility_rule_can_be_waived_by_name(held: Path) -> None:
    row = held_rows(held)["due_before_received"]
    cchc(
        "quarantine",
        "release",
        row,
        "--reason",
        "confirmed by the unit",
        "--by",
        "an officer",
        "--workdir",
        held / "work",
    )
    assert counts(held) == ("4", "2", "2", "0")
    cchc("build", "--workdir", held / "work", "--quiet")
    assert query(held / "work", "select count(*) from marts.fct_dossier") == [(2,)]


def test_a_row_without_key_cannot_be_waived(held: Path) -> None:
    row = held_rows(held)["no_key"]
    done = cchc(
        "quarantine", "release", row, "--reason", "please", "--by", "me", "--workdir", held / "work", check=False
    )
    assert done.returncode == 1 and re.search("no_key can't be waived", done.stderr)
    assert counts(held) == ("4", "1", "3", "0")


def test_a_mended_registry_and_a_replay_let_the_row_in(held: Path) -> None:
    catalogue = held / "reference" / "procedures.csv"
    catalogue.write_text(
        catalogue.read_text(encoding="utf-8")
        + "1.009999,Thủ tục mới,Hộ tịch,commune,0,1,working,partial,1,2026-09-01,\n",
        encoding="utf-8",
    )
    cchc("registry", "import", held / "reference", "--workdir", held / "work")
    cchc(
        "ingest",
        "--exports",
        held / "exports",
        "--from",
        "2026-09-02",
        "--to",
        "2026-09-02",
        "--unit",
        "H50.103",
        "--replay",
        "--workdir",
        held / "work",
        "--quiet",
    )
    assert counts(held) == ("4", "2", "2", "0")
    cchc("build", "--workdir", held / "work", "--quiet")
    assert query(held / "work", "select count(*) from marts.fct_dossier") == [(2,)]
