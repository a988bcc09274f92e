"""Options that several commands share."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cchc.cli import logs
from cchc.modes import keep_private
from cchc.settings import Settings

Workdir = Annotated[
    Path | None,
    typer.Option(
        "--workdir", "-w", help="Folder of the installation: landing, ledger, warehouse. [CCHC_WORKDIR or var]"
    ),
]
Exports = Annotated[
    str | None, typer.Option(help="Root of the exports: a folder, an fsspec URL, http(s). [CCHC_EXPORTS]")
]
From = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First export date, YYYY-MM-DD.")]
To = Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last export date, YYYY-MM-DD.")]
MaybeFrom = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First export date.")]
MaybeTo = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last export date.")]
System = Annotated[str | None, typer.Option(help="Only this reporting system.")]
Unit = Annotated[str | None, typer.Option(help="Only this delivering unit (agency code).")]
Schedule = Annotated[
    Path | None, typer.Option(help="JSON schedule: which bytes become visible on which run day (for rehearsals).")
]
Recheck = Annotated[
    bool, typer.Option("--recheck", help="Fetch and compare every file of the range, also one that looks unchanged.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only the result.")]

_SAYS = "Say on standard error what every stage does: units, files, rows, seconds; -vv also names units and files."
#: Before a command, and after one.
Verbosity = Annotated[int, typer.Option("--verbose", "-v", count=True, show_default=False, help=_SAYS)]
Verbose = Annotated[
    int, typer.Option("--verbose", "-v", count=True, show_default=False, callback=logs.heard, help=_SAYS)
]


class Language(StrEnum):
    """A language of the texts for others."""

    VI = "vi"
    EN = "en"


class Copy(StrEnum):
    """For whom a build of the site is; ``cchc.site.Copy``, without what it would import."""

    PUBLIC = "public"
    OFFICE = "office"


def settings(workdir: Path | None = None, exports: str | None = None, schedule: Path | None = None) -> Settings:
    """Settings of this process with what the command line says; from here on it writes for its owner only."""
    found = Settings.from_env(workdir=workdir, exports=exports, schedule=schedule)
    keep_private(found)
    return found


def day(value: datetime | None) -> date | None:
    """The date of an option."""
    return value.date() if value else None
