"""The first sheet of a template: what it is for, how to fill it in, what each criterion counts. Two columns of text."""

from __future__ import annotations

from collections.abc import Sequence

import xlsxwriter

from cchc.registry.declarable import Template
from cchc.templates.items import Item

_STEPS = (
    "Mở trang Số liệu, chỉ điền các ô màu vàng. Không đổi tên cột, không xóa dòng tiêu đề.",
    "Đơn vị, kỳ (từ ngày, đến ngày) chọn trong danh sách của ô. Mỗi dòng là một tiêu chí của một đơn vị trong một kỳ.",
    "Ghi số đếm, không ghi tỷ lệ phần trăm. Không có thì ghi 0. Dòng để trống số sẽ được giữ lại và báo về.",
    "Đơn vị khai là mã cơ quan, không ghi tên người. Tệp minh chứng: tên tệp và mã băm SHA-256, nếu có.",
    "Sửa số đã khai: gửi lại dòng đó với ngày khai mới; lần khai cũ vẫn được giữ.",
    "Lưu tệp dạng .xlsx và gửi như các tệp xuất khác. Dòng sai được giữ lại và báo về kèm lý do.",
)


def write_guide(
    book: xlsxwriter.Workbook, template: Template, items: Sequence[Item], units: Sequence[tuple[str, str]]
) -> None:
    """Title, note, steps, criteria with what they count, and the units that the workbook is for."""
    sheet = book.add_worksheet("Hướng dẫn")
    bold = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
    title = book.add_format({"bold": True, "font_size": 14})
    wrapped = book.add_format({"valign": "top", "text_wrap": True})
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 96)
    sheet.write_string(0, 0, template.name_vi, title)
    lines: list[tuple[str, str]] = [("Lưu ý", template.note_vi), ("Nguồn", template.source)]
    lines += [(f"Bước {number}", step) for number, step in enumerate(_STEPS, start=1)]
    lines += [(f"{item.name}", f"Tử số: {item.numerator}. Mẫu số: {item.denominator}.") for item in _distinct(items)]
    lines += [(code, name) for code, name in units]
    for row, (label, text) in enumerate(lines, start=2):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, text.replace("..", "."), wrapped)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.protect("")


def _distinct(items: Sequence[Item]) -> list[Item]:
    """One line for criteria that count the same: the states of tasks, the answers of a survey."""
    seen: dict[tuple[str, str], Item] = {}
    for item in items:
        seen.setdefault((item.numerator, item.denominator), item)
    return list(seen.values())
