"""The semantic layer over what is served: dbt's semantic manifest with the names that readers see.

dbt defines measures, dimensions and metrics over its models (``publish.pub_ranking``), for that is what it knows.
Readers see the same rows under other names (``pub.ranking_v1``), so the manifest that is handed out names those.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cchc.errors import BuildError
from cchc.serve.shape import served_name


def served_semantics(manifest: Path) -> dict[str, Any]:
    """dbt's ``semantic_manifest.json`` over ``pub``, good for both engines. Raises ``BuildError`` without one."""
    try:
        found: dict[str, Any] = json.loads(manifest.read_bytes())
    except (OSError, ValueError) as error:
        raise BuildError(f"{manifest} can't be read ({error}); build once more: cchc build") from error
    spines = found["project_configuration"]["time_spines"]
    for each in (*found["semantic_models"], *spines):
        name = served_name(each["node_relation"]["alias"])
        each["node_relation"] = {
            "alias": name,
            "schema_name": "pub",
            "database": None,
            "relation_name": f"pub.{name}",
        }
    return found
