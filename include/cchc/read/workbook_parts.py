"""The parts of an XLSX file, looked at apart from the library that reads its cells.

The library leaves error cells and formulas without a stored value empty, drops what stands in CDATA, takes the room
that one stray cell claims, and does not say when two cells stand at one place; each would be a value that is silently
not there. Counts over the text of a sheet are cheap; where they do not agree with its cells, ``scan`` walks over all.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from xml.parsers import expat

import polars as pl
from lxml import etree

from cchc.errors import FileRefused
from cchc.read.unpack import BROKEN_ZIP, MOST_BYTES, MOST_RATIO
from cchc.read.workbook_places import PREFIX

_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-?8|us-ascii)", re.IGNORECASE)
_DAYS_1904 = re.compile(rb"\sdate1904\s*=\s*[\"'](?!0[\"']|false[\"'])")
_TRUE = ("1", "true", "on")
_UNREADABLE_PARTS = ("docprops/", "customxml/")


def parts_of(content: bytes) -> dict[str, bytes]:
    """Every XML part by its name (lower case, slashes), whole and of the right checksum.

    Refuses ``truncated_xlsx`` (no whole zip), ``zip_bomb``, ``protected_workbook``, ``unreadable_workbook``.
    """
    parts: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            expanded = sum(member.file_size for member in members)
            if expanded > min(len(content) * MOST_RATIO, MOST_BYTES):
                raise FileRefused("zip_bomb", f"{expanded:,} bytes from {len(content):,}")
            if any(member.flag_bits & 1 for member in members):
                raise FileRefused("protected_workbook", "the archive asks for a password")
            for member in members:
                name = member.filename.replace("\\", "/").lstrip("/").lower()
                # reads every part, at most to the size it declares: a lying size is a wrong checksum
                part = archive.read(member)
                if name in parts:
                    raise FileRefused("unreadable_workbook", "two parts of one name")
                parts[name] = part if name.endswith((".xml", ".rels")) else b""
    except BROKEN_ZIP as error:
        raise FileRefused("truncated_xlsx", type(error).__name__) from error
    return parts


def plain(content: bytes, parts: dict[str, bytes]) -> bytes:
    """The workbook without what the library passes over or mistakes: comments, CDATA, UTF-16, days from 1904. Mends
    ``parts``, too."""
    odd = [
        name
        for name, part in parts.items()
        if not name.startswith(_UNREADABLE_PARTS) and (_is_odd(part) or ("book" in name and _DAYS_1904.search(part)))
    ]
    if not odd:
        return content
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    for name in odd:
        try:
            tree = etree.fromstring(parts[name], parser).getroottree()
        except (etree.XMLSyntaxError, ValueError) as error:
            raise FileRefused("truncated_xlsx", "a part is no whole XML") from error
        if tree.docinfo.internalDTD is not None:
            raise FileRefused("unreadable_workbook", "a part defines entities of its own")
        _mend_1904(tree.getroot())
        parts[name] = etree.tostring(tree.getroot(), encoding="UTF-8", xml_declaration=True)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            name = member.filename.replace("\\", "/").lstrip("/")
            new.writestr(name, parts[name.lower()] or old.read(member))
    return out.getvalue()


def _mend_1904(root: etree._Element) -> None:
    """Leave one word on how days count: the library takes the last, and an extension's element of the same name says
    none."""
    said = [element for element in root.iter("{*}workbookPr") if element.get("date1904") is not None]
    if said and said[0].get("date1904", "").strip().lower() in _TRUE:
        for element in list(root.iter("{*}workbookPr")):
            element.set("date1904", "1")


def _is_odd(xml: bytes) -> bool:
    if not xml:
        return False
    head = xml[:200].removeprefix(b"\xef\xbb\xbf")
    # looking for one byte costs a fraction of looking for two
    if b"!" in xml and b"<!" in xml:
        return True
    if (xml.count(b"?") > 2 and xml.count(b"<?") > head.startswith(b"<?xml")) or _ENCODING.match(head) is not None:
        return True
    return b"\0" in xml[:200] or text_of(xml) is None


def text_of(xml: bytes) -> pl.Series | None:
    """A part as a Series of one text, so that patterns run over it in Rust; None where it is no UTF-8."""
    try:
        return pl.Series([xml], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError:
        return None


def sheets_of(parts: dict[str, bytes]) -> tuple[dict[str, str], bool]:
    """Name of each sheet -> its part, and whether days count from 1904."""
    root = [attributes for name, attributes in _elements(parts, "_rels/.rels") if name == "relationship"]
    book = next((r.get("target", "") for r in root if r.get("type", "").endswith("/officeDocument")), "xl/workbook.xml")
    book = book.lstrip("/").replace("\\", "/").lower()
    folder, file = posixpath.split(book)
    targets: dict[str, str] = {}
    for name, attributes in _elements(parts, f"{folder}/_rels/{file}.rels"):
        if name == "relationship":
            target = attributes.get("target", "").replace("\\", "/").lower()
            full = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            targets[attributes.get("id", "")] = full
    sheets: dict[str, str] = {}
    is_1904 = False
    for name, attributes in _elements(parts, book):
        if name == "workbookpr":
            # an extension has an element of the same name, without this attribute
            is_1904 = is_1904 or attributes.get("date1904", "").strip().lower() in _TRUE
        elif name == "sheet" and "name" in attributes:
            if attributes["name"] in sheets:
                raise FileRefused("unreadable_workbook", "two sheets of one name")
            sheets[attributes["name"]] = targets.get(attributes.get("id", ""), "")
    return sheets, is_1904


def _elements(parts: dict[str, bytes], name: str) -> list[tuple[str, dict[str, str]]]:
    """Every element of a small part: name and attributes, lower case and without prefix."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()

    def start(element: str, attributes: dict[str, str]) -> None:
        local = {key.rpartition(":")[2].lower(): value for key, value in attributes.items()}
        found.append((element.rpartition(":")[2].lower(), local))

    parser.StartElementHandler = start
    try:
        parser.Parse(parts.get(name, b"<none/>"), True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FileRefused("truncated_xlsx", "a part is no whole XML") from error
    return found


def is_whole(text: pl.Series, xml: bytes) -> bool:
    """Whether a sheet ends as it began, and each of its rows does."""
    if re.search(rb"</(?:[\w.-]+:)?worksheet\s*>\s*\Z", xml[-200:]) is None:
        return False
    if xml.count(b"<row ") == xml.count(b"</row>") > 0:
        return True
    opened = _count(text, rf"<{PREFIX}row[\s>/]") - _count(text, rf"<{PREFIX}row(?:\s[^>]*)?/>")
    return opened == _count(text, rf"</{PREFIX}row\s*>")


def agrees(text: pl.Series, filled: int, shared: bytes) -> bool:
    """Whether as many cells have a value as there are elements that carry one, and no formula is without its value.

    ``shared``: the part of the texts that cells share, of which some may be empty.
    """
    carried = _times(text, "<v>")
    if carried != filled:
        carried += (
            _times(text, "<is>")
            - _times(text, "<v></v>")
            - _times(text, "<is><t/></is>")
            - _times(text, "<is><t></t></is>")
        )
        if carried != filled and carried - _empty_texts(text, shared) != filled:
            return False
    without = rf"(?:</{PREFIX}f\s*>|<{PREFIX}f(?:\s[^>]*)?/>)\s*<(?:/|{PREFIX}v(?:\s[^>]*)?(?:/>|>\s*</))"
    return not (any(_times(text, start) for start in ("<f", ":f")) and _has(text, without))


def _empty_texts(text: pl.Series, shared: bytes) -> int:
    """How many cells share an empty text."""
    texts = text_of(shared)
    if texts is None:
        return 0
    each = texts.str.extract_all(r"(?s)<si>.*?</si>|<si/>").explode().drop_nulls()
    if len(each) != _times(texts, "<si>") + _times(texts, "<si/>"):
        return 0
    empty = (~each.str.contains(r"<t(?:\s[^>]*)?>[^<]")).arg_true()
    cells = text.str.extract_all(r"\st=\"s\"><v>\d+</v>").explode().drop_nulls()
    return int(cells.str.extract(r"(\d+)").cast(pl.UInt32, strict=False).is_in(empty.to_list()).sum())


def has_bad_value(text: pl.Series) -> bool:
    """Whether a cell names a shared text by no number, or is neither true nor false: the library would take the first
    text, and true."""
    other = r"\s*(?:[\w:]+\s*=\s*[\"'][^\"']*[\"']\s*)*"
    value = rf"<{PREFIX}v(?:\s[^>]*)?>"
    of_text = rf"s[\"']{other}>\s*{value}(?:[^\d<]|\d{{10}}|\d+[^\d<])"
    of_truth = rf"b[\"']{other}>\s*(?:<{PREFIX}f(?:\s[^>]*)?(?:/>|>[^<]*</{PREFIX}f\s*>)\s*)?{value}(?:[^01<]|[01][^<])"
    return _has(text, rf"\st=[\"'](?:{of_text}|{of_truth})")


def _count(text: pl.Series, pattern: str) -> int:
    return int(text.str.count_matches(pattern)[0])


def _times(text: pl.Series, literal: str) -> int:
    return int(text.str.count_matches(literal, literal=True)[0])


def _has(text: pl.Series, pattern: str) -> bool:
    return bool(text.str.contains(pattern)[0])
