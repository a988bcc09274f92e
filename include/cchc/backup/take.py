"""Take a backup while runs may be working.

What refers comes first, what it refers to after it: the ledger as of one moment, then landing. Bytes land before the
ledger names them and never change, so every file that the copied ledger names is there to be copied. Rows are loaded
before the ledger calls them loaded; ledger and warehouse are therefore fixed at the same moment, while nobody writes
the ledger: what the copy of the ledger calls loaded is in the copy of the warehouse, and what is loaded and not yet
noted is judged and loaded again after a restore, which changes nothing.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from cchc import __version__
from cchc.backup import manifest
from cchc.backup.rows import copy_ledger
from cchc.contracts import TIMEZONE
from cchc.engines import engine_of, of_engine
from cchc.errors import PermanentError
from cchc.land import blob_path, there
from cchc.ledger import Ledger, open_ledger
from cchc.settings import Settings
from cchc.shelf import Place, bring, bring_folder

#: Folders of the working folder that are copied as they are.
FOLDERS = ("registry", "forms")
_AT_ONCE = 1_000  # landed files


def take(settings: Settings, target: Path) -> dict[str, Any]:
    """Copy everything into ``target``, a new or empty folder; returns the manifest. Needs no client tools.

    Raises ``PermanentError`` where the folder holds anything, or landed bytes are not what their name says.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise PermanentError(f"{target} is not empty: give every backup a folder of its own")
    if not settings.workdir.is_dir():
        raise PermanentError(f"{settings.workdir} is not there: nothing to back up")
    target.mkdir(parents=True, exist_ok=True)
    ledger = open_ledger(settings.ledger)
    warehouse = of_engine("backup", settings)
    with warehouse.held(settings), ExitStack() as seen:
        with _still(ledger) as connection:
            state = seen.enter_context(warehouse.fixed(settings))
            _copy_ledger(ledger, connection, target / "ledger.sqlite")
        warehouse.copy(settings, state, target)
    _copy_landing(settings.landing, target)
    _copy_folders(settings, target)
    taken_at = datetime.now(ZoneInfo(TIMEZONE)).replace(microsecond=0, tzinfo=None).isoformat(sep=" ")
    engine = engine_of(settings).of_backup
    return manifest.write(target, {"taken_at": taken_at, "version": __version__, "warehouse": engine})


@contextmanager
def _still(ledger: Ledger) -> Iterator[sa.Connection | None]:
    """Nobody writes the ledger within; readers go on. Gives the connection to copy PostgreSQL's from."""
    if ledger.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(ledger.engine.url.database), timeout=60, isolation_level=None)) as lock:
            lock.execute("begin immediate")
            yield None
            lock.execute("rollback")
    else:
        with ledger.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            # in the order in which writers take them, or one waits for the other for ever
            connection.execute(sa.text("lock table change_counter, file_revision in exclusive mode"))
            yield connection
            connection.rollback()


def _copy_ledger(ledger: Ledger, connection: sa.Connection | None, target: Path) -> None:
    if connection is None:
        with (
            closing(sqlite3.connect(str(ledger.engine.url.database))) as source,
            closing(sqlite3.connect(target)) as to,
        ):
            source.backup(to)
            to.execute("pragma journal_mode=delete")  # one file, and nothing beside it
        return
    copy = open_ledger(target)
    copy_ledger(connection, copy.engine)
    with copy.engine.connect() as closed:
        closed.exec_driver_sql("pragma journal_mode=delete")
    copy.engine.dispose()


def _copy_landing(landing: Place, target: Path) -> None:
    """The bytes that the copied ledger names, but for those destroyed by law; each is checked against its name."""
    with closing(sqlite3.connect(target / "ledger.sqlite")) as ledger:
        wanted = "select distinct sha256 from file_revision where sha256 not in (select sha256 from destruction)"
        names = [name for (name,) in ledger.execute(f"{wanted} order by 1")]
    for some in (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE)):
        if lost := sorted(set(some) - there(landing, some)):
            raise PermanentError(f"landing lacks {lost[0][:12]}, which the ledger names: cchc doctor says more")
        copies = {name: target / "landing" / name[:2] / name for name in some}
        bring({blob_path(landing, name): copy for name, copy in copies.items()})
        for name, copy in copies.items():
            if manifest.sha256(copy) != name:
                raise PermanentError(
                    f"landing: {name[:12]} is not what its name says: put an older backup's in its place"
                )


def _copy_folders(settings: Settings, target: Path) -> None:
    for name in FOLDERS:
        if (settings.workdir / name).is_dir():
            shutil.copytree(settings.workdir / name, target / name)
    if settings.registry and settings.registry.is_dir():
        shutil.copytree(settings.registry, target / "registry", dirs_exist_ok=True)
    editions = settings.editions
    if not isinstance(editions, Path):
        bring_folder(editions, target / "releases")
    elif editions.is_dir():
        # drafts that are being written lie in folders of their own until they are whole
        shutil.copytree(editions, target / "releases", ignore=shutil.ignore_patterns(".new-*"))
    keys = target / "keys"
    keys.mkdir(exist_ok=True)
    if settings.signing_key:
        if "PRIVATE KEY" in settings.signing_key:
            (keys / "office.pem").write_text(settings.signing_key, "utf-8")
        else:
            shutil.copyfile(settings.signing_key, keys / "office.pem")
    for path in (settings.workdir / "airflow").glob("*"):  # passwords and keys of its services
        if path.is_file() and path.suffix not in (".log", ".pid") and ".db" not in path.name:
            (keys / "airflow").mkdir(exist_ok=True)
            shutil.copyfile(path, keys / "airflow" / path.name)
