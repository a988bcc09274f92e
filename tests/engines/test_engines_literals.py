"""Values in statements of Spark's can't be mistaken for SQL, and lose nothing."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from cchc.engines.literals import literal, with_values


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (2**63 + 1, "9223372036854775809"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (date(1, 1, 1), "date'0001-01-01'"),
        (datetime(2026, 11, 5, 8, 0, 0, 250_000), "timestamp_ntz'2026-11-05 08:00:00.250000'"),
        ("Đã trả", "'Đã trả'"),
        ("it's \\N", "'it\\'s \\\\N'"),
    ],
)
def test_values_are_written_as_what_they_are(value: object, written: str) -> None:
    assert literal(value) == written


def test_a_binary_float_is_no_value() -> None:
    with pytest.raises(TypeError, match="float"):
        literal(0.1)


def test_parameters_take_their_places() -> None:
    assert with_values("a = ? and b between ? and ?", ["?", 1, 2]) == "a = '?' and b between 1 and 2"
    assert with_values("a like '?'", []) == "a like '?'"
