"""Start dbt for a warehouse, follow its events, and say what failed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cchc.engines import engine_of
from cchc.errors import BuildError, MachineError
from cchc.load import open_warehouse
from cchc.model.failure import Ask, by_check, told
from cchc.model.nodes import AHEAD, FAILED, Node
from cchc.registry.files import content_hash
from cchc.settings import Settings, child_environment
from cchc.surroundings import of_text

#: Where dbt keeps what it read of the project.
_PARSE = "partial_parse.msgpack"
#: What a failure says that has nothing to do with the models.
_OF_MACHINE = re.compile(r"IO Error|\[Errno \d+\]|FATAL Error|Out of Memory Error|TTransportException|TSocket read")

Progress = Callable[[int, int, str], None]


@dataclass
class DbtResult:
    """One invocation. ``startup_seconds`` is imports and parsing, ``seconds`` the work itself."""

    startup_seconds: float = 0.0
    seconds: float = 0.0
    nodes: int = 0
    failures: list[str] = field(default_factory=list)
    done: list[Node] = field(default_factory=list)


def warehouse_environment(settings: Settings, in_workdir: bool = False) -> dict[str, str]:
    """What ``dbt_project/profiles.yml`` reads: target, path or server, and where artefacts go.

    ``in_workdir``: of a process whose working folder is the installation's.
    """
    return {
        **engine_of(settings).dbt_environment(in_workdir),
        "DBT_TARGET_PATH": str(settings.dbt_target),
        "DBT_LOG_PATH": str(settings.dbt_target.parent / "logs"),
        "DBT_PROFILES_DIR": str(settings.dbt_project.absolute()),
        "DBT_PROJECT_DIR": str(settings.dbt_project.absolute()),
        "DBT_LOG_LEVEL_FILE": settings.dbt_log_level,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def models_hash(settings: Settings) -> str:
    """What the models say, as one short word: other SQL needs a full build once, or old rows stand beside new ones."""
    files = [path for folder in ("models", "macros") for path in (settings.dbt_project / folder).rglob("*.sql")]
    return content_hash([(path.relative_to(settings.dbt_project).as_posix(), path) for path in files])[:16]


def lend_parse(project: Path, target: Path) -> None:
    """Give a folder of artefacts that has none yet what dbt read of the project before.

    Reading it takes dbt some ten seconds; what changed since, dbt finds by itself.
    """
    kept, mine = project / "target" / _PARSE, target / _PARSE
    if kept.is_file() and not mine.exists():
        with suppress(OSError):
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(kept, mine)


def keep_parse(project: Path, target: Path) -> None:
    """Keep what dbt read for the next new folder, where the project's own folder may be written."""
    kept, mine = project / "target" / _PARSE, target / _PARSE
    with suppress(OSError):
        if kept.is_file() and kept.stat().st_mtime >= mine.stat().st_mtime:
            return
        kept.parent.mkdir(exist_ok=True)
        fresh = kept.with_name(f"{_PARSE}.{os.getpid()}")
        shutil.copyfile(mine, fresh)
        fresh.replace(kept)


Process = subprocess.Popen[str]


def _start(settings: Settings, *options: str) -> Process:
    """A process that is dbt and takes its one command from its standard input."""
    if engine_of(settings).lends_parse:
        lend_parse(settings.dbt_project, settings.dbt_target)
    return subprocess.Popen(
        [sys.executable, "-m", "cchc.model.runner", *options],
        env=child_environment(**warehouse_environment(settings, in_workdir=True)),
        cwd=settings.workdir,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def waiting_dbt(settings: Settings) -> Iterator[Process]:
    """A dbt that imports itself and reads the project while the caller does other work: for ``run_dbt``, once.

    It does not open the warehouse before it is told what to do. It ends with the block if nobody told it, and with
    the caller however that ends: then its standard input ends.
    """
    process = _start(settings, AHEAD, str(settings.dbt_target.absolute()))
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                with suppress(OSError):  # what was never read by a process that is gone
                    stream.close()


def run_dbt(
    settings: Settings,
    arguments: Sequence[str],
    progress: Progress | None = None,
    report: Callable[[DbtResult], None] | None = None,
    waiting: Process | None = None,
) -> DbtResult:
    """Run one dbt command in a process of its own. Raises ``BuildError``, whose first line names what failed, or
    ``MachineError`` where nothing of the models did: dbt was killed, as the kernel does where memory ends.

    ``report`` hears of the result before that, however it ended. When the caller is interrupted (a task past its time),
    dbt ends with it and lets go of the warehouse. ``waiting`` is a process of ``waiting_dbt`` that was not used yet.
    """
    started = time.perf_counter()

    def ask(sql: str) -> tuple[list[str], list[tuple[object, ...]]]:
        with open_warehouse(settings) as warehouse:  # for the rows that a failed test found
            return warehouse.select(sql)

    process = waiting or _start(settings)
    try:
        # one that waited wrote its manifests meanwhile; what it ran is told by its events, and asked for by catalogues
        written = waiting is not None and not settings.lineage
        _tell(process, [*arguments, "--no-write-json"] if written else arguments)
        result, said = _follow(process, started, progress, ask)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if report:
        report(result)
    if said is not None:
        # a disk that is full or a file that is held is no fault of the models
        machine = of_text(said, engine_of(settings).said) if _OF_MACHINE.search(said) else None
        failed = [node for node in result.done if node.status in FAILED]
        skipped = sum(node.status == "skipped" for node in result.done)
        if process.returncode < 0 and not result.done:
            raise MachineError(
                f"dbt was killed (signal {-process.returncode}) after {result.nodes} models and tests: memory ran out, "
                "or somebody ended it. Readers keep the last state; the same build again repeats the work"
            )
        raise machine or BuildError(told(failed, skipped, ask) if failed else f"dbt {arguments[0]} failed:\n{said}")
    if engine_of(settings).lends_parse:
        keep_parse(settings.dbt_project, settings.dbt_target)
    return result


def _tell(process: Process, arguments: Sequence[str]) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it is gone: its exit code and what it said are read below
        process.stdin.write(json.dumps(list(arguments)) + "\n")
        process.stdin.close()


def _follow(process: Process, started: float, progress: Progress | None, ask: Ask) -> tuple[DbtResult, str | None]:
    """Hear a dbt process out; returns its result, and what it said if it failed."""
    result, other, done = DbtResult(), [], False
    nodes: list[Node] = []
    first: float | None = None
    assert process.stdout is not None
    for line in process.stdout:
        event = _event(line)
        if event is None:
            other.append(line.rstrip())
        elif event["event"] == "started":
            first = first or time.perf_counter()
        elif event["event"] == "node":
            result.nodes += 1
            if progress:
                progress(event["index"], event["total"], event["name"])
        elif event["event"] == "done":
            done = True
            nodes = [Node(**node) for node in event["nodes"]]
            result.failures = event["failures"]
    code = process.wait()
    ended = time.perf_counter()
    result.done = [each for node in nodes for each in by_check(node, ask)]  # it has let go of the warehouse
    result.failures += [f"{node.name}: {node.status}: {node.message}" for node in result.done if node.status in FAILED]
    result.startup_seconds = (first or ended) - started
    result.seconds = ended - (first or ended)
    failed = code != 0 or not done or result.failures
    return result, "\n".join(result.failures or other[-20:]) if failed else None


def _event(line: str) -> dict[str, Any] | None:
    if not line.startswith('{"event"'):
        return None
    try:
        event: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return event
