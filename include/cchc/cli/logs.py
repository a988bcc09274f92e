"""Who hears the logs of the stages on the command line: nobody, or with ``-v`` the terminal."""

from __future__ import annotations

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

import typer

from cchc.contracts import TIMEZONE

LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


class _Terminal(logging.Handler):
    """Writes to the standard error of the moment, which is not always that of the start."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        typer.echo(self.format(record), err=True)


class _Line(logging.Formatter):
    """Time, logger, text."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """The time of day where the data comes from."""
        return f"{datetime.fromtimestamp(record.created, ZoneInfo(TIMEZONE)):%H:%M:%S}"


def listen(verbosity: int) -> None:
    """Show what the stages say on standard error: from 1 on INFO, from 2 on DEBUG. Replaces what was asked before.

    With 0 only the model stage is heard, from WARNING on: what a build wants its user to know is no matter of choice.
    """
    everything, model = logging.getLogger("cchc"), logging.getLogger("cchc.model")
    for logger in (everything, model):
        for handler in [each for each in logger.handlers if isinstance(each, _Terminal)]:
            logger.removeHandler(handler)
    terminal = _Terminal(LEVELS[min(verbosity, 2)])
    terminal.setFormatter(_Line("%(asctime)s %(name)s: %(message)s" if verbosity else "%(message)s"))
    (everything if verbosity else model).addHandler(terminal)
    everything.setLevel(LEVELS[min(verbosity, 2)] if verbosity else logging.NOTSET)


def heard(context: typer.Context, verbosity: int) -> int:
    """For the option of a command: what stands before the command counts too."""
    if verbosity:
        asked = context.find_root().params.get("verbose", 0)
        listen(asked + verbosity)
    return verbosity
