"""Every refusal of the contract (section 4): the file is refused whole, with its reason, and the others go on."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cchc import scratch
from cchc.read import read_batch
from cchc.registry.open import Registry
from support.dossiers import Tables, delimited, dossier, envelope, lines, record_2022, record_2026, workbook
from support.stages import File, read_files, refusal

PAGE = b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head></html>"


def g2(*rows: object) -> bytes:
    return envelope(rows or [record_2022(dossier())])


def g3(*rows: object) -> bytes:
    return lines(rows or [record_2026(dossier())])


def payments(
    rows: int = 1, heading: str = "MaGiaoDich,MaHoSo,MaTTHC,MaDonVi,SoTien,CongThanhToan,TrangThai,ThoiGian"
) -> bytes:
    return (heading + "\r\n" + "GD1,,,H50.101,50000,1,1,20261105080000\r\n" * rows).encode()


def nested(depth: int) -> bytes:
    return g2().replace(b'"MaHoSo"', b'"GhiChu": ' + b"[" * depth + b"]" * depth + b', "MaHoSo"')


DOSSIERS_2022 = {
    "zero bytes": (b"", "zero_bytes"),
    "an error page": (PAGE, "html_error_page"),
    "an error page after blank lines and a mark": (b"\xef\xbb\xbf\r\n  <HTML><body>Login</body>", "html_error_page"),
    "cut off": (g2()[:-40], "invalid_json"),
    "only spaces": (b"  \n", "invalid_json"),
    "text after the end": (g2() + b"x", "invalid_json"),
    "a trailing comma": (g2()[:-2] + b",]}", "invalid_json"),
    "no envelope": (b'[{"MaHoSo": "1"}]', "invalid_json"),
    "no data": (b'{"madonvi": "H50.101"}', "invalid_json"),
    "data is null": (b'{"data": null}', "invalid_json"),
    "data is text": (b'{"data": "H50"}', "invalid_json"),
    "a record is a number": (g2(record_2022(dossier()), 1), "invalid_json"),
    "a record is null": (g2(None), "invalid_json"),
    "half a surrogate pair": (g2().replace(b'"MaHoSo"', b'"GhiChu": "\\ud83d", "MaHoSo"'), "invalid_json"),
    "not a number": (g2().replace(b'"50000"', b"NaN"), "invalid_json"),
    "a control character": (g2().replace(b"KQ.G15", b"KQ\x01G15"), "invalid_json"),
    "deep nesting in a record": (nested(100_000), "deep_nesting"),
    "deep nesting beside the records": (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b',"data":[]}', "deep_nesting"),
    "deep nesting without an end": (b"[" * 100_000, "deep_nesting"),
    "deep objects": (b'{"data":' * 50_000 + b"[]" + b"}" * 50_000, "deep_nesting"),
    "Windows-1258": (g2().replace("Nguyễn".encode(), b"Nguy\xea\xden"), "wrong_encoding"),
    "latin 1 in a value": (g2().replace("Thử".encode(), b"Th\xfd"), "wrong_encoding"),
    "UTF-16 without a mark": (g2().decode().encode("utf-16-le"), "wrong_encoding"),
    "a required key renamed": (g2().replace(b'"TrangThaiHoSo"', b'"TrangThai"'), "missing_column"),
    "a required key in no record": (g2({"MaHoSo": "1", "MaTTHC": "2"}), "missing_column"),
    "no reception time at all": (g2().replace(b'"NgayTiepNhan"', b'"NgayNhan"'), "missing_column"),
    "gzip cut off": (gzip.compress(g2())[:-9], "truncated_gzip"),
    "gzip with damaged content": (gzip.compress(g2())[:40] + b"\0" * 30 + gzip.compress(g2())[70:], "truncated_gzip"),
    "gzip with a wrong checksum": (gzip.compress(g2())[:-8] + b"\0" * 8, "truncated_gzip"),
    "gzip of nothing": (gzip.compress(b""), "zero_bytes"),
    "gzip of an error page": (gzip.compress(PAGE), "html_error_page"),
    "gzip that expands too far": (gzip.compress(b" " * 3_000_000), "zip_bomb"),
}


@pytest.mark.parametrize("case", DOSSIERS_2022)
def test_a_bad_envelope(case: str, tmp_path: Path, registry: Registry) -> None:
    content, reason = DOSSIERS_2022[case]
    name = "dossiers.json.gz" if content.startswith(b"\x1f\x8b") else "dossiers.json"
    assert refusal(tmp_path, registry, File(content, name=name)) == reason


DOSSIERS_2026 = {
    "one bad line": (g3() * 3 + b'{"MaHoSo": \n' + g3(), "invalid_json"),
    "a bad last line": (g3() + b"{", "invalid_json"),
    "a line that is no object": (g3() + b"5\n", "invalid_json"),
    "two records on a line": (g3().strip() + b" " + g3().strip() + b",\n", "invalid_json"),
    "deep nesting": (g3() + b"[" * 100_000 + b"\n", "deep_nesting"),
    "an envelope": (g2(), "missing_column"),
    "status renamed": (g3().replace(b'"TrangThai"', b'"TinhTrang"'), "missing_column"),
    "reception renamed": (g3().replace(b'"NgayTiepNhan"', b'"NgayNhan"'), "missing_column"),
    "zero bytes": (b"", "zero_bytes"),
}


@pytest.mark.parametrize("case", DOSSIERS_2026)
def test_bad_lines(case: str, tmp_path: Path, registry: Registry) -> None:
    content, reason = DOSSIERS_2026[case]
    assert refusal(tmp_path, registry, File(content, dialect="dvcqg2026")) == reason


@pytest.mark.parametrize("key", ["MaPAKN", "MaDonVi", "Loai", "NgayTiepNhan"])
def test_feedback_without_a_required_key(key: str, tmp_path: Path, registry: Registry) -> None:
    row = {"MaPAKN": "PA1", "MaDonVi": "H50.101", "Loai": "staff", "NgayTiepNhan": "2026-11-05 08:00:00"}
    content = lines([{("X" + name if name == key else name): value for name, value in row.items()}])
    assert refusal(tmp_path, registry, File(content, "feedback", "jsonl")) == "missing_column"


@pytest.mark.parametrize("canonical", ["dossier_code", "procedure_code", "received_at", "status"])
@pytest.mark.parametrize("dialect", ["onecsv", "workbook"])
def test_a_required_heading_renamed_beyond_the_map(
    canonical: str, dialect: str, tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    headings = [
        "Cột lạ" if heading == tables.headings["A"][canonical] else heading for heading in tables.heading_row("A")
    ]
    cells = tables.cells("A", dossier())
    content = delimited([headings, cells]) if dialect == "onecsv" else workbook(headings, [cells])
    batch = read_files(tmp_path, registry, File(content, dialect=dialect))
    refused = batch.refused[0]
    assert refused.reason == "missing_column"
    assert refused.detail.split(" (")[0] == canonical
    assert tables.headings["A"][canonical] in refused.detail.casefold()


def test_a_refusal_names_columns_and_never_the_text_of_the_file(
    tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    """Where the headings are lost, the first row holds a person."""
    for content in (delimited([tables.cells("A", dossier())]), delimited([["CANARY"] * 28, ["999000000001"] * 28])):
        batch = read_files(tmp_path, registry, File(content, dialect="onecsv"))
        assert batch.refused[0].reason == "missing_column"
        assert "CANARY" not in str(batch.refused[0]) and "999" not in str(batch.refused[0])


@pytest.mark.parametrize(
    ("dataset", "heading"),
    [("payments", h) for h in ("MaGiaoDich", "MaDonVi", "SoTien", "TrangThai", "ThoiGian")]
    + [("vneid", h) for h in ("MaXa", "Ngay", "SoCCCDGanChip", "KichHoatMuc1", "KichHoatMuc2")],
)
def test_fixed_headings(dataset: str, heading: str, tmp_path: Path, registry: Registry) -> None:
    sound = (
        payments()
        if dataset == "payments"
        else b"MaXa,Ngay,SoCCCDGanChip,KichHoatMuc1,KichHoatMuc2\n19333,2026-11-05,9,1,1\n"
    )
    renamed = sound.replace(heading.encode(), b"So_" + heading.encode(), 1)
    assert read_files(tmp_path, registry, File(sound, dataset, "csv")).rows == {0: 1}
    assert refusal(tmp_path, registry, File(renamed, dataset, "csv")) == "missing_column"


BAD_CSV = {
    "zero bytes": (b"", "zero_bytes"),
    "an error page": (PAGE, "html_error_page"),
    "Windows-1258": (b"M\xe3 h\xf4\xcc so\xfd\n", "wrong_encoding"),
    "UTF-16 cut in the middle of a character": ("﻿Mã hồ sơ".encode("utf-16-le")[:-1], "wrong_encoding"),
    "a lone surrogate in UTF-16": (b"\xff\xfe" + b"\x00\xd8" + "Mã".encode("utf-16-le"), "wrong_encoding"),
    "zero characters": (b"\xef\xbb\xbfM\0a", "wrong_encoding"),
    "one line feed": (b"\n", "missing_column"),
    "another file": (b"a,b,c\n1,2,3\n", "missing_column"),
}


@pytest.mark.parametrize("case", BAD_CSV)
def test_bad_csv(case: str, tmp_path: Path, registry: Registry) -> None:
    content, reason = BAD_CSV[case]
    assert refusal(tmp_path, registry, File(content, dialect="onecsv")) == reason


def test_a_csv_that_is_no_gzip_under_a_gzip_name(tmp_path: Path, registry: Registry) -> None:
    assert refusal(tmp_path, registry, File(payments(), "payments", "csv", "payments.csv.gz")) == "truncated_gzip"


def test_gzip_without_its_name_is_still_unpacked(tmp_path: Path, registry: Registry) -> None:
    batch = read_files(tmp_path, registry, File(gzip.compress(payments(3)), "payments", "csv", "payments.csv"))
    assert batch.rows == {0: 3}


def test_gzip_just_under_the_ratio_is_read(tmp_path: Path, registry: Registry) -> None:
    packed = gzip.compress(payments(20_000))
    ratio = len(payments(20_000)) / len(packed)
    assert ratio > 100
    assert refusal(tmp_path, registry, File(packed, "payments", "csv", "payments.csv.gz")) == "zip_bomb"
    noise = "".join(f"GD{n * 7919 % 99991:05d},,,H50.101,{n},1,1,20261105080000\r\n" for n in range(3000)).encode()
    packed = gzip.compress(payments(9_000) + noise)
    assert 10 < len(payments(9_000) + noise) / len(packed) < 100
    assert read_files(tmp_path, registry, File(packed, "payments", "csv", "payments.csv.gz")).rows == {0: 12_000}


def repacked(book: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = change(member.filename, old.read(member))
            if content is not None:
                new.writestr(member.filename, content)
    return out.getvalue()


def blown_up(book: bytes, size: int) -> bytes:
    def change(name: str, content: bytes) -> bytes:
        return content.replace(b"</worksheet>", b" " * size + b"</worksheet>") if "sheet1" in name else content

    return repacked(book, change)


def test_bad_workbooks(tmp_path: Path, registry: Registry, tables: Tables) -> None:
    book = workbook(tables.heading_row("A"), [tables.cells("A", dossier(), subject="x") for _ in range(2)])
    bomb = blown_up(book, 20_000_000)
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        large = max(member.file_size for member in archive.infolist())
    flipped = bytearray(book)
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
        middle = sheet.header_offset + 30 + len(sheet.filename) + sheet.compress_size // 2
    flipped[middle] ^= 0xFF
    cases = {
        "cut off": (book[: len(book) // 2], "truncated_xlsx"),
        "cut at the very end": (book[:-1], "truncated_xlsx"),
        "no zip": (b"PK\x03\x04 not a book", "truncated_xlsx"),
        "text": (b"M\xc3\xa3 h\xe1\xbb\x93 s\xc6\xa1\n", "unreadable_workbook"),
        "one damaged byte": (bytes(flipped), "truncated_xlsx"),
        "the sheet is missing": (repacked(book, lambda n, c: None if "sheet1" in n else c), "truncated_xlsx"),
        "the sheet is cut off": (
            repacked(book, lambda n, c: c[: len(c) // 2] if "sheet1" in n else c),
            "truncated_xlsx",
        ),
        "another zip": (repacked(book, lambda n, c: c if n.startswith("docProps") else None), "several_members"),
        "a bomb": (bomb, "zip_bomb"),
        "a bomb that lies about its size": (
            bomb.replace(struct.pack("<I", large), struct.pack("<I", 5000)),
            "truncated_xlsx",
        ),
        "zero bytes": (b"", "zero_bytes"),
        "an error page": (PAGE, "html_error_page"),
        "no headings at all": (workbook(["a", "b"], [[1, 2]]), "missing_column"),
        "no cells": (workbook([], [], title_rows=0, group=False, total=False), "missing_column"),
    }
    found = {
        name: refusal(tmp_path, registry, File(content, dialect="workbook")) for name, (content, _) in cases.items()
    }
    assert found == {name: reason for name, (_, reason) in cases.items()}


def test_the_other_files_of_a_batch_go_on(tmp_path: Path, registry: Registry) -> None:
    rows = [record_2022(dossier(dossier_code=f"H50.101-261104-{n:04d}")) for n in range(3)]
    files = [
        File(envelope(rows)),
        File(g2()[:-9]),
        File(envelope([])),
        File(b""),
        File(g2({"a": 1})),
        File(envelope(rows[:1])),
    ]
    batch = read_files(tmp_path, registry, *files)
    assert batch.rows == {0: 3, 2: 0, 5: 1}
    assert {n: refused.reason for n, refused in batch.refused.items()} == {
        1: "invalid_json",
        3: "zero_bytes",
        4: "missing_column",
    }
    assert sorted(batch.table["file_no"].to_pylist()) == [0, 0, 0, 5]


def test_text_that_merely_names_a_key_is_no_key(tmp_path: Path, registry: Registry) -> None:
    """A required key that stands only inside a text does not hide that the column is missing."""
    row = record_2022(dossier())
    row["GhiChu"] = json.dumps({"TrangThaiHoSo": "9"})
    del row["TrangThaiHoSo"]
    assert refusal(tmp_path, registry, File(envelope([row]))) == "missing_column"


def test_a_fault_of_ours_costs_one_file_and_quotes_nothing_of_it(
    tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from cchc.read import records

    read = records._check_envelope

    def fail(said: Any, count: int, file: Any) -> None:
        if file.file_no == 0:
            raise ValueError("CANARY Nguyễn Thử")
        read(said, count, file)

    monkeypatch.setattr(records, "_check_envelope", fail)
    files = [File(envelope([record_2022(dossier())]), number=n + 1) for n in range(2)]
    batch = read_files(tmp_path, registry, *files)
    assert batch.rows == {1: 1} and batch.refused[0].reason == "reader_failed"
    assert "ValueError in test_read_refusals.py" in batch.refused[0].detail
    assert "CANARY" not in batch.refused[0].detail + caplog.text and "ValueError" in caplog.text


def test_landed_bytes_that_are_gone_refuse_nothing(tmp_path: Path, registry: Registry) -> None:
    """What the machine refuses says nothing of the file: the batch fails and is tried again."""
    file = File(envelope([record_2022(dossier())])).open(0, tmp_path, registry)
    file.blob.unlink()
    with scratch.connect("dvcqg2022") as con, pytest.raises(FileNotFoundError):
        read_batch([file], registry, con)
