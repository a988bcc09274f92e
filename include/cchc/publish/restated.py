"""The restated series of a unit: ``restated_indicator_v1`` as it is. Python selects, the model decides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cchc.errors import PermanentError
from cchc.publish.read import open_reader
from cchc.settings import Settings
from cchc.table_file import write_csv


@dataclass(frozen=True)
class Restated:
    """A unit's series: one row a period and indicator, ``names`` are the columns of ``restated_indicator_v1``."""

    unit: str
    unit_name: str
    names: list[str]
    rows: list[tuple[Any, ...]]

    def records(self) -> list[dict[str, Any]]:
        """The rows by column name."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]

    def write(self, path: Path) -> Path:
        """All columns as CSV."""
        return write_csv(path, self.names, self.rows)


def restated(settings: Settings, unit: str, indicator: str | None = None) -> Restated:
    """The series of one of today's units, or of an old one that nothing of today follows, oldest period first.

    ``PermanentError`` where the unit has none; for a unit that was merged it names the unit that has its figures now.
    """
    where, asked = "where unit_code = ?", [unit]
    if indicator is not None:
        where, asked = f"{where} and indicator = ?", [unit, indicator.upper()]
    with open_reader(settings) as reader:
        names, found = reader.stream(
            f"select * from pub.restated_indicator_v1 {where} order by indicator, period_start, period_end", asked
        )
        rows = list(found)
        if not rows:
            raise PermanentError(f"no restated series of {unit}{_hint(reader, unit, indicator)}")
    return Restated(unit, str(rows[0][names.index("unit_name")]), names, rows)


def _hint(reader: Any, unit: str, indicator: str | None) -> str:
    now = reader.rows(
        "select distinct unit_code, unit_name from pub.restated_indicator_v1 "
        "where unit_code = ? or ', ' || source_codes || ',' like ? order by unit_code",
        [unit, f"%, {unit},%"],
    )
    if any(row["unit_code"] == unit for row in now):
        return f" for {indicator}: is the indicator code right?"
    if not now:
        return ": is the agency code right?"
    names = ", ".join(f"{row['unit_code']} {row['unit_name']}" for row in now)
    return f": its territory is in {names} now"
