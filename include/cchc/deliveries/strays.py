"""Why a name under the export root is no delivery, and why a delivery could not be fetched: the closed lists."""

from __future__ import annotations

from enum import StrEnum


class StrayReason(StrEnum):
    """What the ledger keeps of a stray name."""

    UNKNOWN_FILE_NAME = "unknown_file_name"
    UNKNOWN_DAY_FOLDER = "unknown_day_folder"
    NO_DAY_FOLDER = "no_day_folder"
    UNIT_NOT_REGISTERED = "unit_not_registered"


class FetchReason(StrEnum):
    """What the ledger keeps of a file or folder that could not be fetched."""

    NO_PERMISSION = "no_permission"
    NOT_A_FILE = "not_a_file"
    WENT_AWAY = "went_away"
    CHANGING = "changing"
    NOT_REACHED = "not_reached"


#: Reason -> what it means and what to do, Vietnamese and English.
REASONS: dict[StrayReason, tuple[str, str]] = {
    StrayReason.UNKNOWN_FILE_NAME: (
        "tên tệp không phải tên của bộ dữ liệu mà hệ thống này gửi; hệ thống cần gửi lại đúng tên",
        "no name of a dataset that this system delivers; have it sent under the right name",
    ),
    StrayReason.UNKNOWN_DAY_FOLDER: (
        "tên thư mục không phải ngày dạng yyyy-MM-dd, nên không tệp nào trong đó được đọc; hãy đổi tên thư mục",
        "the folder's name is no day yyyy-MM-dd, so nothing in it is read; rename the folder",
    ),
    StrayReason.NO_DAY_FOLDER: (
        "tệp không nằm trong thư mục của một ngày; hãy chuyển vào <đơn vị>/<yyyy-MM-dd>/",
        "the file lies outside the folder of a day; move it to <unit>/<yyyy-MM-dd>/",
    ),
    StrayReason.UNIT_NOT_REGISTERED: (
        "danh mục không có đơn vị này cho hệ thống; hãy bổ sung danh mục",
        "the registry does not know the unit for this system; add it to the registry",
    ),
}

#: The same for what could not be fetched.
FETCH_REASONS: dict[FetchReason, tuple[str, str]] = {
    FetchReason.NO_PERMISSION: (
        "không có quyền đọc; hãy cấp quyền đọc rồi chạy lại",
        "no right to read it; grant it, then run again",
    ),
    FetchReason.NOT_A_FILE: (
        "không phải tệp: liên kết hỏng, thư mục hoặc thiết bị; hãy thay bằng tệp thật",
        "no file: a broken link, a folder or a device; put the file itself there",
    ),
    FetchReason.WENT_AWAY: (
        "tệp biến mất trong khi lấy; lượt sau sẽ xem lại",
        "it went away while it was fetched; the next run looks again",
    ),
    FetchReason.CHANGING: (
        "tệp còn đang được ghi; lượt sau sẽ lấy lại",
        "it is still being written; the next run fetches it",
    ),
    FetchReason.NOT_REACHED: (
        "nơi để tệp không trả lời; lượt sau sẽ thử lại, nếu lặp lại hãy xem máy chủ",
        "its place did not answer; the next run tries again, look at the server if it stays so",
    ),
}
