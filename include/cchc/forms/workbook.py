"""A filled form as a workbook: the form as it is printed, and a sheet with identities and origin.

Sums are live formulas, each with its value beside it, so that a reader can trace them and a program without a
calculator reads them too. What is not known is a text in the cell and never a number.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from cchc.forms import words
from cchc.forms.fill import Form, Line
from cchc.forms.origin_sheet import write_origin
from cchc.forms.rows import Printed, printed
from cchc.publish.exports import SAFE_WORKBOOK
from cchc.registry.forms import LABEL_KEYS, FormColumn
from cchc.table_file import spreadsheet_safe, whole_file

#: Whole numbers with a point between thousands, whatever language the spreadsheet program speaks.
NUMBERS = r"[>=1000000]#\.###\.##0;[>=1000]#\.##0;0"
SHEET = "Biểu"
#: Paper by the number of columns: A4, and A3 for forms that A4 cannot show.
_A4, _A3, _WIDE = 9, 8, 20
_PAPER = "Times New Roman"
_TOP = 5  # rows above the headings


def write_form(form: Form, path: Path) -> Path:
    """Write the workbook, whole or not at all; returns the path."""
    with whole_file(path) as part, xlsxwriter.Workbook(str(part), {**SAFE_WORKBOOK}) as book:
        # of the period and not of the clock: the same figures give the same bytes
        book.set_properties({"title": form.title, "created": datetime.combine(form.last, datetime.min.time())})
        _Sheet(book, form).write()
        write_origin(book, form, SHEET, total_row=_TOP + 3 + len(printed(form)) - 1)
    return path


class _Sheet:
    """The form itself: one row a line from row ``start`` on."""

    def __init__(self, book: xlsxwriter.Workbook, form: Form) -> None:
        self.form = form
        self.columns = form.layout.columns
        self.sheet: Worksheet = book.add_worksheet(SHEET)
        base = {"font_name": _PAPER, "font_size": 11, "valign": "vcenter"}
        framed = base | {"border": 1}
        self.plain = book.add_format(base)
        self.title = book.add_format(base | {"bold": True, "font_size": 14, "align": "center", "text_wrap": True})
        self.center = book.add_format(base | {"align": "center", "text_wrap": True})
        self.warning = book.add_format(base | {"align": "center", "italic": True, "text_wrap": True})
        self.heading = book.add_format(framed | {"bold": True, "align": "center", "text_wrap": True})
        self.small = book.add_format(framed | {"align": "center", "italic": True, "font_size": 9, "text_wrap": True})
        self.forms: dict[tuple[str, bool], Format] = {}
        self.numbers: dict[str, Format] = {}
        for kind in ("line", "group", "total"):
            look = framed | {"bold": kind != "line"} | ({"bg_color": "#EDEDED"} if kind == "total" else {})
            self.numbers[kind] = book.add_format(look | {"align": "center"})
            self.forms[kind, False] = book.add_format(look | {"text_wrap": True})
            self.forms[kind, True] = book.add_format(look | {"num_format": NUMBERS, "align": "right"})
        self.start = _TOP + 3

    def write(self) -> None:
        """Everything of the sheet, and how it is printed."""
        rows = printed(self.form)
        self._head()
        self._headings()
        for position, row in enumerate(rows):
            self._row(self.start + position, row)
        last = self._foot(self.start + len(rows))
        end = len(self.columns) - 1
        self.sheet.set_landscape()
        self.sheet.set_paper(_A3 if len(self.columns) > _WIDE else _A4)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(_TOP, self.start - 1)
        self.sheet.print_area(0, 0, last, end)
        self.sheet.set_footer("&R&9Trang &P/&N")
        self.sheet.freeze_panes(self.start, 2)

    def _head(self) -> None:
        form, end = self.form, len(self.columns) - 1
        self.sheet.merge_range(0, 0, 0, end, _text(f"Đơn vị báo cáo: {form.unit_name} ({form.unit})"), self.plain)
        self.sheet.merge_range(1, 0, 1, end, form.title, self.title)
        span = f"Từ ngày {words.day(form.first)} đến ngày {words.day(form.last)}"
        self.sheet.merge_range(2, 0, 2, end, span, self.center)
        held = "" if form.layout.item.is_text_held else words.TEXT_NOT_HELD
        self.sheet.merge_range(3, 0, 3, end, held, self.warning)
        self.sheet.merge_range(4, 0, 4, end, "Đơn vị tính: hồ sơ", self.plain)
        self.sheet.set_row(1, 24)

    def _headings(self) -> None:
        """Two rows of headings, of which neighbours that are the same are one cell, and the numbers of the columns."""
        top, below, numbers = _TOP, _TOP + 1, _TOP + 2
        at = 0
        while at < len(self.columns):
            column = self.columns[at]
            last = at
            while column.subheading and last + 1 < len(self.columns) and self._same_head(column, last + 1):
                last += 1
            if not column.subheading:
                self.sheet.merge_range(top, at, below, at, column.heading, self.heading)
            elif last > at:
                self.sheet.merge_range(top, at, top, last, column.heading, self.heading)
            else:
                self.sheet.write_string(top, at, column.heading, self.heading)
            at = last + 1
        for position, column in enumerate(self.columns):
            if column.subheading:
                self.sheet.write_string(below, position, column.subheading, self.heading)
            said = next((str(i) for i in column.identities if i.total == column.column and not i.is_before), "")
            self.sheet.write_string(numbers, position, (said or str(column.column)).replace(" ", ""), self.small)
            width = {"stt": 5, "unit": 26, "field_by_level": 34}.get(
                column.key, 8.5 if len(self.columns) > _WIDE else 11
            )
            self.sheet.set_column(position, position, width)
        self.sheet.set_row(top, 32)
        self.sheet.set_row(below, 78 if len(self.columns) > _WIDE else 48)

    def _same_head(self, column: FormColumn, position: int) -> bool:
        other = self.columns[position]
        return bool(other.subheading) and other.heading == column.heading

    def _row(self, at: int, row: Printed) -> None:
        label = len(row.line.label)
        self.sheet.set_row(at, 16 * max(1, -(-label // 38)))
        for position, column in enumerate(self.columns):
            if column.key == "stt":
                self.sheet.write_string(at, position, row.number, self.numbers[row.kind])
            elif column.key in LABEL_KEYS:
                self.sheet.write_string(at, position, _text(row.line.label), self.forms[row.kind, False])
            else:
                self._cell(at, position, column, row)

    def _cell(self, at: int, position: int, column: FormColumn, row: Printed) -> None:
        cell, look = row.line.cells[column.key], self.forms[row.kind, True]
        formula = self._sum_below(position, row) if row.sums else self._sum_across(at, column, row.line)
        value = words.UNKNOWN if cell.number is None else cell.number
        if formula is not None:
            self.sheet.write_formula(at, position, formula, look, value)
        elif cell.number is None:
            self.sheet.write_string(at, position, words.UNKNOWN, look)
        else:
            self.sheet.write_number(at, position, cell.number, look)

    def _sum_below(self, position: int, row: Printed) -> str:
        """The rows it adds up; where one of them is not known, the sum is not."""
        rows = [self.start + number for number in row.sums]
        name = xl_col_to_name(position)
        if rows == list(range(rows[0], rows[-1] + 1)):
            listed = f"{name}{rows[0] + 1}:{name}{rows[-1] + 1}"
        else:
            listed = ",".join(f"{name}{at + 1}" for at in rows)
        if row.line.cells[self.columns[position].key].number is not None:
            return f"=SUM({listed})"
        return f'=IF(COUNT({listed})={len(rows)},SUM({listed}),"{words.UNKNOWN}")'

    def _sum_across(self, at: int, column: FormColumn, line: Line) -> str | None:
        """The columns of its own row that it adds up, where they do; what is off stays the number that was counted."""
        for check in self.form.checks(line):
            identity = check.identity
            if identity.total == column.column and not identity.is_before and check.difference == 0:
                return "=" + "+".join(xl_rowcol_to_cell(at, number - 1) for number in identity.parts)
        return None

    def _foot(self, at: int) -> int:
        """Room for the signatures; returns the last row."""
        end = len(self.columns) - 1
        middle = end // 2
        for row, left, right in (
            (at + 1, "", "........, ngày ..... tháng ..... năm ........"),
            (at + 2, "Người lập biểu", "Thủ trưởng đơn vị"),
            (at + 3, "(ký, ghi rõ họ tên)", "(ký, đóng dấu, ghi rõ họ tên)"),
        ):
            self.sheet.merge_range(row, 0, row, middle, left, self.center)
            self.sheet.merge_range(row, middle + 1, row, end, right, self.center)
        return at + 7


def _text(value: str) -> str:
    return str(spreadsheet_safe(value))
