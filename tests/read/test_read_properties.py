"""What holds for any content: the same text comes back in every dialect, and no bytes whatever break the stage."""

from __future__ import annotations

import gzip
import random
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cchc.datasets import DATASETS
from cchc.datasets.dialects import DIALECTS
from cchc.datasets.dossiers import DOSSIERS
from cchc.read.fold import fold
from cchc.registry.open import Registry
from support.dossiers import STAMPS, Tables, delimited, dossier, envelope, lines, record_2022, record_2026, workbook
from support.letters import letter, letters
from support.stages import SYSTEMS, File, normalise_rows, read_files, read_rows


def fold_text(text: str) -> str | None:
    """What the stage makes of a code's text."""
    folded, _ = fold(pl.DataFrame({"file_no": [0], "dossier_code": [text]}), DOSSIERS)
    return folded["dossier_code"][0]


QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

#: Text as anybody may type it: quotes, separators, formulas, any script; no control characters but tabs and line ends.
#: What is folded (forms of one character, what nobody sees, words for "no value") has tests of its own, and no total.
TEXT = st.text(
    st.one_of(
        st.sampled_from(list("\",;\t\n|'\\/{}[]=+-@: ")),
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co", "Cf", "Zs", "Zl", "Zp")),
    ),
    min_size=1,
    max_size=25,
).filter(lambda text: text == fold_text(text) and not text.lower().startswith(("tổng", "cộng", "total", "#")))
#: List parts stand between separators of the contract, so they hold none.
PART = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=8).filter(
    lambda text: text == fold_text(text)
)
SCALARS = [name for name in DOSSIERS.text_columns if name not in ("fees", "supplements")]
#: Computed from lists in the JSON dialects, so compared in the tabular ones only.
COMPUTED = {"reused_part", "from_personal_store", "has_electronic_result"}
KEYS_2022 = {
    "dossier_code": "MaHoSo",
    "procedure_code": "MaTTHC",
    "handling_unit": "DonViXuLy",
    "applicant_kind": "LoaiDoiTuong",
    "channel": "KenhThucHien",
    "submitted_at": "NgayNopHoSo",
    "received_at": "NgayTiepNhan",
    "due_at": "NgayHenTra",
    "finished_at": "NgayKetThucXuLy",
    "returned_at": "NgayTra",
    "refused_at": "NgayTuChoi",
    "status": "TrangThaiHoSo",
    "has_digitised_parts": "HoSoCoThanhPhanSoHoa",
    "vneid_verified": "TaiKhoanDuocXacThucVoiVNeID",
    "online_payment": "DuocThanhToanTrucTuyen",
}
KEYS_2026 = KEYS_2022 | {
    "receiving_unit": "MaDonViTiepNhan",
    "handling_unit": "MaDonViXuLy",
    "submitted_at": "NgayNop",
    "finished_at": "NgayKetThucXuLy",
    "status": "TrangThai",
    "has_digitised_parts": "CoThanhPhanSoHoa",
    "vneid_verified": "TaiKhoanVNeID",
    "online_payment": "ThanhToanTrucTuyen",
    "updated_at": "CapNhatLuc",
}
ROWS = st.lists(
    st.fixed_dictionaries(
        {name: st.none() | TEXT for name in SCALARS if name != "dossier_code"}
        | {
            "dossier_code": TEXT,
            "fees": st.lists(PART, max_size=3),
            "supplements": st.lists(st.tuples(PART, PART | st.just("")), max_size=2),
        }
    ),
    min_size=1,
    max_size=6,
)


def expected(rows: list[dict[str, Any]], columns: set[str]) -> list[dict[str, Any]]:
    return [
        {name: row[name] for name in columns}
        | {"fees": row["fees"], "supplements": [{"requested": a, "answered": b} for a, b in row["supplements"]]}
        for row in rows
    ]


def found(rows: list[dict[str, Any]], columns: set[str]) -> list[dict[str, Any]]:
    return [
        {name: row[name] or None for name in columns}
        | {"fees": row["fees"] or [], "supplements": row["supplements"] or []}
        for row in rows
    ]


@QUICK
@given(rows=ROWS)
def test_dvcqg2022_gives_back_its_text(rows: list[dict[str, Any]], registry: Registry) -> None:
    records = [
        {key: row[name] or "" for name, key in KEYS_2022.items()}
        | {
            "DanhSachLePhi": [{"Gia": fee} for fee in row["fees"]],
            "DanhSachHoSoBoSung": [{"NgayBoSung": a, "NgayTiepNhanBoSung": b} for a, b in row["supplements"]],
        }
        for row in rows
    ]
    with tempfile.TemporaryDirectory() as folder:
        read = read_rows(Path(folder), registry, File(envelope(records)))
    assert found(read, set(KEYS_2022)) == expected(rows, set(KEYS_2022))


@QUICK
@given(rows=ROWS)
def test_dvcqg2026_gives_back_its_text(rows: list[dict[str, Any]], registry: Registry) -> None:
    records = [
        {key: row[name] for name, key in KEYS_2026.items()}
        | {
            "PhiLePhi": [{"SoTien": fee} for fee in row["fees"]],
            "BoSung": [{"NgayYeuCau": a, "NgayHoanThanh": b} for a, b in row["supplements"]],
        }
        for row in rows
    ]
    with tempfile.TemporaryDirectory() as folder:
        read = read_rows(Path(folder), registry, File(lines(records), dialect="dvcqg2026"))
    assert found(read, set(KEYS_2026)) == expected(rows, set(KEYS_2026))


def _tabular(rows: list[dict[str, Any]], tables: Tables) -> tuple[list[list[Any]], set[str]]:
    order = list(tables.headings["A"])
    table = [
        [
            "|".join(row["fees"])
            if name == "fees"
            else "|".join(f"{a} - {b}" for a, b in row["supplements"])
            if name == "supplements"
            else row.get(name)
            for name in order
        ]
        for row in rows
    ]
    return [tables.heading_row("A"), *table], {name for name in order if name in SCALARS}


@QUICK
@given(rows=ROWS, delimiter=st.sampled_from([",", ";", "\t"]), encoding=st.sampled_from(["utf-8-sig", "utf-16"]))
def test_onecsv_gives_back_its_text(
    rows: list[dict[str, Any]], delimiter: str, encoding: str, registry: Registry, tables: Tables
) -> None:
    table, columns = _tabular(rows, tables)
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(
        [["" if cell is None else cell for cell in cells] for cells in table]
    )
    content = out.getvalue().encode(encoding)
    with tempfile.TemporaryDirectory() as folder:
        file = File(content, dialect="onecsv", spec={"delimiter": delimiter})
        read = read_rows(Path(folder), registry, file)
    assert found(read, columns) == expected(rows, columns)


@QUICK
@given(rows=ROWS)
def test_workbook_gives_back_its_text(rows: list[dict[str, Any]], registry: Registry, tables: Tables) -> None:
    table, columns = _tabular(rows, tables)
    body = [[cell or None for cell in cells] for cells in table[1:]]
    with tempfile.TemporaryDirectory() as folder:
        read = read_rows(Path(folder), registry, File(workbook(table[0], body), dialect="workbook"))
    assert found(read, columns) == expected(rows, columns)


#: Datasets whose columns all stand under keys of their own: whatever the text, it comes back.
FLAT = [
    (dataset, dialect)
    for dataset, dialect in SYSTEMS
    if not DIALECTS[dialect].packed
    and DIALECTS[dialect].keys[dataset]
    and set(DIALECTS[dialect].key_of(dataset)) == set(DATASETS[dataset].text_columns)
]


def test_letters_are_among_the_datasets_under_keys_of_their_own() -> None:
    assert set(FLAT) == {
        ("payments", "csv"),
        ("vneid", "csv"),
        ("feedback", "jsonl"),
        ("apologies", "csv"),
        ("apologies", "jsonl"),
        ("declared", "csv"),
        ("objections", "csv"),
    }


@pytest.mark.parametrize(("dataset", "dialect"), FLAT)
@QUICK
@given(data=st.data())
def test_flat_datasets_give_back_their_text(
    dataset: str, dialect: str, data: st.DataObject, registry: Registry
) -> None:
    keys = DIALECTS[dialect].key_of(dataset)
    first, *others = keys
    row = st.fixed_dictionaries({name: st.none() | TEXT for name in others} | {first: TEXT})
    rows = data.draw(st.lists(row, min_size=1, max_size=6))
    if DIALECTS[dialect].records:
        content = lines({keys[name]: row[name] for name in keys} for row in rows)
    else:
        content = delimited([[*keys.values()], *([row[name] or "" for name in keys] for row in rows)])
    with tempfile.TemporaryDirectory() as folder:
        read = read_rows(Path(folder), registry, File(content, dataset, dialect))
    assert [{name: row[name] for name in keys} for row in read] == [{name: row[name] for name in keys} for row in rows]


def _sound(tables: Tables) -> dict[tuple[str, str], bytes]:
    rows = [dossier(dossier_code=f"D-{n:04d}") for n in range(4)]
    serial = [
        [
            row[name] if name in STAMPS else cell
            for name, cell in zip(tables.headings["A"], tables.cells("A", row), strict=True)
        ]
        for row in rows
    ]
    table = [tables.heading_row("A"), *(tables.cells("A", row) for row in rows)]
    written = {dialect: [letter(dialect, MaHoSo=f"D-{n:04d}") for n in range(4)] for dialect in ("csv", "jsonl")}
    return {
        ("dossiers", "dvcqg2022"): envelope(map(record_2022, rows)),
        ("dossiers", "dvcqg2026"): lines(map(record_2026, rows)),
        ("dossiers", "onecsv"): delimited(table),
        ("dossiers", "workbook"): workbook(tables.heading_row("A"), serial, serial=True),
        ("apologies", "csv"): letters("csv", written["csv"]),
        ("apologies", "jsonl"): letters("jsonl", written["jsonl"]),
    }


def _damage(content: bytes, dice: random.Random) -> bytes:
    """Cut, flip, repeat or insert something nasty."""
    nasty = [
        b'"',
        b"\n",
        b"\0",
        b"\\u0000",
        b"\\",
        b"{",
        b"]",
        b"1e999",
        b"\xff\xfe",
        "ế".encode(),
        b"null",
        b'""',
        b"-",
        b";",
    ]
    damaged = bytearray(content)
    for _ in range(dice.choice([1, 1, 2, 5])):
        at = dice.randrange(len(damaged) + 1)
        kind = dice.randrange(5)
        if kind == 0:
            del damaged[at : at + dice.choice([1, 3, 50])]
        elif kind == 1 and at < len(damaged):
            damaged[at] = dice.randrange(256)
        elif kind == 2:
            damaged[at:at] = dice.choice(nasty)
        elif kind == 3:
            damaged[at:at] = damaged[at : at + dice.choice([1, 5, 200])]
        elif dice.random() < 0.3:
            del damaged[at:]
    return bytes(damaged)


@pytest.mark.parametrize(
    ("dataset", "dialect"),
    [pair for pair in SYSTEMS if pair[0] in ("dossiers", "apologies")],
)
def test_damaged_files_are_refused_or_read_and_nothing_else(
    dataset: str, dialect: str, tmp_path: Path, registry: Registry, tables: Tables
) -> None:
    """Whatever the bytes are, the batch ends with a table that normalises, and the sound file beside it is whole."""
    sound = _sound(tables)[dataset, dialect]
    ends: set[str] = set()
    for seed in range(3):
        dice = random.Random(f"{dialect}-{seed}")
        files = [File(sound, dataset, dialect)]
        for _ in range(25):
            content = _damage(sound, dice)
            if dice.random() < 0.1:
                content = _damage(gzip.compress(sound), dice)
            files.append(File(content, dataset, dialect))
        batch = read_files(tmp_path, registry, *files)
        assert batch.rows[0] == 4
        assert batch.table.num_rows == sum(batch.rows.values())
        assert set(batch.rows) | set(batch.refused) == set(range(len(files)))
        assert not set(batch.rows) & set(batch.refused)
        ends |= {refused.reason for refused in batch.refused.values()} | {"read"}
        for refused in batch.refused.values():
            assert "CANARY" not in str(refused) and "999000000001" not in str(refused)
        good = [file for n, file in enumerate(files) if n in batch.rows]
        assert len(normalise_rows(tmp_path, registry, *good)) == batch.table.num_rows
    assert len(ends) > 1, "nothing was damaged enough to prove anything"
