"""Text of headings, labels and unit names -> the form they are compared in."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

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


#: Letters that look like đ on every screen: eth and the African d.
_LOOK_ALIKES = str.maketrans({"ð": "đ", "ɖ": "đ"})
#: Characters that no screen shows. (A soft hyphen and the marks of the right-to-left scripts are formats, Cf.)
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]")
#: ``hòa`` and ``hoà``, ``thúy`` and ``thuý`` are two ways to place one tone, on the first or the second vowel.
_TONE_FIRST = re.compile(
    "(o)([\u0300\u0301\u0303\u0309\u0323])([ae])(?!\\w)|(u)([\u0300\u0301\u0303\u0309\u0323])(y)(?!\\w)"
)


@lru_cache(maxsize=65_536)
def normalise_heading(text: str) -> str:
    """The form in which headings, labels and unit names are compared.

    Kinds of one character (NFKC), case, spaces and unseen characters are folded, letters that look like đ are đ, and
    a tone stands on the second vowel of *oa, oe, uy*. Never for codes: there, these are different codes.
    """
    text = unicodedata.normalize("NFKC", text).casefold().translate(_LOOK_ALIKES)
    text = "".join(letter for letter in _UNSEEN.sub("", text) if unicodedata.category(letter) != "Cf")
    text = _TONE_FIRST.sub(_tone_second, unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _tone_second(found: re.Match[str]) -> str:
    first, tone, second = (part for part in found.groups() if part)
    return first + second + tone


def kind_of(name: str) -> str | None:
    """The kind of unit that a Vietnamese name starts with (``Phường Đông Hà`` -> ``phường``), else None."""
    plain = normalise_heading(name)
    return next((kind for kind in KINDS if plain.startswith(kind + " ")), None)
