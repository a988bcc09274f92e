"""Workbooks of every kind that offices send, as sheets of text cells: XLSX, the old XLS, and web tables so named."""

from __future__ import annotations

from cchc.errors import FileRefused
from cchc.read.unpack import OLE, ZIP, is_page
from cchc.read.web_table import open_tables
from cchc.read.workbook_old import open_old
from cchc.read.workbook_sheets import Area, Row, Sheet, Workbook
from cchc.read.workbook_xlsx import open_xlsx

__all__ = ["Area", "Row", "Sheet", "Workbook", "open_sheets"]

_OLD = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")  # BIFF 2 to 5 without a container


def open_sheets(content: bytes) -> Workbook:
    """Open a workbook, whatever its name says it is; every cell is text, or None where it is empty.

    Text as it stands; ``yyyy-MM-dd HH:mm:ss``, without the time where it is midnight, ``HH:MM:SS`` where there is no
    day; ``true``, ``false``; numbers in their shortest form, those of 16 digits and more as ``1.2E+16``; an error by
    its name (``#N/A``); a formula without a stored value is ``#FORMULA!``. Warns ``old_workbook``, ``web_table``.
    Refuses ``truncated_xlsx``, ``zip_bomb``, ``protected_workbook``, ``html_error_page``, ``unreadable_workbook``.
    """
    if content.startswith(ZIP):
        return open_xlsx(content)
    if content.startswith((OLE, *_OLD)):
        return open_old(content)
    if is_page(content) or content.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<"):
        return open_tables(content)
    raise FileRefused("unreadable_workbook", "neither XLSX, XLS nor a web table")
