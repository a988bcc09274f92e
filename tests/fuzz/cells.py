"""What may stand in a cell in place of a sound value, and what its sender meant by it.

A claim of a value means: taken in without a word it must be that value; held or refused is always allowed. ``HELD``:
it must not be taken in without a word at all.
"""

from __future__ import annotations

import unicodedata
from random import Random
from typing import Any

from fuzz import quantities
from fuzz.books import Error, Formula, Number
from fuzz.contract import KINDS, LABELS, NEEDED, Form
from fuzz.meant import ANY, HELD, NAMES
from fuzz.quantities import HIDDEN, WIDE, Change
from fuzz.written import cell

ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
NULLS = ("NULL", "null", "None", "nan", "NaN", "\\N", "-", "N/A", "(null)", "<null>")
SPACES = ("\u00a0", "\u3000", "\u2009", "\u202f", "  ", "\t")
LOOKS = str.maketrans("HABEKMOPCTX", "НАВЕКМОРСТХ")


def other(random: Random, form: Form, column: str, value: Any) -> Change | None:
    """Another content of one cell or top-level JSON value, with the claim; None where the kind has nothing to offer."""
    if value is HELD or value is ANY:
        return None
    kind = KINDS[form.dataset][column]
    empty: Any = HELD if column in NEEDED[form.dataset] else None
    if random.random() < 0.15:
        return random.choice(ERRORS) if form.ending != "xlsx" else Error(random.choice(ERRORS)), HELD
    if random.random() < 0.12:
        return random.choice(NULLS), empty
    if random.random() < 0.08:
        return random.choice(("", None, " ", "\u00a0", "\u200b")), empty
    if random.random() < 0.05:
        return random.choice((NAMES[0], "không rõ", "?", "x", "chưa có", "tự động")), _word(kind)
    if form.ending == "xlsx" and random.random() < 0.05:
        return Formula("=A1"), HELD
    offers = _OFFERS.get(kind)
    return None if offers is None or value is None else offers(random, form, column, value)


def _word(kind: str) -> Any:
    return ANY if kind == "code" else HELD


def _key(random: Random, form: Form, column: str, value: str) -> Change:
    at = random.randrange(1, len(value))
    choices: list[Change] = [
        (value[:at] + random.choice(HIDDEN) + value[at:], value),
        (value + random.choice(HIDDEN), value),
        (random.choice(HIDDEN) + value, value),
        (random.choice(SPACES) + value + random.choice(SPACES), value),
        (value.translate(WIDE), value),
        (value.lower(), value),
        (value.translate(LOOKS), HELD if any(c in "HABEKMOPCTX" for c in value) else value),
        ("2,61E+14", HELD),
        ("2.61105E+14", HELD),
        ("2.61105e+014", HELD),
        ("1E5", HELD),
        ("0", HELD),
        ("---", HELD),
        ("true", HELD),
        (value + "\r\n", value),
    ]
    if form.is_table:
        choices.append((f'="{value}"', value))
        choices.append((f"'{value}", value))
    if form.ending == "xlsx":
        choices += [(Number(2.61104000012345678e17), HELD), (Number(12345678901234567890), HELD), (True, HELD)]
    if form.ending == "jsonl":
        choices += [(2.61e14, HELD), (26110400001234567890, ANY), (True, HELD), ([value], value), ({"v": value}, HELD)]
    return random.choice(choices)


def _procedure(random: Random, form: Form, column: str, value: str) -> Change:
    choices: list[Change] = [
        (value + ".H50", value),
        (value + ".000.00.00.H50", value),
        (" " + value + " ", value),
        (value.replace(".", "\u200b."), value),
        (value.translate(WIDE), value),
        (value.replace(".", ","), value),
        (value[:-1], value if value.endswith("0") else HELD),
        (value + "0", HELD),
        ("TTHC-015", HELD),
    ]
    if form.ending in ("xlsx", "jsonl"):
        choices.append((Number(value) if form.ending == "xlsx" else float(value), value))
    return random.choice(choices)


def _agency(random: Random, form: Form, column: str, value: str) -> Change:
    return random.choice(
        (
            (value.lower(), value),
            (value + random.choice(HIDDEN), value),
            (random.choice(SPACES) + value, value),
            (value.translate(WIDE), value),
            (value.translate(LOOKS), HELD),
            ("H50.99999", HELD),
            ("UBND xã Thử", HELD),
            (value + ".", HELD),
            (value.replace(".", ",") + ",", HELD),
        )
    )


def _label(random: Random, form: Form, column: str, value: str) -> Change:
    written = cell(form, column, value)
    text = str(written)
    choices: list[Change] = [
        (f" {text} ", value),
        (text + random.choice(HIDDEN), value),
        (text + "?", HELD),
        (text.translate(WIDE), value),
        (text + ".0" if text.isdigit() else text + ".5", value if text.isdigit() else HELD),
        ("99", HELD),
        ("khác", HELD),
    ]
    if form.vendor:
        choices += [
            (text.upper(), value),
            (text.lower(), value),
            (unicodedata.normalize("NFD", text), value),
            (text.replace(" ", "  "), value),
            (text.replace(" ", "\u00a0"), value),
            (text.replace("Đ", "Ð").replace("đ", "ð"), value),
            (text[:-1], HELD),
            (text + ", " + text, HELD),
            (unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode(), ANY),
        ]
    if form.ending == "jsonl" and isinstance(written, int):
        choices += [(str(written), value), (float(written), value), (written + 0.5, HELD), (True, HELD)]
        choices += [([written], value), ({"ma": written}, HELD)]
    if form.ending == "xlsx":
        choices += [(True, HELD), (Number(3.5), HELD)]
    return random.choice(choices)


def _flag(random: Random, form: Form, column: str, value: bool) -> Change:
    yes = ("true", "TRUE", "1", "True") if value else ("false", "FALSE", "0", "False")
    choices: list[Change] = [(text, value) for text in yes]
    choices += [(text, HELD) for text in ("x", "X", "✓", "v", "yes", "Y", "đúng", "2", "-1", "t", "on", "Chưa")]
    if form.vendor:
        text = LABELS["boolean"]["true" if value else "false"]
        choices += [(text.upper(), value), (unicodedata.normalize("NFD", text), value), (text + "\u200b", value)]
        choices += [(text + ".", HELD), ("Không hài lòng", HELD)]
    if form.ending in ("xlsx", "jsonl"):
        choices += [(value, value), (int(value), value), (float(value), value), (0.5, HELD), (2, HELD)]
    if form.ending == "jsonl":
        choices += [([value], value), ({"v": value}, HELD), ([], ANY)]
    return random.choice(choices)


def _commune(random: Random, form: Form, column: str, value: str) -> Change:
    return random.choice(
        (
            (value + "\u200b", value),
            (f" {value} ", value),
            (value.translate(WIDE), value),
            (value + ".0", value),
            (f'="{value}"', value),
            (value.lstrip("0") if value.startswith("0") else value[:-1], HELD),
            ("99999", HELD),
            ("1.9E4", HELD),
        )
    )


def _number(random: Random, form: Form, column: str, value: str) -> Change:
    choices: list[Change] = [(f"{value}.0", value), (f" {value}", value), (value.translate(WIDE), value)]
    choices += [("0", HELD), ("10", HELD), ("lần 1", HELD), (f"{value}.5", HELD), ("1e0", ANY)]
    if form.ending == "jsonl":
        choices += [(float(value), value), (True, HELD), ([int(value)], value)]
    return random.choice(choices)


def _plain_code(random: Random, form: Form, column: str, value: str) -> Change:
    changed, claim = _key(random, form, column, value)
    return changed, ANY if claim is HELD else claim


_OFFERS = {
    "key": _key,
    "code": _plain_code,
    "procedure": _procedure,
    "agency": _agency,
    "label": _label,
    "flag": _flag,
    "event": quantities.stamp,
    "deadline": quantities.stamp,
    "amount": quantities.amount,
    "fees": quantities.fees,
    "supplements": quantities.supplements,
    "commune": _commune,
    "day": quantities.day,
    "number": _number,
}
