"""Synthetic people. Names carry CANARY, identity numbers start with 999: neither may leave the landing zone."""

from __future__ import annotations

BIRTH_DATE = "1899-01-01"

#: Personal fields a heading map can name, and the text of person n in each.
PERSONAL = ("applicant_name", "identity_number", "phone", "email", "address", "birth_date", "subject")


def personal(n: int) -> tuple[str, str, str, str, str, str, str]:
    """The personal fields of a person, in the order of ``PERSONAL``."""
    return (
        f"CANARY Nguyễn Thử {n:05d}",
        f"999{n:09d}",
        f"0999{n:06d}",
        f"canary{n}@example.invalid",
        f"Thôn CANARY {n % 97 + 1}",
        BIRTH_DATE,
        f"CANARY đơn số {n}",
    )
