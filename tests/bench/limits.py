"""What ``make bench`` holds its figures against. A limit that is missed makes it end with exit code 1."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limit:
    """One target. ``said``: the figure's line, ``unit`` follows the number; ``share``: it is an increase in percent."""

    most: float
    said: str
    unit: str = ""
    digits: int = 1
    share: bool = False

    def line(self, figure: float, *parts: object) -> tuple[bool, str]:
        """Whether a figure keeps to it, and its line; ``parts`` fill the gaps of what is said."""
        shown = f"{figure:+.0%}" if self.share else f"{figure:.{self.digits}f}{self.unit}"
        most = f"+{self.most:.0%}" if self.share else f"{self.most:g}{self.unit if self.unit != ' times' else ''}"
        good = figure <= self.most
        return good, f"{'ok  ' if good else 'MISS'}  {self.said.format(*parts)}: {shown} (at most {most})"


#: The targets of the issue on speed; two processors.
WORK = Limit(4.0, "work against the floor", " times")
WALL = Limit(6.0, "wall with all start-up, against the floor", " times")
DAY = Limit(2.5, "the day after, wall with start-up, against the floor", " times")
GROWTH = Limit(0.10, "day after at {:,} rows against {:,}", share=True)
MEMORY = Limit(1.5, "peak memory", " GB", digits=2)
MEMORY_LARGE = Limit(3.0, "peak memory at {:,} rows", " GB", digits=2)
NIGHT = Limit(40.0, "a night of the whole country, {:,} files, wall", " s")
NIGHT_HISTORY = Limit(120.0, "a night of the whole country, {:,} files on {:,} rows of history, wall", " s")
FILE = Limit(2.0, "a file of that night: collect, load and publish without judging", " ms")
SCHEDULER = Limit(60.0, "a build of a day's changes under the real scheduler", " s")


@dataclass
class Verdict:
    """The lines of one run of the bench, in order."""

    lines: list[str] = field(default_factory=list)
    missed: int = 0

    def hold(self, limit: Limit, figure: float, *parts: object) -> None:
        """Hold a figure against its limit."""
        good, line = limit.line(figure, *parts)
        self.lines.append(line)
        self.missed += not good

    @property
    def exit_code(self) -> int:
        """1 where any limit was missed."""
        return 1 if self.missed else 0
