"""Who is told what: the rows of contacts.csv.

Addresses are the office's own data: no model reads them, they reach no table of the warehouse and no edition, and the
registry's hash, which says by which rules figures were made, does not depend on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

from pydantic import field_validator

from cchc.registry.files import Placed
from cchc.registry.model import _Dated
from cchc.registry.problems import Problem

CONTACTS = "contacts.csv"
#: ``operations``: runs, builds, disk; ``data``: deliveries of the unit and those below it; ``approval``: rankings that
#: wait; ``unit``: the unit's own files.
Role = Literal["operations", "data", "approval", "unit"]

_MAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_WEB = re.compile(r"https?://[!-~]+")  # no blank, no control character


class Contact(_Dated):
    """An address that is told what concerns a role of a unit: an office's mailbox, or a webhook that takes JSON."""

    unit: str
    role: Role
    channel: Literal["email", "webhook"]
    address: str

    @field_validator("address")
    @classmethod
    def _no_markup(cls, value: str) -> str:
        if set(value) & set("<>\"'`\\"):
            raise ValueError("an address holds no quotes and no markup")
        return value

    @field_validator("address")
    @classmethod
    def _well_formed(cls, value: str, info: object) -> str:
        channel = getattr(info, "data", {}).get("channel")
        if channel == "email" and (not _MAIL.fullmatch(value) or ".." in value or len(value) > 254):
            raise ValueError("no mail address: name@office.example")
        if channel == "webhook" and (not _WEB.fullmatch(value) or not _host(value) or "@" in _place(value)):
            raise ValueError("no address of a webhook: https://host/path, without user and password")
        return value


def _place(url: str) -> str:
    return urlsplit(url).netloc


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    return parts.hostname


def check_contacts(contacts: list[Placed[Contact]], units: set[str]) -> Iterator[Problem]:
    """Problems of contacts.csv: units that are not there, one address told the same twice on one day."""
    seen: dict[tuple[str, ...], list[Placed[Contact]]] = {}
    for placed in contacts:
        one, file, line = placed.item, placed.file, placed.line
        if one.unit not in units:
            yield Problem(file, line, "unknown_unit", f"no unit {one.unit}", f"không có đơn vị {one.unit}")
        same = seen.setdefault((one.unit, one.role, one.channel, one.address.lower()), [])
        for other in same:
            if one.valid_on(other.item.valid_from) or other.item.valid_on(one.valid_from):
                message = f"{one.address} stands on line {other.line} already"
                yield Problem(file, line, "duplicate_contact", message, f"{one.address} đã có ở dòng {other.line}")
        same.append(placed)
