"""What both engines share: the account of a build that is served, and how a view's text names served relations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from cchc import __version__
from cchc.contracts import TIMEZONE
from cchc.serve.shape import served_name

#: The one row about the state that readers see: which build, of which program, up to which day.
BUILD = "build_v1"
BUILD_COLUMNS = {
    "build_no": ("bigint", "Number of the build that readers see; it only grows"),
    "served_at": ("timestamp", "When it was put in place, Asia/Ho_Chi_Minh"),
    "last_business_day": ("date", "Last day of the exports in it"),
    "registry_hash": ("varchar", "Registry and models it was built by"),
    "program_version": ("varchar", "Version of the program that built it"),
}


@dataclass
class Served:
    """One state put in place. ``rows``: by relation, of those that hold rows; ``changed``: how many were written."""

    build_no: int
    rows: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)

    def said(self, seconds: float) -> str:
        """A table for the log: relation, rows, rows written."""
        lines = [f"{'served':<28} {'rows':>12} {'written':>12}"]
        lines += [f"{name:<28} {rows:>12,} {self.changed.get(name, 0):>12,}" for name, rows in self.rows.items()]
        return "\n".join([*lines, f"build {self.build_no} is what readers see now, {seconds:.1f} s"])


def insert_build(last_day: str, registry_hash: str) -> str:
    """The select that makes the row of ``build_v1``; ``?``: number, moment, version."""
    return (
        f"select cast(? as bigint) as build_no, cast(? as timestamp) as served_at, ({last_day}) as last_business_day, "
        f"({registry_hash}) as registry_hash, cast(? as varchar) as program_version"
    )


def build_values(build_no: int) -> list[object]:
    """What ``insert_build`` asks for."""
    return [build_no, datetime.now(ZoneInfo(TIMEZONE)).replace(tzinfo=None, microsecond=0), __version__]


def over_served(view: str, prefix: str) -> str:
    """A view's text with the served names of what it reads: nothing in it reaches behind what is served."""
    name = re.compile(r'(?:"?\w+"?\.)?"?publish"?\."?(pub_\w+)"?')
    return name.sub(lambda found: prefix + served_name(found[1]), view)
