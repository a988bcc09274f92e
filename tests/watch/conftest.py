from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from watch_office import NEXT, Office, open_office
from watch_servers import Mails, mail_server

from support.world import DAY


@pytest.fixture
def mails() -> Iterator[Mails]:
    with mail_server(Mails()) as serving:
        yield serving


@pytest.fixture(scope="session")
def second_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first day is whole; of the second, one file is refused and one did not come. A run looked at 01:30."""
    folder = tmp_path_factory.mktemp("office")
    made = open_office(folder, Mails())
    made.deliver("H50.101", DAY)
    made.deliver("H50.105", DAY)
    made.deliver("H50.101", NEXT, b"{")
    made.ingest()
    made.ran(datetime(2026, 11, 7, 1, 30))
    return folder


@pytest.fixture
def office(second_day: Path, tmp_path: Path, mails: Mails) -> Office:
    """An office of its own on the morning after ``second_day``."""
    shutil.copytree(second_day, tmp_path / "office", symlinks=True)
    return open_office(tmp_path / "office", mails)
