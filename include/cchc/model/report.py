"""What a build did, as lines of the log ``cchc.model``: models with rows and seconds, and the tests that failed."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from cchc.model.dbt import DbtResult
from cchc.model.nodes import Node

log = logging.getLogger("cchc.model")

_GOOD = ("success", "pass", "skipped")


def log_result(result: DbtResult) -> None:
    """One table: model, rows where the engine says how many, seconds; then what failed."""
    models = [node for node in result.done if node.kind == "model"]
    tests = [node for node in result.done if node.kind == "test"]
    lines = [f"{'model':<40} {'rows':>12} {'seconds':>8}"]
    lines += [f"{node.name:<40} {_rows(node):>12} {node.seconds:>8.2f}  {_mark(node)}".rstrip() for node in models]
    passed = sum(node.status == "pass" for node in tests)
    lines.append(
        f"{len(models)} models, {passed} of {len(tests)} tests passed, {result.seconds:.1f} s "
        f"(start-up {result.startup_seconds:.1f} s)"
    )
    log.info("%s", "\n".join(lines))
    for node in result.done:
        if node.status not in _GOOD:
            found = f", {node.rows:,} rows" if node.kind == "test" and node.rows is not None else ""
            log.error("%s %s: %s%s", node.kind, node.name, node.status, found)


def log_left(target: Path, result: DbtResult) -> None:
    """What a build that followed the changes did not build again; ``target`` is where dbt left its manifest."""
    nodes = json.loads((target / "manifest.json").read_bytes())["nodes"].values()
    tables = [n["name"] for n in nodes if n["resource_type"] == "model" and n["config"]["materialized"] != "view"]
    left = sorted(set(tables) - {node.name for node in result.done})
    if left:
        why = "not built again, for no registry table that they read changed"
        log.info("%s: %d models: %s", why, len(left), ", ".join(left))


def _rows(node: Node) -> str:
    return "" if node.rows is None else f"{node.rows:,}"


def _mark(node: Node) -> str:
    return "" if node.status == "success" else node.status
