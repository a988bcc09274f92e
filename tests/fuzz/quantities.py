"""What may stand in a cell in place of a date, an amount or a list of them; claims as in ``cells``."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from fuzz.contract import KINDS, NEEDED, Form
from fuzz.meant import ANY, HELD
from fuzz.written import grouped, moment

HIDDEN = ("\u200b", "\u200c", "\u200d", "\ufeff", "\u00ad", "\u2060", "\u200e", "\u034f", "\u180e", "\u3164")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")

#: A content, and what its sender meant by it.
Change = tuple[Any, Any]

NONE_DATES = (
    datetime(1, 1, 1),
    datetime(1900, 1, 1),
    datetime(9999, 12, 31, 23, 59, 59),
    datetime(1899, 12, 30),
    datetime(1970, 1, 1),
)


def stamp(random: Random, form: Form, column: str, value: datetime) -> Change:
    is_deadline = KINDS[form.dataset][column] == "deadline"
    whole = datetime.combine(value.date(), time(23, 59, 59) if is_deadline and column == "due_at" else time())
    whole_claim = whole if column == "due_at" or not is_deadline else ANY
    empty: Any = HELD if column in NEEDED[form.dataset] else None
    hour = value.hour % 12 or 12
    half = "CH" if value.hour >= 12 else "SA"
    choices: list[Change] = [
        (f"{value:%d/%m/%Y}", whole_claim),
        (f"{value:%Y-%m-%d}", whole_claim),
        (f"{value:%Y%m%d}", whole_claim),
        (f"{value.day}/{value.month}/{value.year} {value.hour}:{value.minute:02d}", value),
        (f"{value:%d/%m/%Y %H:%M:%S}", value),
        (f"{value:%d-%m-%Y %H:%M}", value),
        (f"{value:%d.%m.%Y %H:%M}", value),
        (f"{value:%Y-%m-%dT%H:%M:%S}", value),
        (f"{value:%Y-%m-%dT%H:%M:%S}+07:00", value),
        (f"{value - timedelta(hours=7):%Y-%m-%dT%H:%M:%S}Z", value),
        (f"{value:%d/%m/%Y} {hour:02d}:{value:%M} {half}", value),
        (f"{value:%d/%m/%Y} {hour:02d}:{value:%M} {'PM' if half == 'CH' else 'AM'}", value),
        (f"{value:%H:%M %d/%m/%Y}", value),
        (f"{value:%d/%m/%y %H:%M}", value),
        (moment(value, form.dialect).translate(WIDE), value),
        (moment(value, form.dialect) + random.choice(HIDDEN), value),
        (moment(value, form.dialect).replace("0", "O", 1), HELD),
        ("31/02/2026 08:00", HELD),
        ("20260231080000", HELD),
        ("2026-02-31 08:00:00", HELD),
        ("00/00/0000 00:00", empty),
        ("0000-00-00 00:00:00", empty),
        ("00000000000000", empty),
        (f"{value:%d/%m/%Y} 25:61", HELD),
        ("04/11/2026 08:00 - 05/11/2026 08:00", HELD),
        ("hôm qua", HELD),
        (str(int(value.timestamp())), ANY if empty is None else HELD),
        (moment(value.replace(year=2062), form.dialect), ANY if is_deadline else HELD),
        (moment(random.choice(NONE_DATES), form.dialect).rjust(10, "0"), empty),
        (f"{random.choice(NONE_DATES):%d/%m/%Y %H:%M}", empty),
    ]
    serial = (value - datetime(1899, 12, 30)) / timedelta(days=1)
    if form.is_table:
        choices += [(f"{serial:.9f}", value), (str(int(serial)), whole_claim)]
    if form.ending == "xlsx":
        choices += [(serial, value), (int(serial), whole_claim), (True, HELD), (1, empty), (0, empty)]
    if form.ending == "jsonl":
        choices += [(int(value.timestamp() * 1000), ANY), (True, HELD), ([moment(value, form.dialect)], value)]
        choices += [({"$date": moment(value, form.dialect)}, value), (0, empty), (-1, HELD)]
    return random.choice(choices)


def amount(random: Random, form: Form, column: str, value: int) -> Change:
    text = str(value)
    choices: list[Change] = [
        (grouped(value), value),
        (f"{value}.0", value),
        (f"{value}.00", value),
        (f"{value},00", value),
        (f"{grouped(value)},00", value),
        (f"{value:,}", value),
        (f"{value:,}.00", value),
        (f"{value:,}".replace(",", " "), value),
        (f"{value:,}".replace(",", "\u00a0"), value),
        (f"{value}.000", value if value >= 1000 else ANY),
        (f"{value / 1000:.3f}", ANY),
        (f"{value:.2e}", value),
        (f"{text} đồng", value),
        (f"{text}đ", value),
        (f"+{text}", value),
        (f"-{max(value, 1)}", HELD),
        (f"({max(value, 1)})", HELD),
        (text.translate(WIDE), value),
        (text + random.choice(HIDDEN), value),
        (text.replace("0", "O") if "0" in text else text + "O", HELD),
        (f"{text}.5", HELD),
        (f"{text}|{text}", HELD),
        ("miễn phí", HELD),
        ("1" + "0" * 25, HELD),
    ]
    return random.choice(choices)


def fees(random: Random, form: Form, column: str, value: tuple[int, ...]) -> Change:
    texts = [grouped(fee) for fee in value]
    choices: list[Change] = [
        ("|".join(map(str, value)), value),
        (" | ".join(texts), value),
        (";".join(texts), value),
        (",".join(texts), value),
        ("\n".join(texts), value),
        ("|".join(texts) + "|", value),
        ("|".join([*texts, "miễn"]), HELD),
        ("|".join(f"{fee:,}" for fee in value), value),
        ("|".join(f"{fee} đ" for fee in value), value),
        ("|".join([*texts, "#N/A"]), HELD),
        ("|".join([*texts, "-1"]), HELD),
        ("|".join(text.translate(WIDE) for text in texts), value),
    ]
    if len(value) == 1 and form.ending == "xlsx":
        choices += [(value[0], value), (value[0] + 0.5, HELD)]
    return random.choice(choices) if value else ("không", HELD)


def supplements(random: Random, form: Form, column: str, value: tuple[Any, ...]) -> Change:
    if not value:
        return random.choice((("không", HELD), ("1", HELD), ("- ", ANY)))
    asked, answered = (moment(stamp, form.dialect) for stamp in value[0])
    choices: list[Change] = [
        (f"{asked} – {answered}", value),
        (f"{asked}-{answered}", value),
        (f"{asked}  -  {answered}", value),
        (f"{asked} - {answered}|", value),
        (f"{asked} đến {answered}", value),
        (f"{asked} -", ((value[0][0], None),)),
        (f"{asked}", ((value[0][0], None),)),
        (f"{asked};{answered}", HELD if answered else value),
        (f"{asked} - chưa", HELD),
        (f"31/02/2026 08:00 - {answered}", HELD),
        (f"{asked} - {answered} - {asked}", HELD),
        ("1 lần", HELD),
    ]
    return random.choice(choices)


def day(random: Random, form: Form, column: str, value: Any) -> Change:
    return random.choice(
        (
            (f"{value:%d/%m/%Y}", value),
            (f"{value:%Y%m%d}", value),
            (f"{value:%Y-%m-%d} 00:00:00", value),
            (f"{value:%Y-%m-%d}T00:00:00", value),
            (f"{value:%Y-%m-%d}".translate(WIDE), value),
            ("2026-02-31", HELD),
            ("0001-01-01", HELD),
            ("2027-01-01", HELD),
            (f"{value:%m/%d/%Y}", value),
        )
    )
