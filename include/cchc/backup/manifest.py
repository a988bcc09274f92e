"""The list of a backup: every file with its SHA-256 and size. A folder without one is no backup: it is written last."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cchc.errors import PermanentError

MANIFEST, FORMAT = "manifest.json", "cchc-backup/1"


def sha256(path: Path) -> str:
    """Of a file's bytes, lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(folder: Path, about: Mapping[str, Any]) -> dict[str, Any]:
    """List what lies in a folder, and make sure that all of it is on the disk; returns the manifest."""
    files = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        _flush(path)
        files[path.relative_to(folder).as_posix()] = {"sha256": sha256(path), "size": path.stat().st_size}
    manifest = {"format": FORMAT, **about, "files": files}
    part = folder / f".{MANIFEST}"
    part.write_text(json.dumps(_sealed(manifest), ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    _flush(part)
    part.replace(folder / MANIFEST)
    _flush(folder)
    return manifest


def verified(folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose every file is what it was; ``PermanentError`` names the first that is not."""
    path = folder / MANIFEST
    if not path.is_file():
        raise PermanentError(f"{folder} is no backup, or one that did not end: it has no {MANIFEST}")
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise PermanentError(f"{path} can't be read: take another backup") from error
    if manifest.get("format") != FORMAT or manifest != _sealed({k: v for k, v in manifest.items() if k != "seal"}):
        raise PermanentError(f"{path} is not as it was written, or of another version: take another backup")
    there = {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()} - {MANIFEST}
    for name in sorted(there ^ manifest["files"].keys()):
        raise PermanentError(f"{folder}: {name} is {'not listed' if name in there else 'missing'}: take another backup")
    for name, listed in manifest["files"].items():
        if sha256(folder / name) != listed["sha256"]:
            raise PermanentError(f"{folder}: {name} is not as it was written: take another backup")
    return manifest


def _sealed(manifest: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True)
    return {**manifest, "seal": hashlib.sha256(text.encode()).hexdigest()}


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
