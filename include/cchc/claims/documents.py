"""The paragraphs of a report: a text file in UTF-8, or a Word document (``.docx``) read from its XML.

Lists are one paragraph with the sentence that leads to them. Tables of a document are not read; each is named in the
answer. Nothing of the document is run or fetched. Raises ``PermanentError`` that names the file and what to do.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from cchc.errors import PermanentError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Text in these stands elsewhere too.
_ELSEWHERE = (f"{_W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
#: A report of an office has some hundred thousand characters; these bound what a hostile file may cost.
_MOST_BYTES = 50_000_000
_BULLET = re.compile(r"^\s*(?:[-–+•*·]|[a-zđ]\)|\d+\))\s+")


@dataclass(frozen=True)
class Paragraph:
    """One paragraph with its number in the file, from 1. ``is_table``: the cells of a table, which nobody reads."""

    number: int
    text: str
    is_table: bool = False


def paragraphs(path: Path) -> list[Paragraph]:
    """The paragraphs of a report, lists joined to the sentence before them."""
    ending = path.suffix.lower()
    if ending == ".docx":
        return list(_joined(_of_document(path)))
    if ending == ".txt":
        return list(_joined(_of_text(path)))
    raise PermanentError(f"{path}: a report is a .docx or .txt file; save a .doc or .pdf as one of them")


def _of_text(path: Path) -> Iterator[tuple[str, bool]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PermanentError(f"{path}: not UTF-8 (byte {error.start}); save it as text in UTF-8") from error
    except OSError as error:
        raise PermanentError(f"{path}: cannot be read: {error.strerror}") from error
    for line in text.splitlines():
        yield line, False


def _of_document(path: Path) -> Iterator[tuple[str, bool]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        with zipfile.ZipFile(path) as archive, archive.open("word/document.xml") as part:
            content = part.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise PermanentError(f"{path}: its text is greater than {_MOST_BYTES} bytes; split the report")
        body = etree.fromstring(content, parser).find(f"{_W}body")
    except OSError as error:
        raise PermanentError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, NotImplementedError, RuntimeError) as error:
        raise PermanentError(f"{path}: no Word document (.docx): {error}; open it in Word and save it anew") from error
    if body is None:
        return
    for element in body:
        if element.tag == f"{_W}tbl":
            for row in element.iter(f"{_W}tr"):
                yield " | ".join(_cell(cell) for cell in row.iter(f"{_W}tc")), True
        else:
            for paragraph in element.iter(f"{_W}p"):
                text = _text(paragraph)
                listed = paragraph.find(f"{_W}pPr/{_W}numPr") is not None and not _BULLET.match(text)
                yield (f"- {text}" if listed and text.strip() else text), False


def _text(paragraph: etree._Element) -> str:
    """The runs of a paragraph itself: not of a text box in it, nor what tracked changes deleted or moved away."""
    pieces = []
    for element in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}noBreakHyphen"):
        above = list(element.iterancestors())
        own = next(each for each in above if each.tag == f"{_W}p") is paragraph
        if not own or any(each.tag in _ELSEWHERE for each in above):
            continue
        pieces.append(element.text or "" if element.tag == f"{_W}t" else "-" if "Hyphen" in element.tag else " ")
    return "".join(pieces)


def _cell(cell: etree._Element) -> str:
    return " ".join(filter(None, (_text(each).strip() for each in cell.iter(f"{_W}p"))))


def _joined(lines: Iterable[tuple[str, bool]]) -> Iterator[Paragraph]:
    """Points of a list are joined to the line that ends with a colon before them."""
    held: Paragraph | None = None
    for number, (line, is_table) in enumerate(lines, start=1):
        text = unicodedata.normalize("NFC", line).strip()
        if not text:
            continue
        bullet = _BULLET.match(text)
        if held is not None and bullet and not is_table and not held.is_table and held.text.endswith((":", ";")):
            point = text[bullet.end() :].rstrip(" .;")
            held = Paragraph(held.number, f"{held.text} {point};")
            continue
        if held is not None:
            yield held
        held = Paragraph(number, text, is_table)
    if held is not None:
        yield held
