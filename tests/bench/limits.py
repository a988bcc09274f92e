"""What ``make bench`` holds its figures against. A limit that is missed makes it end with exit code 1."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Limit:
    """One target. ``said``: the figure's line, ``unit`` follows the number; ``share``: it is an increase in percent.

    ``moonshot``: what would be as good as can be hoped for.
    """

    most: float
    said: str
    unit: str = ""
    moonshot: float | None = None
    digits: int = 1
    share: bool = False

    def line(self, figure: float, *parts: object) -> tuple[bool, str]:
        """Whether a figure keeps to it, and its line; ``parts`` fill the gaps of what is said."""
        shown = f"{figure:+.0%}" if self.share else f"{figure:.{self.digits}f}{self.unit}"
        most = f"+{self.most:.0%}" if self.share else f"{self.most:g}{self.unit if self.unit != ' times' else ''}"
        good = figure <= self.most
        return good, f"{'ok  ' if good else 'MISS'}  {self.said.format(*parts)}: {shown} (at most {most})"


#: The targets of the issue on speed; two processors.
WORK = Limit(4.0, "work against the floor", " times", 3.0)
WALL = Limit(6.0, "wall with all start-up, against the floor", " times", 4.0)
DAY = Limit(2.5, "the day after, wall with start-up, against the floor", " times", 1.5)
GROWTH = Limit(0.10, "day after at {:,} rows against {:,}", moonshot=0.0, share=True)
MEMORY = Limit(1.5, "peak memory", " GB", digits=2)
MEMORY_LARGE = Limit(3.0, "peak memory at {:,} rows", " GB", digits=2)
NIGHT = Limit(40.0, "a night of the whole country, {:,} files, wall", " s", 25.0)
NIGHT_HISTORY = Limit(120.0, "a night of the whole country, {:,} files on {:,} rows of history, wall", " s", 60.0)
FILE = Limit(2.0, "a file of that night: collect, load and publish without judging", " ms")
SCHEDULER = Limit(60.0, "a build of a day's changes under the real scheduler", " s", 30.0)


@dataclass
class Verdict:
    """The lines of one run of the bench, in order."""

    lines: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)  # the same for machines; an increase is in percent
    missed: int = 0

    def hold(self, limit: Limit, figure: float, *parts: object) -> None:
        """Hold a figure against its limit."""
        good, line = limit.line(figure, *parts)
        self.lines.append(line)
        times = 100 if limit.share else 1
        targets = {"target": limit.most, "moonshot": limit.moonshot}
        self.rows.append(
            {
                "what": limit.said.format(*parts),
                "measured": round(figure * times, 3),
                **{name: value if value is None else value * times for name, value in targets.items()},
                "unit": "%" if limit.share else limit.unit.strip(),
                "ok": good,
            }
        )
        self.missed += not good

    @property
    def exit_code(self) -> int:
        """1 where any limit was missed."""
        return 1 if self.missed else 0
