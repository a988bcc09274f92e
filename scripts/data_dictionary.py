"""Write docs/data_dictionary.md from dbt's manifest: what every model of the outer layers means, column by column.

``--check`` writes nothing and fails when the file is not what it would write.
"""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

from cchc.model import run_dbt
from cchc.settings import Settings

TARGET = Path(__file__).resolve().parents[1] / "docs" / "data_dictionary.md"
LAYERS = {
    "dimensions": "What things are: units, periods, procedures, methods, rules (schema `marts`)",
    "facts": "What happened, one row each (schema `marts`)",
    "rollups": "Counts by unit and period (schemas `marts` and `intermediate`)",
    "indicators": "Indicators: one model each, identical columns",
    "scoring": "Scores and ranks",
    "publish": "What pages and files are made of: a stable outward shape",
}
HEAD = """# Data dictionary

Made by `make docs` from the dbt project; change the descriptions there, not here. `raw.*` is in
[architecture](architecture.md).
"""


def dictionary(manifest: dict[str, Any]) -> str:
    """The whole document."""
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    parts = [HEAD]
    for layer, title in LAYERS.items():
        mine = sorted((node for node in models if node["fqn"][1] == layer), key=lambda node: node["name"])
        parts.append(f"\n## {layer}\n\n{title}.\n")
        for shape, group in groupby(mine, key=_shape if layer == "indicators" else lambda node: node["name"]):
            nodes = list(group)
            parts += [_heading(node) for node in nodes]
            if shape:
                parts.append(_columns(nodes[0]))
    return "".join(parts)


def _shape(node: dict[str, Any]) -> str:
    return json.dumps([list(node["columns"]), [c["description"] for c in node["columns"].values()]])


def _heading(node: dict[str, Any]) -> str:
    words = _prose(node["description"])
    grain = (node.get("meta") or {}).get("grain") or (node["config"].get("meta") or {}).get("grain")
    extra = f"\n\nOne row: {grain}." if grain else ""
    return f"\n### {node['name']}\n\n{words}{extra}\n"


def _prose(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;")


def _columns(node: dict[str, Any]) -> str:
    lines = ["\n| column | type | meaning |\n|---|---|---|\n"]
    for column in node["columns"].values():
        words = _prose(column["description"]).replace("|", "\\|")
        lines.append(f"| `{column['name']}` | {column.get('data_type') or ''} | {words} |\n")
    return "".join(lines)


def make_manifest() -> dict[str, Any]:
    """dbt's manifest of the project as it stands, below the working folder."""
    settings = Settings.from_env()
    run_dbt(settings, ["parse"])
    manifest: dict[str, Any] = json.loads((settings.workdir / "dbt" / "target" / "manifest.json").read_text("utf-8"))
    return manifest


def main(arguments: list[str]) -> int:
    """Write, or compare."""
    text = dictionary(make_manifest())
    if "--check" in arguments:
        if not TARGET.is_file() or TARGET.read_text("utf-8") != text:
            print(f"{TARGET.name} is stale: run `make docs`", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(text, "utf-8")
    print(TARGET)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
