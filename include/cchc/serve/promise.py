"""What a release promised to those who query: no served name or type goes without notice.

A relation that must change gets a successor beside it (``ranking_v2``) and says until when it stays
(``meta.served_until``); new columns and relations may come with any release. A release writes down its promise
(``scripts/released_schema.py``), and ``broken`` compares the next with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from cchc.serve.shape import Relation

#: How long a relation stays beside its successor, at least.
NOTICE_DAYS = 180


def promise(relations: list[Relation], release: str) -> dict[str, Any]:
    """What a release promises: by relation, its columns' types, and until when where it has a successor."""
    return {
        "release": release,
        "relations": {
            each.name: {
                "columns": {column.name: column.data_type for column in each.columns},
                **({"until": each.served_until} if each.served_until else {}),
            }
            for each in sorted(relations, key=lambda each: each.name)
        },
    }


def broken(released: Mapping[str, Any], relations: list[Relation], today: date) -> list[str]:
    """What of the last release's promise does not hold any more, one sentence each."""
    now = {each.name: each for each in relations}
    found = []
    for name, promised in released["relations"].items():
        if "until" in promised and date.fromisoformat(promised["until"]) < today:
            continue
        if name not in now:
            found.append(f"{name} is gone; serve it beside its successor and say until when: meta.served_until")
            continue
        types = {column.name: column.data_type for column in now[name].columns}
        for column, kind in promised["columns"].items():
            if types.get(column) != kind:
                became = types.get(column, "gone")
                found.append(
                    f"{name}.{column} was {kind} and is {became}; leave it, and serve {successor(name)} beside it"
                )
    for name, each in now.items():
        if successor(name) in now and not each.served_until:
            found.append(f"{name} has a successor and does not say until when it stays: meta.served_until")
        notice = (date.fromisoformat(each.served_until) - today).days if each.served_until else NOTICE_DAYS
        if notice < NOTICE_DAYS and "until" not in released["relations"].get(name, {}):
            found.append(f"{name} must stay {NOTICE_DAYS} days beside its successor; it says {each.served_until}")
    return found


def successor(name: str) -> str:
    """``ranking_v1`` -> ``ranking_v2``."""
    return re.sub(r"\d+$", lambda version: str(int(version[0]) + 1), name)
