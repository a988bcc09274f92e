"""The package and the site of one build, joined by somebody who wants to know what both hide.

He has every CSV of both, knows how units hang together on every day and which figures are parts of which, and that no
count is below zero. What is true he is judged by, not told.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from conceal_world import (
    FORMS,
    INDICATORS,
    MERGED,
    NEW,
    PERIODS,
    Counted,
    count,
    fill,
    units,
    world_of,
)
from concealing import LEAST

from cchc.conceal import MARK
from cchc.conceal.cells import RESTATED, Cells
from cchc.conceal.lines import Lines
from cchc.conceal.structure import Structure
from cchc.conceal.suppress import is_small
from cchc.opendata import write_open_data
from cchc.registry.open import open_registry
from cchc.settings import Settings
from cchc.site import write_site

METHOD = "qd766-portal-2026"
#: Wholes and their parts; the rest of the whole is a count as well.
RESTS = {
    ("received", "online"),
    ("received", "digitised"),
    ("received", "judged"),
    ("judged", "on_time"),
    ("resolved", "overdue_resolved"),
    ("running", "running_overdue"),
    ("petition", "petition_on_time"),
}
#: Unit, period, and what of it: subtree, own, below, restated, or below whom.
Node = tuple[str, str, str]
Known = dict[str, dict[Node, float]]


@dataclass
class Written:
    """Both outputs of a world, and what is true of it."""

    settings: Settings
    truth: Counted
    package: Path
    site: Path


@pytest.fixture(scope="module", params=[1, 2, 5])
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write(tmp_path_factory.mktemp("joined"), request.param)


def write(folder: Path, seed: int) -> Written:
    """Both outputs of the world of a seed."""
    truth, registry = count(seed), open_registry(None)
    settings = fill(folder, world_of(truth))
    write_open_data(settings, registry, folder / "package")
    write_site(settings, registry, folder / "site")
    return Written(settings, truth, folder / "package", folder / "site")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(written: Written, name: str) -> list[dict[str, str]]:
    return rows(written.package / "data" / f"{name}.csv")


def pages(written: Written, name: str) -> Iterator[dict[str, str]]:
    """The rows of a table of every state of the site, with their period."""
    for path in sorted(written.site.glob(f"*/*/*/now/{name}.csv")):
        label = path.parents[2].name
        for row in rows(path):
            yield {**row, "period_id": _period(label)}


def _period(label: str) -> str:
    months = (each for each in PERIODS if each[:7] == each[11:18] == label)
    return next(months, "2026-07-01_2026-09-30")


def known(written: Written) -> Known:
    """What is printed: measure -> node -> count."""
    found: Known = defaultdict(dict)

    def note(measure: str, node: Node, cell: str) -> None:
        if cell:
            value = float(cell)
            assert found[measure].setdefault(node, value) == value

    for row in table(written, "unit_volume_v1"):
        for name in FORMS:
            note(name, (row["unit_code"], row["period_id"], row["scope"]), row[name])
        # who is handed a row knows of judged cases what the forms have of them
        if row["resolved"]:
            judged = str(int(row["resolved"]) + int(row["running"]))
            note("judged", (row["unit_code"], row["period_id"], row["scope"]), judged)
    for relation, what in (("unit_indicator_v1", "subtree"), ("restated_indicator_v1", "restated")):
        for row in [*table(written, relation), *(pages(written, "indicators") if what == "subtree" else ())]:
            part, whole, _ = INDICATORS[row["indicator"]]
            node = (row["unit_code"], row["period_id"], what)
            note(part, node, row["numerator"])
            note(whole, node, row["denominator"])
            if row["ratio"]:
                assert row["numerator"] and row["denominator"], "a ratio beside a score tells the whole"
    for row in [*table(written, "ranking_v1"), *pages(written, "ranking")]:
        note("judged", (row["unit_code"], row["period_id"], "subtree"), row["dossiers"])
    for row in [*table(written, "unit_completeness_v1"), *pages(written, "completeness")]:
        note("judged", (row["unit_code"], row["period_id"], "subtree"), row["dossiers_in_exports"])
    for row in [*table(written, "rank_interval_v1"), *pages(written, "intervals")]:
        if row["one_dossier_points"]:
            whole = Decimal(20) / Decimal(row["one_dossier_points"])
            if whole < 60:  # the points have four decimals
                note("judged", (row["unit_code"], row["period_id"], "subtree"), str(round(whole)))
    for row in table(written, "published_check_v1"):
        period = f"{row['period_start']}_{row['period_end']}"
        note("resolved", (row["unit_code"], period, row["scope"]), row["numerator"] or row["recomputed_value"])
        if row["fit"] or row["is_suggestion_reproduced"]:
            assert row["numerator"], "what a report printed says ours where it fits"
    told = {(row["unit_code"], row["period_id"], row["scope"]) for row in table(written, "unit_volume_v1")}
    for unit, period in {(unit, period) for unit, period, _ in told}:
        for scope in ("own", "below"):
            if (unit, period, scope) not in told:
                for name in (*FORMS, "judged", "on_time"):
                    found[name].setdefault((unit, period, scope), 0.0)
    _note_zeros(found, true_values(written.truth))
    for whole, part in RESTS:
        found[f"{whole} not {part}"] = {
            node: found[whole][node] - found[part][node] for node in found[whole].keys() & found[part].keys()
        }
    return found


def _note_zeros(found: Known, nodes: dict[Node, dict[str, float]]) -> None:
    """Who has no case at all is known: by the reason for which he is not ranked, and by how the criterion is scored."""
    for whole, measures in (
        ("received", (*FORMS, "judged", "on_time")),
        ("petition", ("petition", "petition_on_time")),
    ):
        for node, counts in nodes.items():
            if not counts.get(whole):
                for measure in measures:
                    found[measure][node] = 0.0


def true_values(truth: Counted) -> dict[Node, dict[str, float]]:
    """Every node that there is, and what it counts."""
    found: dict[Node, dict[str, float]] = {}
    for (unit, period, what), counts in [*truth.counts.items(), *truth.below.items()]:
        found[unit, period, what] = dict(counts)
    for unit in units():
        for period in PERIODS:
            for what in ("subtree", "own", "below"):
                found.setdefault((unit, period, what), {})
            if unit not in MERGED:
                parts = [
                    found.get((each, period, "subtree"), {}) for each in ((*MERGED, NEW) if unit == NEW else (unit,))
                ]
                names = {name for part in parts for name in part}
                found[unit, period, "restated"] = {name: sum(part.get(name, 0) for part in parts) for name in names}
    for node, counts in found.items():
        rests = {f"{whole} not {part}": counts.get(whole, 0) - counts.get(part, 0) for whole, part in RESTS}
        found[node] = {name: float(value) for name, value in {**counts, **rests}.items()}
    return found


def equations(nodes: dict[Node, dict[str, float]]) -> list[tuple[Node, list[Node]]]:
    """How a total is made up of its parts, whatever is counted."""
    found: list[tuple[Node, list[Node]]] = []
    below: dict[tuple[str, str], list[Node]] = defaultdict(list)
    pieces: dict[tuple[str, str], list[Node]] = defaultdict(list)
    for unit, period, what in nodes:
        if what not in ("subtree", "own", "below", "restated"):
            below[what, period].append((unit, period, what))
            pieces[unit, period].append((unit, period, what))
        if what == "subtree":
            found.append(((unit, period, what), [(unit, period, "own"), (unit, period, "below")]))
        if period == "2026-07-01_2026-09-30":
            months = [(unit, month, what) for month in PERIODS if month != period and (unit, month, what) in nodes]
            found.append(((unit, period, what), months))
        if what == "restated":
            parts = [(each, period, "subtree") for each in ((*MERGED, NEW) if unit == NEW else (unit,))]
            found.append(((unit, period, what), [part for part in parts if part in nodes]))
    found += [((unit, period, "below"), mine) for (unit, period), mine in below.items()]
    found += [((unit, period, "subtree"), mine) for (unit, period), mine in pieces.items()]
    return found


def test_nothing_that_is_hidden_can_be_computed(written: Written) -> None:
    attack(written)


def without_lines(counts: Any, lines: Any, least: int, start: Any, together: Any) -> Any:
    """Small counts are hidden and nothing beside them."""
    return is_small(counts, least) | start


def without_periods(cells: Cells, rows: Any, spans: Any) -> Lines:
    """As if nobody added up months."""
    return Lines.of(len(cells.counts), [])


def without_restated(cells: Cells, sources: Any, parents: Any) -> tuple[Structure, Any]:
    """As if restated counts were of nobody else."""
    return Structure(Lines.of(len(cells.counts), [])), cells.at[RESTATED]


@pytest.mark.parametrize(
    ("what", "instead"),
    [
        ("hide", without_lines),
        ("lines_of_periods", without_periods),
        ("with_restated", without_restated),
    ],
)
def test_the_attack_finds_what_is_not_protected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, instead: Any
) -> None:
    monkeypatch.setattr(f"cchc.conceal.build.{what}", instead)
    with pytest.raises(AssertionError, match=r"follows|one value left|is shown"):
        for seed in (1, 2, 5):
            (tmp_path / str(seed)).mkdir()
            attack(write(tmp_path / str(seed), seed))


def attack(written: Written) -> None:
    """Fails where a count that is too small is printed, follows from equations, or is left one value."""
    printed, nodes = known(written), true_values(written.truth)
    lines = equations(nodes)
    for total, parts in lines:
        for measure, value in nodes[total].items():
            assert value == sum(nodes[part].get(measure, 0) for part in parts), (
                f"{total} {measure}: the attack is wrong"
            )
    column = {node: n for n, node in enumerate(nodes)}
    matrix = np.zeros((len(lines), len(nodes)))
    for number, (total, parts) in enumerate(lines):
        matrix[number, column[total]] -= 1
        for part in parts:
            matrix[number, column[part]] += 1
    checked = 0
    for measure, told in printed.items():
        truth = np.array([counts.get(measure, 0.0) for counts in nodes.values()])
        is_told = np.array([node in told for node in nodes])
        assert all(told[node] == nodes[node].get(measure, 0) for node in told if node in nodes), measure
        small = (truth > 0) & (truth < LEAST)
        assert not [node for node in told if 0 < told[node] < LEAST], f"{measure} is shown"
        unknown = np.flatnonzero(~is_told)
        left = matrix[:, unknown]
        fixed = unknown[_fixed(left)]
        assert not [node for node, n in column.items() if n in fixed and small[n]], f"{measure} follows"
        low, high = _bounds(left, -matrix[:, is_told] @ truth[is_told])
        tight = unknown[high - low < 1]
        assert not [node for node, n in column.items() if n in tight and small[n]], f"{measure} has one value left"
        checked += int(small[unknown].sum())
    assert checked > 30, "there was something to find out"


def _fixed(matrix: np.ndarray) -> np.ndarray:
    """The columns that the rows determine."""
    _, values, directions = np.linalg.svd(matrix, full_matrices=False)
    return np.flatnonzero((directions[values > 1e-9] ** 2).sum(axis=0) > 1 - 1e-6)


def _bounds(matrix: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Between what each unknown lies, none below zero, by narrowing each equation by the others."""
    low, high = np.zeros(matrix.shape[1]), np.full(matrix.shape[1], 1e6)
    entries = [(np.flatnonzero(row), row[np.flatnonzero(row)], value) for row, value in zip(matrix, right, strict=True)]
    for _ in range(60):
        before = low.copy(), high.copy()
        for at, sign, value in entries:
            for n, mine in zip(at, sign, strict=True):
                others, signs = at[at != n], sign[at != n]
                least = np.where(signs > 0, low[others], -high[others]).sum()
                most = np.where(signs > 0, high[others], -low[others]).sum()
                ends = sorted(((value - least) * mine, (value - most) * mine))
                low[n], high[n] = max(low[n], ends[0]), min(high[n], ends[1])
        if np.array_equal(before[0], low) and np.array_equal(before[1], high):
            break
    return low, high


def test_both_hide_the_same(written: Written) -> None:
    """Row by row of the site's tables; and more than nothing, and not everything."""
    marked = {
        (row["unit_code"], row["period_id"], row["indicator"]): row[MARK] for row in table(written, "unit_indicator_v1")
    }
    site = {
        (row["unit_code"], row["period_id"], row["indicator"]): str(row["null_reason"] == "suppressed").lower()
        for row in pages(written, "indicators")
    }
    assert site == marked
    for code in ("PROCESSING_ON_TIME", "PETITION_PROCESSING_ON_TIME"):
        mine = [mark for (_, _, indicator), mark in marked.items() if indicator == code]
        assert 0.1 < mine.count("true") / len(mine) < 0.9
    for name, relation in (("ranking", "ranking_v1"), ("completeness", "unit_completeness_v1")):
        column = "dossiers" if name == "ranking" else "dossiers_in_exports"
        mine = {(row["unit_code"], row["period_id"]): row[column] for row in table(written, relation)}
        assert {(row["unit_code"], row["period_id"]): row[column] for row in pages(written, name)} == mine


def test_hidden_is_not_unknown(written: Written) -> None:
    """Where something is hidden a row says so, in both files; what the descriptor says is how many there are."""
    descriptor = json.loads((written.package / "datapackage.json").read_text("utf-8"))
    said = {each["name"]: each["rows_suppressed"] for each in descriptor["resources"] if "rows_suppressed" in each}
    assert set(said) == {
        *("published_check_v1", "rank_interval_v1", "ranking_v1", "restated_indicator_v1", "unit_completeness_v1"),
        *("unit_indicator_v1", "unit_volume_v1"),
    }
    for name, number in said.items():
        found = table(written, name)
        assert sum(row[MARK] == "true" for row in found) == number > 0
        parquet = pq.read_table(written.package / "data" / f"{name}.parquet").to_pylist()
        assert [str(row[MARK]).lower() for row in parquet] == [row[MARK] for row in found]
    for row in table(written, "unit_indicator_v1"):
        assert (row[MARK] == "true") == (row["null_reason"] == "suppressed") == (row["numerator"] == "")
        assert row["score"], "scores are what is published"
    concealment = descriptor["concealment"]
    assert concealment["rows_suppressed"] == sum(said.values()) and concealment["least_published"] == LEAST
    text = (written.package / "README.md").read_text("utf-8")
    assert concealment["rule"] in text and f"less than {LEAST}" in text and str(concealment["rows_suppressed"]) in text
