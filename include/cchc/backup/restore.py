"""Put a backup back: verified first, whole, into an empty place only."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from cchc.backup import manifest
from cchc.backup.rows import copy_ledger
from cchc.engines import engine_of, of_engine
from cchc.errors import PermanentError
from cchc.ledger import open_ledger
from cchc.modes import open_up
from cchc.server import is_server, read_server
from cchc.settings import Settings
from cchc.shelf import Place, below, put_folder


def restore(settings: Settings, source: Path) -> dict[str, Any]:
    """Fill the empty place that the settings name; returns the manifest. The ledger may change its engine by it.

    Raises ``PermanentError`` where a file of the backup is not as it was written, or the place holds anything.
    """
    listed = manifest.verified(source)
    _refuse_what_is_there(settings, listed["warehouse"])
    settings.workdir.mkdir(parents=True, exist_ok=True)
    for name in ("registry", "forms"):
        if (source / name).is_dir():
            shutil.copytree(source / name, settings.workdir / name, copy_function=shutil.copyfile)
    landing, editions = settings.landing, settings.editions
    _put_back(source / "landing", landing)
    for blob in landing.glob("*/*") if isinstance(landing, Path) else ():
        blob.chmod(0o400)
    _put_back(source / "releases", editions)
    if isinstance(editions, Path) and editions.is_dir():
        open_up(settings, editions, editions)
    if (source / "keys").is_dir():
        shutil.copytree(source / "keys", settings.workdir / "keys", copy_function=shutil.copyfile)
    of_engine("backup", settings).put_back(settings, source)
    _restore_ledger(settings, source / "ledger.sqlite")
    return listed


def _put_back(copied: Path, place: Place) -> None:
    if not copied.is_dir():
        return
    if isinstance(place, Path):
        shutil.copytree(copied, place, copy_function=shutil.copyfile, dirs_exist_ok=True)
    else:
        put_folder(copied, place)


def _restore_ledger(settings: Settings, copied: Path) -> None:
    """Last: without it the next start would take the place for an empty one, and know nothing of what lies there."""
    if isinstance(settings.ledger, Path):
        shutil.copyfile(copied, settings.ledger)
        open_ledger(settings.ledger).engine.dispose()  # migrates one of an older version
        return
    own = settings.workdir / ".ledger-of-backup.sqlite"
    shutil.copyfile(copied, own)
    try:
        source, target = open_ledger(own), open_ledger(settings.ledger)
        with source.engine.connect() as connection:
            copy_ledger(connection, target.engine)
        source.engine.dispose()
    finally:
        for path in settings.workdir.glob(f"{own.name}*"):
            path.unlink()


def _refuse_what_is_there(settings: Settings, engine: str) -> None:
    if engine != engine_of(settings).of_backup:
        raise PermanentError(f"the backup is of a warehouse on {engine}: set or unset CCHC_WAREHOUSE accordingly")
    for folder in dict.fromkeys((settings.workdir, settings.landing, settings.editions)):
        if not isinstance(folder, Path):
            if below(folder):
                raise PermanentError(
                    f"{folder} is not empty: a restore never writes over anything; name an empty place"
                )
            continue
        # empty folders are where volumes of their own are mounted
        if folder.exists() and (not folder.is_dir() or any(not each.is_dir() for each in folder.rglob("*"))):
            raise PermanentError(f"{folder} is not empty: a restore never writes over anything; name an empty place")
    of_engine("backup", settings).refuse_what_is_there(settings)
    if is_server(settings.ledger_url):
        found_tables = sa.inspect(
            sa.create_engine(
                "postgresql+psycopg://", connect_args=read_server(settings.ledger_url, "CCHC_LEDGER").parts
            )
        ).get_table_names()
        if "file_revision" in found_tables:
            raise PermanentError("CCHC_LEDGER: the database holds a ledger; name an empty one")
