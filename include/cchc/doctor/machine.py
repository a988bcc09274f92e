"""Checks of the machine: Python and its packages, room, memory, clock, time zones."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from zoneinfo import ZoneInfo

from packaging.requirements import Requirement

from cchc.contracts import TIMEZONE
from cchc.doctor.finding import Warned, Wrong
from cchc.engines import engine_of
from cchc.settings import Settings

#: What a build of a quarter of one province takes, and what its landing grows by in a year, in bytes.
LEAST_ROOM, LITTLE_ROOM = 2 * 1024**3, 10 * 1024**3


def python(settings: Settings) -> str:
    """The version that the lock file is for."""
    if sys.version_info[:2] != (3, 11):
        raise Wrong(f"Python {sys.version.split()[0]}; the lock file is for 3.11: make install with PYTHON=python3.11")
    return sys.version.split()[0]


def packages(settings: Settings) -> str:
    """Every package that this one requires, in a version that it allows."""
    wrong = []
    for line in requires("cchc") or []:
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(wanted.name)
        except PackageNotFoundError:
            wrong.append(f"{wanted.name} is not installed")
            continue
        if not wanted.specifier.contains(found, prereleases=True):
            wrong.append(f"{wanted.name} is {found}, wanted {wanted.specifier}")
    if wrong:
        raise Wrong(f"{'; '.join(wrong[:3])}: make install")
    return ", ".join(f"{name} {version(name)}" for name in ("duckdb", "dbt-core", "great-expectations"))


def importable(settings: Settings) -> str:
    """dbt with the engine's adapter, and Great Expectations, can be imported."""
    adapter = engine_of(settings).adapter
    for name in ("dbt.cli.main", adapter, "great_expectations"):
        try:
            import_module(name)
        except Exception as error:
            raise Wrong(f"{name} can't be imported ({type(error).__name__}: {error}): make install") from error
    return f"{adapter} and great_expectations can be imported"


def room(settings: Settings) -> str:
    """Free room where the working folder lies."""
    place = next(folder for folder in (settings.workdir, *settings.workdir.parents) if folder.is_dir())
    free = shutil.disk_usage(place).free
    said = f"{free / 1024**3:.1f} GB free on the disk of {place}"
    if free < LEAST_ROOM:
        raise Wrong(f"{said}; a build takes {LEAST_ROOM // 1024**3}: make room, cchc tidy --dry-run says what may go")
    if free < LITTLE_ROOM:
        raise Warned(f"{said}; make room soon, cchc tidy --dry-run says what may go")
    return said


def memory(settings: Settings) -> str:
    """What dbt may take is there."""
    units = {"": 1, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "KI": 2**10, "MI": 2**20, "GI": 2**30, "TI": 2**40}
    found = re.fullmatch(r"([\d.]+)\s*([KMGT]?I?)B", settings.duckdb_memory.strip().upper())
    if found is None:
        raise Wrong(f"CCHC_DUCKDB_MEMORY={settings.duckdb_memory} is no amount such as 1500MB")
    wanted = float(found[1]) * units[found[2]]
    lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text("ascii").splitlines())
    there = int(lines["MemTotal"].split()[0]) * 1024
    if wanted > there * 0.8:
        raise Wrong(
            f"CCHC_DUCKDB_MEMORY={settings.duckdb_memory} of {there / 1e9:.1f} GB: set it to at most 60 % of it"
        )
    return f"{there / 1e9:.1f} GB, of which a build may take {settings.duckdb_memory}"


def clock(settings: Settings) -> str:
    """Time zone data is there, and the clock is not behind what was written already."""
    try:
        here = datetime.now(ZoneInfo(TIMEZONE))
        offset = datetime(2026, 7, 1, tzinfo=ZoneInfo(TIMEZONE)).utcoffset()
    except Exception as error:
        raise Wrong(f"no time zone data of {TIMEZONE} ({error}): install the package tzdata") from error
    if offset != timedelta(hours=7):
        raise Wrong(f"{TIMEZONE} is UTC{offset} in the machine's time zone data: update the package tzdata")
    newest = max(
        (_written(path) for path in (settings.workdir / "ledger.sqlite", *engine_of(settings).files)), default=0.0
    )
    if here.astimezone(UTC).year < 2026 or newest > time.time() + 300:
        raise Wrong(f"the clock says {here:%Y-%m-%d %H:%M}, which is behind files of the working folder: set it (NTP)")
    return f"{here:%Y-%m-%d %H:%M} in {TIMEZONE}"


def _written(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0


MACHINE: tuple[tuple[str, Callable[[Settings], str]], ...] = (
    ("python", python),
    ("packages", packages),
    ("dbt and rules", importable),
    ("room", room),
    ("memory", memory),
    ("clock", clock),
)
