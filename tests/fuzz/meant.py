"""What the sender of a file meant: one row a row, and where nothing may be taken in without a word."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fuzz.contract import Form


class _Mark:
    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


#: A value that nobody can read: its row is held, or a warning says so. ANY: no claim is made.
HELD, ANY = _Mark("HELD"), _Mark("ANY")

Row = dict[str, Any]

NAMES = ("CANARY Nguyễn Thử", "canary@example.invalid", "CANARY thôn Thử", "CANARY đơn thử")
#: A phone number and an identity number of nobody; they must never leave the landing zone either.
PHONE, IDENTITY = "0999000001", "999000000001"
CANARIES = ("canary", PHONE, IDENTITY)


@dataclass
class Meant:
    """``rows``: column -> value, ``HELD`` or ``ANY``. ``silent``: the file may be accepted without a warning.

    ``readable``: it must not be refused and none of its rows held, for nothing is wrong with it.
    """

    rows: list[Row]
    silent: bool = True
    readable: bool = False


@dataclass
class Case:
    """One file to judge. ``number`` within its seed makes it again; ``changes`` say what was done to it."""

    number: int
    form: Form
    content: bytes
    name: str
    meant: Meant
    changes: list[str] = field(default_factory=list)
