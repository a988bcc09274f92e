"""The last builds, node by node: a file of JSON lines a build, and one page that sets the newest beside the one before.

In: what dbt said of each model and test. Out: ``<workdir>/dbt/builds``: ``<when>.jsonl``, one line a node
(``outcome``, ``seconds``, ``rows`` where the engine says how many), and ``index.html``, the slowest nodes first. No
message of an engine is kept: it may quote a row. The times of a node are dbt's; they overlap where threads do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment

from cchc.contracts import TIMEZONE
from cchc.engines import engine_of
from cchc.model.dbt import DbtResult
from cchc.model.nodes import FAILED, Node
from cchc.settings import Settings

#: Builds that are kept and listed: about a month of days.
KEPT = 30


@dataclass(frozen=True)
class Event:
    """What became of one node of a build; ``rows``: written by a model (DuckDB: held by its table), found by a test."""

    build: str
    kind: str
    node: str
    outcome: str
    seconds: float
    rows: int | None

    @property
    def failed(self) -> bool:
        """Whether the build failed over it."""
        return self.outcome in FAILED


@dataclass(frozen=True)
class Line:
    """A node beside what it was in the build before; ``before`` is null where that one did not have it."""

    now: Event
    before: Event | None

    @property
    def more(self) -> float | None:
        """Seconds more than before."""
        return None if self.before is None else self.now.seconds - self.before.seconds


@dataclass(frozen=True)
class Past:
    """One build as a line: its nodes, what failed, its seconds by dbt's own account of its nodes."""

    build: str
    nodes: int
    failed: Sequence[str]
    seconds: float


def keep_build(settings: Settings, result: DbtResult, now: datetime | None = None) -> Path:
    """Write the events of a build that ended, well or not, and the page anew; the oldest go. Returns the page."""
    folder = builds_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    build = (now or datetime.now(ZoneInfo(TIMEZONE))).strftime("%Y-%m-%dT%H-%M-%S")
    held = _held(settings)
    lines = [json.dumps(asdict(_event(build, node, held)), ensure_ascii=False) for node in result.done]
    (folder / f"{build}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    for old in _files(folder)[KEPT:]:
        old.unlink()
    page, fresh = folder / "index.html", folder / "index.html.new"
    fresh.write_text(_page([_read(path) for path in _files(folder)]), encoding="utf-8")
    fresh.replace(page)
    return page


def builds_folder(settings: Settings) -> Path:
    """Where they lie: with dbt's other artefacts, which are their owner's alone."""
    return settings.dbt_target.parent / "builds"


def compared(now: Sequence[Event], before: Sequence[Event]) -> list[Line]:
    """Every node of a build beside the same node of the one before: failed ones first, then the slowest."""
    known = {(event.kind, event.node): event for event in before}
    lines = [Line(event, known.get((event.kind, event.node))) for event in now]
    return sorted(lines, key=lambda line: (not line.now.failed, -line.now.seconds, line.now.node))


def _event(build: str, node: Node, held: Mapping[str, int]) -> Event:
    rows = held.get(node.name) if node.rows is None and node.kind == "model" else node.rows
    return Event(build, node.kind, node.name, node.status, round(node.seconds, 3), rows)


def _held(settings: Settings) -> dict[str, int]:
    """Table to rows that it holds, where the engine knows: such a one does not count what it writes."""
    return engine_of(settings).rows_held()


def _files(folder: Path) -> list[Path]:
    """The newest first."""
    return sorted(folder.glob("*.jsonl"), reverse=True)


def _read(path: Path) -> tuple[str, list[Event]]:
    return path.stem, [Event(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def _page(builds: Sequence[tuple[str, list[Event]]]) -> str:
    name, newest = builds[0]
    before = builds[1][1] if len(builds) > 1 else []
    past = [
        Past(build, len(events), [e.node for e in events if e.failed], sum(e.seconds for e in events))
        for build, events in builds
    ]
    source = files("cchc.model").joinpath("builds.html.j2").read_text(encoding="utf-8")
    template = Environment(autoescape=True).from_string(source)
    return template.render(build=name, lines=compared(newest, before), past=past, this=past[0])
