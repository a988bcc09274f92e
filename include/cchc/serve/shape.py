"""What is served, read from dbt's manifest: the models of ``dbt_project/models/publish`` and what their yml says."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cchc.errors import BuildError

#: The partition in which a relation is brought up to date on PostgreSQL.
PART = "period_id"


@dataclass(frozen=True)
class Column:
    """One column: name, SQL type that both engines share, what it means."""

    name: str
    data_type: str
    description: str


@dataclass(frozen=True)
class Changes:
    """How a relation of many rows says which of them a build changed.

    ``dataset``: whose keys in ``int_unserved_keys`` are meant. ``column``: the column that holds them. ``flips``: a
    condition under which a row changes although its key did not (a running case that falls due), or empty.
    """

    dataset: str
    column: str
    flips: str = ""

    def keys(self, served: str, unserved: str, source: str) -> str:
        """The query of changed keys, of the served relation's rows and of what the build noted."""
        keys = f"select business_key as {self.column} from {unserved} where dataset = '{self.dataset}'"
        if not self.flips:
            return keys
        return f"{keys} union select {self.column} from {served} where {self.flips.replace('{publish}', source)}"


@dataclass(frozen=True)
class Relation:
    """One served relation. ``source``: the model's name; ``key``: columns that make a row unique, as the tests hold."""

    name: str
    source: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    is_view: bool
    changes: Changes | None

    @property
    def part(self) -> str | None:
        """The column by which parts of the relation change, or None: it changes as a whole."""
        return PART if any(column.name == PART for column in self.columns) else None


def relations(manifest: Path) -> list[Relation]:
    """Every served relation, those that are views over others last. Raises ``BuildError`` without a manifest."""
    try:
        nodes = json.loads(manifest.read_bytes())["nodes"].values()
    except (OSError, ValueError, KeyError) as error:
        raise BuildError(f"{manifest} can't be read ({error}); build once more: cchc build") from error
    keys: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        if (node.get("test_metadata") or {}).get("name") == "unique_key":
            keys.setdefault(node["attached_node"], tuple(node["test_metadata"]["kwargs"]["columns"]))
    found = [
        _relation(node, keys.get(node["unique_id"], ()))
        for node in nodes
        if node["resource_type"] == "model" and node["fqn"][1] == "publish"
    ]
    return sorted(found, key=lambda each: (each.is_view, each.name))


def served_name(model: str) -> str:
    """``pub_ranking`` -> ``ranking_v1``; a model that names its version keeps it."""
    name = model.removeprefix("pub_")
    return name if re.search(r"_v\d+$", name) else f"{name}_v1"


def _relation(node: dict[str, Any], key: tuple[str, ...]) -> Relation:
    meta = node["config"].get("meta") or {}
    columns = tuple(
        Column(column["name"], column["data_type"], " ".join(column["description"].split()))
        for column in node["columns"].values()
    )
    return Relation(
        served_name(node["name"]),
        node["name"],
        " ".join(node["description"].split()),
        columns,
        key,
        meta.get("serve") == "view",
        Changes(**meta["changes"]) if meta.get("changes") else None,
    )
