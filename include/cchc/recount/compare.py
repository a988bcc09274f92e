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

#: A row of these may bring any number: no bound on the difference follows from the count of rows destroyed.
_ANY_NUMBER = ("PAYMENT_TRANSACTION_ONLINE", "VNEID_ACTIVATED")
_NOTHING = (Fraction(), Fraction())

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
    def of(cls, listed: Sequence[Mapping[str, str]], destroyed: Mapping[str, str], start: date, end: date) -> Lost:
        """Of the rows of ``deliveries.csv`` those of destroyed files. ``destroyed``: SHA-256 to legal basis."""
        rows: Counter[str] = Counter()
        bases = set()
        for row in listed:
            day = date.fromisoformat(row["export_date"])
            is_of_period = start <= day <= end if row["dataset"] in ("vneid", "portal") else day >= start - timedelta(1)
            if row["sha256"] in destroyed and (is_of_period or row["dataset"] == "portal"):
                rows[row["dataset"]] += int(row["rows_accepted"])
                bases.add(destroyed[row["sha256"]])
        return cls(rows, sorted(bases))

    def explains(
        self, indicator: str, source: str, says: Sequence[Fraction | None], gives: Sequence[Fraction | None]
    ) -> bool:
        """Whether destroyed rows may be why two figures differ."""
        datasets = ("portal",) if source == "portal" else DATASETS_OF.get(indicator, ())
        rows = sum(self.rows.get(dataset, 0) for dataset in datasets)
        if not rows or source == "portal" or indicator in _ANY_NUMBER:
            return rows > 0
        return all(abs((a or Fraction()) - (b or Fraction())) <= rows for a, b in zip(says, gives, strict=True))


def compare(
    rows: Sequence[Mapping[str, str]], figures: Figures, lost: Lost, units: Collection[str]
) -> Iterator[Compared]:
    """Every row of ``indicators.csv``, and every figure of ``units`` that the files give and the edition lacks.

    The exports are used where they counted anything, else the portal; figures from elsewhere are not recounted.
    """
    seen: set[Cell] = set()
    for row in rows:
        cell = (row["unit_code"], row["indicator"])
        seen.add(cell)
        source = row["source"]
        counted = figures.exports.get(cell, _NOTHING)
        known = {"exports": row["indicator"] in DATASETS_OF, "portal": True}
        says = (_number(row["numerator"]), _number(row["denominator"]))
        if not known.get(source):
            yield Compared(
                *cell, source, _plain(says), "", "not_recounted", f"no rule to recount figures from {source}"
            )
            continue
        if source == "portal" and counted[1] > 0:
            gives: tuple[Fraction | None, Fraction | None] = counted
            told = "from the portal, but its landed exports give"
        elif source == "portal":
            gives, told = figures.portal.get(cell, (None, None)), ""
        elif counted[1] > 0 or cell not in figures.portal:
            gives, told = counted, ""
        else:
            gives, told = figures.portal[cell], "from the exports, but the portal's landed file gives"
        yield _verdict(cell, source, says, gives, lost, told)
    for cell, counted in sorted(figures.exports.items()):
        if cell not in seen and cell[0] in units and counted[1] > 0:
            yield Compared(*cell, "exports", "nothing", _plain(counted), "differs")


def _verdict(
    cell: Cell,
    source: str,
    says: tuple[Fraction | None, Fraction | None],
    gives: tuple[Fraction | None, Fraction | None],
    lost: Lost,
    told: str,
) -> Compared:
    if says == gives and not told:
        return Compared(*cell, source, _plain(says), _plain(gives), "equal")
    if lost.explains(cell[1], source, says, gives):
        why = f"landed bytes that it may rest on were destroyed by law ({'; '.join(lost.bases)})"
        return Compared(*cell, source, _plain(says), _plain(gives), "not_recounted", why)
    return Compared(*cell, source, _plain(says), _plain(gives), "differs", told)


def _number(text: str) -> Fraction | None:
    return Fraction(text) if text else None


def _plain(parts: Sequence[Fraction | None]) -> str:
    return " of ".join("nothing" if part is None else f"{float(part):.10g}" for part in parts)
