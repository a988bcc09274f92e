"""Landed bytes to readable bytes: limits, archives undone, error pages, text encodings (contract, sections 4 and 7)."""

from __future__ import annotations

import gzip
import io
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from cchc.contracts import Brought
from cchc.errors import FileRefused

MOST_RATIO = 100  # expanding over 100 times ...
MOST_BYTES = 2 * 1024**3  # ... or over 2 GB is refused
MOST_LEVELS = 2  # archives within one another
#: What the standard library raises for an archive that is no whole one; what it can't do is a ``RuntimeError``.
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError)
_CHUNK = 1 << 20
#: Of less than this, starting a parser costs more than decoding.
_SMALL = 1 << 17
_GZIP, ZIP, OLE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EMPTY_ZIP = b"PK\x05\x06"
_MARKS = (b"\xff\xfe", b"\xfe\xff")

#: What a file of another kind begins with, to say what lies there in place of text.
_KINDS = {
    ZIP: "a workbook or zip archive",
    OLE: "an old or protected workbook",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a rar archive",
    b"\xfd7zXZ": "an xz archive",
    b"(\xb5/\xfd": "a zstd archive",
    b"BZh": "a bzip2 archive",
    b"%PDF": "a PDF",
}

#: What only a web page begins with, after space, a declaration and comments.
_PAGE = re.compile(
    r"<(?:!doctype\s+html|(?:html|head|body|meta|title|style|script|link|table|div|span|center|font|form|pre|br|hr|p|h[1-6])[\s>/])"
)
_BEFORE_PAGE = re.compile(r"(?:\s|\ufeff|<\?xml.*?\?>|<!--.*?-->)+", re.DOTALL)


@dataclass(frozen=True)
class Unpacked:
    """Bytes that a reader can take, and what had to be undone or guessed to get them (warnings of the closed list)."""

    content: bytes
    warnings: list[str] = field(default_factory=list)


def unpack(blob: Path | Brought, name: str, web_page: bool = False, workbook: bool = False) -> Unpacked:
    """The content of a landed file, out of its gzip or zip, at most two of them within one another.

    Refuses ``zero_bytes``, ``truncated_gzip``, ``zip_bomb``, ``several_members``, ``protected_workbook``; also
    ``html_error_page``, unless the dialect's files may be web pages (``web_page``) or workbooks (``workbook``: a web
    table may stand for one, and a broken zip is a broken workbook; ``open_sheets`` judges both). Warns ``double_gzip``,
    ``zipped``.
    """
    size = blob.size_bytes if isinstance(blob, Brought) else blob.stat().st_size
    if size == 0:
        raise FileRefused("zero_bytes")
    if size > MOST_BYTES:
        raise FileRefused("zip_bomb", f"{size:,} bytes")
    content = blob.content if isinstance(blob, Brought) else blob.read_bytes()
    limit = min(size * MOST_RATIO, MOST_BYTES)
    undone: list[str] = []
    while packing := _packing(content, workbook):
        if len(undone) == MOST_LEVELS:
            raise FileRefused("zip_bomb", f"more than {MOST_LEVELS} archives within one another")
        content = _gunzip(content, limit) if packing == "gzip" else _unzip(content, limit)
        undone.append(packing)
        if not content:
            raise FileRefused("zero_bytes", "empty after decompression")
    if not (web_page or workbook) and is_page(content):
        raise FileRefused("html_error_page", "the file is a web page")
    if name.lower().endswith(".gz") and not undone:
        raise FileRefused("truncated_gzip", "named .gz, and does not begin as gzip does")
    warnings = [
        *(["double_gzip"] if undone.count("gzip") > 1 else []),
        *(["zipped"] if "zip" in undone else []),
    ]
    return Unpacked(content, warnings)


def is_page(content: bytes) -> bool:
    """Whether a file begins as a web page does (HTML, in whatever Unicode form)."""
    head = content[:2048]
    text = head.decode("utf-16", "ignore") if head.startswith(_MARKS) else head.decode("utf-8", "replace")
    if (before := _BEFORE_PAGE.match(text)) is not None:
        text = text[before.end() :]
    return _PAGE.match(text.lower()) is not None


def _packing(content: bytes, workbook: bool) -> str | None:
    if content.startswith(_GZIP):
        return "gzip"
    if not content.startswith((ZIP, _EMPTY_ZIP)):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.replace("\\", "/").lower() for name in archive.namelist()}
    except BROKEN_ZIP as error:
        if workbook:
            return None
        raise FileRefused("truncated_gzip", f"a zip archive that is not whole ({type(error).__name__})") from error
    # ODF names its kind in "mimetype"; both are for the workbook's reader, or no text
    return None if names & {"[content_types].xml", "mimetype"} else "zip"


def _gunzip(content: bytes, limit: int) -> bytes:
    parts: list[bytes] = []
    total = 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as unzipped:
            while part := unzipped.read(_CHUNK):
                total += len(part)
                if total > limit:
                    raise FileRefused("zip_bomb", f"over {limit:,} bytes")
                parts.append(part)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileRefused("truncated_gzip", str(error)) from error
    return b"".join(parts)


def _unzip(content: bytes, limit: int) -> bytes:
    """The one member of a zip. Folders and what macOS puts beside the files don't count."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [m for m in archive.infolist() if not (m.is_dir() or _is_litter(m.filename))]
            if not members:
                raise FileRefused("zero_bytes", "the archive holds no file")
            if len(members) > 1:
                raise FileRefused("several_members", f"{len(members):,} files in one archive")
            if members[0].flag_bits & 1:
                raise FileRefused("protected_workbook", "the archive asks for a password")
            if members[0].file_size > limit:
                raise FileRefused("zip_bomb", f"{members[0].file_size:,} bytes")
            with archive.open(members[0]) as stream:
                return stream.read(limit)  # at most the size it declares: a lying size is a wrong checksum
    except BROKEN_ZIP as error:
        raise FileRefused("truncated_gzip", f"a zip archive that is not whole ({type(error).__name__})") from error


def _is_litter(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "__MACOSX" or parts[-1] in (".DS_Store", "Thumbs.db", "desktop.ini")


def to_text(content: bytes, declared: str = "utf-8") -> Unpacked:
    """Text as UTF-8 without a byte order mark; refuses ``wrong_encoding``.

    The mark decides, then what the registry declares (one of ``ENCODINGS``). UTF-16 without a mark is read where it is
    declared. ``windows-1258`` writes tones as marks of their own, so its text is composed (NFC); declared text that is
    UTF-8 all the same is read as that, with the warning ``other_encoding``.
    """
    declared = declared.lower()
    for start, kind in _KINDS.items():
        if content.startswith(start):
            raise FileRefused("wrong_encoding", f"{kind} in place of text")
    if content.startswith(_MARKS):
        text = _decode(content, "utf-16")
    elif content.startswith(b"\xef\xbb\xbf"):
        text = _decode(content[3:], "utf-8")
    elif declared.startswith("utf-16") and b"\0" in content[:4096]:
        text = _decode(content, "utf-16-be" if _is_big_endian(content[:4096]) else "utf-16-le")
    elif declared != "windows-1258" or content.isascii():
        text = _decode(content, "utf-8")
    elif _is_utf8(content):
        return Unpacked(_without_zero(content, "utf-8"), ["other_encoding"])
    else:
        text = unicodedata.normalize("NFC", _decode(content, "cp1258").decode()).encode()
    return Unpacked(_without_zero(text, declared))


def _decode(content: bytes, encoding: str) -> bytes:
    if encoding == "utf-8" and _is_utf8(content):
        return content
    try:
        return content.decode(encoding).encode()
    except UnicodeDecodeError as error:
        raise FileRefused("wrong_encoding", f"no {encoding} at byte {error.start:,}") from error


def _is_big_endian(content: bytes) -> bool:
    """Which half of most UTF-16 characters is zero: separators, digits and line ends are ASCII in every file."""
    return content[0::2].count(0) > content[1::2].count(0)


def _without_zero(text: bytes, encoding: str) -> bytes:
    if b"\0" in text:
        raise FileRefused("wrong_encoding", f"zero characters, so no {encoding}")
    return text


def _is_utf8(content: bytes) -> bool:
    """As ``content.decode()`` without error; of large content ten times as fast, without a text four times the size."""
    try:
        if len(content) < _SMALL:
            content.decode()
            return True
        pl.Series([content], dtype=pl.Binary).cast(pl.String)
    except (UnicodeDecodeError, pl.exceptions.PolarsError):
        return False
    return True
