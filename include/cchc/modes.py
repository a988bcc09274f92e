"""Who may read what an installation writes: its owner alone, but for the published pages, editions and open data.

Landing holds personal data, the ledger and the logs name units and files, keys are keys: files 0600, folders 0700
(umask 077). Pages and editions are read by a web server, which is another user: they get ``published_mode``.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cchc.settings import Settings

UMASK = 0o077
_LOCKS = (".run.lock", ".next.lock", ".backfill.lock")
#: What lies in a working folder and is nobody else's business; exports belong to the systems that bring them.
PRIVATE = ("dbt", "forms", "registry", "airflow", "keys", *_LOCKS)
_DATABASES = ("ledger.sqlite*", "warehouse.duckdb*")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def keep_private(settings: Settings | None = None) -> None:
    """From here on this process and its children write for their owner only; what is there already is tightened.

    What belongs to another user is left as it is: ``cchc doctor`` names it.
    """
    os.umask(UMASK)
    for path, mode in loose(settings or Settings.from_env()):
        with suppress(OSError):
            path.chmod(mode & ~_OTHERS)


def loose(settings: Settings) -> list[tuple[Path, int]]:
    """Private files and folders that others may read or enter, with their modes."""
    found = []
    for path in _private(settings):
        with suppress(OSError):
            mode = stat.S_IMODE(path.lstat().st_mode)
            if mode & _OTHERS and not path.is_symlink():
                found.append((path, mode))
    return found


def open_up(settings: Settings, root: Path, folder: Path) -> None:
    """Give what was published in ``folder``, and the folders from it up to ``root``, the mode that readers need.

    A working folder above it lets them pass (x) without showing them its names.
    """
    of_file = settings.published_mode
    of_folder = of_file | 0o700 | (of_file & 0o444) >> 2
    above = [place for place in (folder, *folder.parents) if place == root or root in place.parents]
    for path in (*above, *folder.rglob("*")):
        _set(path, of_folder if path.is_dir() else of_file)
    if settings.workdir in root.parents:
        for place in (settings.workdir, *(each for each in root.parents if settings.workdir in each.parents)):
            _set(place, stat.S_IMODE(place.stat().st_mode) | (of_file & 0o044) >> 2)


def _set(path: Path, mode: int) -> None:
    with suppress(OSError):  # another user's: who publishes next under that name sets it
        if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) != mode:
            path.chmod(mode)


def _private(settings: Settings) -> Iterator[Path]:
    for place in (settings.landing, settings.staged, settings.quality) if settings.is_shelf_local else ():
        if isinstance(place, Path):  # who may read a store, its own rules say
            yield place
    for name in PRIVATE:
        yield settings.workdir / name
    for pattern in _DATABASES:
        yield from settings.workdir.glob(pattern)
