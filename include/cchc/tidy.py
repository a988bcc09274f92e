"""What an installation may throw away after a while: left-over rows, logs, old validations. Never landed bytes.

In: settings with an age for each. Out: what went, or with ``dry_run`` would go. Landing is destroyed by law only
(``cchc land destroy``); ledger, warehouse and editions stay; Airflow's metadata is Airflow's to clean.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cchc.settings import Settings
from cchc.shelf import Place, below, discard
from cchc.surroundings import translated

DAY = 86_400


@dataclass(frozen=True)
class Old:
    """What of one kind is older than its setting allows."""

    kind: str
    days: int
    files: int
    size_bytes: int


def tidy(settings: Settings, dry_run: bool, busy: bool) -> list[Old]:
    """Remove what is too old, and folders that it leaves empty. While a run is ``busy`` its staged rows stay.

    Raises ``MachineError`` where the folder gives no right.
    """
    kinds: tuple[tuple[str, int, list[Place]], ...] = (
        ("staged", settings.keep_staged_days, [] if busy else [settings.staged]),
        ("logs", settings.keep_logs_days, [settings.dbt_target.parent / "logs", settings.workdir / "airflow" / "logs"]),
        ("quality", settings.keep_quality_days, [settings.quality / "validations"]),
    )
    return [_of_kind(kind, days, folders, dry_run) for kind, days, folders in kinds]


def _of_kind(kind: str, days: int, folders: list[Place], dry_run: bool) -> Old:
    before, count, size = time.time() - days * DAY, 0, 0
    for folder in folders:
        if not isinstance(folder, Path):
            old = {place: size for place, (size, changed) in below(folder).items() if changed < before}
            count, size = count + len(old), size + sum(old.values())
            discard(() if dry_run else old)
            continue
        for path in [*_files(folder)]:
            status = path.lstat()
            if status.st_mtime >= before:
                continue
            count, size = count + 1, size + status.st_size
            if not dry_run:
                with translated(path):
                    path.unlink()
        if not dry_run and kind != "staged":  # a batch that is about to be written has an empty folder
            _remove_empty(folder)
    return Old(kind, days, count, size)


def _files(folder: Path) -> Iterator[Path]:
    """Files and links below a folder; links are not followed."""
    for path in folder.rglob("*") if folder.is_dir() else ():
        if path.is_symlink() or path.is_file():
            yield path


def _remove_empty(folder: Path) -> None:
    """Folders that are empty, the deepest first."""
    below = sorted((path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink()), reverse=True)
    for path in below:
        with suppress(OSError):  # not empty
            path.rmdir()
