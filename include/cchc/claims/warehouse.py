"""Figures beside what ``pub.unit_volume_v1`` and ``pub.unit_indicator_v1`` serve for the same unit and period.

A figure agrees where any reading of it does: the unit's own desk, those below it or all; any denominator of the
field. Only where none does, and the period is complete, the two differ. A bound or an estimate is not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from cchc.claims.figures import COUNT, PERCENT, PLACES, Figure, figures
from cchc.claims.model import Judged, Note, Verdict
from cchc.claims.numerals import habit
from cchc.claims.periods import Days, of_list, of_text, speaks_of_another
from cchc.claims.report import Sentence
from cchc.claims.rounding import half_up, truncated
from cchc.claims.words import words
from cchc.publish import Reader
from cchc.registry.text import normalise_heading

#: Unit and period of a report stand in its first lines.
_HEAD_LINES = 12
#: What is read of ``pub``.
RELATIONS = frozenset({"period_v1", "unit_volume_v1", "unit_indicator_v1"})
_SCOPES = ("subtree", "own", "below")


@dataclass(frozen=True)
class Served:
    """What is served of a unit in a period. ``volumes``: scope -> counts; ``ratios``: indicator -> per cent."""

    name: str
    level: str
    period: str
    is_complete: bool
    volumes: dict[str, dict[str, Any]]
    ratios: dict[str, Fraction]


class Warehouse:
    """Looks things up in what is served, each period once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._periods: dict[Days, dict[str, Served]] = {}

    def of_period(self, days: Days) -> dict[str, Served]:
        """What is served of a period, by unit; empty where the warehouse has no such period."""
        if days not in self._periods:
            self._periods[days] = self._read(days)
        return self._periods[days]

    def _read(self, days: Days) -> dict[str, Served]:
        where = "where period_start = ? and period_end = ?"
        periods = self._reader.rows(f"select period_vi, is_complete from pub.period_v1 {where}", days)
        volumes: dict[str, dict[str, dict[str, Any]]] = {}
        names: dict[str, tuple[str, str]] = {}
        for row in self._reader.rows(f"select * from pub.unit_volume_v1 {where}", days):
            volumes.setdefault(row["unit_code"], {})[row["scope"]] = row
            names[row["unit_code"]] = (row["unit_name"] or "", row["level"] or "")
        ratios: dict[str, dict[str, Fraction]] = {}
        for row in self._reader.rows(
            "select distinct unit_code, unit_name, level, indicator, numerator, denominator from pub.unit_indicator_v1 "
            f"{where} and denominator > 0 and numerator is not null",
            days,
        ):
            names.setdefault(row["unit_code"], (row["unit_name"] or "", row["level"] or ""))
            ratio = 100 * Fraction(row["numerator"]) / Fraction(row["denominator"])
            ratios.setdefault(row["unit_code"], {})[row["indicator"]] = ratio
        label = periods[0]["period_vi"] if periods else f"{days[0]:%d/%m/%Y}–{days[1]:%d/%m/%Y}"
        complete = bool(periods and periods[0]["is_complete"])
        return {
            code: Served(name, level, label, complete, volumes.get(code, {}), ratios.get(code, {}))
            for code, (name, level) in names.items()
        }


def compare_claims(reader: Reader, judged: Iterable[Judged]) -> list[Judged]:
    """Claims of a list, each with what the warehouse says of the figures that its text names."""
    warehouse = Warehouse(reader)
    return [_compared(warehouse, each) for each in judged]


def compare_report(reader: Reader, lines: Sequence[str], sentences: Sequence[Sentence]) -> list[Sentence]:
    """The sentences of a report with what the warehouse says; the first of its ``lines`` name unit and period."""
    warehouse = Warehouse(reader)
    head = " \n ".join(lines[:_HEAD_LINES])
    days_of_all = of_text(head)
    found = []
    for each in sentences:
        days = None if speaks_of_another(each.text) else of_text(each.text) or days_of_all
        units = warehouse.of_period(days) if days and not each.is_table else {}
        served = _named(units, each.text) or _named(units, head)
        found.append(replace(each, notes=tuple(_notes(served, each.figures))) if served else each)
    return found


def _compared(warehouse: Warehouse, judged: Judged) -> Judged:
    claim = judged.claim
    days = of_list(claim.period)
    units = warehouse.of_period(days) if days else {}
    served = units.get(claim.unit_code) if claim.unit_code else _unit(units, claim.place)
    if served is None:
        return judged
    text = claim.stated_text
    notes = list(_notes(served, figures(text, habit(re.findall(r"\d+(?:[.,]\d+)+", text)))))
    if not notes:
        return judged
    verdict = judged.verdict
    if verdict is not Verdict.CONTRADICTS_ITSELF and any(note.code == "warehouse_differs" for note in notes):
        verdict = Verdict.CONTRADICTS_WAREHOUSE
    agrees = [
        note for note in notes if note.code == "warehouse_agrees" and str(note.values["stated_text"]) == claim.value
    ]
    if verdict is Verdict.NOT_CHECKABLE and agrees and not judged.recomputed:
        verdict = agrees[0].values["fit"]
    return Judged(claim, verdict, judged.recomputed, (*judged.notes, *notes))


def _unit(units: dict[str, Served], place: str) -> Served | None:
    """The unit that a place names; a name that several have names none."""
    wanted = normalise_heading(place.partition(",")[0])
    found = [each for each in units.values() if normalise_heading(each.name) == wanted]
    return found[0] if len(found) == 1 else None


def _named(units: dict[str, Served], text: str) -> Served | None:
    """The unit that a text names first; of names that hold one another the longest.

    A letterhead names the province above the commune that writes: the province is meant where no other unit is named.
    """
    plain = f" {_plain(text)} "
    places = []
    for served in units.values():
        name = _plain(served.name)
        if name and (at := plain.find(f" {name} ")) >= 0:
            places.append((served.level == "province", at, -len(name), served))
    best = sorted(places, key=lambda each: each[:3])[:2]
    if len(best) == 2 and best[0][:3] == best[1][:3]:
        return None
    return best[0][3] if best else None


def _plain(text: str) -> str:
    """The words of a text, as names are compared."""
    return re.sub(r"\W+", " ", normalise_heading(text)).strip()


def _notes(served: Served, found: Sequence[Figure]) -> Iterator[Note]:
    """One note a figure that the warehouse holds."""
    for figure in found:
        if figure.hedge or figure.of or figure.tags & PLACES or len(figure.measure) != 1:
            continue
        tag = next(iter(figure.measure))
        readings = list(_counts(served, tag) if figure.kind == COUNT else _rates(served, tag))
        if (
            figure.kind not in (COUNT, PERCENT)
            or (figure.kind == COUNT and figure.noun not in (None, "dossier"))
            or not readings
        ):
            continue
        yield _note(served, figure, tag, readings)


def _note(served: Served, figure: Figure, tag: str, readings: list[Fraction]) -> Note:
    decimals, stated = figure.number.decimals, Fraction(figure.number.value)
    values = {"what": tag, "unit": served.name, "period": served.period, "stated": stated, "decimals": decimals}
    values |= {"figure": figure.text, "stated_text": figure.number.value}
    for reading in readings:
        if half_up(reading, decimals) == stated:
            return Note("warehouse_agrees", {**values, "value": reading, "fit": Verdict.REPRODUCES_HALF_UP})
        if truncated(reading, decimals) == stated:
            return Note("warehouse_agrees", {**values, "value": reading, "fit": Verdict.REPRODUCES_TRUNCATED})
    code = "warehouse_differs" if served.is_complete else "warehouse_open"
    return Note(code, {**values, "value": readings[0]})


def _counts(served: Served, tag: str) -> Iterator[Fraction]:
    """Every count that may be meant, the likeliest first."""
    for scope in _SCOPES:
        row = served.volumes.get(scope)
        for columns in words().data["warehouse"].get(tag, {}).get("count", ()) if row else ():
            if all(row[each] is not None for each in columns):  # type: ignore[index]
                yield Fraction(sum(row[each] for each in columns))  # type: ignore[index]


def _rates(served: Served, tag: str) -> Iterator[Fraction]:
    """Every rate that may be meant: of the received, of the resolved, and the indicator's own."""
    known = words().data["warehouse"].get(tag, {})
    indicator = served.ratios.get(known.get("indicator", ""))
    usual = words().data["denominators"].get(tag, ())
    for scope in _SCOPES:
        row = served.volumes.get(scope)
        for columns in known.get("count", ()) if row else ():
            for denominator in sorted(("resolved", "received"), key=lambda each: each not in usual):
                if row and row[denominator] and all(row[each] is not None for each in columns):
                    yield Fraction(100 * sum(row[each] for each in columns)) / Fraction(row[denominator])
    if indicator is not None:
        yield indicator
