"""Published views as files for other programs: CSV and XLSX.

In: one of ``pub.*``. Out: one file, written whole or not at all. Texts never act as formulas; numbers stay numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

import xlsxwriter

from cchc.errors import PermanentError
from cchc.publish.read import Reader, open_reader
from cchc.settings import Settings
from cchc.table_file import plain, spreadsheet_safe, whole_file, write_csv

Format = Literal["csv", "xlsx"]

INDICATOR_COLUMNS = (
    "unit_code",
    "period_start",
    "period_end",
    "indicator",
    "numerator",
    "denominator",
    "score",
    "method",
    "level",
    "unit_name",
    "null_reason",
    "source",
)

#: What a sheet holds, the heading row included.
_SHEET_ROWS = 1_048_576
#: Options of a workbook whose texts never act as formulas, links or numbers.
SAFE_WORKBOOK = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_SAMPLE = 500
_WIDEST = 60


def export_indicators(settings: Settings, out_path: Path) -> Path:
    """Every indicator and group total of every unit and period, by the period's default method."""
    with open_reader(settings) as reader:
        names, rows = reader.stream(
            f"select {', '.join(INDICATOR_COLUMNS)} from pub.indicator_export_v1 "
            "order by period_start, period_end, unit_code, indicator"
        )
        return write_csv(Path(out_path), names, rows)


def export_table(
    settings: Settings, name: str, out_path: Path, fmt: Format = "csv", at: Mapping[str, int] | None = None
) -> Path:
    """Any published view; ``at``: of an earlier state, see ``open_reader``."""
    with open_reader(settings, at) as reader:
        views = reader.served()
        if name not in views:
            known = ", ".join(sorted(views)) or "none yet: build the warehouse"
            raise PermanentError(f"{name!r} is not published (published are: {known})")
        names, rows = reader.stream(f"select * from pub.{name}")
        if fmt == "csv":
            return write_csv(Path(out_path), names, rows)
        if fmt != "xlsx":
            raise PermanentError(f"{fmt!r} is no format: csv or xlsx")
        return _write_xlsx(Path(out_path), name, names, rows, _facts(reader, name))


def _facts(reader: Reader, view: str) -> list[tuple[str, str]]:
    """What a reader of the file must know: view, methods, periods, last day of the data."""
    periods = reader.rows(
        "select min(period_start) as first_day, max(period_end) as last_day, max(as_of_date) as as_of, "
        "count(distinct period_id) as periods from pub.ranking_v1"
    )[0]
    methods = reader.rows("select distinct method, method_vi, method_source from pub.method_criterion_v1 order by 1")
    return [
        ("Bảng · Table", view),
        ("Số kỳ · Periods", plain(periods["periods"])),
        ("Từ ngày · From", plain(periods["first_day"])),
        ("Đến ngày · To", plain(periods["last_day"])),
        ("Số liệu đến ngày · Data as of", plain(periods["as_of"])),
        *[
            ("Cách tính điểm · Method", " – ".join(filter(None, (m["method"], m["method_vi"], m["method_source"]))))
            for m in methods
        ],
    ]


def _write_xlsx(
    path: Path, title: str, names: Sequence[str], rows: Iterable[Sequence[Any]], facts: Iterable[tuple[str, str]]
) -> Path:
    with whole_file(path) as part, xlsxwriter.Workbook(str(part), {**SAFE_WORKBOOK, "constant_memory": True}) as book:
        write_sheet(book, title, names, rows)
        bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E6EEF7"})
        about = book.add_worksheet("Thông tin · About")
        about.set_column(0, 0, 34)
        about.set_column(1, 1, 100)
        for line, (label, text) in enumerate(facts):
            about.write_string(line, 0, label, bold)
            about.write_string(line, 1, str(spreadsheet_safe(text)))
    return path


def write_sheet(book: xlsxwriter.Workbook, title: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """One table as a sheet: frozen headings, a filter, numbers as numbers, dates as dates."""
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E6EEF7"})
    whole = book.add_format({"num_format": "#,##0"})
    two = book.add_format({"num_format": "#,##0.00"})
    four = book.add_format({"num_format": "#,##0.0000"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet = book.add_worksheet(title[:31])
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, bold)
    found: Iterator[Sequence[Any]] = iter(rows)
    sample = list(islice(found, _SAMPLE))
    for column, name in enumerate(names):
        longest = max((len(plain(row[column])) for row in sample), default=0)
        sheet.set_column(column, column, min(_WIDEST, max(len(name), longest) + 2))
    last = 0
    for last, row in enumerate(chain(sample, found), start=1):
        if last >= _SHEET_ROWS:
            raise PermanentError(f"{title} has more rows than a sheet holds ({_SHEET_ROWS:,}); write it as csv")
        for column, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, bool):
                sheet.write_boolean(last, column, value)
            elif isinstance(value, Decimal):
                is_whole = value == value.to_integral_value() and value.as_tuple().exponent != -2
                form = whole if is_whole else two if value.as_tuple().exponent == -2 else four
                sheet.write_number(last, column, float(value), form)
            elif isinstance(value, int | float):
                sheet.write_number(last, column, value)
            elif isinstance(value, datetime):
                sheet.write_datetime(last, column, value, moment)
            elif isinstance(value, date):
                sheet.write_datetime(last, column, value, day)
            else:
                sheet.write_string(last, column, str(spreadsheet_safe(value)))
    sheet.autofilter(0, 0, max(last, 1), max(len(names) - 1, 0))
