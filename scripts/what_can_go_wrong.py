"""Write docs/what_can_go_wrong.md from the closed list of reasons: cause, example, and what sender and office do.

``--check`` writes nothing and fails when the file is not what it would write.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cchc.deliveries import REASONS
from cchc.reasons import Reason, of_kind

TARGET = Path(__file__).resolve().parents[1] / "docs" / "what_can_go_wrong.md"
HEAD = """# Những gì có thể sai · What can go wrong

Viết ra bởi `make docs` từ `include/cchc/reasons.yaml`; sửa ở đó, không sửa ở đây. Mỗi mã dưới đây là mã mà sổ cái,
`cchc status`, `cchc quarantine` và các trang dùng. Ví dụ đều bịa ra. Thư gửi một đơn vị về các tệp của họ:
`cchc status --letter UNIT`.

*Made by `make docs` of `include/cchc/reasons.yaml`; change it there, not here. Codes are those of the ledger,
`cchc status`, `cchc quarantine` and the pages. Examples are made up. The note to a unit about its files:
`cchc status --letter UNIT`.*
"""
KINDS = {
    "refusal": (
        "Từ chối cả tệp · Refusals",
        "Tệp không dùng được nên không dòng nào được nhận; bản đọc được gần nhất của ngày đó vẫn có hiệu lực.",
        "The file can't be used, so no row of it is taken; the last readable revision of that day stays in force.",
    ),
    "rule": (
        "Giữ lại dòng · Rules",
        "Dòng bị giữ lại, các dòng khác của tệp vẫn được nhận. Xem bằng `cchc quarantine list`.",
        "The row is held, the others of the file are accepted. `cchc quarantine list` shows it.",
    ),
    "warning": (
        "Cảnh báo · Warnings",
        "Vẫn được nhận, nhưng nói ra để ai đó xem.",
        "Accepted all the same, and said so that somebody looks.",
    ),
}
STRAYS = (
    "Tên lạ · Strays",
    "Tên dưới gốc dữ liệu không phải tệp xuất; không bao giờ được mở. Xem bằng `cchc status --strays`.",
    "Names under the export root that are no delivery; never opened. `cchc status --strays` lists them.",
)
ROWS = {
    "cause": ("Vì sao", "Cause"),
    "example": ("Ví dụ", "Example"),
    "do": ("Đơn vị gửi làm gì", "What the sender does"),
    "office": ("Nơi vận hành kho làm gì", "What the office does"),
}


def document() -> str:
    """The whole document."""
    parts = [HEAD]
    for kind, (title, vi, en) in KINDS.items():
        mine = of_kind(kind)
        parts.append(f"\n## {title}\n\n{vi}\n\n*{en}*\n\n")
        parts.append(" · ".join(f"[{code}](#{code})" for code in mine) + "\n")
        parts += [_entry(reason) for reason in mine.values()]
    title, vi, en = STRAYS
    parts.append(f"\n## {title}\n\n{vi}\n\n*{en}*\n")
    parts += [f"\n### {code}\n\n{_sentence(vi)}\n\n*{_sentence(en)}*\n" for code, (vi, en) in REASONS.items()]
    return "".join(parts)


def _entry(reason: Reason) -> str:
    """The heading is the code alone, so that every renderer makes the anchor ``#code`` of it."""
    vi, en = _sentence(reason.name.get("vi", ""), ""), reason.name.get("en", "")
    lines = [f"\n### {reason.code}\n", f"**{vi}** · {en}\n", "| | Tiếng Việt | English |", "|---|---|---|"]
    for field, (title_vi, title_en) in ROWS.items():
        said = getattr(reason, field)
        texts = (_cell(said.get("vi", "")), _cell(said.get("en", "")))
        lines.append(f"| {title_vi} · *{title_en}* | {texts[0]} | {texts[1]} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _sentence(text: str, end: str = ".") -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(end) else end)


def main(arguments: list[str]) -> int:
    """Write, or compare."""
    if "--check" in arguments:
        if not TARGET.is_file() or TARGET.read_text("utf-8") != document():
            print(f"{TARGET.name} is stale: run `make docs`", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(document(), "utf-8")
    print(TARGET)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
