"""A directory of registry files -> :class:`Registry`; the first error stops it with file, line and rule."""

from __future__ import annotations

from pathlib import Path

from cchc.errors import RegistryError
from cchc.registry.catalogue import Registry
from cchc.registry.parse import parse

__all__ = ["Registry", "open_registry"]


def open_registry(directory: Path | None = None) -> Registry:
    """The registry of a directory, completed by the packaged files; without a directory the packaged registry."""
    if directory is not None and not directory.is_dir():
        raise RegistryError(f"no such registry folder: {directory}")
    parsed = parse(directory)
    if parsed.problems:
        more = f" (and {len(parsed.problems) - 1} more)" if len(parsed.problems) > 1 else ""
        raise RegistryError(f"{parsed.problems[0]}{more}")
    return Registry(parsed)
