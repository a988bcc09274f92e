"""A clock that a test moves: Python processes started with ``environment`` live at another time, all at the same one.

By ``moved/sitecustomize.py`` and time-machine, which replaces the wall clock in Python's own time functions. What a
process measures (monotonic time) stays true. Debian's libfaketime would move those too, but
the ``time.sleep`` of Python 3.11 (an absolute monotonic sleep) fails or hangs under it as soon as the clock is moved.
"""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
#: A ``now()`` that is found before the one of the server.
NOW = (
    "create schema clock",
    "create table clock.ahead as select 0::float8 as seconds",
    "create function clock.now() returns timestamptz stable language sql as "
    "'select pg_catalog.now() + make_interval(secs => seconds) from clock.ahead'",
    "grant usage on schema clock to {role}",
    "grant select on clock.ahead to {role}",
    "alter role {role} set search_path = public, clock, pg_catalog",
)
FOLDER = Path(__file__).with_name("moved")


class Clock:
    """The time of an installation under test; moving it is heard of within half a second."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.database = ""

    def govern(self, url: str, role: str) -> None:
        """Let ``now()`` of a PostgreSQL database tell this time to a role: the scheduler asks it which runs are due."""
        self.database = url
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in NOW:
                connection.execute(statement.format(role=role))
        self._tell()

    def _tell(self) -> None:
        if self.database:
            with psycopg.connect(self.database, autocommit=True) as connection:
                connection.execute("update clock.ahead set seconds = %s", [float(self.file.read_text("ascii"))])

    def move(self, moment: datetime) -> None:
        """Let it be this moment in Asia/Ho_Chi_Minh from now on; it ticks as before."""
        aside = self.file.with_suffix(".new")
        aside.write_text(f"{moment.replace(tzinfo=HERE).timestamp() - time.time():.3f}", "ascii")
        aside.replace(self.file)
        self._tell()

    def now(self) -> datetime:
        """What the processes take for now, in Asia/Ho_Chi_Minh."""
        return datetime.fromtimestamp(time.time() + float(self.file.read_text("ascii")), HERE)

    @property
    def environment(self) -> dict[str, str]:
        """For ``serving``: the folder goes in front of the path of Python."""
        return {"CLOCK_FILE": str(self.file), "PYTHONPATH": str(FOLDER)}
