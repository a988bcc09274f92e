"""Our counts and scores beside the national portal's, and the dossier codes that one side has and another lacks.

In: ``portal_difference_v1``, ``dossier_trail_v1``, ``delivery_file_v1``, and a list of the codes that the portal has,
which no export carries. The model classes a difference; here rows are chosen and codes set side by side.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cchc.errors import PermanentError
from cchc.publish.periods import Period, one_period
from cchc.publish.read import Reader, open_reader
from cchc.settings import Settings

Row = dict[str, Any]
#: The sides of a dossier code: what the unit itself delivers, what a system of the province delivers, the portal.
SIDES = ("unit_export", "provincial_system", "portal")
CODE = "dossier_code"
#: What is said of a code of the list that the warehouse has, received outside the period.
OTHER_PERIOD = "other_period"
#: Codes asked for at a time.
_AT_ONCE = 5_000


@dataclass(frozen=True)
class Reconciliation:
    """The figures of a period. ``counts``: rows by class; ``rows``: ``portal_difference_v1``, differing ones first."""

    period: Period
    method: str
    counts: Counter[str]
    rows: list[Row]


@dataclass(frozen=True)
class Codes:
    """Dossier codes of a period on the sides that were compared; ``rows``: those that at least one of them lacks."""

    period: Period
    sides: Sequence[str]
    known: dict[str, int]
    rows: list[Row]


def reconcile(settings: Settings, period: str, unit: str | None = None, method: str | None = None) -> Reconciliation:
    """The figures of a unit and those below it, or of all; by the period's default method unless one is named.

    ``PermanentError`` where there is no such period, or the portal published nothing of it.
    """
    with open_reader(settings) as reader:
        chosen = one_period(reader, period)
        by = method or _default_method(reader, chosen)
        rows = reader.rows(
            "select d.* from pub.portal_difference_v1 d where d.period_id = ? and d.method = ? "
            f"and {_BELOW.format(column='d.unit_code')} "
            "order by case when d.difference = 'equal' then 1 else 0 end, d.unit_code, d.criterion",
            [chosen.id, by, unit, unit, chosen.end],
        )
    if not rows:
        raise PermanentError(f"the portal has published nothing of {unit or 'any unit'} for {chosen.label} by {by}")
    return Reconciliation(chosen, by, Counter(row["difference"] for row in rows), rows)


_BELOW = (
    "(cast(? as varchar) is null or exists (select 1 from pub.unit_ancestry_v1 a where a.unit_code = ? "
    "and a.descendant_code = {column} and ? between a.holds_from and a.holds_to))"
)


def _default_method(reader: Reader, period: Period) -> str:
    rows = reader.rows("select default_method from pub.period_v1 where period_id = ?", [period.id])
    if not rows or rows[0]["default_method"] is None:
        raise PermanentError(f"no method scores {period.label} by default: name one with --method")
    return str(rows[0]["default_method"])


def missing_codes(settings: Settings, period: str, portal_codes: Path, unit: str | None = None) -> Codes:
    """Which dossiers of a period are missing on which side: unit's export, provincial system, portal.

    ``portal_codes``: a CSV with the column ``dossier_code``, one row a dossier that the portal has of the period. A
    side that has no code at all is not compared: a province need not have both kinds of systems. A code of the list
    that the warehouse has of another period is said so, one of another unit is left out.
    """
    theirs = read_codes(portal_codes)
    with open_reader(settings) as reader:
        chosen = one_period(reader, period)
        ours = _our_codes(reader, chosen, unit)
        elsewhere = _elsewhere(reader, chosen, unit, sorted(set(theirs) - set(ours[CODE])))
    theirs = [code for code in theirs if elsewhere.get(code, True)]
    beside = ours.merge(pd.DataFrame({CODE: theirs, "portal": True}), on=CODE, how="outer")
    known = {side: int(beside[side].eq(True).sum()) for side in SIDES}
    sides = [side for side in SIDES if known[side]]
    flags = beside[sides].eq(True)
    missing_on = flags.apply(lambda row: ", ".join(side for side in sides if not row[side]), axis=1)
    lacking = beside.assign(missing_on=missing_on)[~flags.all(axis=1)]
    lacking["missing_on"] = lacking["missing_on"].mask(lacking[CODE].isin(list(elsewhere)), OTHER_PERIOD)
    for side in sides:
        lacking[side] = lacking[side].eq(True)
    columns = [CODE, "unit_code", *sides, "missing_on"]
    rows = lacking.sort_values(["missing_on", CODE])[columns]
    cells = rows.astype(object).where(rows.notna(), None)
    listed = [dict(zip(columns, row, strict=True)) for row in cells.itertuples(index=False)]
    return Codes(chosen, sides, known, listed)


def read_codes(path: Path) -> list[str]:
    """The codes of a list, each once, as the warehouse writes them; ``PermanentError`` names the row that has none."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.DictReader(file)
        if CODE not in (lines.fieldnames or ()):
            raise PermanentError(f"{path}: no column {CODE} (there are: {', '.join(lines.fieldnames or ()) or 'none'})")
        found: dict[str, None] = {}
        for number, line in enumerate(lines, start=2):
            code = (line[CODE] or "").strip().upper()
            if not code:
                raise PermanentError(f"{path}, row {number}: {CODE} is empty: write the code or take the row out")
            found[code] = None
    if not found:
        raise PermanentError(f"{path}: no codes in it")
    return list(found)


def _elsewhere(reader: Reader, period: Period, unit: str | None, codes: Sequence[str]) -> dict[str, bool]:
    """Of codes that are not ours of the period and unit, those that the warehouse has: whether they are the unit's."""
    found: dict[str, bool] = {}
    for start in range(0, len(codes), _AT_ONCE):
        asked = codes[start : start + _AT_ONCE]
        mine = _BELOW.format(column="x.handling_unit")
        rows = reader.rows(
            f"select x.dossier_code, max(case when {mine} then 1 else 0 end) as mine "
            f"from pub.dossier_trail_v1 x where x.dossier_code in ({', '.join('?' * len(asked))}) group by 1",
            [unit, unit, period.end, *asked],
        )
        found |= {row[CODE]: bool(row["mine"]) for row in rows}
    return found


def _our_codes(reader: Reader, period: Period, unit: str | None) -> pd.DataFrame:
    """By code the unit that handles it, and whether a unit or the province delivered it."""
    rows = reader.rows(
        "select x.dossier_code, max(x.handling_unit) as unit_code, "
        "max(case when f.unit_code like '%.%' then 1 else 0 end) as by_unit, "
        "max(case when f.unit_code not like '%.%' then 1 else 0 end) as by_province "
        "from pub.dossier_trail_v1 x left join pub.delivery_file_v1 f "
        "on x.path = f.path and x.revision = f.revision "
        f"where x.received_date between ? and ? and {_BELOW.format(column='x.handling_unit')} group by x.dossier_code",
        [period.start, period.end, unit, unit, period.end],
    )
    found = pd.DataFrame(rows, columns=[CODE, "unit_code", "by_unit", "by_province"])
    return pd.DataFrame(
        {
            CODE: found[CODE].astype(object),
            "unit_code": found["unit_code"],
            "unit_export": found["by_unit"].eq(1),
            "provincial_system": found["by_province"].eq(1),
        }
    )
