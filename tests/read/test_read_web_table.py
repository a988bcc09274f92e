"""Web tables that stand under a workbook's name."""

from __future__ import annotations

import pytest

from cchc.read.workbook import Workbook, open_sheets
from support.books import refusal

PAGE = (
    "<html><head><meta charset='{}'><title>Báo cáo</title></head><body><table><tr><td>menu</td></tr></table>"
    "<table><tr><th colspan='2'>Hồ sơ</th><th rowspan='2'>Hạn</th></tr><tr><th>Mã</th><th>Tên</th></tr>"
    "<tr><td>H1</td><td>a<br>b</td><td>&nbsp;</td></tr><tr><td>H2</td><td> c  d </td><td>5</td></tr>"
    "</table></body></html>"
)
TABLE = [["Hồ sơ", None, "Hạn"], ["Mã", "Tên", None], ["H1", "a\nb", None], ["H2", "c d", "5"]]


def page(content: bytes) -> Workbook:
    book = open_sheets(content)
    assert book.warnings == ["web_table"]
    return book


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1258"])
def test_a_web_table(encoding: str) -> None:
    text = PAGE.format(encoding)
    if encoding == "windows-1258":  # which has no letter for some of the tones
        text = text.replace("Hạn", "Hẹn").replace("ẹ", "e\u0323").replace("ồ", "ô\u0300").replace("ã", "a\u0303")
        text = text.replace("á", "a\u0301")
    book = page(text.encode("cp1258" if encoding == "windows-1258" else encoding))
    assert len(book.sheets) == 1  # the menu is no table of data
    if encoding != "windows-1258":
        assert book.sheets[0].rows == TABLE
    assert book.sheets[0].rows[3] == TABLE[3]
    assert book.sheets[0].areas == [(0, 0, 0, 1), (0, 2, 1, 2)]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("table", "div", "html_error_page"),
        ("</table></body></html>", "", "truncated_xlsx"),
        ("<td>H1</td><td>a<br>b</td><td>&nbsp;</td>", "", None),
        ("<tr><td>H1", "<td>H1", "unreadable_workbook"),
        ("<html>", "<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>", "unreadable_workbook"),
    ],
)
def test_a_web_page_that_is_no_whole_table(old: str, new: str, reason: str | None) -> None:
    content = PAGE.format("utf-8").replace(old, new).encode()
    if reason is None:
        assert page(content).sheets[0].rows[2] == [None, None, None]
    else:
        assert refusal(content) == reason


def test_an_error_page_is_no_workbook() -> None:
    assert refusal(b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>") == "html_error_page"
