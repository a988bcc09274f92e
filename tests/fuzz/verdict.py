"""Whether what the product made of a file is what its sender meant, or says that it is not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fuzz.contract import KEYS, KINDS, LOOSE
from fuzz.meant import ANY, CANARIES, HELD, Case, Row
from fuzz.product import Answer

#: Warnings that say a file was read right although its form departs from what was agreed: they excuse no wrong value.
_TOLERANCES = """
    sep_line text_above_headings two_line_headings repeated_headings subtotal further_sheet old_workbook web_table
    double_gzip zipped other_encoding null_literal excel_text decimal_code date_without_time
    stand_in_date marks_inside bare_carriage_returns trailing_cells extra_column short_delivery text_below_total
"""
TOLERANCES = frozenset(_TOLERANCES.split())
#: Of these, no and nothing said are one thing to every indicator.
_NO = ("has_digitised_parts", "vneid_verified", "reused_part", "from_personal_store", "has_electronic_result")


@dataclass(frozen=True)
class Fault:
    """What is wrong: its kind, and where. Faults of one kind and place are one finding."""

    kind: str
    where: str = ""
    found: str = ""


def faults(case: Case, answer: Answer) -> list[Fault]:
    """Everything that is wrong with the answer; empty where it is right or says that it is not."""
    if answer.hung:
        return [Fault("hung or died")]
    if answer.raised:
        return [Fault("raised", answer.raised.strip().splitlines()[-1][:60])]
    if answer.reason == "reader_failed":
        return [Fault("raised", answer.detail[:60])]
    found = _leaks(answer)
    if answer.outcome == "refused":
        return found + ([Fault("a good file refused", answer.reason or "")] if case.meant.readable else [])
    if answer.read != answer.accepted + answer.quarantined + answer.duplicate or answer.accepted != len(answer.rows):
        found.append(Fault("out of balance"))
    if answer.quarantined != len(answer.held):
        found.append(Fault("out of balance", "quarantine"))
    meant = case.meant.rows
    # rows that a broken cell swallowed may be held as one
    if answer.read < len(meant) and not answer.quarantined:
        found.append(Fault("rows lost", "", f"{len(meant)} meant, {answer.read} read"))
    if case.meant.readable and (answer.quarantined or answer.read != len(meant)):
        found.append(Fault("a good row held", ",".join(sorted({row["rules"] for row in answer.held}))))
    if not case.meant.silent and not answer.quarantined and not answer.warnings:
        found.append(Fault("accepted without a word"))
    excused = set(_codes(answer)) - TOLERANCES
    if not excused:
        found += _compared(case, answer)
    return found


def _codes(answer: Answer) -> list[str]:
    return [warning.split(":")[0].split(" ")[0].split("(")[0] for warning in answer.warnings]


def _compared(case: Case, answer: Answer) -> list[Fault]:
    found: list[Fault] = []
    keys, left = KEYS[case.form.dataset], [_whole(case, row) for row in case.meant.rows]
    if not left and case.meant.silent is False:
        return found  # the rows of a file that no claim is made for
    repeats = len(left) - len({repr(row) for row in left})
    if answer.duplicate > repeats and not any(ANY in row.values() for row in left):
        found.append(Fault("a row dropped as duplicate"))
    for row in answer.rows:
        seen = _seen(case, row)
        same = [each for each in left if all(_is(each[key], seen[key]) for key in keys)]
        if not same:
            found.append(Fault("a key nobody meant", ",".join(keys)))
            continue
        best = min(same, key=lambda each: len(_differences(each, seen)))
        left.remove(best)
        for column in _differences(best, seen):
            if column in LOOSE and answer.warnings:
                continue
            value = best[column]
            kind = (
                "unreadable taken in" if value is HELD else "nothing for a value" if seen[column] in (None, ()) else ""
            )
            kind = kind or ("a value for nothing" if value in (None, ()) else "another value")
            found.append(Fault(kind, column, f"meant {value!r}, taken as {seen[column]!r}"))
    return found


def _is(value: Any, seen: Any) -> bool:
    return value is ANY or value is HELD or value == seen


def _differences(meant: Row, seen: Row) -> list[str]:
    return [column for column, value in meant.items() if value is not ANY and (value is HELD or value != seen[column])]


def _whole(case: Case, row: Row) -> Row:
    """What is meant, with what an empty value stands for."""
    whole = dict(row)
    for column, value in whole.items():
        if value is None and column in ("receiving_unit", "handling_unit"):
            whole[column] = case.form.unit
        elif value is None and column == "channel":
            whole[column] = "direct"
        elif value is None and column in _NO:
            whole[column] = False
        elif value is None and column in ("fees", "supplements"):
            whole[column] = ()
        elif isinstance(value, str):
            whole[column] = value.upper() if KINDS[case.form.dataset][column] in ("key", "code", "agency") else value
    return whole


def _seen(case: Case, row: dict[str, Any]) -> Row:
    """A row of the product in the same terms."""
    seen: Row = {}
    for column in KINDS[case.form.dataset]:
        value = row[column]
        if column in _NO:
            value = bool(value)
        elif column == "fees":
            value = tuple(int(part) for part in value.split("|")) if value else ()
        elif column == "supplements":
            value = tuple(_span(part) for part in value.split("|")) if value else ()
        elif isinstance(value, int) and not isinstance(value, bool) and KINDS[case.form.dataset][column] != "amount":
            value = str(value)
        seen[column] = value
    return seen


def _span(text: str) -> tuple[datetime | None, ...]:
    return tuple(datetime.fromisoformat(part) if part else None for part in text.split("/"))


def _leaks(answer: Answer) -> list[Fault]:
    """Personal values anywhere but in landing."""
    places = {
        "detail": answer.detail,
        "warnings": " ".join(answer.warnings),
        "quarantine": " ".join(str(row["payload"]) for row in answer.held),
        "warehouse": " ".join(str(value) for row in answer.rows for value in row.values()),
        "log": answer.log,
    }
    counts = Counter(place for place, text in places.items() if any(canary in text.casefold() for canary in CANARIES))
    return [Fault("a personal value left the landing zone", place) for place in counts]
