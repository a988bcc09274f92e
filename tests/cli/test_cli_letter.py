"""``cchc status --letter``: the note to a unit tells what was wrong, where and how to mend it, and nobody's name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cchc.cli import app
from cchc.datasets import DATASETS
from cchc.errors import PermanentError
from cchc.notes.held import held_rows
from cchc.notes.letter import MOST_ROWS, WIDTH, Asked, letter
from cchc.notes.words import DATASET_NAMES, WORDS
from cchc.reasons import reasons
from cchc.registry.open import Registry
from support.dossiers import Tables, delimited, dossier, envelope, record_2022
from support.world import DAY, G2, World, g2_file, world

UNIT = "H50.101"
NEXT = date(2026, 11, 6)
BROKEN = [record_2022(dossier(), NgayHenTra="Nguyễn CANARY") for _ in range(MOST_ROWS + 2)]


def written(here: World, unit: str = UNIT, language: str = "vi", last: date = NEXT) -> str:
    asked = Asked(unit, DAY, last, None, language)
    return letter(asked, here.registry, here.ledger, held_rows(here.settings), here.settings.expectations)


@pytest.fixture
def here(tmp_path: Path, registry: Registry) -> World:
    """One good day with held rows, and one refused file."""
    made = world(tmp_path, registry)
    made.deliver(G2, envelope([record_2022(dossier()), *BROKEN, record_2022(dossier(), DonViXuLy="H50.999")]))
    made.deliver(G2, b"{", NEXT)
    made.ingest(DAY, NEXT)
    return made


def test_it_says_what_was_wrong_where_and_how_to_mend_it(here: World) -> None:
    said = " ".join(written(here).split())
    assert f"({UNIT})" in said and "05/11/2026 - 06/11/2026" in said
    assert "Tệp đã nhận: 2, trong đó bị từ chối: 1." in said
    assert f"Dòng đã đọc: {len(BROKEN) + 2}, trong đó bị giữ lại: {len(BROKEN) + 1}." in said
    assert "### JSON không hợp lệ (invalid_json): 1 tệp" in said
    assert f"`mcdt-quangtri/{UNIT}/{NEXT}/dossiers.json`" in said
    assert f"### Ngày không hợp lệ (bad_date), cột NgayHenTra: {len(BROKEN)} dòng" in said
    assert "Thấy: «aaaaaa aaaaaa». Cần: yyyyMMddHHmmss." in said
    assert "dòng 2, 3, 4, 5, 6 và 2 dòng nữa." in said
    assert "### Đơn vị không có trong danh mục (unknown_unit), cột DonViXuLy: 1 dòng" in said
    for code in ("invalid_json", "bad_date", "unknown_unit"):
        assert f"**Cách sửa:** {' '.join(reasons()[code].do['vi'].split())}" in said
    assert said.index("bad_date") < said.index("unknown_unit")  # the more frequent one first


def test_it_speaks_english_too(here: World) -> None:
    said = " ".join(written(here, language="en").split())
    assert "Files received: 2, of which refused: 1." in said
    assert f"### Bad date (bad_date), column NgayHenTra: rows: {len(BROKEN)}" in said
    assert "Cách sửa" not in said


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_personal_is_in_it(here: World, language: str) -> None:
    assert "CANARY" not in written(here, language=language)
    assert "999000" not in written(here, language=language)


def test_lines_are_short_enough_for_a_mail(here: World) -> None:
    lines = written(here).splitlines()
    assert max(len(line) for line in lines if not line.startswith("#")) <= WIDTH


def test_what_was_mended_is_not_told(here: World) -> None:
    here.deliver(G2, g2_file(1))
    here.deliver(G2, g2_file(2), NEXT)
    here.ingest(DAY, NEXT)
    said = written(here)
    assert "invalid_json" not in said and "bad_date" not in said
    assert WORDS["vi"]["held"] not in said


def test_missing_and_late_days_are_told(here: World) -> None:
    here.deliver("police-vneid/H50/vneid.csv", delimited([["MaXa"]]), date(2026, 11, 7))
    here.collect(date(2026, 11, 7), date(2026, 11, 7))
    said = written(here, last=date(2026, 11, 7))
    assert "- Còn thiếu, hồ sơ (mcdt-quangtri): 07/11/2026." in said
    assert "- Gửi muộn, hồ sơ (mcdt-quangtri): 05/11/2026." in said


def test_a_warning_names_its_files(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    here = world(tmp_path, registry)
    table = [[*tables.heading_row("A"), "CANARY heading"], [*tables.cells("A", dossier()), "x"]]
    here.deliver("onestop-a/H50.103/dossiers.csv", delimited(table))
    here.ingest()
    said = written(here, "H50.103")
    assert "### Có cột lạ (extra_column): 1 tệp" in said and "`onestop-a/H50.103/2026-11-05/dossiers.csv`" in said
    assert "CANARY" not in said


def test_a_stray_is_counted_and_its_name_kept_back(here: World) -> None:
    here.deliver("mcdt-quangtri/H50.101/Nguyen CANARY.docx", b"x")
    here.collect(DAY, NEXT)
    said = " ".join(written(here).split())
    assert "mcdt-quangtri/H50.101/2026-11-05: 1 tên, " in said and "CANARY" not in said


def test_a_unit_without_a_fault_is_told_so(tmp_path: Path, registry: Registry) -> None:
    here = world(tmp_path, registry)
    asked = Asked("H50.105", DAY, DAY)
    assert WORDS["vi"]["nothing"] in " ".join(
        letter(asked, registry, here.ledger, [], here.settings.expectations).split()
    )


def test_an_unknown_unit_is_an_error_of_ours(here: World) -> None:
    with pytest.raises(PermanentError, match="H99"):
        written(here, "H99")


def test_the_command_writes_the_file(here: World, tmp_path: Path) -> None:
    out = tmp_path / "letters" / "note.md"
    workdir = ["--workdir", str(here.settings.workdir), "--from", str(DAY), "--to", str(NEXT)]
    command = ["status", "--letter", UNIT, *workdir]
    printed = CliRunner().invoke(app, command)
    assert printed.exit_code == 0 and printed.output.strip() == written(here).strip()
    assert CliRunner().invoke(app, [*command, "--out", str(out), "--language", "en"]).exit_code == 0
    assert out.read_text("utf-8") == written(here, language="en")


def test_a_ledger_without_a_warehouse_is_enough(tmp_path: Path, registry: Registry) -> None:
    here = world(tmp_path, registry)
    here.deliver(G2, b"{")
    here.collect()
    command = ["status", "--letter", UNIT, "--workdir", str(here.settings.workdir)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0 and UNIT in done.output
    assert not here.settings.duckdb_path.exists()


def test_both_languages_say_the_same_things() -> None:
    assert WORDS["vi"].keys() == WORDS["en"].keys()
    assert all(set(DATASETS) <= set(names) for names in DATASET_NAMES.values())
