"""The second sheet of a form: what adds up, which cells are not known, and what the figures stand on."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from cchc import __version__
from cchc.forms import words
from cchc.forms.fill import Form
from cchc.forms.identities import Check
from cchc.forms.measures import why_unknown
from cchc.table_file import spreadsheet_safe

NAME = "Đẳng thức và nguồn"
#: Letters on a line of the merged cells.
_LINE = 125
#: Units named in one cell.
_NAMED = 30


def write_origin(book: xlsxwriter.Workbook, form: Form, main: str, total_row: int) -> None:
    """Add the sheet. ``main``, ``total_row``: where the form and its total stand, for the live formulas."""
    _Origin(book, form, main, total_row).write()


def facts(form: Form) -> list[tuple[str, str | int | date]]:
    """What the form stands on: label and value."""
    item, origin = form.layout.item, form.origin
    return [
        ("Bố cục", f"{item.layout}, bản áp dụng từ {words.day(item.valid_from)}"),
        ("Văn bản gốc", words.TEXT_HELD if item.is_text_held else words.TEXT_NOT_HELD),
        ("Nguồn của bố cục", item.source),
        *([("Ghi chú", item.note_vi)] if item.note_vi else []),
        *[("Quy tắc xếp cột", f"{rule.note_vi} (nguồn: {rule.source})") for rule in form.layout.rules.values()],
        ("Từ ngày", form.first),
        ("Đến ngày", form.last),
        ("Số liệu có đến ngày", origin.last_day or words.UNKNOWN),
        ("Bản dựng số", origin.build),
        ("Tệp hồ sơ thiếu hoặc bị từ chối trong kỳ", origin.files_missing),
        ("Đơn vị không có tệp hồ sơ nào đọc được trong kỳ", f"{len(origin.silent)}{_names(origin.silent)}"),
        ("Dòng hồ sơ bị giữ lại trong kỳ (chưa tính)", origin.rows_held),
        ("Phần mềm", f"cchc {__version__}"),
    ]


def _names(units: tuple[str, ...]) -> str:
    """The first of them by name."""
    more = f" và {len(units) - _NAMED} đơn vị khác" if len(units) > _NAMED else ""
    return f": {', '.join(units[:_NAMED])}{more}" if units else ""


class _Origin:
    def __init__(self, book: xlsxwriter.Workbook, form: Form, main: str, total_row: int) -> None:
        self.form, self.main, self.total_row = form, main, total_row
        self.sheet: Worksheet = book.add_worksheet(NAME)
        base = {"font_name": "Times New Roman", "font_size": 11, "valign": "top", "text_wrap": True}
        self.text = book.add_format(base | {"border": 1})
        self.day = book.add_format(base | {"border": 1, "num_format": "dd/mm/yyyy", "align": "left"})
        self.number = book.add_format(base | {"border": 1, "num_format": "0"})
        self.left = book.add_format(base | {"border": 1, "num_format": "0", "align": "left"})
        self.head = book.add_format(base | {"border": 1, "bold": True, "bg_color": "#EDEDED"})
        self.title = book.add_format(base | {"bold": True, "font_size": 13, "text_wrap": False})
        self.at = 0

    def write(self) -> None:
        """Origin, identities, cells that are not known."""
        self.sheet.set_column(0, 0, 34)
        self.sheet.set_column(1, 1, 44)
        self.sheet.set_column(2, 4, 13)
        self.sheet.set_column(5, 5, 60)
        self._facts()
        self._identities()
        self._unknown()
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.print_area(0, 0, max(self.at - 1, 0), 5)
        self.sheet.set_footer("&R&9Trang &P/&N")

    def _heading(self, title: str, *names: str) -> None:
        self.sheet.write_string(self.at, 0, title, self.title)
        for column, name in enumerate(names):
            self.sheet.write_string(self.at + 1, column, name, self.head)
        self.at += 2 if names else 1

    def _facts(self) -> None:
        self._heading("Nguồn số liệu")
        for label, value in facts(self.form):
            self.sheet.write_string(self.at, 0, label, self.head)
            if isinstance(value, date):
                self.sheet.write_datetime(self.at, 1, datetime.combine(value, datetime.min.time()), self.day)
            elif isinstance(value, int):
                self.sheet.write_number(self.at, 1, value, self.left)
            else:
                self.sheet.merge_range(self.at, 1, self.at, 5, str(spreadsheet_safe(value)), self.text)
                self.sheet.set_row(self.at, 16 * -(-len(value) // _LINE))
            self.at += 1
        self.at += 1

    def _identities(self) -> None:
        """All of the total, live; of the lines those that do not hold, and how many of them do."""
        self._heading("Đẳng thức giữa các cột", "Đẳng thức", "Dòng", "Vế trái", "Vế phải", "Chênh lệch", "Kết quả")
        for check in self.form.checks(self.form.total):
            self._check(check, is_total=True)
        held: Counter[str] = Counter()
        for line in self.form.lines:
            for check in self.form.checks(line):
                if check.verdict == "holds":
                    held[words.identity(check)] += 1
                else:
                    self._check(check, is_total=False)
        for name, lines in held.items():
            self.sheet.write_string(self.at, 0, name, self.text)
            self.sheet.merge_range(self.at, 1, self.at, 5, f"đúng ở {lines} / {len(self.form.lines)} dòng", self.text)
            self.at += 1
        self.at += 1

    def _check(self, check: Check, is_total: bool) -> None:
        self.sheet.write_string(self.at, 0, words.identity(check), self.text)
        self.sheet.write_string(self.at, 1, str(spreadsheet_safe(check.row)), self.text)
        for column, value in ((2, check.left), (3, check.right)):
            live = None if value is None or not is_total else self._live(check, column == 2)
            if value is None:
                self.sheet.write_string(self.at, column, words.UNKNOWN, self.text)
            elif live is None:
                self.sheet.write_number(self.at, column, value, self.number)
            else:
                self.sheet.write_formula(self.at, column, live, self.number, value)
        if check.difference is None:
            self.sheet.write_string(self.at, 4, words.UNKNOWN, self.text)
        else:
            self.sheet.write_formula(self.at, 4, f"=C{self.at + 1}-D{self.at + 1}", self.number, check.difference)
        self.sheet.write_string(self.at, 5, words.verdict(check), self.text)
        self.at += 1

    def _live(self, check: Check, is_left: bool) -> str | None:
        """The cells of the total that make a side; the period before stands in no cell."""
        if check.identity.is_before and not is_left:
            return None
        numbers = (check.identity.total,) if is_left else check.identity.parts
        return "=" + "+".join(f"'{self.main}'!{xl_col_to_name(n - 1)}{self.total_row + 1}" for n in numbers)

    def _unknown(self) -> None:
        unknown = [column for column in self.form.layout.measures if self.form.total.cells[column.key].number is None]
        if not unknown:
            return
        self._heading("Ô không rõ (dòng tổng cộng)", "Cột", "Tên cột", "Khoảng", "", "", "Vì sao")
        for column in unknown:
            name = ": ".join(filter(None, (column.heading, column.subheading)))
            self.sheet.write_number(self.at, 0, column.column, self.left)
            self.sheet.write_string(self.at, 1, name, self.text)
            between = words.bounds(self.form.total.cells[column.key])
            self.sheet.merge_range(self.at, 2, self.at, 4, between, self.text)
            self.sheet.write_string(self.at, 5, why_unknown(column.key, self.form.total.cells[column.key]), self.text)
            self.at += 1
