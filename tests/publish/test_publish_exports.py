import csv
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from publish_world import FORMULA

from cchc.errors import PermanentError
from cchc.publish import export_indicators, export_table
from cchc.publish.exports import INDICATOR_COLUMNS
from cchc.settings import Settings
from cchc.table_file import plain, spreadsheet_safe, write_csv

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("text", ["=1+1", "+84", "-1", "@SUM(A1)", "\tx", "\rx", "\n=x"])
def test_texts_that_would_run_are_escaped(text: str) -> None:
    assert spreadsheet_safe(text) == "'" + text


@pytest.mark.parametrize("value", ["Xã A", "", "a=b", " =x", None, -5, Decimal("-1.50"), date(2026, 1, 1)])
def test_everything_else_is_left_alone(value: object) -> None:
    assert spreadsheet_safe(value) == value


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (Decimal("38.0000"), "38"),
        (Decimal("100.0000"), "100"),
        (Decimal("1234567.0000"), "1234567"),
        (Decimal("0.5000"), "0.5"),
        (Decimal("5.00"), "5.00"),
        (Decimal("-5.10"), "-5.10"),
        (-7, "-7"),
        (None, ""),
        (True, "true"),
        (date(2026, 9, 30), "2026-09-30"),
        (datetime(2026, 9, 30, 17, 5), "2026-09-30 17:05:00"),
    ],
)
def test_cells_are_plain(value: object, cell: str) -> None:
    assert plain(value) == cell


def test_indicators(any_settings: Settings, tmp_path: Path) -> None:
    out = export_indicators(any_settings, tmp_path / "out" / "indicators.csv")
    rows = rows_of(out)
    assert tuple(rows[0]) == INDICATOR_COLUMNS
    (row,) = [
        r
        for r in rows
        if (r["unit_code"], r["period_start"], r["indicator"]) == ("H50.100", "2026-07-01", "PROCESSING_ON_TIME")
    ]
    assert (row["numerator"], row["denominator"], row["score"]) == ("2", "3", "13.33")
    assert row["null_reason"] == ""
    assert "'" + FORMULA in {r["unit_name"] for r in rows}
    assert not out.read_bytes().startswith(b"\xef\xbb\xbf")


def test_any_view_as_xlsx(any_settings: Settings, tmp_path: Path) -> None:
    out = export_table(any_settings, "ranking_v1", tmp_path / "ranking.xlsx", fmt="xlsx")
    with zipfile.ZipFile(out) as book:
        assert book.testzip() is None
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        about = book.read("xl/worksheets/sheet2.xml").decode()
    cells = {cell.get("r"): cell for cell in sheet.iter(f"{SHEET}c")}
    heading = {
        "".join(cell.itertext()): name for name, cell in cells.items() if str(name).rstrip("0123456789") + "1" == name
    }
    assert not list(sheet.iter(f"{SHEET}f")), "no cell is a formula"
    total = cells[heading["total"].rstrip("0123456789") + "2"]
    assert total.get("t") in (None, "n"), "numbers stay numbers"
    names = {
        "".join(c.itertext())
        for r, c in cells.items()
        if str(r).rstrip("0123456789") == heading["unit_name"].rstrip("1")
    }
    assert "'" + FORMULA in names
    assert sheet.find(f".//{SHEET}pane").get("state") == "frozen"  # type: ignore[union-attr]
    assert sheet.find(f"{SHEET}cols") is not None
    assert "2026-09-28" in about
    assert "qd766-portal-2026" in about


@pytest.mark.parametrize("name", ["pub_nothing", "pub_ranking; drop schema publish", "raw.dossiers"])
def test_only_published_views(settings: Settings, tmp_path: Path, name: str) -> None:
    with pytest.raises(PermanentError, match="not published"):
        export_table(settings, name, tmp_path / "x.csv")
    assert not (tmp_path / "x.csv").exists()


def test_a_failed_export_leaves_the_old_file(tmp_path: Path) -> None:
    out = tmp_path / "x.csv"
    out.write_text("old", encoding="utf-8")

    def rows() -> object:
        yield (1,)
        raise RuntimeError("lost the connection")

    with pytest.raises(RuntimeError):
        write_csv(out, ["a"], rows())  # type: ignore[arg-type]
    assert out.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [out]
