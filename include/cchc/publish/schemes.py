"""Index schemes as served: what there is, what editions say of units, what of the warehouse a scheme asks for.

In: ``index_*_v1``, ``unit_indicator_v1``, ``declared_trail_v1`` and ``build_v1``. Python selects and subtracts; scores
and fits are the models'.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from cchc.errors import PermanentError
from cchc.publish.read import Reader, open_reader
from cchc.settings import Settings

Row = dict[str, Any]
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Shown:
    """A scheme as it was in a year: its row, its nodes parents first, its editions newest first, their values."""

    scheme: Row
    nodes: list[Row]
    editions: list[Row]
    values: list[Row]


@dataclass(frozen=True)
class Figure:
    """Two counts and where they come from: ``source`` is exports, portal or declared; ``origin`` says which build, or
    which file and row."""

    numerator: Decimal
    denominator: Decimal
    source: str
    origin: str

    @property
    def share(self) -> Fraction | None:
        """Numerator of denominator; None of a zero denominator."""
        return Fraction(self.numerator) / Fraction(self.denominator) if self.denominator else None

    @property
    def percent(self) -> Decimal | None:
        """In per cent, half-up to two decimals."""
        return None if self.share is None else _points(self.share)


@dataclass(frozen=True)
class Offer:
    """A figure that a node asks for, as the warehouse has it and as the unit declared it; None where there is none.

    ``null_reason``: why the warehouse has none.
    """

    node: str
    node_vi: str
    indicator: str
    indicator_vi: str
    is_verified: bool
    computed: Figure | None
    declared: Figure | None
    null_reason: str | None

    @property
    def difference(self) -> Decimal | None:
        """Computed less declared, in percentage points, half-up to two decimals."""
        if self.computed is None or self.declared is None:
            return None
        mine, theirs = self.computed.share, self.declared.share
        return None if mine is None or theirs is None else _points(mine - theirs)

    @property
    def is_different(self) -> bool | None:
        """Whether any of the two counts differs; None where one side has none."""
        if self.computed is None or self.declared is None:
            return None
        pairs = [(each.numerator, each.denominator) for each in (self.computed, self.declared)]
        return pairs[0] != pairs[1]


def _points(share: Fraction) -> Decimal:
    """A share in per cent, half-up (away from zero at the half) to two decimals, exact."""
    whole = share * 10_000
    doubled = abs(2 * whole.numerator) + whole.denominator
    rounded = doubled // (2 * whole.denominator)
    signed = -rounded if whole < 0 else rounded
    return (Decimal(signed) / 100).quantize(_HUNDREDTH, ROUND_HALF_UP)


def list_schemes(settings: Settings) -> list[Row]:
    """Every scheme, with how many editions are known and the last year of them."""
    with open_reader(settings) as reader:
        schemes = reader.rows("select * from pub.index_scheme_v1 order by family, scheme")
        editions = reader.rows("select scheme, year from pub.index_edition_v1")
    years: dict[str, list[int]] = {}
    for row in editions:
        years.setdefault(row["scheme"], []).append(row["year"])
    return [
        row
        | {"editions": len(years.get(row["scheme"], [])), "last_year": max(years.get(row["scheme"], []), default=None)}
        for row in schemes
    ]


def show_scheme(settings: Settings, scheme: str, unit: str | None = None, year: int | None = None) -> Shown:
    """A scheme, its nodes on the last day of a year (without one: of its last edition), and the values of its editions.

    ``PermanentError`` where there is no such scheme, and where a year was asked for that no edition is of.
    """
    with open_reader(settings) as reader:
        row = _scheme(reader, scheme)
        editions = reader.rows(
            "select * from pub.index_edition_v1 where scheme = ? order by year desc, edition_revision desc", [scheme]
        )
        if year is not None and not any(each["year"] == year for each in editions):
            known = ", ".join(str(each["year"]) for each in editions) or "none"
            raise PermanentError(f"{scheme} has no edition of {year} (there are: {known})")
        wanted = [each for each in editions if year is None or each["year"] == year]
        nodes = reader.rows("select * from pub.index_node_v1 where scheme = ?", [scheme])
        values = reader.rows(
            "select * from pub.index_value_v1 where scheme = ? "
            "order by year desc, edition_revision desc, unit_code, node",
            [scheme],
        )
    day = wanted[0]["period_end"] if wanted else max(each["valid_from"] for each in nodes)
    named = {each["edition"] for each in wanted}
    chosen = [each for each in values if each["edition"] in named and unit in (None, each["unit_code"])]
    return Shown(row, _in_order([each for each in nodes if _valid(each, day)]), wanted, chosen)


def offers(settings: Settings, scheme: str, unit: str, start: date, end: date) -> list[Offer]:
    """What the warehouse can say of a unit and period to the figures that a scheme asks for, beside what it declared.

    ``PermanentError`` where the scheme is not there, or asks for nothing that the warehouse counts.
    """
    with open_reader(settings) as reader:
        _scheme(reader, scheme)
        figures = [
            row
            for row in reader.rows(
                "select * from pub.index_figure_v1 where scheme = ? order by node, indicator", [scheme]
            )
            if _valid(row, end)
        ]
        if not figures:
            raise PermanentError(f"{scheme} asks for no figure of the warehouse on {end}: index_figures.csv names none")
        nodes = {
            row["node"]: row["name_vi"]
            for row in reader.rows("select * from pub.index_node_v1 where scheme = ?", [scheme])
            if _valid(row, end)
        }
        names = {
            row["indicator"]: row["name_vi"] for row in reader.rows("select indicator, name_vi from pub.indicator_v1")
        }
        computed = _computed(reader, unit, start, end)
        declared = _declared(reader, unit, start, end)
    return [
        Offer(
            row["node"],
            nodes.get(row["node"], row["node"]),
            row["indicator"],
            names.get(row["indicator"], row["indicator"]),
            bool(row["is_verified"]),
            computed.get(row["indicator"], (None, None))[0],
            declared.get(row["indicator"]),
            computed.get(row["indicator"], (None, "no_figure"))[1],
        )
        for row in figures
    ]


def _scheme(reader: Reader, scheme: str) -> Row:
    rows = reader.rows("select * from pub.index_scheme_v1 where scheme = ?", [scheme])
    if not rows:
        known = ", ".join(row["scheme"] for row in reader.rows("select scheme from pub.index_scheme_v1 order by 1"))
        raise PermanentError(f"no scheme {scheme} (there are: {known or 'none'})")
    return rows[0]


def _computed(reader: Reader, unit: str, start: date, end: date) -> dict[str, tuple[Figure | None, str | None]]:
    """By indicator: the figure of the exports or the portal, with the build that made it; or why there is none."""
    build = reader.rows("select * from pub.build_v1")[0]
    rows = reader.rows(
        "select distinct indicator, numerator, denominator, source, null_reason from pub.unit_indicator_v1 "
        "where unit_code = ? and period_start = ? and period_end = ?",
        [unit, start, end],
    )
    found: dict[str, tuple[Figure | None, str | None]] = {}
    for row in rows:
        if row["source"] == "declared":
            found[row["indicator"]] = (None, "declared_only")
        elif row["numerator"] is None or row["denominator"] is None:
            found[row["indicator"]] = (None, row["null_reason"] or "not_measured")
        else:
            figure = Figure(row["numerator"], row["denominator"], row["source"], f"build {build['build_no']}")
            found[row["indicator"]] = (figure, row["null_reason"])
    return found


def _declared(reader: Reader, unit: str, start: date, end: date) -> dict[str, Figure]:
    """By criterion: the declaration in force, with file and row."""
    rows = reader.rows(
        "select criterion, numerator, denominator, declared_date, path, row_number from pub.declared_trail_v1 "
        "where unit_code = ? and period_start = ? and period_end = ? and is_current",
        [unit, start, end],
    )
    return {
        row["criterion"]: Figure(
            row["numerator"],
            row["denominator"],
            "declared",
            f"{row['declared_date']}, {row['path']}:{row['row_number']}",
        )
        for row in rows
    }


def _valid(row: Row, day: date) -> bool:
    return bool(row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"]))


def _in_order(nodes: list[Row]) -> list[Row]:
    """Parents before their parts, parts by position, each with its ``depth``."""
    found: list[Row] = []

    def add(parent: str | None, depth: int) -> None:
        for node in sorted((n for n in nodes if n["parent"] == parent), key=lambda n: (n["position"], n["node"])):
            found.append(node | {"depth": depth})
            add(node["node"], depth + 1)

    add(None, 0)
    return found
