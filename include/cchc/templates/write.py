"""A template as a workbook: instructions, a table with locked headings and drop-downs, hidden lists for these.

The headings are those of dataset ``declared`` in dialect ``workbook``, so what an office fills in is read, judged and
quarantined like any export. Locked is what must not change: headings, criteria and their names; the protection has no
password, it keeps from slips only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cchc.datasets.dialects import DIALECTS
from cchc.errors import PermanentError
from cchc.registry.declarable import Template
from cchc.registry.open import Registry
from cchc.table_file import whole_file
from cchc.templates.guide import write_guide
from cchc.templates.items import Item, items_of, periods_to_choose, template_of, units_to_choose

#: Empty rows below those of the criteria, for further units.
SPARE_ROWS = 60
_SHEET, _LISTS = "Số liệu", "Danh sách"
#: Rows above the table: its title, how to fill it in, an empty one.
_ABOVE = 3
_WIDTHS = {
    "unit": 14,
    "name": 52,
    "part": 30,
    "answer": 22,
    "criterion": 40,
    "period_start": 12,
    "period_end": 12,
    "numerator": 14,
    "denominator": 14,
    "declared_by": 13,
    "declared_at": 12,
    "evidence_name": 24,
    "evidence_sha256": 24,
}
#: Columns that say what is asked for; they are not read.
TOLD = {"name": "Nội dung", "part": "Lĩnh vực, yếu tố", "answer": "Trạng thái, câu trả lời"}


def write_template(
    registry: Registry,
    name: str,
    out: Path,
    day: date,
    units: Sequence[str] = (),
    period: tuple[date, date] | None = None,
) -> int:
    """Write the workbook of a template as of a day; returns how many rows it asks to fill in.

    ``units``: a block of rows for each (none: one block, whose unit is chosen in the cells). ``period``: filled in.
    ``PermanentError`` for a template that is not there, a unit not in force, and an ending that is not ``.xlsx``.
    """
    if out.suffix.lower() != ".xlsx":
        raise PermanentError(f"{out.name}: a template is a workbook, name it .xlsx")
    template = template_of(registry, name, day)
    known = registry.units_on(day)
    if unknown := [unit for unit in units if unit not in known]:
        raise PermanentError(f"no unit {', '.join(unknown)} on {day}")
    items = items_of(registry, template, day)
    rows = [(unit, item) for unit in (units or ("",)) for item in items]
    with whole_file(out) as part, xlsxwriter.Workbook(str(part)) as book:
        book.set_properties({"title": template.name_vi, "created": datetime.combine(day, datetime.min.time())})
        write_guide(book, template, items, [(unit, known[unit].name) for unit in units])
        _Table(book, registry, template, day, items).write(rows, period)
    return len(rows)


class _Table:
    """The sheet that is filled in, and its lists."""

    def __init__(
        self, book: xlsxwriter.Workbook, registry: Registry, template: Template, day: date, items: list[Item]
    ) -> None:
        self.keys = DIALECTS["workbook"].key_of("declared")
        self.columns = ["unit", *TOLD, *(column for column in self.keys if column != "unit")]
        self.headings = self.keys | TOLD
        self.template = template
        self.sheet: Worksheet = book.add_worksheet(_SHEET)
        self.lists: Worksheet = book.add_worksheet(_LISTS)
        base = {"border": 1, "border_color": "#B0B8C4", "valign": "top", "text_wrap": True}
        fill = base | {"bg_color": "#FFFBE6", "locked": False}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.note = book.add_format({"italic": True})
        self.heading = book.add_format(base | {"bold": True, "bg_color": "#DCE6F2", "locked": True})
        self.fixed = book.add_format(base | {"bg_color": "#F3F4F6", "locked": True})
        self.text = book.add_format(fill | {"num_format": "@"})
        self.number = book.add_format(fill | {"num_format": "#,##0"})
        self.day = book.add_format(fill | {"num_format": "dd/mm/yyyy"})
        list_day = book.add_format({"num_format": "dd/mm/yyyy"})
        periods = periods_to_choose(registry, day)
        self.choices = {
            "unit": self._list(0, [unit.agency_code for unit in units_to_choose(registry, day)]),
            "criterion": self._list(1, [item.criterion for item in items]),
            "period_start": self._list(2, sorted({start for start, _ in periods}), list_day),
            "period_end": self._list(3, sorted({end for _, end in periods}), list_day),
        }
        self.choices["declared_by"] = self.choices["unit"]
        self.lists.hide()

    def _list(self, column: int, values: Sequence[str | date], form: Format | None = None) -> str:
        for row, value in enumerate(values):
            if isinstance(value, str):
                self.lists.write_string(row, column, value)
            else:
                self.lists.write_datetime(row, column, datetime.combine(value, datetime.min.time()), form)
        letter = chr(ord("A") + column)
        return f"='{_LISTS}'!${letter}$1:${letter}${max(len(values), 1)}"

    def write(self, rows: Sequence[tuple[str, Item]], period: tuple[date, date] | None) -> None:
        """Headings, a row for each unit and criterion, spare rows; protected, to print on A4 across."""
        sheet = self.sheet
        sheet.write_string(0, 0, self.template.name_vi, self.title)
        sheet.write_string(1, 0, "Chỉ điền các ô màu vàng; xem trang Hướng dẫn.", self.note)
        for at, column in enumerate(self.columns):
            sheet.write_string(_ABOVE, at, self.headings[column], self.heading)
            sheet.set_column(at, at, _WIDTHS[column])
        first = _ABOVE + 1
        for number, (unit, item) in enumerate(rows, start=first):
            self._row(number, unit, item, period)
        last = first + len(rows) + SPARE_ROWS - 1
        for number in range(first + len(rows), last + 1):
            self._row(number, "", None, None)
        self._validate(first, last)
        sheet.freeze_panes(first, 1)
        sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_ABOVE)
        sheet.set_footer("&L" + self.template.template + "&RTrang &P/&N")
        sheet.activate()

    def _row(self, row: int, unit: str, item: Item | None, period: tuple[date, date] | None) -> None:
        told = {"name": item.name, "part": item.part, "answer": item.answer} if item else {}
        days = dict(zip(("period_start", "period_end"), period, strict=True)) if period and item else {}
        for at, column in enumerate(self.columns):
            if column in days:
                self.sheet.write_datetime(row, at, datetime.combine(days[column], datetime.min.time()), self.day)
            elif column in TOLD:
                self._text(row, at, told.get(column, ""), self.fixed)
            elif column == "criterion" and item is not None:
                self._text(row, at, item.criterion, self.fixed)
            else:
                self._text(row, at, unit if column == "unit" else "", self._form(column))
        if item is not None:
            self._say(row, "numerator", item.numerator)
            self._say(row, "denominator", item.denominator)

    def _text(self, row: int, at: int, text: str, form: Format) -> None:
        if text:
            self.sheet.write_string(row, at, text, form)
        else:
            self.sheet.write_blank(row, at, None, form)

    def _form(self, column: str) -> Format:
        if column in ("numerator", "denominator"):
            return self.number
        return self.day if column in ("period_start", "period_end", "declared_at") else self.text

    def _say(self, row: int, column: str, counts: str) -> None:
        """A count, with what it counts beside the cell."""
        at = self.columns.index(column)
        self.sheet.data_validation(row, at, row, at, self._count(self.headings[column], counts))

    @staticmethod
    def _count(title: str, counts: str) -> dict[str, object]:
        return {
            "validate": "integer",
            "criteria": ">=",
            "value": 0,
            "input_title": title,
            "input_message": counts[:255],
            "error_title": "Không phải số đếm",
            "error_message": "Ghi số nguyên từ 0 trở lên, không ghi tỷ lệ phần trăm.",
        }

    def _validate(self, first: int, last: int) -> None:
        for column, source in self.choices.items():
            at = self.columns.index(column)
            self.sheet.data_validation(
                first,
                at,
                last,
                at,
                {
                    "validate": "list",
                    "source": source,
                    "error_title": "Không có trong danh sách",
                    "error_message": "Chọn một giá trị trong danh sách của ô.",
                    # a period of the province's own may stand in no list
                    "error_type": "warning" if column.startswith("period") else "stop",
                },
            )
        at = self.columns.index("declared_at")
        days = {
            "validate": "date",
            "criteria": ">=",
            "value": date(2020, 1, 1),
            "error_message": "Ghi ngày khai, dạng ngày/tháng/năm.",
        }
        self.sheet.data_validation(first, at, last, at, days)
        spare = last - SPARE_ROWS + 1
        for column in ("numerator", "denominator"):
            at = self.columns.index(column)
            self.sheet.data_validation(spare, at, last, at, self._count(self.headings[column], ""))
