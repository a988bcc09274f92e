"""``cchc whatif``: what more cases would bring a unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from cchc.cli.progress import console, print_table
from cchc.errors import PermanentError
from cchc.settings import Settings
from cchc.table_file import plain

if TYPE_CHECKING:
    from cchc.whatif import Goal, Outcome, Standing
    from cchc.whatif.points import Band


def cases_of(texts: Sequence[str]) -> dict[str, int]:
    """``CRITERION=+N`` -> cases by criterion; ``PermanentError`` for anything else and for a criterion named twice."""
    found: dict[str, int] = {}
    for text in texts:
        match = re.fullmatch(r"([A-Za-z][A-Za-z0-9_]*)=([+-]?\d{1,12})", text.strip())
        if match is None:
            raise PermanentError(f"--set {text!r}: write CRITERION=+N, such as ONLINE_DOSSIER=+12")
        code = match[1].upper()
        if code in found:
            raise PermanentError(f"--set names {code} twice")
        found[code] = int(match[2])
    return found


def show_whatif(settings: Settings, unit: str, period: str, texts: Sequence[str]) -> None:
    """Print what the cases of ``texts`` bring; without any the fewest that bring the unit further."""
    from cchc.whatif import change, fewest_cases, read_standing

    more = cases_of(texts)
    standing = read_standing(settings, unit, period)
    outcome = change(standing, more)  # without cases: as it stands
    now = change(standing, {})
    console.print(f"{unit} {standing.unit_name}", highlight=False, markup=False)
    console.print(f"{standing.period.label}, method {standing.method}", highlight=False)
    if more:
        _show_change(standing, now, outcome)
    else:
        _show_fewest(standing, now, fewest_cases(standing))


def _show_change(standing: Standing, now: Outcome, then: Outcome) -> None:
    print_table(
        "If · Nếu",
        ["criterion", "cases", "now", "then", "points now", "points then"],
        [
            [
                each.measure.rule.code,
                f"{each.more:+d}",
                _share(each.measure.numerator, each.measure.denominator),
                _share(each.measure.numerator + each.more, each.measure.denominator),
                str(each.measure.score),
                str(each.score),
            ]
            for each in then.changed
        ],
    )
    print_table(
        f"Of {standing.max_attainable} points that can be had",
        ["", "now", "then"],
        [
            ["total", str(now.total), str(then.total)],
            ["band", _band(now.band), _band(then.band)],
            [f"rank of {len(standing.others) + 1}", _rank(standing, now.rank), _rank(standing, then.rank)],
        ],
    )


def _show_fewest(standing: Standing, now: Outcome, goals: Sequence[Goal]) -> None:
    console.print(
        f"Total {now.total} of {standing.max_attainable}, band {_band(now.band)}, rank {_rank(standing, now.rank)}"
        + (f" of {len(standing.others) + 1}" if now.rank is not None else ""),
        highlight=False,
    )
    own = [measure for measure in standing.measures if measure.source == "exports"]
    print_table(
        "Fewest more cases, each criterion alone · Cần thêm ít nhất bao nhiêu hồ sơ",
        ["criterion", "now", "points", *[goal.name for goal in goals]],
        [
            [
                measure.rule.code,
                _share(measure.numerator, measure.denominator),
                f"{measure.score}/{plain(measure.rule.max_score)}",
                *[_cases(goal.cases[measure.rule.code]) for goal in goals],
            ]
            for measure in own
        ],
    )
    for goal in goals:
        takes = "" if goal.total is None else f", total {goal.total}"
        way = "by no criterion alone"
        if goal.cheapest is not None:
            way = f"cheapest {goal.cheapest} {_cases(goal.cases[goal.cheapest])}"
        elif goal.total is None and any(number == 0 for number in goal.cases.values()):
            way = "nothing left that more cases would bring"
        console.print(f"{goal.name}: {goal.text}{takes}: {way}", highlight=False, markup=False)
    console.print("there: reached already; -: not by that criterion alone. Next: --set CRITERION=+N", highlight=False)


def _share(numerator: Decimal, denominator: Decimal) -> str:
    return f"{plain(numerator)}/{plain(denominator)}"


def _cases(number: int | None) -> str:
    return "-" if number is None else f"+{number}" if number else "there"


def _band(band: Band | None) -> str:
    return "none" if band is None else f"{band.name_en} ({band.name_vi})"


def _rank(standing: Standing, rank: int | None) -> str:
    return f"none ({standing.null_reason})" if rank is None else str(rank)
