"""Rules of the index schemes: one root, parts within their maximum, ranks among the ranked, names that are there.

A per cent that does not follow from score and maximum is no error of the registry: it is what was published. The
warehouse says of each whether it fits (``fct_index_value``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import TypeVar

from pydantic import BaseModel

from cchc.registry.check_versions import versions
from cchc.registry.files import Placed
from cchc.registry.indices import IndexEdition, IndexNode, IndexScheme, IndexValue
from cchc.registry.parse import Parsed
from cchc.registry.problems import Problem

#: Kinds of parts that are outside the maximum of their parent.
_OUTSIDE = ("bonus", "penalty")

T = TypeVar("T", bound=BaseModel)


def check_indices(parsed: Parsed) -> Iterator[Problem]:
    """Problems of index_schemes.csv, index_nodes.csv, index_figures.csv, index_editions.csv and index_values.csv."""
    schemes: dict[str, Placed[IndexScheme]] = {}
    for placed in parsed.index_schemes:
        yield from _once(placed, schemes, placed.item.scheme)
    yield from versions(parsed.index_nodes, lambda node: f"{node.scheme}/{node.node}", "node", "thành phần", gaps=False)
    yield from _trees(parsed, schemes)
    yield from _figures(parsed)
    editions: dict[str, Placed[IndexEdition]] = {}
    for edition in parsed.index_editions:
        yield from _once(edition, editions, edition.item.edition)
        if edition.item.scheme not in schemes:
            yield _unknown_scheme(edition, edition.item.scheme)
    yield from _values(parsed, editions)


def _once(placed: Placed[T], seen: dict[str, Placed[T]], key: str) -> Iterator[Problem]:
    if key in seen:
        line = seen[key].line
        yield Problem(placed.file, placed.line, "duplicate_key", f"{key} stands on line {line}", f"{key}: dòng {line}")
    seen.setdefault(key, placed)


def _unknown_scheme(placed: Placed[T], scheme: str) -> Problem:
    return Problem(placed.file, placed.line, "unknown_scheme", f"no scheme {scheme}", f"không có bộ chỉ số {scheme}")


def _trees(parsed: Parsed, schemes: dict[str, Placed[IndexScheme]]) -> Iterator[Problem]:
    by_scheme: dict[str, list[Placed[IndexNode]]] = defaultdict(list)
    for placed in parsed.index_nodes:
        by_scheme[placed.item.scheme].append(placed)
        if placed.item.scheme not in schemes:
            yield _unknown_scheme(placed, placed.item.scheme)
    for name, scheme in schemes.items():
        if not by_scheme[name]:
            message, message_vi = f"{name} has no root", f"{name} không có gốc"
            yield Problem(scheme.file, scheme.line, "index_root", message, message_vi)
    for nodes in by_scheme.values():
        for day in sorted({placed.item.valid_from for placed in nodes}):
            yield from _tree({p.item.node: p for p in nodes if p.item.valid_on(day)}, day.isoformat())


def _tree(nodes: dict[str, Placed[IndexNode]], day: str) -> Iterator[Problem]:
    """The nodes of a scheme as they stand on a day."""
    roots = [placed for placed in nodes.values() if placed.item.parent is None]
    if len(roots) != 1:
        placed = roots[-1] if roots else next(iter(nodes.values()))
        message, message_vi = f"{len(roots)} roots on {day}, not one", f"ngày {day} có {len(roots)} gốc, phải là một"
        yield Problem(placed.file, placed.line, "index_root", message, message_vi)
    parts: dict[str, list[Placed[IndexNode]]] = defaultdict(list)
    for placed in nodes.values():
        if placed.item.parent is None:
            continue
        parts[placed.item.parent].append(placed)
        if placed.item.parent not in nodes:
            message = f"no node {placed.item.parent} on {day}"
            yield Problem(
                placed.file, placed.line, "unknown_node", message, f"ngày {day} không có {placed.item.parent}"
            )
        elif _circles(placed.item.node, nodes):
            message, message_vi = f"{placed.item.node} is above itself", f"{placed.item.node} nằm trên chính nó"
            yield Problem(placed.file, placed.line, "index_circle", message, message_vi)
    for name, found in parts.items():
        parent = nodes.get(name)
        if parent is None or parent.item.max_score is None:
            continue
        total = sum((p.item.max_score or Decimal(0) for p in found if p.item.kind not in _OUTSIDE), Decimal(0))
        if total > parent.item.max_score:
            message = f"the parts of {name} make {total} on {day}, its maximum is {parent.item.max_score}"
            message_vi = f"ngày {day} các phần của {name} cộng lại {total}, tối đa là {parent.item.max_score}"
            yield Problem(parent.file, parent.line, "wrong_total", message, message_vi)


def _circles(node: str, nodes: dict[str, Placed[IndexNode]]) -> bool:
    seen: set[str] = set()
    at: str | None = node
    while at is not None and at in nodes and at not in seen:
        seen.add(at)
        at = nodes[at].item.parent
    return at == node


def _figures(parsed: Parsed) -> Iterator[Problem]:
    known = {placed.item.indicator for placed in parsed.indicators}
    nodes = {(placed.item.scheme, placed.item.node) for placed in parsed.index_nodes}
    yield from versions(
        parsed.index_figures,
        lambda figure: f"{figure.scheme}/{figure.node}/{figure.indicator}",
        "figure",
        "số liệu",
        gaps=False,
    )
    for placed in parsed.index_figures:
        item = placed.item
        if (item.scheme, item.node) not in nodes:
            message = f"no node {item.node} of {item.scheme}"
            yield Problem(placed.file, placed.line, "unknown_node", message, f"{item.scheme} không có {item.node}")
        if item.indicator not in known:
            message = f"no indicator {item.indicator} in indicators.csv"
            message_vi = f"indicators.csv không có chỉ số {item.indicator}"
            yield Problem(placed.file, placed.line, "unknown_indicator", message, message_vi)


def _values(parsed: Parsed, editions: dict[str, Placed[IndexEdition]]) -> Iterator[Problem]:
    seen: Counter[tuple[str, str, str]] = Counter()
    for placed in parsed.index_values:
        item = placed.item
        key = (item.edition, item.unit_code, item.node)
        seen[key] += 1
        edition = editions.get(item.edition)
        if seen[key] == 2:
            yield Problem(placed.file, placed.line, "duplicate_key", f"{'/'.join(key)} stands twice", "dòng bị lặp")
        if edition is None:
            message = f"no edition {item.edition}"
            yield Problem(placed.file, placed.line, "unknown_edition", message, f"không có kỳ {item.edition}")
            continue
        node = next(
            (
                each.item
                for each in parsed.index_nodes
                if (each.item.scheme, each.item.node) == (edition.item.scheme, item.node)
                and each.item.valid_on(edition.item.period_end)
            ),
            None,
        )
        yield from _value(placed, edition.item, node)
        if not any(
            unit.item.agency_code == item.unit_code
            and unit.item.valid_from <= edition.item.period_end
            and (unit.item.valid_to is None or unit.item.valid_to >= edition.item.period_start)
            for unit in parsed.units
        ):
            message = f"no unit {item.unit_code} in that year"
            message_vi = f"không có đơn vị {item.unit_code} trong năm đó"
            yield Problem(placed.file, placed.line, "unknown_unit", message, message_vi)


def _value(placed: Placed[IndexValue], edition: IndexEdition, node: IndexNode | None) -> Iterator[Problem]:
    item = placed.item
    if node is None:
        message = f"no node {item.node} of {edition.scheme} at the end of {edition.period_end}"
        yield Problem(placed.file, placed.line, "unknown_node", message, f"{edition.scheme} không có {item.node}")
    scores = [score for score in (item.score, item.self_score, item.recognised_score) if score is not None]
    if node is not None and node.max_score is not None and max(scores, default=Decimal(0)) > node.max_score:
        message = f"{max(scores)} points of at most {node.max_score}"
        yield Problem(placed.file, placed.line, "over_maximum", message, f"{max(scores)} điểm, tối đa {node.max_score}")
    if node is not None and node.kind != "penalty" and min(scores, default=Decimal(0)) < 0:
        message, message_vi = f"{min(scores)} points of what is no penalty", "điểm âm không phải điểm trừ"
        yield Problem(placed.file, placed.line, "negative_score", message, message_vi)
    ranked = item.rank_of or edition.ranked_units
    if item.rank is not None and ranked is not None and item.rank > ranked:
        message, message_vi = f"rank {item.rank} of {ranked}", f"hạng {item.rank} trên {ranked}"
        yield Problem(placed.file, placed.line, "rank_over_units", message, message_vi)
    if item.rank_of is not None and edition.ranked_units is not None and item.rank_of > edition.ranked_units:
        message = f"ranked among {item.rank_of}, the edition ranks {edition.ranked_units}"
        message_vi = f"xếp trong {item.rank_of}, kỳ này xếp {edition.ranked_units}"
        yield Problem(placed.file, placed.line, "rank_over_units", message, message_vi)
