from __future__ import annotations

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


@pytest.fixture
def office(tmp_path: Path, mails: Mails) -> Office:
    """The first day is whole; of the second, one file is refused and one did not come. A run looked at 01:30."""
    made = open_office(tmp_path, mails)
    made.deliver("H50.101", DAY)
    made.deliver("H50.105", DAY)
    made.deliver("H50.101", NEXT, b"{")
    made.ingest()
    made.ran(datetime(2026, 11, 7, 1, 30))
    return made
