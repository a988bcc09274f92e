"""Text of headings, labels and unit names -> the form they are compared in."""

from __future__ import annotations

import unicodedata

#: Kinds of units that a name may start with, longest first where one starts like another.
KINDS = (
    "tỉnh",
    "thành phố",
    "thị xã",
    "thị trấn",
    "đặc khu",
    "phường",
    "huyện",
    "quận",
    "xã",
    "sở",
    "văn phòng",
    "ban",
    "thanh tra",
    "chi cục",
    "trung tâm",
)


def normalise_heading(text: str) -> str:
    """The form in which headings and labels are compared: NFC, single spaces, stripped, case folded."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def kind_of(name: str) -> str | None:
    """The kind of unit that a Vietnamese name starts with (``Phường Đông Hà`` -> ``phường``), else None."""
    plain = normalise_heading(name)
    return next((kind for kind in KINDS if plain.startswith(kind + " ")), None)
