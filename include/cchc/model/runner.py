"""The process that is dbt: runs one command and prints one JSON line an event. See ``cchc.model.dbt``.

The command comes as one line of JSON on standard input, the list of its words. Imports come before it; with ``AHEAD``
the project is read before it too, which needs no warehouse, and its manifests are written to the folder that follows.
No line: the caller is gone, or has nothing to do.
"""

from __future__ import annotations

import gc
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from cchc.model.nodes import AHEAD, FAILED

#: Nobody reads dbt's own lines: it would still write and scrub each of them.
_SILENT = ("--quiet", "--log-level", "none", "--no-use-colors")


def main(options: list[str]) -> int:
    """Run the dbt command that is told; exit code 0 only when every node succeeded."""
    gc.disable()  # one command is this process's whole life: looking for cycles in dbt's graph took a tenth of a build
    from dbt.cli.main import dbtRunner

    # a project that can't be read has none, and the command says why
    project: Any = dbtRunner().invoke([*_SILENT, "--no-write-json", "parse"]).result if AHEAD in options else None
    if project is not None:
        _write(project, Path(options[-1]))
    told = sys.stdin.readline()
    if not told:
        return 0
    arguments: list[str] = json.loads(told)

    def say(event: str, **values: Any) -> None:
        try:
            print(json.dumps({"event": event, **values}), flush=True)
        except BrokenPipeError:
            os._exit(1)  # whoever started us is gone: let go of the warehouse, the next build repeats the work

    def follow(message: Any) -> None:
        name = message.info.name
        if name == "LogStartLine" or name == "NodeStart":
            say("started")
        elif name in ("LogModelResult", "LogTestResult", "LogSeedResult", "LogSnapshotResult", "LogHookEndLine"):
            data = message.data
            total = getattr(data, "total", 0) or getattr(data, "num_models", 0)
            say("node", name=data.node_info.node_name, seconds=data.execution_time, index=data.index, total=total)

    try:
        outcome = dbtRunner(manifest=project, callbacks=[follow]).invoke([*_SILENT, *arguments])
    except OSError as error:
        say("done", failures=[f"dbt: {error}"], nodes=[])
        return 1
    failures: list[str] = []
    done: list[dict[str, Any]] = []
    if outcome.exception is not None:
        failures.append(str(outcome.exception))
    for node in getattr(outcome.result, "results", None) or []:
        kind, rows = node.node.resource_type, (node.adapter_response or {}).get("rows_affected")
        known = rows if isinstance(rows, int) and rows >= 0 else None
        done.append(
            {
                "name": node.node.name,
                "kind": str(getattr(kind, "value", kind)),
                "status": str(node.status),
                "rows": node.failures if node.failures is not None else known,
                "seconds": round(node.execution_time, 3),
            }
        )
        if node.status in FAILED:
            done[-1] |= _of_failed(node)
    say("done", failures=failures, nodes=done)
    return 0 if outcome.success else 1


def _write(project: Any, target: Path) -> None:
    """What others read of the project: each file whole or not at all, for who waits may be told to end at any time."""
    from dbt.parser.manifest import write_manifest

    fresh = target / "ahead"
    fresh.mkdir(parents=True, exist_ok=True)
    write_manifest(project, str(fresh))
    for path in fresh.iterdir():
        path.replace(target / path.name)


def _of_failed(result: Any) -> dict[str, str]:
    """What a failed node is known by, besides its outcome: see ``Node``."""
    node = result.node
    comment = re.match(r"(?:\s*--[^\n]*\n)+", getattr(node, "raw_code", "") or "")
    lines = [line.strip().removeprefix("--").strip() for line in comment[0].splitlines()] if comment else []
    generic = getattr(node, "test_metadata", None)
    return {
        "path": node.original_file_path,
        "message": (result.message or "").strip(),
        "test": generic.name if generic else "",
        "says": "" if generic else " ".join(line for line in lines if line and not line.startswith("noqa")),
        "sql": getattr(node, "compiled_code", None) or "",
    }


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)  # everything is committed and told; to take dbt's graph apart, object by object, takes a second
