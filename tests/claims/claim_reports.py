"""Made-up reports of an office, consistent or with a figure changed; and Word documents of any text."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from xml.sax.saxutils import escape

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def vi(value: int | Decimal) -> str:
    """A number as Vietnamese texts write it."""
    return f"{value:,}".translate(str.maketrans(",.", ".,"))


def percent(part: int, whole: int, decimals: int = 2) -> Decimal:
    return (Decimal(100 * part) / whole).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


@dataclass(frozen=True)
class Counts:
    """What a made-up office did in a period."""

    early: int
    in_time: int
    overdue: int
    running: int
    online: int

    @property
    def resolved(self) -> int:
        return self.early + self.in_time + self.overdue

    @property
    def received(self) -> int:
        return self.resolved + self.running


def balance(c: Counts, received: int | None = None) -> str:
    """A sentence of the received, the resolved and the running."""
    return (
        f"Trong quý III/2026, UBND xã đã tiếp nhận {vi(received or c.received)} hồ sơ, "
        f"đã giải quyết {vi(c.resolved)} hồ sơ, đang giải quyết {vi(c.running)} hồ sơ."
    )


def timeliness(c: Counts, overdue: int | None = None) -> str:
    """A sentence that breaks the resolved down, with the rate of the early ones."""
    late = c.overdue if overdue is None else overdue
    return (
        f"Số hồ sơ đã giải quyết là {vi(c.resolved)} hồ sơ, gồm: trước hạn {vi(c.early)} hồ sơ "
        f"(chiếm {vi(percent(c.early, c.resolved))}%), đúng hạn {vi(c.in_time)} hồ sơ, quá hạn {vi(late)} hồ sơ."
    )


def online(c: Counts, stated: Decimal | None = None) -> str:
    """A sentence with a rate whose denominator another sentence names."""
    rate = percent(c.online, c.received) if stated is None else stated
    return f"Hồ sơ nộp trực tuyến {vi(c.online)} hồ sơ, đạt tỷ lệ {vi(rate)}%."


def write_docx(path: Path, paragraphs: list[str], table: list[list[str]] | None = None, listed: int = 0) -> Path:
    """A Word document of these paragraphs, the last ``listed`` of them as points of a list, and then a table."""

    def paragraph(text: str, point: bool) -> str:
        runs = "".join(f'<w:r><w:t xml:space="preserve">{escape(piece)}</w:t></w:r>' for piece in (text[:7], text[7:]))
        number = '<w:pPr><w:numPr><w:ilvl w:val="0"/></w:numPr></w:pPr>' if point else ""
        return f"<w:p>{number}{runs}</w:p>"

    body = "".join(paragraph(text, n >= len(paragraphs) - listed) for n, text in enumerate(paragraphs))
    rows = "".join(f"<w:tr>{''.join(f'<w:tc>{paragraph(c, False)}</w:tc>' for c in row)}</w:tr>" for row in table or [])
    body += f"<w:tbl>{rows}</w:tbl>" if rows else ""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>')
    return path
