"""Count the indicators of one period from accepted rows: numerators and denominators by unit, and of the units above.

Plain SQL of its own (``sql/``), no cube, no increments, nothing of the dbt models. Which rules judge a dossier, what a
procedure costs and who stands above whom is the registry's dated data. Source: QĐ 766/QĐ-TTg; the export contract,
sections 5 and 6.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from cchc.datasets import DATASETS
from cchc.recount.services import OF_CATALOGUE, count_procedures
from cchc.registry.open import Registry
from cchc.registry.tables import build_tables

#: Indicator -> (numerator, denominator): which dossiers are counted, as SQL over ``counted_dossiers``.
_OF_DOSSIERS = {
    "PROCESSING_ON_TIME": ("not not_judged and not overdue", "not not_judged"),
    "DOSSIER_RECEIVING_SATISFACTION": ("satisfied", "true"),
    "OVERDUE_WITH_APOLOGY": ("apologised", "overdue"),
    "ONLINE_DOSSIER": ("online", "true"),
    "ORIGINAL_RESULT_AVAILABLE": ("electronic_result", "true"),
    "SO_HOA_GIAY_TO_GIAI_QUYET": ("digitised", "true"),
    "REUSED_DIGITIZED_DATA": ("reused", "true"),
    "SYNCED_WITH_DVCQG_PERSONAL_STORAGE": ("personal_store", "true"),
    "CITIZEN_DATA_CONNECTED_DOSSIER": ("vneid_verified", "true"),
    "PAYMENT_ONLINE_DOSSIER": ("obligated and paid_online", "obligated"),
}
_OF_PETITIONS = {
    "PETITION_PROCESSING_ON_TIME": ("on_time", "true"),
    "PETITION_HANDLING_SATISFACTION": ("on_time and not dissatisfied", "true"),
}
#: Every indicator that the exports give, and the datasets whose rows it is counted from.
DATASETS_OF = {
    **dict.fromkeys(_OF_DOSSIERS, ("dossiers",)),
    **dict.fromkeys(_OF_PETITIONS, ("feedback",)),
    "DOSSIER_RECEIVING_SATISFACTION": ("dossiers", "feedback"),
    "OVERDUE_WITH_APOLOGY": ("dossiers", "apologies"),
    "PAYMENT_TRANSACTION_ONLINE": ("dossiers", "payments"),
    "VNEID_ACTIVATED": ("vneid",),
    "PAYMENT_TRANSACTED_PROCEDURE": ("dossiers", "payments"),
    **dict.fromkeys(OF_CATALOGUE, ("dossiers",)),
}

Parts = tuple[Fraction, Fraction]
Cell = tuple[str, str]  # unit, indicator


@dataclass
class Figures:
    """What the rows give: by (unit, indicator) of the exports, of the portal's own rows (a part may be unknown), and
    of what units declared."""

    exports: dict[Cell, Parts] = field(default_factory=dict)
    portal: dict[Cell, tuple[Fraction | None, Fraction | None]] = field(default_factory=dict)
    declared: dict[Cell, tuple[Fraction | None, Fraction | None]] = field(default_factory=dict)


class Tree:
    """Who stood above a unit on a day. A code has no gaps: each version holds until the next, the first also before."""

    def __init__(self, registry: Registry) -> None:
        self.units = registry.units
        self._versions: dict[str, list[tuple[date, str | None]]] = defaultdict(list)
        for unit in sorted(registry.units, key=lambda unit: unit.valid_from):
            self._versions[unit.agency_code].append((unit.valid_from, unit.parent))
        self._known: dict[tuple[str, date], list[str]] = {}

    def line(self, unit: str, day: date) -> list[str]:
        """The unit and all above it, lowest first; empty for a code that the registry does not know."""
        if (unit, day) not in self._known:
            found, at = [], unit
            while at in self._versions and at not in found:
                found.append(at)
                at = (
                    next(
                        (parent for start, parent in reversed(self._versions[at]) if start <= day),
                        self._versions[at][0][1],
                    )
                    or ""
                )
            self._known[unit, day] = found
        return self._known[unit, day]

    def is_valid(self, unit: str, day: date) -> bool:
        """Whether the code is in force on a day."""
        return any(
            each.agency_code == unit and each.valid_from <= day and (each.valid_to is None or day <= each.valid_to)
            for each in self.units
        )


def count(
    rows: Mapping[str, Sequence[Path]], registry: Registry, start: date, end: date, days: Sequence[date]
) -> Figures:
    """Every figure of the period from ``start`` to ``end``. ``rows``: Parquet files of accepted rows by dataset;
    ``days``: the export dates of all files. What runs on is judged by the last of these days, or of the period.
    """
    with duckdb.connect() as con:
        con.execute("set preserve_insertion_order = false")
        for name, dataset in DATASETS.items():
            if rows.get(name):
                con.read_parquet([*map(str, rows[name])]).create_view(name)
            else:
                con.register(name, dataset.raw_schema.empty_table())
        for name, table in build_tables(registry).items():
            con.register(name, table)
        con.register("workdays", _workdays(registry, days))
        as_of = min(end, max(days))
        moment = datetime.combine(as_of, time(23, 59, 59))
        for variable, value in (("period_start", start), ("period_end", end), ("as_of", moment)):
            con.execute(
                f"set variable {variable} = cast(? as {'date' if type(value) is date else 'timestamp'})", [value]
            )
        _correct(con, registry)
        for script in ("dossiers", "others"):
            con.execute(files("cchc.recount").joinpath(f"sql/{script}.sql").read_text(encoding="utf-8"))
        return _figures(con, registry, as_of)


def _correct(con: duckdb.DuckDBPyConnection, registry: Registry) -> None:
    """Known errors of sources, by the register: only where a row still says what the register expects."""
    if not registry.corrections:
        return
    con.execute("create or replace temp table corrected as from dossiers")
    con.execute("drop view dossiers")
    con.execute("create table dossiers as from corrected")
    for each in sorted(registry.corrections, key=lambda each: each.number):
        kind = DATASETS["dossiers"][each.column].type
        name = "timestamp" if pa.types.is_timestamp(kind) else "boolean" if kind == pa.bool_() else "text"
        typed = f"cast(? as {name})"
        con.execute(
            f"update dossiers set {each.column} = {typed} where system = ? and dossier_code = ? "
            f"and {each.column} is not distinct from {typed} "
            "and export_date between coalesce(?, date '0001-01-01') and coalesce(?, date '9999-12-31')",
            [each.new_value, each.system, each.key, each.expected_old, each.valid_from, each.valid_to],
        )


def _figures(con: duckdb.DuckDBPyConnection, registry: Registry, as_of: date) -> Figures:
    tree = Tree(registry)
    whole: dict[Cell, list[int]] = defaultdict(lambda: [0, 0])

    def add(units: Sequence[str], indicator: str, numerator: int, denominator: int) -> None:
        for unit in units:
            parts = whole[unit, indicator]
            parts[0] += numerator
            parts[1] += denominator

    for table, indicators in (("counted_dossiers", _OF_DOSSIERS), ("counted_petitions", _OF_PETITIONS)):
        for indicator, (numerator, denominator) in indicators.items():
            counts = con.execute(
                f"select unit, day, count(*) filter (where {numerator}), count(*) filter (where {denominator}) "
                f"from {table} group by unit, day"
            )
            for unit, day, *parts in counts.fetchall():
                add(tree.line(unit, day), indicator, *parts)
    paid = con.execute(
        "select unit, day, cast(sum(payments) as bigint), count(*) "
        "from counted_dossiers where obligated group by unit, day"
    )
    for unit, day, *parts in paid.fetchall():
        add(tree.line(unit, day), "PAYMENT_TRANSACTION_ONLINE", *parts)
    # a commune that has ended keeps its own figure; those above count its people where they are now
    for unit, day, holders, activated in con.execute("from counted_vneid").fetchall():
        line = tree.line(unit, day)
        add(line if tree.is_valid(unit, as_of) else line[:1], "VNEID_ACTIVATED", activated, holders)
    procedures = con.execute(
        "select unit, day, procedure_code, bool_or(online), bool_or(fee_bearing), bool_or(paid_online or payments > 0) "
        "from counted_dossiers where procedure_code is not null group by unit, day, procedure_code"
    )
    for cell, pair in count_procedures(procedures.fetchall(), registry, tree.line, as_of).items():
        whole[cell] = [*pair]
    found = Figures({cell: (Fraction(parts[0]), Fraction(parts[1])) for cell, parts in whole.items()})
    for unit, criterion, *told in con.execute("from portal_figures").fetchall():
        above, below = (None if part is None else Fraction(part) for part in told)
        found.portal[unit, criterion] = (above, below)
    for unit, criterion, *told in con.execute("from declared_figures").fetchall():
        above, below = (None if part is None else Fraction(part) for part in told)
        found.declared[unit, criterion] = (above, below)
    return found


def _workdays(registry: Registry, days: Sequence[date]) -> pa.Table:
    """Every day of the calendar's and the files' years: is it a working day, and how many were there up to it?"""
    told = {each.day: each.is_working_day for each in registry.calendar}
    first = min(date(2025, 1, 1), date(min(days).year, 1, 1), *told)
    last = max(date(2026, 12, 31), date(max(days).year, 12, 31), *told)
    every = [first + timedelta(n) for n in range((last - first).days + 1)]
    works = [told.get(day, day.isoweekday() < 6) for day in every]
    number, numbers = 0, []
    for is_workday in works:
        number += is_workday
        numbers.append(number)
    return pa.table({"day": pa.array(every, pa.date32()), "is_workday": works, "number": pa.array(numbers, pa.int32())})
