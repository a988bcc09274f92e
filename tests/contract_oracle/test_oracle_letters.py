"""The oracle's own count of letters, against a root small enough to be counted by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from contract_oracle import Reference, Truth, expected

UNITS = [("H1", "province", ""), ("H1.1", "department", "H1"), ("H1.2", "department", "H1")]
JULY = ("2026-07-01", "2026-07-31")
QUARTER = ("2026-07-01", "2026-09-30")
HEAD = "MaDonVi,MaHoSo,LanThu,NgayKy,NgayHenMoi,DaGui"


def _reference() -> Reference:
    units = [
        {"agency_code": code, "admin_code": "", "level": level, "parent": parent, "valid_from": "", "valid_to": ""}
        for code, level, parent in UNITS
    ]
    forms = {"a": ("csv", "csv"), "b": ("jsonl", "jsonl")}
    systems = {}
    for system, (dialect, ext) in forms.items():
        plain = {"delimiter": "", "headings": ""}
        systems[system, "dossiers"] = plain | {"dataset": "dossiers", "dialect": "dvcqg2026", "ext": "jsonl"}
        systems[system, "apologies"] = plain | {"dataset": "apologies", "dialect": dialect, "ext": ext}
    return Reference(units, {"1.000001": {"fee_vnd": "0"}}, systems, {}, {})


def _put(root: Path, place: str, day: str, name: str, text: str) -> None:
    path = root / place / day / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or "\n", encoding="utf-8")


def _dossiers(root: Path, place: str, *numbers: str, due: str = "2026-07-10 17:00:00") -> None:
    rows = [
        {"MaHoSo": number, "MaTTHC": "1.000001", "NgayTiepNhan": "2026-07-01 08:00:00", "NgayHenTra": due}
        | {"TrangThai": 4}
        for number in numbers
    ]
    _put(root, place, "2026-07-01", "dossiers.jsonl", "\n".join(map(json.dumps, rows)))


def _csv(*rows: str) -> str:
    return "\n".join([HEAD, *rows]) + "\n"


def _lines(rows: Iterable[tuple[Any, ...]]) -> str:
    return "\n".join(json.dumps(dict(zip(HEAD.split(","), row, strict=True))) for row in rows)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two systems, six running dossiers, overdue since 10 July: A-1 to A-4 of H1.1; A-1 (again) and B-1 of H1.2."""
    _dossiers(tmp_path, "a/H1.1", "A-1", "A-2", "A-3", "A-4")
    _dossiers(tmp_path, "b/H1.2", "A-1", "B-1")
    return tmp_path


def _truth(root: Path) -> Truth:
    truth = expected(root, _reference())
    assert {file.outcome for file in truth.files.values()} == {"accepted"}
    return truth


def _share(truth: Truth, span: tuple[str, str] = QUARTER) -> dict[str, tuple[int, int]]:
    return {
        unit: parts
        for (unit, *at, name), parts in truth.indicators.items()
        if tuple(at) == span and name == "OVERDUE_WITH_APOLOGY"
    }


def test_letters_are_counted_once_a_dossier_as_last_told_and_up_the_tree(root: Path) -> None:
    _put(
        root,
        "a/H1.1",
        "2026-07-15",
        "apologies.csv",
        _csv(
            "H1.1,A-2,1,20260709080000,,1",
            "H1.1,A-2,2,20260712080000,20260801170000,1",  # a second one counts no second time
            "H1.1,a-3,1,20260709080000,,0",  # drafted, sent below
            "H1.1,A-4,1,20260709080000,,1",  # taken back below
            "H1.1,Z-9,1,20260709080000,,1",  # of no dossier
        ),
    )
    _put(
        root,
        "a/H1.1",
        "2026-07-16",
        "apologies.csv",
        _csv("H1.1,A-3,1,20260709080000,,1", "H1.1,A-4,1,20260709080000,,0"),
    )
    assert _share(_truth(root)) == {"H1.1": (2, 4), "H1.2": (0, 2), "H1": (2, 6)}


def test_the_unit_decides_where_two_systems_use_one_number(root: Path) -> None:
    at = "2026-07-09 08:00:00"
    _put(root, "b/H1.2", "2026-07-15", "apologies.jsonl", _lines([("H1.2", "A-1", 1, at, None, True)]))
    assert _share(_truth(root)) == {"H1.1": (0, 4), "H1.2": (1, 2), "H1": (1, 6)}
    _put(root, "b/H1.2", "2026-07-15", "apologies.jsonl", _lines([("H1", "A-1", 1, at, None, True)]))
    truth = _truth(root)
    assert _share(truth) == {"H1.1": (0, 4), "H1.2": (0, 2), "H1": (0, 6)}
    assert truth.flags["ambiguous_dossier"] == {"H1/A-1/1"}
    # one dossier of that number: that one, whatever unit the letter names
    _put(root, "b/H1.2", "2026-07-15", "apologies.jsonl", _lines([("H1", "B-1", 1, at, None, True)]))
    assert _share(_truth(root)) == {"H1.1": (0, 4), "H1.2": (1, 2), "H1": (1, 6)}


def test_a_letter_counts_from_the_moment_of_its_signing_and_a_dossier_while_it_is_overdue(root: Path) -> None:
    _put(
        root,
        "a/H1.1",
        "2026-08-01",
        "apologies.csv",
        _csv("H1.1,A-2,1,20260731235959,,1", "H1.1,A-3,1,20260801000000,,1"),
    )
    truth = _truth(root)
    assert truth.last_day == date(2026, 8, 1)
    assert _share(truth, JULY)["H1.1"] == (1, 4)  # as of 31 July 23:59:59
    assert _share(truth)["H1.1"] == (2, 4)  # as of 1 August
    _dossiers(root, "a/H1.1", "A-2", "A-3", due="2026-08-15 17:00:00")
    assert "H1.1" not in _share(_truth(root))


RULES = {
    "no_key": ("H1.1", "", 1, "2026-07-09 08:00:00", None, True),
    "unknown_unit": ("H9", "A-2", 1, "2026-07-09 08:00:00", None, True),
    "bad_amount": ("H1.1", "A-2", 10, "2026-07-09 08:00:00", None, True),
    "bad_date": ("H1.1", "A-2", 1, "2026-02-30 08:00:00", None, True),
    "due_before_received": ("H1.1", "A-2", 1, "2026-07-09 08:00:00", "2026-07-09 07:59:59", True),
    "unknown_value": ("H1.1", "A-2", 1, "2026-07-09 08:00:00", None, "chưa rõ"),
}


@pytest.mark.parametrize("dialect", ["csv", "jsonl"])
def test_each_rule_in_both_dialects(dialect: str, root: Path) -> None:
    sound = ("H1.1", "A-2", 2, "2026-07-09 08:00:00", "2026-07-09 08:00:00", False)
    rows = [sound, *RULES.values(), sound]
    if dialect == "csv":
        bare = str.maketrans("", "", "-: ")
        cells = [
            ["" if c is None else str(c).translate(bare) if str(c).startswith("2026") else str(c) for c in row]
            for row in rows
        ]
        text = _csv(*(",".join([*row[:5], {"True": "1", "False": "0"}.get(row[5], row[5])]) for row in cells))
        _put(root, "a/H1.1", "2026-07-15", "apologies.csv", text)
        key = ("a", "H1.1", "2026-07-15", "apologies")
    else:
        _put(root, "b/H1.2", "2026-07-15", "apologies.jsonl", _lines(rows))
        key = ("b", "H1.2", "2026-07-15", "apologies")
    file = _truth(root).files[key]
    assert file.quarantined == [(number, [rule]) for number, rule in enumerate(RULES, 2)]
    assert (file.rows_read, file.rows_accepted, file.rows_duplicate) == (8, 1, 1)


def test_an_empty_day_is_read_and_a_file_without_its_key_refused(root: Path) -> None:
    _put(root, "a/H1.1", "2026-07-15", "apologies.csv", HEAD + "\n")
    _put(root, "b/H1.2", "2026-07-15", "apologies.jsonl", "")
    assert {f.rows_read for k, f in _truth(root).files.items() if k[3] == "apologies"} == {0}
    _put(root, "a/H1.1", "2026-07-15", "apologies.csv", HEAD.replace("LanThu", "Lan") + "\n")
    late = _lines([RULES["no_key"]]).replace("DaGui", "TrangThai")
    _put(root, "b/H1.2", "2026-07-15", "apologies.jsonl", late)
    truth = expected(root, _reference())
    assert {f.reason for k, f in truth.files.items() if k[3] == "apologies"} == {"missing_column"}
