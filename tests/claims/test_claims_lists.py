"""Anyone's list of claims: three columns are added, what cannot be read is said."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cchc.claims import claims_of, judge_all, read_claims, write_judged
from cchc.claims.model import COLUMNS
from cchc.errors import PermanentError

ROW = dict.fromkeys(COLUMNS, "") | {
    "id": "A1",
    "statement_type": "percent",
    "stated_text": "đúng hạn 1.183, 92,5%",
    "numerator": "1183",
    "denominator": "1279",
    "denominator_is": "received",
    "value": "92.5",
    "decimals": "1",
}


def write(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def checked(path: Path) -> list[dict[str, str]]:
    names, rows = read_claims(path)
    out = write_judged(path.with_name("out.csv"), names, rows, judge_all(claims_of(rows)))
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_answer_stands_beside_what_came(tmp_path: Path) -> None:
    extra = {"note": "của tôi, có dấu phẩy"}
    (found,) = checked(write(tmp_path / "in.csv", ROW | extra))
    assert list(found) == [*COLUMNS, "note", "verdict", "recomputed", "explanation"]
    assert {name: found[name] for name in ROW | extra} == ROW | extra
    assert (found["verdict"], found["recomputed"]) == ("reproduces_half_up", "92.494136")


def test_an_old_answer_is_replaced(tmp_path: Path) -> None:
    (found,) = checked(write(tmp_path / "in.csv", ROW | {"recomputed": "7", "verdict": "lost"}))
    assert found["verdict"] == "reproduces_half_up" and found["recomputed"] == "92.494136"


def test_a_row_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    broken, good = checked(write(tmp_path / "in.csv", ROW | {"numerator": "1.183 hồ sơ"}, ROW))
    assert broken["verdict"] == "not_checkable" and "numerator" in broken["explanation"]
    assert good["verdict"] == "reproduces_half_up"


def test_a_list_with_a_byte_order_mark_and_few_columns(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(b"\xef\xbb\xbfstatement_type,numerator,denominator,value\nsum,1+2,,3\n")
    (found,) = checked(path)
    assert found["verdict"] == "reproduces_half_up"


def test_a_list_that_excel_wrote_with_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(b"id;statement_type;numerator;denominator;value\nA;sum;5\xe2\x88\x922;;3\n")
    (found,) = checked(path)
    assert found["verdict"] == "reproduces_half_up" and found["id"] == "A"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id,value\n1,2\n", "statement_type, numerator, denominator missing"),
        (b"", "missing"),
        ("statement_type\n".encode("utf-16"), "not UTF-8"),
        (b"statement_type,numerator,denominator,value\nsum,1,2,3,4\n", "row 2 has more cells"),
        (b'statement_type,numerator,denominator,value\nsum,"1,2\n', "no CSV"),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    with pytest.raises(PermanentError, match=said):
        read_claims(path)
