"""From text to the bytes that are delivered: encodings and containers, and damage to bytes.

Each says whether what it makes may still be read; a name may change with it.
"""

from __future__ import annotations

import codecs
import gzip
import io
import unicodedata
import zipfile
from collections.abc import Callable
from html import escape
from random import Random

from fuzz.contract import Form
from fuzz.written import Table

Packed = tuple[bytes, str, str]  # content, name, what was done


def plain(form: Form, text: str) -> bytes:
    """As the form's system declares it."""
    return text.encode(form.encoding)


def name_of(form: Form) -> str:
    return f"{form.dataset}.{form.ending}"


# -- encodings ----------------------------------------


def encoded(random: Random, form: Form, text: str) -> tuple[bytes, str] | None:
    """The text in another encoding than declared, and what was done."""
    first, rest = text[: len(text) // 2], text[len(text) // 2 :]
    choices: dict[str, Callable[[], bytes]] = {
        "utf-16-le with mark": lambda: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
        "utf-16-be with mark": lambda: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
        "utf-16-le bare": lambda: text.encode("utf-16-le"),
        "utf-16-be bare": lambda: text.encode("utf-16-be"),
        "utf-8": lambda: text.encode(),
        "utf-8 with mark": lambda: codecs.BOM_UTF8 + text.encode(),
        "two marks": lambda: codecs.BOM_UTF8 * 2 + text.encode(),
        "utf-32": lambda: text.encode("utf-32"),
        "windows-1258": lambda: _legacy(text),
        "mojibake": lambda: text.encode().decode("latin-1").encode(),
        "two encodings": lambda: first.encode() + _legacy(rest),
        "decomposed": lambda: unicodedata.normalize("NFD", text).encode(form.encoding),
        "a mark within": lambda: _mark_within(random, text).encode(form.encoding),
        "zero characters": lambda: text.replace(" ", "\0", 1).encode(form.encoding),
    }
    what = random.choice(list(choices))
    try:
        return choices[what](), what
    except UnicodeEncodeError:
        return None


def _legacy(text: str) -> bytes:
    """windows-1258: base letters with their own mark, tones as combining characters."""
    out = []
    for letter in unicodedata.normalize("NFC", text):
        try:
            out.append(letter.encode("cp1258"))
        except UnicodeEncodeError:
            base = unicodedata.normalize("NFD", letter)
            tones = "".join(mark for mark in base if mark in "\u0300\u0301\u0303\u0309\u0323")
            stem = unicodedata.normalize("NFC", "".join(mark for mark in base if mark not in tones))
            out.append((stem + tones).encode("cp1258"))
    return b"".join(out)


def _mark_within(random: Random, text: str) -> str:
    lines = text.split("\n")
    at = random.randrange(len(lines))
    return "\n".join([*lines[:at], "\ufeff" + lines[at], *lines[at + 1 :]])


# -- containers ----------------------------------------


def contained(random: Random, form: Form, content: bytes) -> Packed:
    """The content in another container, or in a broken one."""
    name = name_of(form)
    packed = gzip.compress(content, mtime=0)
    half = len(content) // 2
    choices: dict[str, Callable[[], tuple[bytes, str]]] = {
        "gzip": lambda: (packed, name + ".gz"),
        "gzip under a plain name": lambda: (packed, name),
        "gzip twice": lambda: (gzip.compress(packed, mtime=0), name + ".gz"),
        "gzip three times": lambda: (gzip.compress(gzip.compress(packed)), name + ".gz"),
        "gzip in parts": lambda: (gzip.compress(content[:half]) + gzip.compress(content[half:]), name + ".gz"),
        "gzip cut": lambda: (packed[: random.randrange(2, len(packed))], name + ".gz"),
        "gzip with more": lambda: (packed + b"more", name + ".gz"),
        "gzip with zeros": lambda: (packed + b"\0" * 512, name + ".gz"),
        "gzip, another sum": lambda: (packed[:-8] + bytes(8), name + ".gz"),
        "plain as .gz": lambda: (content, name + ".gz"),
        "zip of one": lambda: (_zip({name: content}), name),
        "zip of two": lambda: (_zip({name: content, "b.csv": content}), name),
        "zip of none": lambda: (_zip({}), name),
        "zip cut": lambda: (_zip({name: content})[:-10], name),
        "a web page": lambda: (b"<!DOCTYPE html><html><body>502 CANARY</body></html>", name),
        "a web page after marks": lambda: (b"\xef\xbb\xbf\r\n <HTML><body>CANARY</body></html>", name),
        "nothing": lambda: (b"", name),
        "line feeds": lambda: (b"\r\n\r\n", name),
        "zeros": lambda: (bytes(4096), name),
        "a workbook": lambda: (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), name),
        "a document": lambda: (b"%PDF-1.7 CANARY", name),
        "cut": lambda: (content[: random.randrange(1, len(content))], name),
        "a bomb": lambda: (gzip.compress(content[:100] + b" " * 4_000_000), name + ".gz"),
    }
    what = random.choice(list(choices))
    return (*choices[what](), what)


#: Containers that hold other content than the original: only a refusal, or the rows that are left, are right.
NOT_THE_ROWS = {"a web page", "a web page after marks", "nothing", "line feeds", "zeros", "a workbook", "a document"}
NOT_THE_ROWS |= {"zip of none", "a bomb"}


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def web_table(made: Table) -> bytes:
    """The table as HTML, as web reports save it under a workbook's name."""
    rows = [made.headings, *made.cells]
    text = "".join(
        "<tr>" + "".join(f"<td>{escape('' if cell is None else str(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f'<html><head><meta charset="utf-8"></head><body><table>{text}</table></body></html>'.encode()


# -- bytes ----------------------------------------


def damaged(random: Random, content: bytes) -> tuple[bytes, str]:
    """One place of the bytes is not what it was."""
    at = random.randrange(len(content))
    size = random.choice((1, 1, 2, 7, 40))
    piece = content[at : at + size]
    mark = random.choice((b'"', b",", b";", b"\t", b"\n", b"\r", b"\0", b"\xff", b"\xe1\xba", b"'", b"|", b"{", b"]"))
    choices = {
        "flip": content[:at] + bytes([content[at] ^ 1 << random.randrange(8)]) + content[at + 1 :],
        "set": content[:at] + bytes([random.randrange(256)]) + content[at + 1 :],
        "insert": content[:at] + mark + content[at:],
        "replace": content[:at] + mark + content[at + 1 :],
        "drop": content[:at] + content[at + size :],
        "double": content[:at] + piece + content[at:],
        "cut": content[: max(at, 1)],
        "move": content[:at] + content[at + size :] + piece,
    }
    what = random.choice(list(choices))
    return choices[what], f"{what} at {at}"
