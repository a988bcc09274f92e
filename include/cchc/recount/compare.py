"""The figures of an edition beside those that its landed files give: equal, different, or not to be counted any more.

Where bytes were destroyed by law, a figure that differs may differ because of them. Dossiers and petitions of the
period stand in files exported from the day before its start on (the rule ``after_export_date``), and a destroyed row
changes a count of them by one at most: a greater difference is wrong whatever was destroyed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from cchc.recount.count import DATASETS_OF, Cell, Figures
from cchc.recount.services import OF_CATALOGUE

#: A row of these may bring any number: no bound on the difference follows from the count of rows destroyed.
_ANY_NUMBER = ("PAYMENT_TRANSACTION_ONLINE", "VNEID_ACTIVATED")

#: Sources that give figures and no rows to count.
_TOLD = ("portal", "declared")

Parts = tuple[Fraction | None, Fraction | None]
_NOTHING: Parts = (Fraction(), Fraction())
_UNKNOWN: Parts = (None, None)

Verdict = Literal["equal", "differs", "not_recounted"]


@dataclass(frozen=True)
class Compared:
    """One figure: what the edition says, what the landed files give, and why it is not equal."""

    unit: str
    indicator: str
    source: str
    says: str
    gives: str
    verdict: Verdict
    why: str = ""

    @property
    def sentence(self) -> str:
        """The finding, with file and figure."""
        place = f"indicators.csv: {self.unit} {self.indicator}"
        if self.verdict == "not_recounted":
            return f"{place} says {self.says}: {self.why}"
        return f"{place} says {self.says}, {self.why or 'its landed files give'} {self.gives}"


@dataclass(frozen=True)
class Lost:
    """Files whose bytes were destroyed by law: accepted rows by dataset that may be of the period, and the bases."""

    rows: Mapping[str, int]
    bases: Sequence[str] = ()

    @classmethod
    def among(cls, listed: Sequence[Mapping[str, str]], destroyed: Mapping[str, str], start: date, end: date) -> Lost:
        """Of the rows of ``deliveries.csv`` those of destroyed files. ``destroyed``: SHA-256 to legal basis."""
        rows: Counter[str] = Counter()
        bases = set()
        for row in listed:
            day = date.fromisoformat(row["export_date"])
            is_of_period = {**dict.fromkeys(_TOLD, True), "vneid": start <= day <= end}.get(
                row["dataset"], day >= start - timedelta(1)
            )
            if row["sha256"] in destroyed and is_of_period:
                rows[row["dataset"]] += int(row["rows_accepted"])
                bases.add(destroyed[row["sha256"]])
        return cls(rows, sorted(bases))

    def of(self, indicator: str, source: str) -> int:
        """Destroyed rows of the datasets that an indicator is counted from."""
        datasets = (source,) if source in _TOLD else DATASETS_OF.get(indicator, ())
        return sum(self.rows.get(dataset, 0) for dataset in datasets)

    def explains(self, indicator: str, source: str, says: Parts, gives: Parts) -> bool:
        """Whether destroyed rows may be why two figures differ."""
        rows = self.of(indicator, source)
        if not rows or source in _TOLD or indicator in _ANY_NUMBER:
            return rows > 0
        return all(abs((a or Fraction()) - (b or Fraction())) <= rows for a, b in zip(says, gives, strict=True))


def compare(
    rows: Sequence[Mapping[str, str]], figures: Figures, lost: Lost, units: Collection[str]
) -> Iterator[Compared]:
    """Every row of ``indicators.csv``, and every figure of ``units`` that the files give and the edition lacks.

    The exports are used where they counted anything, else what the portal published, else what the unit declared.
    """
    seen: set[Cell] = set()
    for row in rows:
        cell, source = (row["unit_code"], row["indicator"]), row["source"]
        seen.add(cell)
        says = (_number(row["numerator"]), _number(row["denominator"]))
        counted = figures.exports.get(cell, _UNKNOWN if cell[1] in OF_CATALOGUE else _NOTHING)
        if source != "exports" and (counted[1] or 0) > 0:
            told = f"from {source}, but its landed exports give"
            yield _verdict(
                cell, source, says, counted, lost, told, lost.explains(cell[1], "exports", _NOTHING, counted)
            )
        elif source == "portal":
            yield _verdict(cell, source, says, figures.portal.get(cell, _UNKNOWN), lost)
        elif source == "declared":
            yield _verdict(cell, source, says, figures.declared.get(cell, _UNKNOWN), lost)
        elif source != "exports" or cell[1] not in DATASETS_OF:
            why = f"there is no rule to recount it from {source}"
            yield Compared(*cell, source, _plain(says), "", "not_recounted", why)
        elif not counted[1] and (other := _told_elsewhere(cell, figures)) and not lost.of(cell[1], source):
            yield _verdict(cell, source, says, other[1], lost, f"from the exports, but {other[0]} gives", False)
        else:
            yield _verdict(cell, source, says, counted, lost)
    for cell, counted in sorted(figures.exports.items()):
        if cell not in seen and cell[0] in units and counted[1] > 0:
            yield Compared(*cell, "exports", "nothing", _plain(counted), "differs")


def _told_elsewhere(cell: Cell, figures: Figures) -> tuple[str, Parts] | None:
    """What stands where the exports counted nothing: the portal's figure, else the declared one."""
    if cell in figures.portal and figures.portal[cell] != _UNKNOWN:
        return "the portal's landed file", figures.portal[cell]
    return ("the unit's declaration", figures.declared[cell]) if cell in figures.declared else None


def _verdict(
    cell: Cell, source: str, says: Parts, gives: Parts, lost: Lost, told: str = "", explained: bool | None = None
) -> Compared:
    """``told``: the figure is of another source than it should be, whatever its number."""
    figure = (*cell, source, _plain(says), _plain(gives))
    if says == gives and not told:
        return Compared(*figure, "equal")
    if lost.explains(cell[1], source, says, gives) if explained is None else explained:
        why = f"landed bytes that it may rest on were destroyed by law ({'; '.join(lost.bases)})"
        return Compared(*figure, "not_recounted", why)
    return Compared(*figure, "differs", told)


def _number(text: str) -> Fraction | None:
    return Fraction(text) if text else None


def _plain(parts: Sequence[Fraction | None]) -> str:
    return " of ".join("nothing" if part is None else f"{float(part):.10g}" for part in parts)
