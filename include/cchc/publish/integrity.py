"""What the office should look at: ``integrity_summary_v1`` and ``integrity_signal_v1``. For the office only.

Neither stands on a page nor in an edition: a signal is a question to a unit, not a finding about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cchc.errors import PermanentError
from cchc.publish.periods import one_period
from cchc.publish.read import Reader, open_reader
from cchc.settings import Settings

Row = dict[str, Any]

_CASES = (
    "from pub.integrity_signal_v1 x where (cast(? as varchar) is null or x.signal = ?) "
    "and (cast(? as date) is null or x.received_date between ? and ?) "
    "and (cast(? as varchar) is null or exists (select 1 from pub.unit_ancestry_v1 a where a.unit_code = ? "
    "and a.descendant_code = x.handling_unit "
    "and coalesce(x.received_date, x.later_export_date) between a.holds_from and a.holds_to))"
)
_COUNTS = (
    "from pub.integrity_summary_v1 where (cast(? as varchar) is null or signal = ?) "
    "and (cast(? as varchar) is null or period_id = ?) and (cast(? as varchar) is null or unit_code = ?) "
)


@dataclass
class IntegrityList:
    """The signals asked for.

    ``counts``: rows of ``integrity_summary_v1``, each unit and period. ``total``: dossiers named, each once a signal.
    ``names`` and ``rows``: ``integrity_signal_v1`` as it is, with the two files and rows that show each case.
    """

    counts: list[Row]
    total: int
    names: list[str]
    rows: Iterator[tuple[Any, ...]]


@contextmanager
def integrity_list(
    settings: Settings, unit: str | None = None, period: str | None = None, signal: str | None = None
) -> Iterator[IntegrityList]:
    """Signals of a unit (those below it too) or of all, of the dossiers received in a period or in any, of one kind.

    ``PermanentError`` where there is no such unit, period or signal.
    """
    with open_reader(settings) as reader:
        _check(reader, unit, signal)
        chosen = one_period(reader, period) if period else None
        start, end = (chosen.start, chosen.end) if chosen else (None, None)
        asked = [signal, signal, start, start, end, unit, unit]
        counts = reader.rows(
            f"select * {_COUNTS} order by period_start, period_end, unit_code, signal, criterion",
            [signal, signal, *[chosen.id if chosen else None] * 2, unit, unit],
        )
        total = reader.rows(f"select count(*) as cases {_CASES}", asked)[0]["cases"]
        names, rows = reader.stream(f"select x.* {_CASES} order by x.signal, x.system, x.dossier_code", asked)
        yield IntegrityList(counts, int(total), names, rows)


def _check(reader: Reader, unit: str | None, signal: str | None) -> None:
    if unit and not reader.rows("select 1 from pub.unit_ancestry_v1 where unit_code = ? limit 1", [unit]):
        raise PermanentError(f"no unit {unit} in the registry: is the agency code right?")
    if signal and signal not in SIGNALS:
        raise PermanentError(f"no signal {signal!r} (there are: {', '.join(SIGNALS)})")


#: Signals that name dossiers, then those of a unit as a whole.
SIGNALS = (
    "end_backdated",
    "due_moved_late",
    "vanished_overdue",
    "finished_and_reopened",
    "cancelled_and_refiled",
    "ends_piled_on_due_day",
    "full_marks_on_zero_cases",
)
