"""The embedded warehouse in a backup: its file."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import duckdb

from cchc.engines import engine_of
from cchc.errors import TransientError
from cchc.settings import Settings
from cchc.surroundings import of_text

#: How long to wait for whoever writes it: a full build of a quarter, and some.
WAIT_SECONDS = 1800


@contextmanager
def held(settings: Settings) -> Iterator[None]:
    """Keep writers out until it is copied; they wait a minute for it."""
    path = settings.duckdb_path
    if not path.exists():
        yield
        return
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection = duckdb.connect(str(path), read_only=True)
            break
        except duckdb.IOException as error:
            told = of_text(str(error), str(path))
            if not isinstance(told, TransientError) or time.monotonic() > until:
                raise told or error from error
            time.sleep(0.2)
    with connection:
        yield


def fixed(settings: Settings) -> nullcontext[None]:
    """Nothing to do: what is held does not change."""
    return nullcontext()


def copy(settings: Settings, state: None, target: Path) -> None:
    """The files as they are."""
    for path in engine_of(settings).files:
        shutil.copyfile(path, target / path.name)


def refuse_what_is_there(settings: Settings) -> None:
    """Nothing to do: its place is the working folder."""


def put_back(settings: Settings, source: Path) -> None:
    """The files of a backup, into the working folder."""
    path = settings.duckdb_path
    for name in (path.name, f"{path.name}.wal"):
        if (source / name).is_file():
            shutil.copyfile(source / name, path.with_name(name))
