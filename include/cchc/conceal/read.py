"""What the warehouse serves and what an approved edition says, as counts by unit, period and family."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cchc.conceal.cells import RESTATED, WHOLE, Counted
from cchc.conceal.classes import DOSSIERS, PROCEDURES, SCOPES, UNKNOWN, classes, family
from cchc.conceal.lines import Numbers, Values
from cchc.conceal.structure import NONE, SEVERAL, Above, Span
from cchc.editions import Edition
from cchc.publish import Period, Reader

_GROUP = 200_000
_INDICATOR = ("unit_code", "period_id", "indicator", "source", "numerator", "denominator")
_FORMS = tuple(classes().relations["unit_volume_v1"].counts)
#: Columns of counts that stand beside a unit's figures: relation -> columns, family.
_BESIDE = (
    ("ranking_v1", ("dossiers",), DOSSIERS),
    ("unit_completeness_v1", ("dossiers_in_exports", "dossiers_on_portal"), DOSSIERS),
    ("rank_interval_v1", ("unknown_dossiers", "unknown_petitions"), UNKNOWN),
)


def datasets_of(reader: Reader) -> dict[str, str]:
    """Indicator -> the dataset over which it is counted."""
    return {row["indicator"]: row["dataset"] for row in reader.rows("select indicator, dataset from pub.indicator_v1")}


def counted_now(reader: Reader, datasets: Mapping[str, str]) -> Counted:
    """Everything that the warehouse serves and that anybody may have: all periods, methods and provinces."""
    counted, served = Counted(), reader.served()
    rows = reader.rows("select indicator from pub.indicator_v1 where additivity not in ('flow', 'stock')")
    counted.not_additive = {name for row in rows for name in _measures(row["indicator"])}
    for table in _table(reader, "unit_indicator_v1", _INDICATOR, served):
        _add_indicators(counted, table, datasets, WHOLE)
    for relation, names, of in _BESIDE:
        for table in _table(reader, relation, ("unit_code", "period_id", *names), served):
            units, periods = _cells(counted, table)
            for name in names:
                counted.add(of, WHOLE, name, units, periods, _numbers(table[name]))
    for table in _table(reader, "unit_volume_v1", ("unit_code", "period_id", "scope", *_FORMS), served):
        _add_forms(counted, table)
    for table in _table(reader, "restated_indicator_v1", _INDICATOR, served):
        _add_indicators(counted, table, datasets, RESTATED)
    return counted


def _table(reader: Reader, relation: str, columns: Sequence[str], served: set[str]) -> Iterable[pa.Table]:
    """The rows of a relation without those that several methods repeat; columns of the same type are told by name."""
    if relation not in served:
        return
    text = {"unit_code", "period_id", "indicator", "source", "scope"}
    schema = pa.schema([(name, pa.string() if name in text else pa.float64()) for name in columns])
    listed = ", ".join(name if name in text else f"cast({name} as double precision) as {name}" for name in columns)
    # in order: of cells that protect another equally well the first one is hidden, and each time has to be the same one
    order = ", ".join(str(at) for at in range(1, len(columns) + 1))
    yield from reader.tables(f"select distinct {listed} from pub.{relation} order by {order}", schema, _GROUP)


def _cells(counted: Counted, table: pa.Table) -> tuple[Numbers, Numbers]:
    return _coded(table["unit_code"], counted.units.of), _coded(table["period_id"], counted.periods.of)


def _coded(column: pa.ChunkedArray, number: Any) -> Numbers:
    """The numbers of the names in a column."""
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return np.asarray(number(encoded.dictionary.to_pylist()), dtype=np.int64)[encoded.indices.to_numpy()]


def _numbers(column: pa.ChunkedArray) -> Values:
    return np.asarray(pc.fill_null(column.cast(pa.float64()), float("nan")).to_numpy(), dtype=np.float64)


def _measures(indicator: str) -> tuple[str, str, str]:
    """Of an indicator's part, whole, and rest of the whole."""
    return indicator, f"of {indicator}", f"not {indicator}"


def _add_indicators(counted: Counted, table: pa.Table, datasets: Mapping[str, str], kind: int) -> None:
    units, periods = _cells(counted, table)
    names: dict[tuple[str, str], int] = {}
    pairs = zip(table["indicator"].to_pylist(), table["source"].to_pylist(), strict=True)
    which = np.array([names.setdefault(pair, len(names)) for pair in pairs], dtype=np.int64)
    numerators, denominators = _numbers(table["numerator"]), _numbers(table["denominator"])
    numerators = np.where(np.isnan(denominators), np.nan, numerators)
    denominators = np.where(np.isnan(numerators), np.nan, denominators)
    for (indicator, source), number in names.items():
        of = family(indicator, source, datasets)
        if of == PROCEDURES:
            continue
        at = which == number
        parts = (numerators[at], denominators[at], np.abs(denominators[at] - numerators[at]))
        for measure, values in zip(_measures(indicator), parts, strict=True):
            counted.add(of, kind, measure, units[at], periods[at], values)


def _add_forms(counted: Counted, table: pa.Table) -> None:
    """The counts of the report forms, with the rest of every whole."""
    units, periods = _cells(counted, table)
    values = {name: _numbers(table[name]) for name in _FORMS}
    for whole, parts in classes().wholes["unit_volume_v1"]:
        rest = values[whole] - np.sum([values[part] for part in parts], axis=0)
        values[f"{whole} not {' '.join(parts)}"] = np.abs(rest)
    counted.of_forms |= set(values)
    scopes = np.array(table["scope"].to_pylist())
    for scope, kind in SCOPES.items():
        at = scopes == scope
        for name, each in values.items():
            counted.add(DOSSIERS, kind, name, units[at], periods[at], each[at])


def counted_of(states: Iterable[Mapping[str, Any]], datasets: Mapping[str, str], counted: Counted) -> Counted:
    """What approved editions say: of each its period, its method and the rows of its tables as texts.

    ``counted``: of the warehouse, whose numbers of units and periods are kept.
    """
    found = Counted(counted.units, counted.periods, not_additive=set())
    for state in states:
        method, period, tables = state["method"], state["period"], state["tables"]
        rows: list[tuple[str, str, str, Decimal]] = []
        for row in tables.get("indicators", ()):
            of = family(row["indicator"], row["source"], datasets)
            if of != PROCEDURES and row["numerator"] and row["denominator"]:
                part, whole = Decimal(row["numerator"]), Decimal(row["denominator"])
                for measure, value in zip(_measures(row["indicator"]), (part, whole, abs(whole - part)), strict=True):
                    rows.append((of, row["unit_code"], measure, value))
        for table, names in (("ranking", _BESIDE[0][1]), ("completeness", _BESIDE[1][1])):
            for row in tables.get(table, ()):
                rows += [(DOSSIERS, row["unit_code"], name, Decimal(row[name])) for name in names if row.get(name)]
        found.not_additive |= {f"{method} {name}" for name in counted.not_additive}
        for of, measure in sorted({(of, measure) for of, _, measure, _ in rows}):
            mine = [(unit, float(value)) for each, unit, name, value in rows if (each, name) == (of, measure)]
            units = found.units.of(unit for unit, _ in mine)
            at = np.repeat(found.periods.of([period]), len(mine))
            found.add(of, WHOLE, f"{method} {measure}", units, at, np.array([value for _, value in mine]))
    return found


def state_of(edition: Edition, periods: Mapping[str, Period]) -> dict[str, Any]:
    """What ``counted_of`` needs of an edition, and the least count that its rules show."""
    manifest = edition.manifest
    said = manifest["period"]
    known = periods.get(said["label"])
    span = Span(
        known.id if known else f"{said['start']}_{said['end']}",
        said["kind"],
        date.fromisoformat(said["start"]),
        min(date.fromisoformat(said["end"]), date.fromisoformat(manifest["data_as_of"])),
        date.fromisoformat(said["end"]),
    )
    rules = json.loads((edition.folder / "method.json").read_bytes())
    tables = {}
    for name in ("ranking", "indicators", "completeness"):
        with (edition.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            tables[name] = list(csv.DictReader(file))
    return {
        "name": edition.folder.name,
        "method": manifest["method"],
        "period": span.id,
        "span": span_of(known) if known else span,
        "tables": tables,
        "least": int(rules.get("least_published", 5)),
    }


def span_of(period: Period) -> Span:
    """A period of the warehouse."""
    return Span(period.id, period.kind, period.start, min(period.end, period.as_of or period.end), period.end)


def above_of(reader: Reader, counted: Counted, spans: Mapping[int, Span]) -> Above:
    """Which unit is above which in each period: by the trail of units, else as the figures say."""
    parent = np.full((len(counted.units), len(counted.periods)), NONE, dtype=np.int64)
    said = reader.rows(
        "select distinct unit_code, period_id, parent_code from pub.unit_indicator_v1 where parent_code is not null "
        "order by unit_code, period_id, parent_code"
    )
    number, period_of = counted.units.numbers, counted.periods.numbers
    for row in said:
        if row["parent_code"] in number:
            parent[number[row["unit_code"]], period_of[row["period_id"]]] = number[row["parent_code"]]
    above = Above(parent)
    trail = reader.rows(
        "select unit_code, descendant_code, holds_from, holds_to from pub.unit_ancestry_v1 where depth = 1 "
        "order by unit_code, descendant_code, holds_from"
    )
    known = [row for row in trail if row["unit_code"] in number and row["descendant_code"] in number]
    if not known:
        return above
    parents = np.array([number[row["unit_code"]] for row in known])
    children = np.array([number[row["descendant_code"]] for row in known])
    since = np.array([row["holds_from"].toordinal() for row in known])
    until = np.array([row["holds_to"].toordinal() for row in known])
    for at, span in spans.items():
        holds = (since <= span.end.toordinal()) & (until >= span.start.toordinal())
        pairs = np.unique(np.stack([children[holds], parents[holds]], axis=1), axis=0)
        units, firsts, times = np.unique(pairs[:, 0], return_index=True, return_counts=True)
        parent[units, at] = np.where(times == 1, pairs[firsts, 1], SEVERAL)
        for unit, first, n in zip(units[times > 1], firsts[times > 1], times[times > 1], strict=True):
            above.moved[int(unit), at] = pairs[first : first + n, 1].tolist()
    return above
