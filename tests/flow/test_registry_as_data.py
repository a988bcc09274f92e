"""Adding a commune, and a vendor with other headings, changes data only: no file of the package is touched."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from running import cchc as command
from running import query

import cchc

REFERENCE = Path(__file__).parent / "reference"
DOSSIER = {
    "dossier_code": "H50.199-260901-0001",
    "procedure_code": "1.001193",
    "received_at": "01/09/2026 08:00",
    "due_at": "03/09/2026 17:00",
    "finished_at": "02/09/2026 10:00",
    "status": "Đã xử lý xong",
    "channel": "Trực tuyến",
    "handling_unit": "",
    "submitted_at": "",
    "fees": "",
}


def append(path: Path, *rows: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n" + "\n".join(rows) + "\n", encoding="utf-8")


def deliver(root: Path, system: str, unit: str, headings: dict[str, str]) -> None:
    folder = root / system / unit / "2026-09-02"
    folder.mkdir(parents=True)
    with (folder / "dossiers.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(headings.values())
        writer.writerow([DOSSIER[name] for name in headings])


def run(tmp_path: Path, reference: Path) -> Path:
    command(
        "run",
        "--exports",
        tmp_path / "exports",
        "--reference",
        reference,
        "--from",
        "2026-09-02",
        "--to",
        "2026-09-02",
        "--workdir",
        tmp_path / "work",
        "--quiet",
        "--no-pages",
    )
    return tmp_path / "work"


def source_files() -> dict[str, bytes]:
    package = Path(cchc.__file__).parent
    return {str(path): path.read_bytes() for path in package.rglob("*.py")}


def test_adding_a_commune_is_one_row(tmp_path: Path) -> None:
    reference = shutil.copytree(REFERENCE, tmp_path / "reference")
    before = source_files()
    append(reference / "units.csv", "H50.199,19999,Xã Mới Lập,commune,H50,2026-09-01,")
    systems = (reference / "systems.csv").read_text(encoding="utf-8")
    (reference / "systems.csv").write_text(systems.replace(",H50.103", ",H50.103 H50.199"), encoding="utf-8")
    known = {
        "dossier_code": "Mã hồ sơ",
        "procedure_code": "Mã TTHC",
        "received_at": "Ngày tiếp nhận",
        "due_at": "Ngày hẹn trả",
        "finished_at": "Ngày kết thúc xử lý",
        "status": "Trạng thái",
        "channel": "Hình thức nộp",
        "handling_unit": "Đơn vị xử lý",
        "submitted_at": "Ngày nộp",
        "fees": "Phí, lệ phí",
    }
    deliver(tmp_path / "exports", "onestop-a", "H50.199", known)
    work = run(tmp_path, reference)
    rows = query(
        work,
        "select unit_name, rank, total > 0 from publish.pub_ranking "
        "where unit_code = 'H50.199' and period_kind = 'month'",
    )
    assert rows == [("Xã Mới Lập", 1, True)]
    assert source_files() == before


def test_adding_a_vendor_with_other_headings_is_rows_too(tmp_path: Path) -> None:
    reference = shutil.copytree(REFERENCE, tmp_path / "reference")
    before = source_files()
    other = {
        "dossier_code": "Số biên nhận",
        "procedure_code": "Thủ tục (mã)",
        "received_at": "Nhận lúc",
        "due_at": "Trả lúc",
        "finished_at": "Xong lúc",
        "status": "Tình hình",
        "channel": "Cách nộp",
    }
    append(reference / "headings.csv", *(f"Z,{heading},{name}" for name, heading in other.items()))
    append(reference / "systems.csv", 'vendor-z,dossiers,onecsv,csv,",",utf-8-sig,Z,H50.104')
    deliver(tmp_path / "exports", "vendor-z", "H50.104", other)
    work = run(tmp_path, reference)
    assert query(work, "select dossier_code, channel, status from raw.dossiers") == [
        (DOSSIER["dossier_code"], "online", 9)
    ]
    assert source_files() == before


def test_an_unknown_heading_map_is_explained_before_anything_runs(tmp_path: Path) -> None:
    reference = shutil.copytree(REFERENCE, tmp_path / "reference")
    append(reference / "systems.csv", 'vendor-y,dossiers,onecsv,csv,",",utf-8-sig,Y,H50.104')
    work = tmp_path / "work"
    command("registry", "import", reference, "--workdir", work)
    done = command("registry", "check", "--workdir", work, check=False)
    assert done.returncode == 1 and "vendor-y.yaml" in done.stdout and "heading" in done.stdout
