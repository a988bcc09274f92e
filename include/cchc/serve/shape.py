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
class Reference:
    """A column whose values, where it has one, are keys of another served relation."""

    column: str
    to: str
    to_column: str


@dataclass(frozen=True)
class Relation:
    """One served relation. ``source``: the model's name; ``key``: columns that make a row unique, none of them null.

    ``rows_of``: the column that says which unit's rows they are, where a row is about one case or person; such rows
    are shown to a unit's people only if they are their own (``cchc.serve.roles``). None: everybody's. ``served_until``:
    the last day of a relation that has a successor, see ``cchc.serve.promise``. ``is_open``: anybody may have it, as
    ``cchc.opendata`` writes it.
    """

    name: str
    source: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...]
    rows_of: str | None
    is_view: bool
    changes: Changes | None
    served_until: str = ""
    is_open: bool = False

    @property
    def part(self) -> str | None:
        """The column by which parts of the relation change, or None: it changes as a whole."""
        return PART if any(column.name == PART for column in self.columns) else None


def relations(manifest: Path) -> list[Relation]:
    """Every served relation, those that are views over others last. Raises ``BuildError`` without a manifest.

    Keys are what the models' ``holds`` tests say, or what ``meta.key`` says where an earlier model is tested.
    """
    try:
        nodes = json.loads(manifest.read_bytes())["nodes"].values()
    except (OSError, ValueError, KeyError) as error:
        raise BuildError(f"{manifest} can't be read ({error}); build once more: cchc build") from error
    models = [node for node in nodes if node["resource_type"] == "model" and node["fqn"][1] == "publish"]
    keys = {node["name"]: tuple(_meta(node).get("key", ())) for node in models}
    for node in nodes:
        test = node.get("test_metadata") or {}
        model = (node.get("attached_node") or "").rpartition(".")[2]
        key = test["kwargs"].get("key") if test.get("name") == "holds" else None
        if key and not test["kwargs"].get("nullable") and not keys.get(model, True):
            keys[model] = tuple(key)
    found = [_relation(node, keys) for node in models]
    return sorted(found, key=lambda each: (each.is_view, each.name))


def served_name(model: str) -> str:
    """``pub_ranking`` -> ``ranking_v1``; a model that names its version keeps it."""
    name = model.removeprefix("pub_")
    return name if re.search(r"_v\d+$", name) else f"{name}_v1"


def _meta(node: dict[str, Any]) -> dict[str, Any]:
    return node["config"].get("meta") or {}


def _relation(node: dict[str, Any], keys: dict[str, tuple[str, ...]]) -> Relation:
    meta = _meta(node)
    columns = tuple(
        Column(column["name"], column["data_type"], " ".join(column["description"].split()))
        for column in node["columns"].values()
    )
    return Relation(
        served_name(node["name"]),
        node["name"],
        " ".join(node["description"].split()),
        columns,
        keys[node["name"]],
        tuple(Reference(column, served_name(to), keys[to][0]) for column, to in meta.get("references", {}).items()),
        meta.get("rows_of"),
        meta.get("serve") == "view",
        Changes(**meta["changes"]) if meta.get("changes") else None,
        str(meta.get("served_until", "")),
        meta.get("open") is True,
    )
