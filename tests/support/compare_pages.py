"""Two pages as data: their embedded documents by the names of things, and their text without scripts and styles."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from typing import Any

_EMBEDDED = re.compile(r'<script type="application/json" id="(\w+)">(.*?)</script>', re.S)
#: Code of the page and its fingerprints: how it shows, not what.
_CODE = re.compile(r"<script.*?</script>|<style.*?</style>|<meta http-equiv=\"Content-Security-Policy\"[^>]*>", re.S)
_MARKS = ("---", "+++", "@@ ")


def page_differences(before: str, after: str, indicators: list[str], datasets: list[str]) -> Iterator[str]:
    """One line a kind of place: how many, where, an example. ``only after`` ends a line of what was added.

    What the documents say of ``indicators`` and ``datasets`` is left out on both sides.
    """
    ignored = frozenset([*indicators, *datasets])
    documents = []
    for page in (before, after):
        embedded = {name: json.loads(text) for name, text in _EMBEDDED.findall(page)}
        documents.append(_without(embedded | {"data": named(embedded.get("data", {}))}, ignored))
    found: dict[tuple[str, str], list[str]] = {}
    for place, what in _walk((), *documents):
        kind = what if what.startswith("only") else "->"
        found.setdefault((".".join(place[:2]), kind), []).append(f"{'.'.join(place)} {what}")
    for (place, _), examples in found.items():
        yield f"{len(examples)} below {place}, e.g. {examples[0]}"
    texts = [_CODE.sub("", page).splitlines() for page in (before, after)]
    for line in difflib.unified_diff(*texts, n=0, lineterm=""):
        if not line.startswith(_MARKS):
            yield f"text {line}"


def named(document: dict[str, Any]) -> dict[str, Any]:
    """A document whose positions are replaced by the names they stand for, so that an entry more moves nothing."""
    made = dict(document)
    if "facts" not in document:  # the start page
        made["rules"] = {f"{rule['dataset']} {rule['rule']}": rule for rule in document.get("rules", [])}
        return made
    units = [unit[0] for unit in document["units"]]
    indicators = [indicator["id"] for indicator in document["indicators"]]
    made["units"] = {unit[0]: unit[1:] for unit in document["units"]}
    made["indicators"] = {indicator["id"]: indicator for indicator in document["indicators"]}
    made["facts"] = {
        f"{unit} {indicators[fact[0]]}": _fact(fact, document)
        for unit, facts in zip(units, document["facts"], strict=True)
        for fact in facts
    }
    made["ranking"] = [
        {units[row[0]]: _with(row[1:], 7, document["bands"]) for row in each} for each in document["ranking"]
    ]
    made["groups"] = [dict(zip(units, each, strict=True)) for each in document["groups"]]
    made["volumes"] = {units[int(n)]: row for n, row in document["volumes"]["rows"].items()}
    made["board"] = _board(document["board"])
    for listing in ("targets", "sources", "bands"):
        made.pop(listing)
    return made


def _fact(fact: list[Any], document: dict[str, Any]) -> list[Any]:
    target = fact[6] and [document["targets"][fact[6][0]], fact[6][1]]
    return [*fact[1:4], document["sources"][fact[4]], fact[5], target, *fact[7:]]


def _with(row: list[Any], position: int, listing: list[Any]) -> list[Any]:
    return [listing[cell] if n == position and cell is not None else cell for n, cell in enumerate(row)]


def _board(board: dict[str, Any]) -> dict[str, Any]:
    """By unit, system and dataset: a letter a day, the rows read, what was held and refused on which day."""
    found: dict[str, Any] = {}
    for unit, system, dataset, letters, rows, held, refused in board["rows"]:
        on = {board["days"][at]: board["reasons"][why] for at, why in refused}
        held_on = {board["days"][at]: count for at, count in held}
        shown = dict(zip(board["days"], letters, strict=True))
        key = (board["units"][unit][0], board["systems"][system][0])
        # under the dataset's own name, so that one that is left out is left out here, too
        found.setdefault(" ".join(key), {})[dataset] = {"days": shown, "rows": rows, "held": held_on, "refused": on}
    return {key: found[key] for key in found}


def _without(value: Any, ignored: frozenset[str]) -> Any:
    """Without keys that are an ignored name or hold it as a word (``apologies bad_date``)."""
    if isinstance(value, dict):
        kept = {key: _without(item, ignored) for key, item in value.items() if ignored.isdisjoint(key.split(" "))}
        return {key: item for key, item in kept.items() if item != {} or value[key] == {}}
    if isinstance(value, list):
        return [_without(item, ignored) for item in value]
    return value


def _walk(place: tuple[str, ...], before: Any, after: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            at = (*place, key)
            if key not in after:
                yield at, "only before"
            elif key not in before:
                yield at, "only after"
            else:
                yield from _walk(at, before[key], after[key])
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            yield place, f"{len(before)} entries -> {len(after)}"
        for n, (one, other) in enumerate(zip(before, after, strict=False)):
            yield from _walk((*place, str(n)), one, other)
    elif before != after:
        yield place, f"{str(before)[:120]} -> {str(after)[:120]}"
