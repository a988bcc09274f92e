"""What each column counts: conditions over the facts of ``sql/count.sql``, true, false, or null where nothing tells.

A condition that is null for a dossier makes the cell unknown ("không rõ"), never zero. ``UNSAID`` are keys that no
export says anything about.
"""

from __future__ import annotations

from cchc.forms.cell import Cell

_LETTER = "case when f.first_apology_date <= f.last_day then true when f.are_letters_delivered then false end"
_PAID = (
    "case when f.is_paid_online or f.n_succeeded_transactions > 0 then true "
    "when f.online_payment is null and not f.owes_nothing then null else false end"
)

MEASURES: dict[str, str] = {
    "recv_total": "f.is_new or f.is_carried",
    "recv_online": "f.is_new and f.channel = 'online'",
    "recv_online_full": "f.is_new and f.channel = 'online' and f.online_service = 'full'",
    "recv_online_partial": "f.is_new and f.channel = 'online' and f.online_service = 'partial'",
    "recv_online_other": "f.is_new and f.channel = 'online' and f.online_service = 'none'",
    "recv_direct": "f.is_new and f.channel = 'direct'",
    "recv_postal": "f.is_new and f.channel = 'postal'",
    "recv_direct_postal": "f.is_new and f.channel in ('direct', 'postal')",
    "recv_non_local": "f.is_new and f.is_filed_elsewhere",
    "recv_carry": "f.is_carried",
    "res_total": "f.is_resolved",
    "res_before": "f.is_resolved and f.resolved_as = 'early'",
    "res_ontime": "f.is_resolved and f.resolved_as = 'on_the_day'",
    "res_before_ontime": "f.is_resolved and f.resolved_as in ('early', 'on_the_day')",
    "res_late": "f.is_resolved and f.resolved_as = 'overdue'",
    "res_late_apology": f"f.is_resolved and f.resolved_as = 'overdue' and {_LETTER}",
    "res_late_no_apology": f"f.is_resolved and f.resolved_as = 'overdue' and not {_LETTER}",
    "proc_total": "f.is_running",
    "proc_within": "f.is_running and not f.is_late",
    "proc_late": "f.is_running and f.is_late",
    "proc_late_apology": f"f.is_running and f.is_late and {_LETTER}",
    "proc_late_no_apology": f"f.is_running and f.is_late and not {_LETTER}",
    "pay_total": f"f.is_new and case when {_PAID} then true when f.owes_nothing then false end",
    "pay_online": f"f.is_new and {_PAID}",
    "pay_direct": f"f.is_new and case when {_PAID} or f.owes_nothing then false end",
    "stopped": "f.status = 8 and f.has_left",
    "withdrawn": "f.status = 7 and f.has_left",
    "rejected": "f.status = 3 and f.has_left",
    "pending_within": "f.is_pending and f.submitted_date >= f.late_before",
    "pending_late": "f.is_pending and f.submitted_date < f.late_before",
    "pending_total": "f.is_pending",
    "result_mismatch": "f.is_resolved and f.has_only_electronic_result",
}
#: Layout key -> why nothing delivered answers it.
UNSAID: dict[str, str] = {
    "receipts": "tệp xuất không cho biết đã xuất biên lai hay chưa",
    "business_verified_rate": "tệp xuất không có số doanh nghiệp, chỉ có hồ sơ",
}
#: Beside the columns: dossiers of the balance that left in the period and stand in no column, by why.
LEFT_OUT: dict[str, str] = {
    "left_waiting": "f.is_left_out and f.status = 5",
    "left_withdrawn": "f.is_left_out and f.status = 7",
    "left_rejected": "f.is_left_out and f.status = 3",
    "left_stopped": "f.is_left_out and f.status = 8",
}
_NO_END = "hồ sơ đã xong nhưng tệp không ghi ngày kết thúc"
_NOT_JUDGED = f"hồ sơ không có hạn, quy tắc tính hạn không xét; hoặc {_NO_END}"
#: Why a cell may be unknown, by key.
_WHY_UNKNOWN: dict[str, str] = {
    **dict.fromkeys(("recv_total", "recv_carry", "res_total", "proc_total"), _NO_END),
    **dict.fromkeys(("recv_online", "recv_direct", "recv_postal", "recv_direct_postal"), "không rõ kênh nộp"),
    "recv_online_full": "danh mục chưa xác định mức độ trực tuyến của thủ tục",
    "recv_online_partial": "danh mục chưa xác định mức độ trực tuyến của thủ tục",
    "recv_online_other": "danh mục chưa xác định mức độ trực tuyến của thủ tục",
    "recv_non_local": "không rõ nơi tiếp nhận hoặc nơi giải quyết",
    "res_before": _NOT_JUDGED,
    "res_ontime": _NOT_JUDGED,
    "res_before_ontime": _NOT_JUDGED,
    "res_late": _NOT_JUDGED,
    "res_late_apology": "đơn vị không gửi dữ liệu thư xin lỗi",
    "res_late_no_apology": "đơn vị không gửi dữ liệu thư xin lỗi",
    "proc_within": _NOT_JUDGED,
    "proc_late": _NOT_JUDGED,
    "proc_late_apology": "đơn vị không gửi dữ liệu thư xin lỗi",
    "proc_late_no_apology": "đơn vị không gửi dữ liệu thư xin lỗi",
    "pay_total": "tệp xuất không cho biết hồ sơ đã nộp tiền trực tiếp hay chưa",
    "pay_direct": "tệp xuất không cho biết hồ sơ đã nộp tiền trực tiếp hay chưa",
    "pay_online": "tệp không ghi thanh toán trực tuyến, hoặc thủ tục không có trong danh mục",
    "pending_within": "hồ sơ không có ngày nộp",
    "pending_late": "hồ sơ không có ngày nộp",
    "pending_total": "hồ sơ không có ngày nộp",
    "result_mismatch": "tệp hoặc danh mục không cho biết loại kết quả",
    **UNSAID,
}


def why_unknown(key: str, cell: Cell) -> str:
    """Why a cell of a column is not known: what is not delivered, or that nothing was."""
    if cell.is_unsaid and key not in UNSAID:
        return "chưa có tệp hồ sơ nào của đơn vị đọc được trong kỳ"
    return _WHY_UNKNOWN.get(key, "tệp xuất không cho biết")
