"""Vietnamese words, numbers and dates of a form: the language of those who file it."""

from __future__ import annotations

from datetime import date

from cchc.forms.cell import Cell
from cchc.forms.identities import Check

UNKNOWN = "không rõ"
TOTAL = "Tổng cộng"
UNKNOWN_FIELD = "Chưa rõ lĩnh vực (thủ tục không có trong danh mục)"
UNKNOWN_LEVEL = "Chưa rõ cấp giải quyết"
LEVELS = {
    "province": "Thủ tục hành chính cấp tỉnh",
    "department": "Thủ tục hành chính cấp sở",
    "district": "Thủ tục hành chính cấp huyện",
    "commune": "Thủ tục hành chính cấp xã",
}
LEFT_OUT = {
    "left_waiting": "chờ bổ sung",
    "left_withdrawn": "công dân rút",
    "left_rejected": "không được tiếp nhận",
    "left_stopped": "dừng xử lý, trả lại",
}
TEXT_HELD = "Bố cục đã đối chiếu với văn bản gốc."
TEXT_NOT_HELD = "Chưa đối chiếu với văn bản gốc của biểu: bố cục theo nguồn ghi ở trang Đẳng thức và nguồn."


def number(value: int) -> str:
    """218.763."""
    return f"{value:,}".replace(",", ".")


def day(value: date) -> str:
    """15/06/2021."""
    return f"{value:%d/%m/%Y}"


def cell(value: Cell) -> str:
    """The figure, or that it is not known."""
    return UNKNOWN if value.number is None else number(value.number)


def bounds(value: Cell) -> str:
    """Between what an unknown cell lies."""
    if value.is_unsaid:
        return UNKNOWN
    return f"từ {number(value.known)} đến {number(value.known + value.unknown)}"


def verdict(check: Check) -> str:
    """Đúng; lệch N, giải thích được hay không; chưa kiểm được."""
    if check.difference is None or check.rest is None:
        return f"chưa kiểm được: có ô {UNKNOWN}"
    why = ", ".join(f"{number(count)} {LEFT_OUT[name]}" for name, count in check.explained.items())
    if not check.rest:
        return f"lệch {number(check.difference)}, giải thích được: {why}" if check.difference else "đúng"
    told = f"lệch {number(check.difference)}, chưa giải thích được"
    return f"{told} {number(check.rest)} (đã trừ {why})" if why else told


def identity(check: Check) -> str:
    """``3 = 4 + 5 + 6``; of the period before: ``6 = 11 của kỳ trước``."""
    return str(check.identity).replace(" before", " của kỳ trước")
