"""Changes of JSON records and of what stands around them, each with what it does to what the sender meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from fuzz import cells
from fuzz.meant import ANY, HELD, NAMES
from fuzz.written import Records

Change = Callable[[Random, Records], bool]

#: Nested list of a dialect -> the columns made of it.
NESTED = {
    "dvcqg2022": {
        "DanhSachLePhi": ("fees",),
        "DanhSachHoSoBoSung": ("supplements",),
        "TaiLieuNop": ("reused_part", "from_personal_store", "has_electronic_result"),
        "DanhSachGiayToKetQua": ("has_electronic_result",),
    },
    "dvcqg2026": {
        "PhiLePhi": ("fees",),
        "BoSung": ("supplements",),
        "ThanhPhanHoSo": ("reused_part", "from_personal_store", "has_electronic_result"),
        "KetQua": ("has_electronic_result",),
    },
}
FLAGS = {
    "DuocTaiSuDung": "reused_part",
    "DuocLayTuKhoDMQG": "from_personal_store",
    "TaiSuDung": "reused_part",
    "LayTuKho": "from_personal_store",
}


def _one(random: Random, made: Records) -> tuple[int, dict[str, Any], dict[str, Any]]:
    number = random.randrange(len(made.records))
    return number, made.records[number], made.meant.rows[number]


def _free(made: Records, number: int) -> bool:
    return number not in made.texts and not made.whole and isinstance(made.records[number], dict)


def a_value(random: Random, made: Records) -> bool:
    """One value of a record is something else."""
    number, record, meant = _one(random, made)
    column, key = random.choice(list(made.keys.items()))
    changed = cells.other(random, made.form, column, meant.get(column)) if _free(made, number) else None
    if changed is None:
        return False
    record[key], meant[column] = changed
    return True


def a_key(random: Random, made: Records) -> bool:
    """A key is renamed in all records, and what stands under it is meant all the same; in one alone it is said so."""
    column, key = random.choice(list(made.keys.items()))
    new = random.choice((key.lower(), key.upper(), f" {key}", key + "\u200b", "Moi" + key, "_" + key, "CANARY"))
    one = [random.randrange(len(made.records))] if random.random() < 0.4 else []
    numbers = one or range(len(made.records))
    if not all(_free(made, number) for number in numbers):
        return False
    for number in numbers:
        record = made.records[number]
        made.records[number] = {new if name == key else name: value for name, value in record.items()}
    for number in one:
        made.meant.rows[number][column] = ANY
        made.meant.silent = False
    return True


def no_key(random: Random, made: Records) -> bool:
    """A key lacks in every record, though there are values."""
    key = random.choice(list(made.keys.values()))
    if made.form.ending == "jsonl" or any(not _free(made, n) for n in range(len(made.records))):
        return False  # in a sparse dialect nobody can tell
    for record in made.records:
        record.pop(key, None)
    return True


def key_twice(random: Random, made: Records) -> bool:
    """A key stands twice in a record, with another value or with the same."""
    number, record, meant = _one(random, made)
    if not _free(made, number):
        return False
    column, key = random.choice(list(made.keys.items()))
    again = made.records[random.randrange(len(made.records))].get(key)
    text = json.dumps(record, ensure_ascii=False)
    pair = f"{json.dumps(key)}: {json.dumps(again, ensure_ascii=False)}"
    made.texts[number] = random.choice((f"{{{pair}, {text[1:]}", f"{text[:-1]}, {pair}}}"))
    if again != record.get(key):
        meant[column] = HELD
    return True


def nested_twice(random: Random, made: Records) -> bool:
    """A list of a record stands twice, the other time empty."""
    number, record, meant = _one(random, made)
    nested = NESTED.get(made.form.dialect)
    if not nested or not _free(made, number):
        return False
    key, columns = random.choice(list(nested.items()))
    if not record.get(key):
        return False
    made.texts[number] = json.dumps(record, ensure_ascii=False)[:-1] + f', "{key}": []}}'
    meant |= dict.fromkeys(columns, HELD)
    return True


def list_to_other(random: Random, made: Records) -> bool:
    """A list of one is an object (XML made JSON), or no list at all."""
    number, record, meant = _one(random, made)
    nested = NESTED.get(made.form.dialect)
    if not nested or not _free(made, number):
        return False
    key, columns = random.choice(list(nested.items()))
    if key not in record:
        return False
    if len(record[key]) == 1 and random.random() < 0.5:
        record[key] = record[key][0]
        return True
    record[key] = random.choice(("có", 1, True, json.dumps(record[key]), {"item": record[key]}, [record[key]], ["x"]))
    if all(not meant.get(column) for column in columns):
        meant |= dict.fromkeys(columns, ANY)
    else:
        meant |= {column: HELD if meant.get(column) else ANY for column in columns}
    return True


def nested_value(random: Random, made: Records) -> bool:
    """A value within a list: a flag in other words, an amount or a date that is none."""
    number, record, meant = _one(random, made)
    if made.form.dialect not in NESTED or not _free(made, number):
        return False
    stack = [(record, None)]
    found: list[tuple[dict[str, Any], str]] = []
    while stack:
        node, _ = stack.pop()
        for value in node.values():
            for each in value if isinstance(value, list) else []:
                if isinstance(each, dict):
                    found += [(each, name) for name in each if not isinstance(each[name], list)]
    found = [(node, key) for node, key in found if key in (*FLAGS, "Gia", "SoTien", "NgayBoSung", "NgayYeuCau")]
    if not found:
        return False
    node, key = random.choice(found)
    if key in FLAGS:
        column = FLAGS[key]
        changed = cells.other(random, made.form, column, meant.get(column))
        if changed is None:
            return False
        node[key], claim = changed
        meant[column] = ANY if claim is None else claim
    elif key in ("Gia", "SoTien"):
        text, claim = random.choice(
            (("miễn phí", HELD), ("#N/A", HELD), ("-5", HELD), ("5O000", HELD), ([8000], ANY), ("50000đ", ANY))
        )
        node[key], meant["fees"] = text, claim
    else:
        node[key], meant["supplements"] = random.choice(("hôm qua", "#REF!", "31/02/2026", 46000)), HELD
    return True


def envelope(random: Random, made: Records) -> bool:
    """What stands around the records says something else than the file."""
    if made.form.dialect != "dvcqg2022":
        return False
    count = len(made.records)
    change: dict[str, Any] = random.choice(
        (
            {"madonvi": "H50.133"},
            {"madonvi": "H99"},
            {"totalRecords": count + 50},
            {"total": count + 30, "page": 1},
            {"totalPages": 3, "page": 1, "totalRecords": count * 3},
            {"TongSo": count + 7},
        )
    )
    made.envelope |= change
    made.meant.silent = False
    return True


def other_shape(random: Random, made: Records) -> bool:
    """The document has another shape than the dialect says."""
    texts = [json.dumps(record, ensure_ascii=False) for record in made.records]
    if made.texts or made.whole:
        return False
    head = json.dumps(made.envelope)[:-1]
    if made.form.dialect == "dvcqg2022":
        made.whole = random.choice(
            (
                "[" + ",".join(texts) + "]",
                head + "}",
                head + ', "data": null}',
                head + ', "data": {"item": [' + ",".join(texts) + "]}}",
                head + ', "data": ' + json.dumps("[" + ",".join(texts) + "]") + "}",
                head + ', "data": [' + ",".join(texts) + '], "data": []}',
                head + ', "data": [], "data": [' + ",".join(texts) + "]}",
                head + ', "Data": [' + ",".join(texts) + "]}",
                head + ', "data": [' + ",".join(texts) + ",]}",
                head + ', "data": [' + ",".join(texts[:-1]) + "]}" + head + ', "data": [' + texts[-1] + "]}",
                "\n".join(texts),
            )
        )
    else:
        made.whole = random.choice(
            (
                "[" + ",\n".join(texts) + "]",
                "\n".join(f"[{text}]" for text in texts),
                " ".join(texts),
                ",\n".join(texts),
                json.dumps({"data": made.records}, ensure_ascii=False),
                "\n".join(json.dumps(text) for text in texts),
                "\n".join([*texts[:-1], texts[-1][: len(texts[-1]) // 2]]),
            )
        )
    return True


def junk_line(random: Random, made: Records) -> bool:
    """A record that is none, or a mark before one."""
    number, record, _ = _one(random, made)
    if not _free(made, number):
        return False
    text = json.dumps(record, ensure_ascii=False)
    separator = made.end if made.form.ending == "jsonl" else ", "
    made.texts[number] = random.choice(
        (
            text + separator + "null",
            text + separator + "[]",
            text + separator + "{}",
            text + separator + '"x"',
            "\ufeff" + text,
            text + separator,
            " " + text + " ",
            text.replace(": ", ":\n" if made.form.ending == "json" else ":\t"),
            text + " // " + NAMES[0],
            text.replace('"', "'"),
            text.replace("null", "NaN"),
        )
    )
    return True


def further_keys(random: Random, made: Records) -> bool:
    """Keys nobody knows, with personal values."""
    for number in range(len(made.records)):
        if _free(made, number):
            made.records[number] |= {"GhiChuRieng": NAMES[0], "NguoiThan": {"HoTen": NAMES[2]}}
    return True


def order_keys(random: Random, made: Records) -> bool:
    """Keys in another order, text in escapes."""
    if made.texts or made.whole:
        return False
    for number, record in enumerate(made.records):
        if isinstance(record, dict):
            made.records[number] = dict(random.sample(list(record.items()), len(record)))
    made.ascii = random.random() < 0.5
    return True


def repeat_record(random: Random, made: Records) -> bool:
    """A record stands twice."""
    _, record, meant = _one(random, made)
    if made.texts or made.whole:
        return False
    made.records.append(dict(record))
    made.meant.rows.append(dict(meant))
    return True


def bare_returns(random: Random, made: Records) -> bool:
    """Other ends of lines."""
    if made.form.ending != "jsonl":
        return False
    made.end = random.choice(("\r\n", "\r", "\n\n", "\u2028"))
    return True


CHANGES: tuple[tuple[int, Change], ...] = (
    (10, a_value),
    (2, a_key),
    (1, no_key),
    (2, key_twice),
    (1, nested_twice),
    (2, list_to_other),
    (3, nested_value),
    (2, envelope),
    (1, other_shape),
    (2, junk_line),
    (1, further_keys),
    (1, order_keys),
    (1, repeat_record),
    (1, bare_returns),
)
