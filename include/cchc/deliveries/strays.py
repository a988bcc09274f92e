"""Why a name under the export root is no delivery: the closed list."""

from __future__ import annotations

from enum import StrEnum


class StrayReason(StrEnum):
    """What the ledger keeps of a stray name."""

    UNKNOWN_FILE_NAME = "unknown_file_name"
    UNIT_NOT_REGISTERED = "unit_not_registered"


#: Reason -> what it means and what to do, Vietnamese and English.
REASONS: dict[StrayReason, tuple[str, str]] = {
    StrayReason.UNKNOWN_FILE_NAME: (
        "tên tệp không phải tên của bộ dữ liệu mà hệ thống này gửi; hệ thống cần gửi lại đúng tên",
        "no name of a dataset that this system delivers; have it sent under the right name",
    ),
    StrayReason.UNIT_NOT_REGISTERED: (
        "danh mục không có đơn vị này cho hệ thống; hãy bổ sung danh mục",
        "the registry does not know the unit for this system; add it to the registry",
    ),
}
