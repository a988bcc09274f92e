"""Where editions lie, and what their own files say of them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from cchc.errors import PermanentError
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
    def name_of_bytes(self) -> str:
        """Where it lies and what it says: no other edition, nor another draft in its place, is called so."""
        return f"{self.folder} {self.manifest_sha256}"

    @property
    def snapshots(self) -> dict[str, int]:
        """Table -> snapshot of the warehouse that it was made from; nothing where its engine keeps none."""
        return {name: int(number) for name, number in self.manifest.get("snapshots", {}).items()}

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


def snapshots_of(folder: Place) -> dict[str, int]:
    """The snapshots that an edition was made from. Raises ``PermanentError`` where the folder names none."""
    if not (folder / MANIFEST).is_file():
        raise PermanentError(f"{folder} is no edition: it has no {MANIFEST}")
    if not (found := Edition(folder, 0).snapshots):
        raise PermanentError(f"{folder} was made from a warehouse that keeps no earlier states; its own tables stand")
    return found


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
