"""Sections 5 and 6 of the contract, counted one dossier at a time."""

from __future__ import annotations

import calendar
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from contract_oracle.reference import Reference

if TYPE_CHECKING:
    from contract_oracle.expected import Truth

Row = dict[str, Any]
Above = dict[str, list[str]]
Span = tuple[date, date]
PLAIN = {
    "ONLINE_DOSSIER": lambda d: d["channel"] == "online",
    "ORIGINAL_RESULT_AVAILABLE": lambda d: d["has_electronic_result"],
    "SO_HOA_GIAY_TO_GIAI_QUYET": lambda d: d["has_digitised_parts"],
    "REUSED_DIGITIZED_DATA": lambda d: d["reused_part"],
    "SYNCED_WITH_DVCQG_PERSONAL_STORAGE": lambda d: d["from_personal_store"],
    "CITIZEN_DATA_CONNECTED_DOSSIER": lambda d: d["vneid_verified"],
}


def periods(days: set[date]) -> list[tuple[str, date, date]]:
    """The span, and the months and quarters in which a readable file reports."""
    out = {("span", min(days), max(days))}
    for day in days:
        last = calendar.monthrange(day.year, day.month)[1]
        out.add(("month", day.replace(day=1), day.replace(day=last)))
        first = (day.month - 1) // 3 * 3 + 1
        last = calendar.monthrange(day.year, first + 2)[1]
        out.add(("quarter", date(day.year, first, 1), date(day.year, first + 2, last)))
    return sorted(out)


def latest(rows: list[Row], *key: str) -> list[Row]:
    """The row of the latest export date; in one date that of the greatest update time, then the last row."""
    best: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        at = tuple(row[k] for k in key)
        rank = (row["day"], row.get("updated_at") or datetime.min, row["row"])
        if at not in best or rank >= best[at]["rank"]:
            best[at] = row | {"rank": rank}
    return list(best.values())


def on_time(d: Row, as_of: datetime) -> tuple[bool, str]:
    """Whether a dossier is on time, and a flag where the data leaves a doubt."""
    status, end, flag = d["status"], None, ""
    if status in (9, 10):
        end = d["finished_at"] or d["returned_at"]
        flag = "" if end else "ended_without_date"
    elif status == 3:
        end = d["refused_at"] or d["finished_at"]
    elif status in (7, 8):
        end = d["finished_at"]
    elif status == 5 and len(d["supplements"]) > 1:
        return False, ""
    elif status == 5 and d["supplements"]:
        end = d["supplements"][0][0]
    if d["due_at"] is None:
        return True, "without_due_at"
    if end is None:
        return as_of <= d["due_at"], flag
    waited = sum((answered - asked for asked, answered in d["supplements"] if asked and answered), timedelta())
    return end - waited <= d["due_at"], flag


def count(truth: Truth, data: dict[str, list[Row]], reference: Reference) -> None:
    """Fill the indicators and flags of every unit and period."""
    dossiers = latest(data["dossiers"], "system", "dossier_code")
    petitions = latest(data["feedback"], "feedback_code")
    by_number = defaultdict(list)
    for d in dossiers:
        d["unhappy"], d["transactions"], d["apologised_at"] = False, 0, []
        d["obligated"] = reference.bears_fee(d["procedure"]) and not (d["fees"] and not any(d["fees"]))
        by_number[d["dossier_code"]].append(d)
    for p in petitions:
        if p["satisfied"] is False and (named := _named(by_number, p, truth)):
            named["unhappy"] = True
    _pay(data["payments"], by_number, truth)
    _apologise(data["apologies"], by_number, truth)
    above = reference.ancestors()
    for _, start, end in truth.periods:
        as_of = _end(min(end, truth.last_day or end))
        _dossiers(truth, dossiers, above, (start, end), as_of)
        _petitions(truth, petitions, above, (start, end), as_of)
        _vneid(truth, data["vneid"], above, (start, end))


def _named(by_number: dict[str, list[Row]], row: Row, truth: Truth) -> Row | None:
    """The dossier a payment, petition or letter names: by number, where that is not unique by number and unit."""
    found = by_number.get(row["dossier_code"], [])
    if len(found) > 1:
        found = [d for d in found if d["handling_unit"] == row["unit"]]
        if len(found) != 1:
            truth.flags["ambiguous_dossier"].add(_key(row))
    return found[0] if len(found) == 1 else None


def _key(row: Row) -> str:
    letter = "/".join(str(row.get(name)) for name in ("unit", "dossier_code", "number"))
    return str(row.get("transaction_code") or row.get("feedback_code") or letter)


def _pay(payments: list[Row], by_number: dict[str, list[Row]], truth: Truth) -> None:
    rows = latest(payments, "transaction_code", "outcome")
    refunded = {p["transaction_code"] for p in rows if p["outcome"] == "refunded"}
    for p in rows:
        if p["outcome"] == "succeeded" and p["transaction_code"] not in refunded and (d := _named(by_number, p, truth)):
            d["transactions"] += 1


def _apologise(letters: list[Row], by_number: dict[str, list[Row]], truth: Truth) -> None:
    """Note on each dossier when its letters were signed that, as last told, are sent."""
    for letter in latest(letters, "unit", "dossier_code", "number"):
        if letter["sent"] and (d := _named(by_number, letter, truth)):
            d["apologised_at"].append(letter["signed_at"])


def _within(stamp: datetime | None, span: Span) -> bool:
    return stamp is not None and span[0] <= stamp.date() <= span[1]


def _end(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, 59)


def _put(truth: Truth, above: Above, unit: str, span: Span, name: str, n: int, d: int) -> None:
    for code in above.get(unit, [unit]):
        key = (code, span[0].isoformat(), span[1].isoformat(), name)
        old = truth.indicators.get(key, (0, 0))
        truth.indicators[key] = (old[0] + n, old[1] + d)


def _dossiers(truth: Truth, dossiers: list[Row], above: Above, span: Span, as_of: datetime) -> None:
    for d in dossiers:
        if not _within(d["received_at"], span):
            continue
        timely, flag = on_time(d, as_of)
        if flag:
            truth.flags[flag].add(f"{d['system']}/{d['dossier_code']}")

        def put(name: str, n: bool | int, of: bool | int = 1, unit: str = d["handling_unit"]) -> None:
            _put(truth, above, unit, span, name, int(n), int(of))

        put("PROCESSING_ON_TIME", timely)
        put("DOSSIER_RECEIVING_SATISFACTION", timely and not d["unhappy"])
        if not timely:
            put("OVERDUE_WITH_APOLOGY", any(signed <= as_of for signed in d["apologised_at"]))
        for name, test in PLAIN.items():
            put(name, test(d))
        put("PAYMENT_ONLINE_DOSSIER", d["obligated"] and d["online_payment"] in (1, 2), d["obligated"])
        put("PAYMENT_TRANSACTION_ONLINE", d["transactions"] if d["obligated"] else 0, d["obligated"])


def _petitions(truth: Truth, petitions: list[Row], above: Above, span: Span, as_of: datetime) -> None:
    for p in petitions:
        if p["kind"] not in ("regulation", "staff") or not _within(p["received_at"], span):
            continue
        timely = p["due_at"] is None or (p["answered_at"] or as_of) <= p["due_at"]
        _put(truth, above, p["unit"], span, "PETITION_PROCESSING_ON_TIME", timely, 1)
        pleased = timely and p["satisfied"] is not False
        _put(truth, above, p["unit"], span, "PETITION_HANDLING_SATISFACTION", pleased, 1)


def _vneid(truth: Truth, rows: list[Row], above: Above, span: Span) -> None:
    for row in latest([r for r in rows if span[0] <= r["day"] <= span[1]], "commune_code"):
        active = row["level1"] + row["level2"]
        _put(truth, above, row["unit"], span, "VNEID_ACTIVATED", active, row["holders"])
