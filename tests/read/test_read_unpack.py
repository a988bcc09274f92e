"""Archives are undone and encodings read as declared, with a warning for what was not as it should be."""

from __future__ import annotations

import gzip
import io
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc.errors import FileRefused
from cchc.read.unpack import Unpacked, is_page, to_text, unpack
from support.books import asks_for_password, written

CSV = "Mã hồ sơ,Hạn trả\r\nH50.101-261104-0001,05/11/2026 08:00\r\n".encode()
PAGE = b"<!DOCTYPE html><html><body>502</body></html>"


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def unpacked(folder: Path, content: bytes, name: str = "dossiers.csv", workbook: bool = False) -> Unpacked:
    blob = folder / "blob"
    blob.write_bytes(content)
    return unpack(blob, name, workbook=workbook)


def refusal(folder: Path, content: bytes, name: str = "dossiers.csv", workbook: bool = False) -> str:
    with pytest.raises(FileRefused) as refused:
        unpacked(folder, content, name, workbook)
    return refused.value.reason


UNDONE: dict[str, tuple[bytes, str, list[str]]] = {
    "plain": (CSV, "dossiers.csv", []),
    "gzip": (gzip.compress(CSV), "dossiers.csv.gz", []),
    "gzip without its ending": (gzip.compress(CSV), "dossiers.csv", []),
    "gzip in parts": (gzip.compress(CSV[:30]) + gzip.compress(CSV[30:]), "dossiers.csv.gz", []),
    "gzip twice": (gzip.compress(gzip.compress(CSV)), "dossiers.csv.gz", ["double_gzip"]),
    "zip": (zipped(**{"dossiers.csv": CSV}), "dossiers.csv", ["zipped"]),
    "zip with a folder": (zipped(**{"xuất/": b"", "xuất/hồ sơ.csv": CSV}), "dossiers.csv", ["zipped"]),
    "zip with a system's leavings": (
        zipped(**{"a.csv": CSV, "__MACOSX/._a.csv": b"x", ".DS_Store": b"x"}),
        "dossiers.csv",
        ["zipped"],
    ),
    "gzip in zip": (zipped(**{"a.csv.gz": gzip.compress(CSV)}), "dossiers.csv.gz", ["zipped"]),
    "zip in gzip": (gzip.compress(zipped(**{"a.csv": CSV})), "dossiers.csv.gz", ["zipped"]),
}


@pytest.mark.parametrize("case", UNDONE)
def test_what_is_undone(case: str, tmp_path: Path) -> None:
    content, name, warnings = UNDONE[case]
    assert unpacked(tmp_path, content, name) == Unpacked(CSV, warnings)


@given(content=st.binary(min_size=1, max_size=300), levels=st.lists(st.sampled_from(["gzip", "zip"]), max_size=2))
def test_any_text_comes_out_of_its_archives(
    content: bytes, levels: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = b"," + content  # no archive itself, and no page
    packed = content
    for level in levels:
        packed = gzip.compress(packed) if level == "gzip" else zipped(x=packed)
    found = unpacked(tmp_path_factory.mktemp("any"), packed)
    assert found.content == content
    assert found.warnings == ["double_gzip"] * (levels == ["gzip", "gzip"]) + ["zipped"] * ("zip" in levels)


def test_a_workbook_is_no_archive_and_may_lie_in_one(tmp_path: Path) -> None:
    book = written([["x"]])
    assert unpacked(tmp_path, book, "dossiers.xlsx", workbook=True) == Unpacked(book, [])
    assert unpacked(tmp_path, zipped(**{"a.xlsx": book}), "dossiers.xlsx", workbook=True) == Unpacked(book, ["zipped"])
    assert unpacked(tmp_path, book[:-30], "dossiers.xlsx", workbook=True).content == book[:-30]  # for its own reader


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "zero_bytes"),
    "gzip of nothing": (gzip.compress(b""), "zero_bytes"),
    "an empty zip": (zipped(), "zero_bytes"),
    "a zip of nothing": (zipped(x=b""), "zero_bytes"),
    "a zip of a folder": (zipped(**{"x/": b""}), "zero_bytes"),
    "two members": (zipped(a=CSV, b=CSV), "several_members"),
    "a zip with a password": (asks_for_password(zipped(x=CSV)), "protected_workbook"),
    "half a zip": (zipped(x=CSV * 50)[:-40], "truncated_gzip"),
    "a zip with a wrong checksum": (zipped(x=CSV).replace(b"\x00\x00x", b"\x00\x00y", 1), "truncated_gzip"),
    "half a gzip": (gzip.compress(CSV)[:-9], "truncated_gzip"),
    "half of the inner gzip": (gzip.compress(gzip.compress(CSV)[:-9]), "truncated_gzip"),
    "text after gzip": (gzip.compress(CSV) + b"text", "truncated_gzip"),
    "three gzips": (gzip.compress(gzip.compress(gzip.compress(CSV))), "zip_bomb"),
    "a gzip that expands too far": (gzip.compress(b" " * 3_000_000), "zip_bomb"),
    "a zip that expands too far": (zipped(x=b" " * 3_000_000), "zip_bomb"),
    "two that expand too far together": (gzip.compress(gzip.compress(b" " * 9_000_000)), "zip_bomb"),
    "a page": (PAGE, "html_error_page"),
    "a page in gzip": (gzip.compress(PAGE), "html_error_page"),
    "a page in zip": (zipped(x=PAGE), "html_error_page"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str, tmp_path: Path) -> None:
    content, reason = REFUSED[case]
    assert refusal(tmp_path, content) == reason


def test_a_zip_that_lies_about_its_size_gives_no_more_than_it_says(tmp_path: Path) -> None:
    lying = zipped(x=b"a" * 5000).replace((5000).to_bytes(4, "little"), (50).to_bytes(4, "little"))
    assert refusal(tmp_path, lying) == "truncated_gzip"


def test_a_name_that_says_gzip_is_held_to_it(tmp_path: Path) -> None:
    assert refusal(tmp_path, CSV, "dossiers.csv.gz") == "truncated_gzip"
    assert refusal(tmp_path, b"\x1f\x8c" + gzip.compress(CSV)[2:], "dossiers.csv.GZ") == "truncated_gzip"
    assert refusal(tmp_path, PAGE, "dossiers.csv.gz") == "html_error_page"


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf\r\n <HTML>",
        b"<?xml version='1.0'?><!-- x --><html xmlns='x'>",
        "<!DOCTYPE html>".encode("utf-16"),
        b"<table><tr>",
        b"<br>",
    ],
)
def test_pages(content: bytes) -> None:
    assert is_page(content)


@pytest.mark.parametrize("content", [b"a,<b>", b"<tablespoon>", b"<5,x", b'{"html": "<html>"}', b"", b"<x:Mau>"])
def test_no_pages(content: bytes) -> None:
    assert not is_page(content)


# -- encodings ----------------------------------------

#: As windows-1258 writes it: tones are characters of their own after the letter.
TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
LETTERS = "aăâeêioôơuưyđAĂÂEÊIOÔƠUƯYĐbcdghklmnpqrstvx ,0123456789"


def legacy(text: str) -> bytes:
    """In windows-1258, which has few letters with a tone of their own."""
    out = b""
    for letter in unicodedata.normalize("NFC", text):
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tone = next(part for part in parts if part in TONES)
            out += unicodedata.normalize("NFC", parts.replace(tone, "")).encode("cp1258") + tone.encode("cp1258")
    return out


VIETNAMESE = st.lists(
    st.tuples(st.sampled_from(LETTERS), st.sampled_from(["", "", *sorted(TONES)])), min_size=1, max_size=30
).map(
    lambda pairs: unicodedata.normalize(
        "NFC", "".join(a + (b if a.lower() in "aăâeêioôơuưy" else "") for a, b in pairs)
    )
)


@given(VIETNAMESE)
def test_text_comes_back_from_every_encoding_that_may_be_declared(text: str) -> None:
    text = "Mã," + text
    for declared, content in {
        "utf-8": text.encode(),
        "utf-8-sig": text.encode("utf-8-sig"),
        "utf-16": text.encode("utf-16"),
        "utf-16-le": text.encode("utf-16-le"),
        "UTF-16-BE": text.encode("utf-16-be"),
        "windows-1258": legacy(text),
    }.items():
        assert to_text(content, declared) == Unpacked(text.encode())


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_mark_outweighs_the_declaration(mark: str) -> None:
    content = "Mã hồ sơ".encode(mark)
    content = b"\xfe\xff" + content if mark == "utf-16-be" else content
    for declared in ("utf-8", "utf-16", "windows-1258"):
        assert to_text(content, declared).content.decode() == "Mã hồ sơ"


def test_declared_legacy_text_that_is_utf8_is_read_as_that_and_said() -> None:
    assert to_text(CSV, "windows-1258") == Unpacked(CSV, ["other_encoding"])
    assert to_text(b"ascii", "windows-1258") == Unpacked(b"ascii")
    assert to_text(CSV, "windows-1258").content == CSV


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (legacy("Mã hồ sơ"), "utf-8"),
        ("Mã".encode("utf-16-le"), "utf-8"),
        (b"\xff\xfe\x00\xd8", "utf-8"),
        (b"\xd2\xd2\x00", "windows-1258"),
        (b"a\x00b", "utf-8"),
        (b"PK\x03\x04rest", "utf-8"),
        (b"7z\xbc\xaf\x27\x1c", "utf-8"),
        (b"%PDF-1.7", "windows-1258"),
        ("Mã".encode("utf-16-le")[:-1], "utf-16-le"),
    ],
)
def test_wrong_encodings_are_refused_without_the_text(content: bytes, declared: str) -> None:
    with pytest.raises(FileRefused) as refused:
        to_text(content, declared)
    assert refused.value.reason == "wrong_encoding"
    assert "Mã" not in str(refused.value)
