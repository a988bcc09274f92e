"""Reference files that went through a spreadsheet: read right, or refused by file, line and what is wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from cchc.errors import RegistryError
from cchc.registry.check import check
from cchc.registry.importer import import_reference
from cchc.registry.open import open_registry

SAMPLE = Path(__file__).parent / "sample"
Table = list[list[str]]


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    folder = tmp_path / "reference"
    folder.mkdir()
    for path in SAMPLE.glob("*.csv"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def rows_of(path: Path) -> Table:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def save(path: Path, rows: Table, mark: str = ";", head: str = "") -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=mark, lineterminator="\r\n").writerows(rows)
    path.write_bytes(b"\xef\xbb\xbf" + (head + text.getvalue()).encode())


def with_days(rows: Table, write: Callable[[date], str]) -> Table:
    def cell(text: str) -> str:
        try:
            return write(date.fromisoformat(text))
        except ValueError:
            return text

    return [[cell(text) for text in row] for row in rows]


@pytest.mark.parametrize(
    ("mark", "head", "form"),
    [
        (";", "", "%d/%m/%Y"),
        ("\t", "", "%d-%m-%Y"),
        (";", "sep=;\r\n", "%d.%m.%Y"),
        (",", "", "%Y-%m-%d 00:00:00"),
        (";", "", "%d/%m/%Y 0:00"),
    ],
)
def test_marks_and_days_of_a_country(reference: Path, tmp_path: Path, mark: str, head: str, form: str) -> None:
    import_reference(reference, tmp_path / "plain")
    for path in reference.glob("*.csv"):
        save(path, with_days(rows_of(path), lambda day: day.strftime(form)), mark, head)
    import_reference(reference, tmp_path / "saved")
    plain, saved = open_registry(tmp_path / "plain"), open_registry(tmp_path / "saved")
    assert saved.hash == plain.hash
    assert saved.units_on(date(2026, 7, 1)) and check(tmp_path / "saved") == []


def test_what_a_spreadsheet_adds_and_leaves_out(reference: Path, tmp_path: Path) -> None:
    import_reference(reference, tmp_path / "plain")
    header, *rows = rows_of(reference / "units.csv")
    code = header.index("agency_code")
    rows = [[f'="{cell}"' if n == code else cell for n, cell in enumerate(row)] for row in rows]
    rows = [row[: max(n for n, cell in enumerate(row) if cell) + 1] for row in rows]  # no empty cells at the end
    save(reference / "units.csv", [[*header, "", ""], *rows, [""] * len(header), ["", ""]])
    import_reference(reference, tmp_path / "saved")
    assert open_registry(tmp_path / "saved").units == open_registry(tmp_path / "plain").units


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("units.csv", "2025-07-01", "7/1/2025", "units.csv:3: schema: valid_from: 7/1/2025 may have"),
        ("units.csv", "2025-07-01", "07/13/2025", "day or month first"),
        ("units.csv", "2025-07-01", "########", "########"),
        ("units.csv", "2025-07-01", "45839", "45839 is no day"),
        ("units.csv", "2025-07-01", "31/02/2025", "2025-02-31 is no day"),
        ("units.csv", "Xã Một", "Xã M?t", "units.csv:3: spreadsheet: name: a question mark stands for a letter"),
        ("units.csv", "99001", "#N/A", "units.csv:3: spreadsheet: admin_code: #N/A stands for a value"),
        ("units.csv", "99001", "9.9E+04", "9.9E\\+04 has lost its digits"),
        ("units.csv", "99001", "9001", "units.csv:3: spreadsheet: admin_code: 9001 has 4 digits"),
        ("units.csv", "H99.101,H99", '"H99.101,H99', "units.csv:.*quotation mark"),
        ("units.csv", "H99,,99", "H99,,,99", "units.csv:2: schema: 9 cells under 8 headings"),
        ("units.csv", "99001,", "99001,,", "units.csv:3: schema: valid_from: Field required"),
        ("units.csv", "remark", "level", "units.csv:1: duplicate_column: column level stands twice"),
        ("procedures.csv", "1.000001", "1.00001", "procedures.csv:2: bad_procedure_code"),
    ],
)
def test_what_it_lost_is_told(reference: Path, tmp_path: Path, name: str, old: str, new: str, said: str) -> None:
    text = (reference / name).read_text(encoding="utf-8-sig")
    assert old in text
    where = text.index(old)
    (reference / name).write_text(text[:where] + new + text[where + len(old) :], encoding="utf-8")
    with pytest.raises(RegistryError, match=said):
        import_reference(reference, tmp_path / "out")
        open_registry(tmp_path / "out")


def test_text_of_an_old_code_page_is_told(reference: Path, tmp_path: Path) -> None:
    (reference / "labels.csv").write_bytes("field,label,canonical\nstatus,Đã xử lý,3\n".encode("cp1258", "replace"))
    with pytest.raises(RegistryError, match=r"labels\.csv:0: unreadable: no UTF-8 text; save it as"):
        import_reference(reference, tmp_path / "out")


def test_a_registry_folder_of_ones_own_is_read_alike(reference: Path, tmp_path: Path) -> None:
    import_reference(reference, tmp_path / "plain")
    before = open_registry(tmp_path / "plain").units
    path = tmp_path / "plain" / "units.csv"
    save(path, with_days(rows_of(path), lambda day: day.strftime("%d/%m/%Y")))
    assert open_registry(tmp_path / "plain").units == before
