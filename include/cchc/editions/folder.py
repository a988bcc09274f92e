"""Where editions lie, and what their own files say of them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from cchc.shelf import Place
from cchc.verify import APPROVAL, MANIFEST, SIGNATURE

_NUMBERED = re.compile(r"r(\d+)")


@dataclass(frozen=True)
class Edition:
    """One edition: its folder, its number from 1, its manifest."""

    folder: Place
    number: int

    @property
    def manifest(self) -> dict[str, Any]:
        """What it holds and what it was made from."""
        found: dict[str, Any] = json.loads((self.folder / MANIFEST).read_bytes())
        return found

    @property
    def manifest_sha256(self) -> str:
        """The hash by which approvals and later editions name it."""
        return hashlib.sha256((self.folder / MANIFEST).read_bytes()).hexdigest()

    @property
    def approval(self) -> dict[str, Any] | None:
        """Who approved it and when; None where nobody did."""
        path = self.folder / APPROVAL
        return json.loads(path.read_bytes()) if path.is_file() else None

    @property
    def is_signed(self) -> bool:
        """Whether an office put its key to it."""
        return bool(json.loads((self.folder / SIGNATURE).read_bytes())["public_key"])

    @property
    def state(self) -> str:
        """``final`` once approved (``revised`` from the second final one on), else what the manifest says."""
        if self.approval is None:
            return str(self.manifest["state"])
        return "revised" if self.manifest["previous_edition"] else "final"


def period_folder(releases: Place, method: str, province: str, period: str) -> Place:
    """The folder that holds every edition of a period."""
    return releases / method / province / period


def period_folders(releases: Place) -> list[Place]:
    """The folders of every period, province and method that has one, in order."""
    return sorted(releases.glob("*/*/*"), key=str)


def editions_of(folder: Place) -> list[Edition]:
    """The editions in a period's folder, oldest first."""
    found = [
        Edition(path, int(match[1]))
        for path in (folder.iterdir() if folder.is_dir() else ())
        if (match := _NUMBERED.fullmatch(path.name)) and (path / MANIFEST).is_file()
    ]
    return sorted(found, key=lambda edition: edition.number)
